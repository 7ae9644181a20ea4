"""The ways to look at the services: by type, by host, flat, and as a matrix with the interfaces."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from net.records import Key
from ui.pages.bonjour.book import ServiceBook
from ui.pages.bonjour.heads import Grouping
from ui.pages.bonjour.hearing import tr
from ui.pages.bonjour.matrix import MatrixPane
from ui.pages.bonjour.rows import Line
from ui.settings import Settings
from ui.widgets.grouped_table import GroupedFilterProxy, GroupedTableModel
from ui.widgets.grouped_view import GroupedView
from ui.widgets.segments import Segments
from ui.widgets.table_model import RowKey
from ui.widgets.table_view import TableView

PAGE = "bonjour"
SETTING = "view"
MATRIX = "matrix"


class ServiceViews(QObject):
    """One table that is grouped by something else, and the matrix beside it, which gets rows while it is in front.

    Attributes:
        switch: the choice among them.

    Signals:
        changed: another is in front.
    """

    changed = Signal()

    def __init__(
        self,
        book: ServiceBook,
        model: GroupedTableModel[Line],
        proxy: GroupedFilterProxy[Line],
        table: GroupedView[Line],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._book = book
        self._model = model
        self._proxy = proxy
        self._table = table
        self.matrix = MatrixPane()
        choices = [
            (Grouping.TYPE.value, tr("By type")),
            (Grouping.HOST.value, tr("By host")),
            (Grouping.NONE.value, tr("Flat")),
            (MATRIX, tr("Matrix")),
        ]
        self.switch = Segments(choices, name=tr("View of the services"))
        self._group(Grouping.TYPE)
        self.switch.chosen.connect(self._chosen)

    @property
    def shows_matrix(self) -> bool:
        return self.switch.current == MATRIX

    @property
    def front(self) -> TableView[Line]:
        """The table in front."""
        return self.matrix.view if self.shows_matrix else self._table

    def restore(self, settings: Settings) -> None:
        """The view of the last time."""
        self.switch.choose(settings.page_text(PAGE, SETTING))

    def remember(self, settings: Settings) -> None:
        settings.set_page_text(PAGE, SETTING, self.switch.current)

    def change(self, put: Iterable[tuple[RowKey, Line]], drop: Iterable[RowKey]) -> None:
        """What the table is told, for the matrix."""
        if self.shows_matrix:
            self.matrix.change(put, drop)

    def set_filter(self, text: str) -> None:
        self.matrix.set_filter(text)

    def set_condition(self, condition: Callable[[Line], bool] | None) -> None:
        self._proxy.set_condition(condition)
        self.matrix.set_condition(condition)

    def select_key(self, key: Key) -> bool:
        """Make that row current, also in a group that is closed."""
        if not self.shows_matrix:
            item = self._model.item(key)
            head = self._book.heads.by.head_key(item) if item is not None else None
            if head is not None and head != key and not self._proxy.is_open(head):
                self._proxy.set_closed(self._proxy.closed - {head})
        return self.front.select_key(key)

    def _chosen(self, name: str) -> None:
        before = self._table if name == MATRIX else self._last_front()
        current = before.current_item()
        if name == MATRIX:
            self.matrix.show_all(self._book.rows)
        else:
            self._group(Grouping(name))
        self._was_matrix = name == MATRIX
        self.changed.emit()
        if current is not None:
            self.select_key(current.key)

    def _last_front(self) -> TableView[Line]:
        return self.matrix.view if self._was_matrix else self._table

    def _group(self, by: Grouping) -> None:
        self._was_matrix = False
        self._table.put_column("type", shown=by is not Grouping.TYPE)
        if by is self._book.heads.by:
            return
        self._book.group_by(by)
        self._model.regroup(by.head_key, by.order)
        put, drop = self._book.changes(self._proxy.closed)  # type: ignore[arg-type]
        self._model.put(put)
        self._model.drop(drop)
        self._model.flush()
