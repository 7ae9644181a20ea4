"""A table of rows known by key: columns are data, changes are insert, remove and dataChanged, sorting is done here.

``data()`` looks up what was formatted before. Nothing resets the model but ``clear``, so selection, scroll position and
current row survive every refresh.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from enum import IntEnum
from itertools import groupby, islice
from typing import Generic

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from ui.text import tooltip
from ui.widgets.columns import Cell, Column, Item
from ui.widgets.runs import runs_of

Index = QModelIndex | QPersistentModelIndex
RowKey = Hashable
SortKey = tuple[object, ...]

TICK_MS = 40
"""Changes are shown at most 25 times a second."""

ROWS_A_TICK = 500
"""So many at once: 3 to 5 ms, so that painting fits into the same frame."""

MANY_MOVES = 50
"""Above this, arranging all rows at once costs less than moving them one by one."""

MANY_RANGES = 50
NEAR = 8
"""Above so many ranges, rows so near each other are told as one: a telling costs as much as ten rows."""

NO_INDEX = QModelIndex()


class Role(IntEnum):
    """Roles of our own."""

    CELL = Qt.ItemDataRole.UserRole + 1
    ITEM = Qt.ItemDataRole.UserRole + 2


class Row(Generic[Item]):
    """An item of the table with its formatted cells, made when first looked at."""

    __slots__ = ("cells", "haystack", "item", "key")

    def __init__(self, key: RowKey, item: Item, width: int) -> None:
        self.key = key
        self.item = item
        self.cells: list[Cell | None] = [None] * width
        self.haystack: str | None = None


class KeyedTableModel(QAbstractTableModel, Generic[Item]):
    """Rows of ``Item`` by key.

    ``natural``: the order without a sorted column (default: order of arrival). ``fields``: further texts of an
    item that the filter knows by name (``state:up``). ``words``, if set, gives the text the filter searches, which else
    is that of all cells and costs formatting them.

    Signals:
        changed: rows were put in, changed or taken out.
    """

    changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Item]],
        *,
        natural: Callable[[Item], object] | None = None,
        fields: Mapping[str, Callable[[Item], str]] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.fields = dict(fields or {})
        self.words: Callable[[Item], str] | None = None
        self.rows: list[Row[Item]] = []
        self._by_key: dict[RowKey, Row[Item]] = {}
        self._order: list[SortKey] = []  # the sort keys of self.rows, as they were when each row took its place
        self._natural = natural
        self._sort_column = -1
        self._descending = False
        self._arrivals = 0
        self._arrival: dict[RowKey, int] = {}
        self._waiting: dict[RowKey, tuple[Item] | None] = {}
        self._tick = QTimer(self, singleShot=True, interval=TICK_MS)
        self._tick.timeout.connect(self._tick_over)

    # What the pages use

    def put(self, items: Iterable[tuple[RowKey, Item]]) -> None:
        """Insert or update; shown within a tick."""
        for key, item in items:
            self._waiting[key] = (item,)
        self._soon()

    def drop(self, keys: Iterable[RowKey]) -> None:
        """Remove; unknown keys are ignored."""
        for key in keys:
            self._waiting[key] = None
        self._soon()

    def keep_only(self, keys: Iterable[RowKey]) -> None:
        """Remove every row but these: what a whole new answer no longer names."""
        kept = set(keys)
        self.drop([key for key in [*self._by_key, *self._waiting] if key not in kept])

    def clear(self) -> None:
        """Remove everything, as for another place."""
        self._waiting.clear()
        self.beginResetModel()
        self.rows.clear()
        self._order.clear()
        self._by_key.clear()
        self._arrival.clear()
        self.endResetModel()
        self.changed.emit()

    def flush(self) -> None:
        """Show what is waiting now, however much it is."""
        self._flush(len(self._waiting))

    def _flush(self, limit: int) -> None:
        if not self._waiting:
            return
        waiting = self._take_waiting(limit)
        gone = [self._by_key[key] for key, item in waiting.items() if item is None and key in self._by_key]
        self._remove(gone)
        fresh: list[Row[Item]] = []
        touched: list[Row[Item]] = []
        shown: list[list[Cell | None]] = []
        for key, boxed in waiting.items():
            if boxed is None:
                continue
            row = self._by_key.get(key)
            if row is None:
                fresh.append(self._new_row(key, boxed[0]))
            elif row.item != boxed[0]:
                row.item = boxed[0]
                shown.append(row.cells)
                row.cells = [None] * len(self.columns)
                row.haystack = None
                touched.append(row)
        self._update(touched, shown)
        self._insert(fresh)
        self._settle([*gone, *fresh, *touched])
        if gone or fresh or touched:
            self.changed.emit()

    def _take_waiting(self, limit: int) -> dict[RowKey, tuple[Item] | None]:
        """The first ``limit`` changes; the rest waits on."""
        if len(self._waiting) <= limit:
            taken, self._waiting = self._waiting, {}
            return taken
        return {key: self._waiting.pop(key) for key in list(islice(self._waiting, limit))}

    def item(self, key: RowKey) -> Item | None:
        """The item of that key, also if it waits to be shown."""
        if key in self._waiting:
            boxed = self._waiting[key]
            return boxed[0] if boxed is not None else None
        row = self._by_key.get(key)
        return row.item if row is not None else None

    def items(self) -> list[Item]:
        """The items shown, in their order."""
        return [row.item for row in self.rows]

    def row_at(self, place: int) -> Row[Item]:
        """The row that stands there."""
        return self.rows[place]

    def row_of(self, key: RowKey) -> int:
        """Where that key stands now, -1 if nowhere."""
        row = self._by_key.get(key)
        return self.rows.index(row) if row is not None else -1

    def refresh_column(self, key: str) -> None:
        """Format a column again, as for ages once a second."""
        column = next(number for number, known in enumerate(self.columns) if known.key == key)
        for row in self.rows:
            row.cells[column] = None
        if self.rows:
            self.dataChanged.emit(self.index(0, column), self.index(len(self.rows) - 1, column))

    def cell(self, row: Row[Item], column: int) -> Cell:
        """The formatted cell."""
        cell = row.cells[column]
        if cell is None:
            cell = row.cells[column] = self.columns[column].cell(row.item)
        return cell

    def haystack(self, row: Row[Item]) -> str:
        """All text of a row, casefolded, for the filter."""
        if row.haystack is None:
            if self.words is not None:
                text = self.words(row.item)
            else:
                text = "\n".join(self.cell(row, column).plain for column in range(len(self.columns)))
            row.haystack = text.casefold()
        return row.haystack

    def field_text(self, row: Row[Item], field: str) -> str | None:
        """The text of one column or named field, casefolded; None for a name unknown here."""
        if field in self.fields:
            return self.fields[field](row.item).casefold()
        for number, column in enumerate(self.columns):
            if column.key == field:
                return self.cell(row, number).plain.casefold()
        return None

    @property
    def field_names(self) -> frozenset[str]:
        """What may stand before a colon in the filter."""
        return frozenset(self.fields) | {column.key for column in self.columns}

    # What Qt asks

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or role not in _SERVED:
            return None
        row = self.row_at(index.row())
        if role == Role.ITEM:
            return row.item
        cell = self.cell(row, index.column())
        if role == Role.CELL:
            return cell
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(cell.tip) if cell.tip else None
        return cell.text if role == Qt.ItemDataRole.DisplayRole else cell.plain

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole and column.right:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By that column; -1 for the natural order."""
        self.flush()
        self._sort_column = column
        self._descending = column >= 0 and order == Qt.SortOrder.DescendingOrder
        self._arrange()

    # The work

    def _arrange(self) -> None:
        """Put all rows into order at once."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        rows_before = [(self.rows[index.row()], index.column()) for index in before]
        keyed = sorted(((self._key_of(row), row) for row in self.rows), key=_first, reverse=self._descending)
        self._order = [key for key, _ in keyed]
        self.rows = [row for _, row in keyed]
        position = {id(row): number for number, row in enumerate(self.rows)}
        after = [self.index(position[id(row)], column) for row, column in rows_before]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _soon(self) -> None:
        """The first change is shown at once, those that follow within the tick together."""
        if not self._tick.isActive():
            self._flush(ROWS_A_TICK)
            self._tick.start()

    def _tick_over(self) -> None:
        if self._waiting:
            self._flush(ROWS_A_TICK)
            self._tick.start()

    def _new_row(self, key: RowKey, item: Item) -> Row[Item]:
        row = Row(key, item, len(self.columns))
        self._by_key[key] = row
        self._arrivals += 1
        self._arrival[key] = self._arrivals
        return row

    def _key_of(self, row: Row[Item]) -> SortKey:
        """Sorted column first, then natural order, then arrival: no two rows are equal, so places are stable."""
        natural = self._natural(row.item) if self._natural is not None else 0
        arrival = self._arrival[row.key]
        if self._sort_column < 0:
            return (natural, arrival)
        column = self.columns[self._sort_column]
        key = column.sort(row.item) if column.sort is not None else self.cell(row, self._sort_column).text.casefold()
        return (key, natural, arrival)

    def _place(self, key: SortKey) -> int:
        """Where a row of that sort key belongs."""
        low, high = 0, len(self._order)
        while low < high:
            middle = (low + high) // 2
            before = self._order[middle] > key if self._descending else self._order[middle] < key
            low, high = (middle + 1, high) if before else (low, middle)
        return low

    def _remove(self, gone: list[Row[Item]]) -> None:
        if not gone:
            return
        leaving = {id(row) for row in gone}
        places = [number for number, row in enumerate(self.rows) if id(row) in leaving]
        for first, last in reversed(runs_of(places)):
            self.beginRemoveRows(NO_INDEX, first, last)
            for row in self.rows[first : last + 1]:
                del self._by_key[row.key]
                del self._arrival[row.key]
            del self.rows[first : last + 1]
            del self._order[first : last + 1]
            self.endRemoveRows()

    def _update(self, touched: list[Row[Item]], shown: list[list[Cell | None]]) -> None:
        """``shown``: the cells of each as they were formatted before."""
        if not touched:
            return
        columns = self._columns_of_change(touched, shown)
        position = {id(row): number for number, row in enumerate(self.rows)}
        places = sorted(position[id(row)] for row in touched)
        ranges = runs_of(places)
        for first, last in ranges if len(ranges) <= MANY_RANGES else runs_of(places, step=NEAR):
            self._emit_changed(first, last, columns)
        if self._sort_column < 0 or self.columns[self._sort_column].moves:
            out_of_place = [row for row in touched if self._order[position[id(row)]] != self._key_of(row)]
            if len(out_of_place) > MANY_MOVES:
                self._arrange()
            else:
                for row in out_of_place:
                    self._move(row)

    def _settle(self, rows: Sequence[Row[Item]]) -> None:
        """For subclasses: these rows went, came or changed; ``changed`` is still to be emitted."""

    def _emit_changed(self, first: int, last: int, columns: tuple[int, int]) -> None:
        self.dataChanged.emit(self.index(first, columns[0]), self.index(last, columns[1]))

    def _columns_of_change(self, touched: list[Row[Item]], shown: list[list[Cell | None]]) -> tuple[int, int]:
        """The first and last column that shows something else now, so that the others need not be painted.

        Only cells that were looked at are compared. Of many such rows all columns are told: to format what is not in
        view costs more than to paint what is.
        """
        seen = [(row, cells) for row, cells in zip(touched, shown, strict=True) if any(cells)]
        if len(seen) > MANY_RANGES:
            return (0, len(self.columns) - 1)
        differing = [
            column
            for row, cells in seen
            for column, cell in enumerate(cells)
            if cell is not None and cell != self.cell(row, column)
        ]
        return (min(differing), max(differing)) if differing else (0, 0)

    def _move(self, row: Row[Item]) -> None:
        key = self._key_of(row)
        at = self.rows.index(row)
        old = self._order.pop(at)
        to = self._place(key)
        if to == at:
            self._order.insert(at, key)
            return
        self._order.insert(at, old)
        self.beginMoveRows(NO_INDEX, at, at, NO_INDEX, to + 1 if to > at else to)
        del self._order[at]
        self.rows.insert(to, self.rows.pop(at))
        self._order.insert(to, key)
        self.endMoveRows()

    def _insert(self, fresh: list[Row[Item]]) -> None:
        """Rows that come to stand together go in together."""
        if not fresh:
            return
        keyed = sorted(((self._key_of(row), row) for row in fresh), key=_first, reverse=self._descending)
        runs = [(place, list(run)) for place, run in groupby(keyed, key=lambda pair: self._place(pair[0]))]
        scattered = len(runs) > MANY_MOVES
        if scattered:
            runs = [(len(self.rows), keyed)]
        for place, run in reversed(runs):
            self.beginInsertRows(NO_INDEX, place, place + len(run) - 1)
            self.rows[place:place] = [row for _, row in run]
            self._order[place:place] = [key for key, _ in run]
            self.endInsertRows()
        if scattered:
            self._arrange()


_SERVED = frozenset(
    (
        Role.CELL,
        Role.ITEM,
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
    )
)


def _first(pair: tuple[SortKey, Row[Item]]) -> SortKey:
    return pair[0]
