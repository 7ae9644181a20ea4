"""The tools beside the services, in the order of the page's switch: the one place where a tool is added."""

from __future__ import annotations

from ui.pages.tool import ToolEntry

TOOLS: tuple[ToolEntry, ...] = ()
