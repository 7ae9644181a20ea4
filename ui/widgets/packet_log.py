"""A log of packets, newest at the bottom: it follows them until the person looks at one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Generic

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ui.text import count
from ui.theme import unit
from ui.widgets.columns import Column, Item
from ui.widgets.empty_panel import Emptiness, EmptyPanel
from ui.widgets.event_model import EventModel, EventProxy, Held
from ui.widgets.labels import PlainLabel
from ui.widgets.line_view import LineView

KEPT = 100_000
MANY = 2_000
COUNT_SECONDS = 0.4
"""With many packets the count follows less often: another text in a label has all beside it measured anew."""
TICK_MS = 100
"""What comes within a tick is shown together: more than ten pictures a second nobody reads."""
SHOWN_AT_ONCE = 1_000
"""Packets of one picture, 5 ms; what waits beyond that comes soon after."""
SOON_MS = 15


class PacketLog(QWidget, Generic[Item]):
    """Stays at the newest packet until the person scrolls up or chooses one, and again once they scroll down to it.

    ``hold``: see EventModel. ``words`` gives what a word of the filter is looked for in, ``fields`` what
    ``field:value`` is.

    Attributes:
        following: whether the newest is kept in sight.
        tools: count and buttons that stand above the packets, or where a parent puts them.

    Signals:
        packet_chosen: the one that became current by mouse or keyboard.
        clear_wanted: the packets shown are to go.
    """

    packet_chosen = Signal(object)
    clear_wanted = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Item]],
        name: str,
        *,
        hold: Callable[[Item], Held[Item]],
        words: Callable[[Item], str],
        fields: Mapping[str, Callable[[Item], str]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.following = True
        self._scrolling = self._adding = False
        self._waiting: deque[Item] = deque(maxlen=KEPT)
        self._tick = QTimer(self, singleShot=True)
        self._tick.timeout.connect(self._show_waiting)
        self._total = 0
        self._rest = ""
        self._loading = False
        self._counted_at = 0.0
        self._current: Item | None = None
        self._current_key: object = None
        self.model: EventModel[Item] = EventModel(columns, hold=hold, parent=self)
        self.model.words = words
        self.model.fields.update(fields or {})
        self.proxy: EventProxy[Item] = EventProxy(self.model, self)
        self.view: LineView[Item] = LineView(self.model, self.proxy, name=name)
        self.view.setSortingEnabled(False)
        self.view.horizontalHeader().setSectionsClickable(False)
        self.empty = EmptyPanel()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.shown_count = PlainLabel(dim=True)
        self.newest = flat_button(self.tr("↓ Newest"), self.tr("Go to the newest packet and stay there"))
        self.clear = flat_button(self.tr("Clear"), self.tr("Take away the packets shown; counting goes on"))
        self._arrange()
        self.clear.clicked.connect(self.clear_wanted)
        self.newest.clicked.connect(self.follow)
        self.view.current_item_changed.connect(self._current_changed)
        self.view.clicked.connect(self._clicked)
        self.view.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.proxy.rowsRemoved.connect(self._rows_removed)
        self.model.modelAboutToBeReset.connect(self._rows_change)
        self.model.filtered.connect(self._rows_changed)
        self._set_following(following=True)
        self._show_count()

    def add(self, packets: Sequence[Item]) -> None:
        """More have come; the first are shown at once, those of the same tick together."""
        self._waiting.extend(packets)
        if not self._tick.isActive():
            self._show_waiting()

    @property
    def coming(self) -> int:
        """How many were added that wait for the next tick to be shown."""
        return len(self._waiting)

    def flush(self) -> None:
        """Show all that is waiting; the oldest make way."""
        while self._waiting:
            self._show_some()

    def set_filter(self, text: str) -> None:
        """Only those that fit what was typed."""
        self.proxy.set_filter(text)

    def show_total(self, total: int, rest: str = "", *, loading: bool = False) -> None:
        """How many have come of what is shown; ``rest``: where those are that are not kept; ``loading``: they come."""
        self._total, self._rest, self._loading = total, rest, loading
        self._show_count()

    def show_emptiness(self, emptiness: Emptiness) -> None:
        """What stands here while there is no packet to show."""
        self.empty.show_emptiness(emptiness)
        self.stack.setCurrentWidget(self.empty)

    def show_packets(self) -> None:
        self.stack.setCurrentWidget(self.view)

    def stop(self) -> None:
        """Show what is waiting, and no more."""
        self.flush()
        self._tick.stop()

    def follow(self) -> None:
        """Go to the newest and stay there."""
        self._scrolling = True
        self.view.scrollToBottom()
        self._scrolling = False
        self._set_following(following=True)

    def _show_some(self) -> None:
        packets = tuple(self._waiting.popleft() for _ in range(min(len(self._waiting), SHOWN_AT_ONCE)))
        follow = self.following
        self._adding = True
        self._let_go_of_oldest(self.model.held + len(packets) - KEPT)
        self.model.append(packets, keep=KEPT)
        self._adding = False
        if self.model.held < MANY or monotonic() - self._counted_at >= COUNT_SECONDS:
            self._show_count()
        if follow:
            self.follow()

    def _show_waiting(self) -> None:
        if self._waiting:
            self._show_some()
            self._tick.start(SOON_MS if self._waiting else TICK_MS)

    def _let_go_of_oldest(self, leaving: int) -> None:
        """A current row that goes must not make the next one current, and that again the next."""
        current = self.view.currentIndex()
        if current.isValid() and self.model.leaves_with_oldest(current.row(), leaving):
            self.view.setCurrentIndex(QModelIndex())
            self.view.clearSelection()

    def _show_count(self) -> None:
        self._counted_at = monotonic()
        total = self._total
        shown = self.proxy.rowCount()
        words = self.tr("showing %1 of %2") if total else ""
        rest = ""
        if self._loading:
            rest = self.tr(", still loading")
        elif self._rest and total > shown + len(self._waiting) and not self.proxy.text:
            rest = f"; {self._rest}"
        self.shown_count.setText(words.replace("%1", count(shown)).replace("%2", count(max(total, shown))) + rest)
        self.clear.setEnabled(self.model.held > 0)

    def _scrolled(self) -> None:
        if not (self._scrolling or self._adding):
            bar = self.view.verticalScrollBar()
            self._set_following(following=bar.value() >= bar.maximum())

    def _rows_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        """What the person reads stays where it is while the oldest above it go."""
        if not self.following and first == 0:
            bar = self.view.verticalScrollBar()
            height = self.view.verticalHeader().defaultSectionSize()
            self._scrolling = True
            bar.setValue(max(0, bar.value() - (last - first + 1) * height))
            self._scrolling = False

    def _rows_change(self) -> None:
        row = self.view.currentIndex().row()
        self._current_key = self.model.row_at(row).key if row >= 0 else None

    def _rows_changed(self) -> None:
        """The packet that was looked at stays so, if it is still shown."""
        self._adding = True
        self.view.select_key(self._current_key)
        self._adding = False
        self._show_count()
        if self.following:
            self.follow()

    def _set_following(self, *, following: bool) -> None:
        self.following = following
        self.newest.setVisible(not following)

    def _current_changed(self, packet: Item | None) -> None:
        if packet is not None and packet is not self._current and not self._adding:
            self._choose(packet)

    def _clicked(self, index: QModelIndex) -> None:
        """Also on the row that is current already."""
        self._choose(self.proxy.item(index))

    def _choose(self, packet: Item) -> None:
        """What is looked at must not run away."""
        self._current = packet
        self._set_following(following=False)
        self.packet_chosen.emit(packet)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.following:
            self.follow()

    def _arrange(self) -> None:
        self.tools = QWidget(self)
        tools = QHBoxLayout(self.tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(unit(self.font()) * 2)
        tools.addStretch(1)
        for widget in (self.newest, self.shown_count, self.clear):
            tools.addWidget(widget)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.stack, 1)


def flat_button(text: str, tip: str) -> QPushButton:
    """A button without a frame, for above a log."""
    button = QPushButton(text)
    button.setAutoDefault(False)
    button.setFlat(True)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    return button
