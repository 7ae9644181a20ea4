"""The tools beside the findings, in the order of the page's switch: the one place where a tool is added."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from ui.pages.tool import ToolEntry

PLACE = "ui.pages.diagnosis.tools"

TOOLS: tuple[ToolEntry, ...] = (
    ToolEntry(
        "diagnosis",
        "inventory",
        QT_TRANSLATE_NOOP("diagnosis", "What stands between"),
        f"{PLACE}.inventory",
        "InventoryTool",
    ),
    ToolEntry("diagnosis", "explain", QT_TRANSLATE_NOOP("diagnosis", "Explain"), f"{PLACE}.explain", "ExplainTool"),
    ToolEntry("diagnosis", "bundle", QT_TRANSLATE_NOOP("diagnosis", "Bundle"), f"{PLACE}.bundle", "BundleTool"),
)
