"""The tools beside the list of interfaces, in the order of the page's switch: the one place where a tool is added."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from ui.pages.tool import ToolEntry

PLACE = "ui.pages.interfaces.tools"

TOOLS: tuple[ToolEntry, ...] = (
    ToolEntry("interfaces", "way", QT_TRANSLATE_NOOP("interfaces", "Way out"), f"{PLACE}.way", "WayTool"),
    ToolEntry("interfaces", "changes", QT_TRANSLATE_NOOP("interfaces", "Changes"), f"{PLACE}.changes", "ChangesTool"),
    ToolEntry("interfaces", "resolvers", QT_TRANSLATE_NOOP("interfaces", "Resolvers"), f"{PLACE}.resolvers",
              "ResolversTool"),
)  # fmt: skip
