"""A keyed table in groups: a head row stands before its rows, opens and closes them, and stays while one of them fits.

It is a table and no tree, so that sorting, filtering, selection and scrolling are those of every other table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import total_ordering
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QSortFilterProxyModel, Qt, Signal

from ui.widgets.columns import Column, Item
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import Index, KeyedTableModel, Row, RowKey, SortKey


@total_ordering
class _Backwards:
    """Sorts the other way round: groups keep their order where the rows in them are sorted from the end."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and bool(self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.key < self.key)


class GroupedTableModel(KeyedTableModel[Item]):
    """Keeps the rows of a group together behind their head, whatever column is sorted.

    ``head_key`` gives the row key of an item's head, and for a head its own, or None for an item without a head;
    ``group_order`` the sort key of its group, the same for all items of a group and for no other. ``columns``,
    ``natural`` and ``fields`` as KeyedTableModel has them; the sort functions of columns get no heads.
    """

    def __init__(
        self,
        columns: Sequence[Column[Item]],
        *,
        head_key: Callable[[Item], RowKey | None],
        group_order: Callable[[Item], object],
        natural: Callable[[Item], object] | None = None,
        fields: Mapping[str, Callable[[Item], str]] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, natural=natural, fields=fields, parent=parent)
        self._head_key = head_key
        self._group_order = group_order
        self._backwards: dict[object, _Backwards] = {}

    def regroup(self, head_key: Callable[[Item], RowKey | None], group_order: Callable[[Item], object]) -> None:
        """Group by something else: the heads go, the rows take their new places, and stay selected if they were."""
        self.flush()
        heads = [row for row in self.rows if self.is_head(row)]
        self._group_order = lambda _item: 0
        self._backwards.clear()
        self._arrange()  # the heads stand together now, so that they go at once
        self._remove(heads)
        self._head_key, self._group_order = head_key, group_order
        self._backwards.clear()
        self._arrange()

    def head_key(self, row: Row[Item]) -> RowKey | None:
        """The key of the head before that row, or of the row itself if it is one."""
        return self._head_key(row.item)

    def is_head(self, row: Row[Item]) -> bool:
        """Whether it stands for a group."""
        return row.key == self._head_key(row.item)

    def members(self, head: int) -> Iterator[int]:
        """The places of the rows behind the head at that place."""
        key = self.rows[head].key
        for place in range(head + 1, len(self.rows)):
            if self._head_key(self.rows[place].item) != key:
                return
            yield place

    def _key_of(self, row: Row[Item]) -> SortKey:
        head = self.is_head(row)
        group: object = (self._group_order(row.item), not head)
        if self._descending:
            # One object a group: comparing tuples asks whether their items are the same before it compares them.
            group = self._backwards.setdefault(group, _Backwards(group))
        return (group,) if head else (group, *super()._key_of(row))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._backwards.clear()
        super().sort(column, order)

    def _settle(self, rows: Sequence[Row[Item]]) -> None:
        """A head is shown as long as one of its rows is, so the filter must look at it again."""
        for key in {self._head_key(row.item) for row in rows} - {None}:
            place = self.row_of(key)
            if place >= 0:
                self._emit_changed(place, place, (0, len(self.columns) - 1))


class GroupedFilterProxy(FilterProxy[Item]):
    """Hides the rows of closed groups, and heads none of whose rows fit the filter.

    A filter that is typed opens all groups, so that what it finds is seen.

    Signals:
        closed_changed: other groups are closed now.
    """

    closed_changed = Signal()

    def __init__(self, source: GroupedTableModel[Item], parent: QObject | None = None) -> None:
        super().__init__(source, parent)
        self._grouped = source
        self._closed: frozenset[RowKey] = frozenset()
        self._restricted = False

    @property
    def closed(self) -> frozenset[RowKey]:
        """The keys of the heads that are closed."""
        return self._closed

    def set_closed(self, keys: frozenset[RowKey]) -> None:
        """Close these groups and open the others."""
        if keys == self._closed:
            return
        self.beginFilterChange()
        self._closed = keys
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)
        self.filter_changed.emit()
        self.closed_changed.emit()

    def set_condition(self, condition: Callable[[Item], bool] | None) -> None:
        self._restricted = condition is not None
        super().set_condition(condition)

    def is_open(self, head: RowKey | None) -> bool:
        """Whether the rows of that head are shown."""
        return bool(self.text.strip()) or head not in self._closed

    def row(self, index: Index) -> Row[Item]:
        """The row shown there."""
        return self._grouped.rows[self.mapToSource(index).row()]

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        row = self._grouped.rows[source_row]
        if self._grouped.is_head(row):
            return self._head_fits(source_row, source_parent)
        return self.is_open(self._grouped.head_key(row)) and self.fits(source_row, source_parent)

    def fits(self, source_row: int, source_parent: Index = QModelIndex()) -> bool:  # noqa: B008 - the root, immutable
        """Whether the filter lets that row through, be its group open or closed."""
        return super().filterAcceptsRow(source_row, source_parent)

    def fitting_items(self) -> list[Item]:
        """The items but heads that the filter lets through, in order."""
        rows = self._grouped.rows
        return [row.item for place, row in enumerate(rows) if not self._grouped.is_head(row) and self.fits(place)]

    def _head_fits(self, source_row: int, source_parent: Index) -> bool:
        alone = True
        for place in self._grouped.members(source_row):
            alone = False
            if self.fits(place, source_parent):
                return True
        return alone and not self.text.strip() and not self._restricted
