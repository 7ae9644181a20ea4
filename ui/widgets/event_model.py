"""A table of very many events: held in little memory, newest last, the oldest going, filtered a slice at a time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Sequence
from time import perf_counter
from typing import Generic, NamedTuple, Protocol, TypeVar

from PySide6.QtCore import QIdentityProxyModel, QObject, Qt, QTimer, Signal

from ui.later import Later
from ui.widgets.columns import Column, Item
from ui.widgets.filter_proxy import Terms
from ui.widgets.table_model import NO_INDEX, Index, KeyedTableModel, Row

SLICE_SECONDS = 0.004
"""So long the events are filtered in one turn of the event loop."""
LOOK_EVERY = 64
"""Events between two looks at the clock."""
CELLS_KEPT = 500
"""Rows whose formatted cells are kept: what is in sight is painted many times."""

ItemOut_co = TypeVar("ItemOut_co", covariant=True)
Condition = Callable[[Hashable], bool]


class Held(Protocol[ItemOut_co]):
    """An event as it is held; ``origin``: what many events have in common."""

    @property
    def origin(self) -> Hashable: ...

    def item(self) -> ItemOut_co:
        """The event itself, made anew."""
        ...


class Wanted(NamedTuple):
    """What an event must be like to be shown."""

    terms: Terms = Terms()
    condition: Condition | None = None


class EventModel(KeyedTableModel[Item]):
    """The newest events, in their order of arrival, which no column changes; their keys are numbers counted up.

    ``hold`` makes of an event what is kept of it. All rows of the model are shown: it filters by itself, since a
    QSortFilterProxyModel would ask for each of 100,000 rows in one turn.

    Signals:
        filtered: other rows are shown than before; selection and current row are gone.
    """

    filtered = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Item]],
        *,
        hold: Callable[[Item], Held[Item]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, parent=parent)
        self._hold = hold
        self._held: list[Held[Item]] = []
        self._numbers = array("q")
        self._test = Wanted()
        # The numbers of those shown, None where that is all.
        self._shown: array[int] | None = None
        # While other rows are looked for, those shown stay as they are.
        self._wanted: Wanted | None = None
        self._found = array("q")
        self._looked_to = 0
        self._formatted: dict[int, Row[Item]] = {}
        self._next_slice = QTimer(self, singleShot=True, interval=0)
        self._next_slice.timeout.connect(self._look_on)

    @property
    def held(self) -> int:
        """How many events are kept, shown or not."""
        return len(self._held)

    def append(self, items: Sequence[Item], *, keep: int) -> None:
        """Add ``items`` at the end and drop the oldest of all, so that at most ``keep`` remain."""
        items = items[-keep:]
        if not items:
            return
        self._drop_oldest(len(self._held) + len(items) - keep)
        fresh = [self._hold(item) for item in items]
        numbers = range(self._arrivals + 1, self._arrivals + len(fresh) + 1)
        shown: Sequence[int] = numbers
        if self._shown is not None:
            shown = [
                number for number, held in zip(numbers, fresh, strict=True) if self._fits(self._test, number, held)
            ]
        if shown:
            self.beginInsertRows(NO_INDEX, self.rowCount(), self.rowCount() + len(shown) - 1)
        self._arrivals += len(fresh)
        self._held.extend(fresh)
        self._numbers.extend(numbers)
        if self._shown is not None:
            self._shown.extend(shown)
        if shown:
            self.endInsertRows()
        self.changed.emit()

    def show_only(self, test: Wanted) -> None:
        """Show those that pass: a few at once, many as soon as all were looked at."""
        self._wanted = test
        self._found = array("q")
        self._looked_to = 0
        self._look_on()

    def forget(self, leaves: Condition) -> None:
        """Let those go whose origin ``leaves``."""
        verdicts = {origin: leaves(origin) for origin in {held.origin for held in self._held}}
        if not any(verdicts.values()):
            return
        self.beginResetModel()
        stay = [place for place, held in enumerate(self._held) if not verdicts[held.origin]]
        self._numbers = array("q", [self._numbers[place] for place in stay])
        self._held = [self._held[place] for place in stay]
        self._formatted.clear()
        self._keep_known()
        self.endResetModel()
        self.changed.emit()
        self.filtered.emit()

    def count(self, fits: Condition) -> int:
        """How many are kept whose origin ``fits``, shown or not."""
        verdicts = {origin: fits(origin) for origin in {held.origin for held in self._held}}
        return sum(verdicts[held.origin] for held in self._held)

    def row_at(self, place: int) -> Row[Item]:
        """The row shown at that place, made when it is looked at."""
        number = self._in_order[place]
        row = self._formatted.get(number)
        if row is None:
            if len(self._formatted) >= CELLS_KEPT:
                self._formatted.clear()
            item = self._held[bisect_left(self._numbers, number)].item()
            row = self._formatted[number] = Row(number, item, len(self.columns))
        return row

    def leaves_with_oldest(self, place: int, count: int) -> bool:
        """Whether the row shown at ``place`` is of the ``count`` oldest events."""
        return count > 0 and self._in_order[place] <= self._numbers[min(count, len(self._numbers)) - 1]

    def row_of(self, key: object) -> int:
        """Where that event stands, -1 if it is not shown: keys ascend, so it is found by halving."""
        if not isinstance(key, int):
            return -1
        place = bisect_left(self._in_order, key)
        return place if place < self.rowCount() and self._in_order[place] == key else -1

    def shown_now(self) -> Sequence[Item]:
        """The events shown at this moment, each made when it is looked at, whatever becomes of the model."""
        held = self._held.copy()
        if self._shown is None:
            return Later(len(held), lambda place: held[place].item())
        numbers, shown = self._numbers[:], self._shown[:]
        return Later(len(shown), lambda place: held[bisect_left(numbers, shown[place])].item())

    def items(self) -> list[Item]:
        """The events kept, in their order, shown or not."""
        return [held.item() for held in self._held]

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._in_order)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Events stay in their order."""

    @property
    def _in_order(self) -> array[int]:
        return self._numbers if self._shown is None else self._shown

    def _drop_oldest(self, count: int) -> None:
        if count <= 0:
            return
        leaving = count if self._shown is None else bisect_right(self._shown, self._numbers[count - 1])
        if leaving:
            self.beginRemoveRows(NO_INDEX, 0, leaving - 1)
        del self._held[:count]
        del self._numbers[:count]
        if self._shown is not None:
            del self._shown[:leaving]
        if leaving:
            self.endRemoveRows()

    def _look_on(self) -> None:
        test = self._wanted
        if test is None:
            return
        if test != Wanted():
            end = perf_counter() + SLICE_SECONDS
            while self._looked_to < self._arrivals:
                self._look_at_some(test)
                if perf_counter() > end:
                    self._next_slice.start()
                    return
        self._wanted = None
        self.beginResetModel()
        self._test = test
        self._shown, self._found = (None if test == Wanted() else self._found), array("q")
        self._keep_known()
        self.endResetModel()
        self.changed.emit()
        self.filtered.emit()

    def _look_at_some(self, test: Wanted) -> None:
        begin = bisect_right(self._numbers, self._looked_to)
        numbers = self._numbers[begin : begin + LOOK_EVERY]
        some = self._held[begin : begin + LOOK_EVERY]
        self._found.extend(number for number, held in zip(numbers, some, strict=True) if self._fits(test, number, held))
        self._looked_to = numbers[-1] if numbers else self._arrivals

    def _fits(self, test: Wanted, number: int, held: Held[Item]) -> bool:
        if test.condition is not None and not test.condition(held.origin):
            return False
        return not test.terms or test.terms.fit(self, Row(number, held.item(), len(self.columns)))

    def _keep_known(self) -> None:
        """Of those shown, take out what is not kept any more."""
        if self._shown is not None:
            known = frozenset(self._numbers)
            self._shown = array("q", [number for number in self._shown if number in known])


class EventProxy(QIdentityProxyModel, Generic[Item]):
    """Filters an EventModel as FilterProxy does any other; the condition is one on origins.

    Signals:
        filter_changed: other rows are shown now.
    """

    filter_changed = Signal()

    def __init__(self, source: EventModel[Item], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._events = source
        self._condition: Condition | None = None
        self.text = ""
        self.setSourceModel(source)
        source.filtered.connect(self.filter_changed)

    def set_filter(self, text: str) -> None:
        """Filter by what the person typed."""
        if text != self.text:
            self.text = text
            self._ask()

    def set_condition(self, condition: Condition | None) -> None:
        """Show only events of whose origin ``condition`` holds, whatever is typed."""
        self._condition = condition
        self._ask()

    def item(self, index: Index) -> Item:
        """The event of a row shown."""
        return self._events.row_at(index.row()).item

    def shown_items(self) -> Sequence[Item]:
        """The events shown, in order; see ``EventModel.shown_now``."""
        return self._events.shown_now()

    def _ask(self) -> None:
        self._events.show_only(Wanted(Terms.parsed(self.text, self._events.field_names), self._condition))
