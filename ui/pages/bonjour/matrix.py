"""The matrix of services and interfaces: where each is heard, where not, and why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from discovery.records import BrowseState
from net.records import Key
from ui.pages.bonjour.columns import EXACT_FIELDS, FIELDS, words
from ui.pages.bonjour.hearing import tr
from ui.pages.bonjour.matrix_columns import matrix_columns, places
from ui.pages.bonjour.rows import Line, ServiceRow, natural
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import KeyedTableModel, RowKey
from ui.widgets.table_view import TableView


class MatrixPane(QWidget):
    """Its table is made anew when there are other interfaces; what is current stays so.

    Signals:
        current_item_changed, row_activated, menu_wanted: as of a TableView, whichever is in front.
        changed: other rows are shown.
    """

    current_item_changed = Signal(object)
    row_activated = Signal(object)
    menu_wanted = Signal(object, object)
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states: dict[str, BrowseState] = {}
        self._filter = ""
        self._condition: Callable[[Line], bool] | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.names: tuple[str, ...] = ()
        self.model, self.proxy, self.view = self._make()
        self._layout.addWidget(self.view)

    def show_states(self, states: Mapping[str, BrowseState]) -> None:
        """How browsing stands on each interface."""
        changed = [name for name in states if self._differs(name, states[name])]
        self._states.clear()
        self._states.update(states)
        names = places(states)
        if names != self.names:
            self.names = names
            self._make_anew()
            return
        for name in changed:
            self.model.refresh_column(f"on {name}")

    def change(self, put: Iterable[tuple[RowKey, Line]], drop: Iterable[RowKey] = ()) -> None:
        """Rows that are services; heads are left out."""
        self.model.put((key, line) for key, line in put if isinstance(line, ServiceRow))
        self.model.drop(drop)

    def show_all(self, rows: Mapping[Key, ServiceRow]) -> None:
        """These rows and no others."""
        self.model.keep_only(rows)
        self.model.put(rows.items())
        self.model.flush()

    def set_filter(self, text: str) -> None:
        self._filter = text
        self.proxy.set_filter(text)

    def set_condition(self, condition: Callable[[Line], bool] | None) -> None:
        self._condition = condition
        self.proxy.set_condition(condition)

    def _differs(self, name: str, state: BrowseState) -> bool:
        """The count of packets changes all the time and stands in no cell."""
        before = self._states.get(name)
        if before is None:
            return True
        return (before.state, before.errno, before.reason) != (state.state, state.errno, state.reason)

    def _make(self) -> tuple[KeyedTableModel[Line], FilterProxy[Line], TableView[Line]]:
        columns = matrix_columns(self.names, self._states)
        model: KeyedTableModel[Line] = KeyedTableModel(columns, natural=natural, fields=FIELDS, parent=self)
        model.words = words
        proxy: FilterProxy[Line] = FilterProxy(model, self)
        proxy.exact_fields = EXACT_FIELDS
        proxy.set_condition(self._condition)
        proxy.set_filter(self._filter)
        view: TableView[Line] = TableView(model, proxy, name=tr("Services and interfaces"))
        view.current_item_changed.connect(self.current_item_changed)
        view.row_activated.connect(self.row_activated)
        view.menu_wanted.connect(self.menu_wanted)
        model.changed.connect(self.changed)
        proxy.filter_changed.connect(self.changed)
        return model, proxy, view

    def _make_anew(self) -> None:
        model, proxy, view = self.model, self.proxy, self.view
        current, focus = view.current_item(), view.hasFocus()
        scroll = view.verticalScrollBar().value()
        model.flush()
        self.model, self.proxy, self.view = self._make()
        self.model.put((row.key, row.item) for row in model.rows)
        self.model.flush()
        self._layout.replaceWidget(view, self.view)
        for old in (model, proxy, view):
            old.blockSignals(True)
        view.hide()
        for each in (view, proxy, model):
            each.deleteLater()
        if current is not None:
            self.view.select_key(current.key)
        self.view.verticalScrollBar().setValue(scroll)
        if focus:
            self.view.setFocus()
