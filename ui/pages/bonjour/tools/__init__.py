"""The tools beside the services, in the order of the page's switch: the one place where a tool is added."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from ui.pages.tool import ToolEntry

PLACE = "ui.pages.bonjour.tools"

TOOLS: tuple[ToolEntry, ...] = (
    ToolEntry("bonjour", "devices", QT_TRANSLATE_NOOP("bonjour", "Devices"), f"{PLACE}.devices", "DevicesTool"),
    ToolEntry("bonjour", "packets", QT_TRANSLATE_NOOP("bonjour", "Packets"), f"{PLACE}.packets", "PacketsTool"),
    ToolEntry("bonjour", "lint", QT_TRANSLATE_NOOP("bonjour", "Lint"), f"{PLACE}.lint", "LintTool"),
    ToolEntry("bonjour", "ask", QT_TRANSLATE_NOOP("bonjour", "Ask"), f"{PLACE}.ask", "AskTool"),
    ToolEntry("bonjour", "publish", QT_TRANSLATE_NOOP("bonjour", "Publish"), f"{PLACE}.publish", "PublishTool"),
    ToolEntry("bonjour", "system", QT_TRANSLATE_NOOP("bonjour", "System"), f"{PLACE}.system", "SystemTool"),
    ToolEntry("bonjour", "ladder", QT_TRANSLATE_NOOP("bonjour", "Why empty?"), f"{PLACE}.ladder", "LadderTool"),
)
