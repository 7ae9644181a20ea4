"""A table of events: rows come last and the oldest go, each in one block, however many there are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt

from ui.widgets.columns import Item
from ui.widgets.table_model import NO_INDEX, KeyedTableModel, Row


class EventModel(KeyedTableModel[Item]):
    """The newest events, in their order of arrival, which no column changes; their keys are numbers counted up."""

    def append(self, items: Sequence[Item], *, keep: int) -> None:
        """Add ``items`` at the end and drop the oldest of all, so that at most ``keep`` remain."""
        items = items[-keep:]
        if not items:
            return
        self._drop_oldest(len(self.rows) + len(items) - keep)
        fresh = [self._new_row(number, item) for number, item in enumerate(items, start=self._arrivals + 1)]
        self.beginInsertRows(NO_INDEX, len(self.rows), len(self.rows) + len(fresh) - 1)
        self.rows.extend(fresh)
        self._order.extend((0, row.key) for row in fresh)
        self.endInsertRows()
        self.changed.emit()

    def row_of(self, key: object) -> int:
        """Where that event stands, -1 if it is gone: keys ascend, so it is found by halving."""
        if key not in self._by_key:
            return -1
        return self._place((0, key))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Events stay in their order."""

    def _drop_oldest(self, number: int) -> None:
        if number <= 0:
            return
        self.beginRemoveRows(NO_INDEX, 0, number - 1)
        leaving: list[Row[Item]] = self.rows[:number]
        for row in leaving:
            del self._by_key[row.key]
            del self._arrival[row.key]
        del self.rows[:number]
        del self._order[:number]
        self.endRemoveRows()
