"""A page with a table of its own and tools beside it: what the window asks of it, the view in front answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from net.records import Interface, Record
from ui.pages.table_page import TablePage
from ui.pages.tool import ToolEntry
from ui.pages.views import Views, call
from ui.widgets.columns import Item


class ViewsPage(TablePage[Item]):
    """Call ``add_views`` once, from the constructor. Hooks: ``own_rows`` and ``own_records`` instead of the exports.

    Attributes:
        views: the views and the switch between them.
    """

    views: Views

    def add_views(self, name: str, title: str, own: QWidget, tools: Sequence[ToolEntry]) -> None:
        """``own`` is the page's own view, ``name`` and ``title`` what the switch calls it."""
        self._own_name = name
        self.views = Views(self.context, (name, title), own, self.form, tools)
        self.details = self.views.details
        self.content.addWidget(self.views, 1)
        self.views.changed.connect(self._view_changed)
        self.views.speak_for(self)

    def own_rows(self) -> Sequence[tuple[str, ...]]:
        """Hook: ``export_rows`` of the page's own view."""
        return super().export_rows()

    def own_records(self) -> Sequence[Record]:
        """Hook: ``export_records`` of the page's own view."""
        return super().export_records()

    def shown(self) -> None:
        super().shown()
        self.views.shown()

    def hidden(self) -> None:
        super().hidden()
        self.views.hidden()

    def close_page(self) -> None:
        super().close_page()
        self.views.close_tools()

    def set_interface(self, interface: Interface | None) -> None:
        super().set_interface(interface)
        self.views.set_interface(interface)

    def set_filter(self, text: str) -> None:
        super().set_filter(text)
        self.views.set_filter(text)

    def filter_example(self) -> str:
        return self.views.filter_example(self.example)

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - a slot
        super().set_paused(paused)
        self.views.set_paused(paused=paused)

    def select(self, subject: str) -> None:
        """A row, or the name of a tool, which then begins."""
        if self.views.begin(subject):
            return
        self.views.show_view(self._own_name)
        super().select(subject)

    def rescan(self) -> None:
        if self.views.tool is not None:
            call(self.views.tool, "rescan")
        else:
            super().rescan()

    def focus_content(self) -> None:
        if not self.views.focus_tool():
            super().focus_content()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        if self.views.tool is not None:
            return call(self.views.tool, "export_rows") or []
        return self.own_rows()

    def export_records(self) -> Sequence[Record]:
        if self.views.tool is not None:
            return call(self.views.tool, "export_records") or []
        return self.own_records()

    def export_report(self) -> str:
        return call(self.views.tool, "export_report") or ""

    def _view_changed(self) -> None:
        """Only a view with details takes the room beside the page for them."""
        self.details_shown = self.views.has_details
        self.details_changed.emit()
