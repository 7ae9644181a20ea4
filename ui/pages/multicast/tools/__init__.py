"""The tools beside listening, in the order of the page's switch: the one place where a tool is added."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from ui.pages.tool import ToolEntry

PLACE = "ui.pages.multicast.tools"

TOOLS = (
    ToolEntry("multicast", "test", QT_TRANSLATE_NOOP("multicast", "Test"), f"{PLACE}.matrix", "MatrixTool"),
    ToolEntry("multicast", "ping", QT_TRANSLATE_NOOP("multicast", "Ping"), f"{PLACE}.ping", "PingTool"),
    ToolEntry(
        "multicast", "endurance", QT_TRANSLATE_NOOP("multicast", "Endurance"), f"{PLACE}.endurance", "EnduranceTool"
    ),
    ToolEntry("multicast", "changes", QT_TRANSLATE_NOOP("multicast", "Changes"), f"{PLACE}.changes", "ChangesTool"),
)
