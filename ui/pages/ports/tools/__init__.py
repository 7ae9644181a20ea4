"""The tools beside the listening sockets, in the order of the page's switch: the one place where a tool is added."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from ui.pages.tool import ToolEntry

PLACE = "ui.pages.ports.tools"

TOOLS: tuple[ToolEntry, ...] = (
    ToolEntry("ports", "connections", QT_TRANSLATE_NOOP("ports", "Connections"), f"{PLACE}.connections",
              "ConnectionsTool"),
    ToolEntry("ports", "answers", QT_TRANSLATE_NOOP("ports", "Who answers"), f"{PLACE}.answers", "AnswersTool"),
    ToolEntry("ports", "bind", QT_TRANSLATE_NOOP("ports", "May I have it?"), f"{PLACE}.bind", "BindTool"),
)  # fmt: skip
