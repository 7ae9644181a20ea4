"""The tools beside listening, in the order of the page's switch: the one place where a tool is added.

What ``factory`` gives is a QWidget with ``shown()`` and ``hidden()`` (it is in front, or not), ``close_tool()``
(everything stops), ``set_interface(interface)`` (the window's choice, None for all usable), and the signals
``go_to(page, subject)`` and ``message(text)`` of a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

if TYPE_CHECKING:
    from ui.pages.base import PageContext
    from ui.pages.multicast.tools.base import Tool


@dataclass(frozen=True)
class ToolEntry:
    """A tool before it is built: its class is imported when it is first shown."""

    name: str
    title_source: object
    module: str
    class_name: str

    @property
    def title(self) -> str:
        return QCoreApplication.translate("multicast", str(self.title_source))

    def factory(self, context: PageContext) -> Tool:
        """The tool's widget."""
        tool: Tool = getattr(import_module(self.module), self.class_name)(context)
        return tool


TOOLS = (
    ToolEntry("test", QT_TRANSLATE_NOOP("multicast", "Test"), "ui.pages.multicast.tools.matrix", "MatrixTool"),
    ToolEntry("ping", QT_TRANSLATE_NOOP("multicast", "Ping"), "ui.pages.multicast.tools.ping", "PingTool"),
    ToolEntry(
        "endurance", QT_TRANSLATE_NOOP("multicast", "Endurance"), "ui.pages.multicast.tools.endurance", "EnduranceTool"
    ),
    ToolEntry("changes", QT_TRANSLATE_NOOP("multicast", "Changes"), "ui.pages.multicast.tools.changes", "ChangesTool"),
)
