"""The packets of all joined groups, or of the selected ones, newest at the bottom."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QModelIndex, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from net.records import Datagram
from ui.pages.multicast.held_packets import Holder, Origin
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.packet_columns import join_key, packet_columns, words
from ui.pages.multicast.words import interfaces_in_words
from ui.text import count, visible
from ui.theme import unit
from ui.widgets.empty_panel import Emptiness, EmptyPanel
from ui.widgets.event_model import Condition, EventModel, EventProxy
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


class PacketsPane(QWidget):
    """Stays at the newest packet until the person scrolls up or chooses one, and again once they scroll down to it.

    Attributes:
        following: whether the newest is kept in sight.
        scope, all_groups, tools: words and buttons that stand above the packets, or where a parent puts them.

    Signals:
        packet_chosen: the Datagram that became current by mouse or keyboard.
        all_wanted: packets of all groups are to be shown.
        clear_wanted: the packets shown are to go.
    """

    packet_chosen = Signal(object)
    all_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.following = True
        self._scrolling = self._adding = False
        self._waiting: deque[Datagram] = deque(maxlen=KEPT)
        self._tick = QTimer(self, singleShot=True)
        self._tick.timeout.connect(self._show_waiting)
        self._total = 0
        self._counted_at = 0.0
        self._current: Datagram | None = None
        self._current_key: object = None
        self.groups: frozenset[JoinKey] = frozenset()
        self.model: EventModel[Datagram] = EventModel(packet_columns(), hold=Holder().hold, parent=self)
        self.model.words = words
        self.proxy: EventProxy[Datagram] = EventProxy(self.model, self)
        self.view: LineView[Datagram] = LineView(self.model, self.proxy, name=self.tr("Packets"))
        self.view.setSortingEnabled(False)
        self.view.horizontalHeader().setSectionsClickable(False)
        self.empty = EmptyPanel()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.view)
        self.stack.addWidget(self.empty)
        self.scope = PlainLabel(dim=True)
        self.shown_count = PlainLabel(dim=True)
        self.all_groups = self._button(self.tr("All groups"), self.tr("Show the packets of every group"))
        self.newest = self._button(self.tr("↓ Newest"), self.tr("Go to the newest packet and stay there"))
        self.clear = self._button(self.tr("Clear"), self.tr("Take away the packets shown; counting goes on"))
        self._arrange()
        self.all_groups.clicked.connect(self.all_wanted)
        self.clear.clicked.connect(self.clear_wanted)
        self.newest.clicked.connect(self.follow)
        self.view.current_item_changed.connect(self._current_changed)
        self.view.clicked.connect(self._clicked)
        self.view.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.proxy.rowsRemoved.connect(self._rows_removed)
        self.model.modelAboutToBeReset.connect(self._rows_change)
        self.model.filtered.connect(self._rows_changed)
        self.show_groups(frozenset())

    def add(self, datagrams: tuple[Datagram, ...]) -> None:
        """More have come; the first are shown at once, those of the same tick together."""
        self._waiting.extend(datagrams)
        if not self._tick.isActive():
            self._show_waiting()

    def flush(self) -> None:
        """Show all that is waiting; the oldest make way."""
        while self._waiting:
            self._show_some()

    def _show_some(self) -> None:
        datagrams = tuple(self._waiting.popleft() for _ in range(min(len(self._waiting), SHOWN_AT_ONCE)))
        follow = self.following
        self._adding = True
        self._let_go_of_oldest(self.model.held + len(datagrams) - KEPT)
        self.model.append(datagrams, keep=KEPT)
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

    def show_groups(self, keys: frozenset[JoinKey]) -> None:
        """Only the packets of these groups; all, if there are none."""
        if keys != self.groups:
            self.groups = keys
            self.proxy.set_condition(_of_groups(keys) if keys else None)
        self.all_groups.setVisible(bool(keys))
        self.view.show_column("group", shown=len(keys) != 1)
        self.scope.setText(self._scope_text())

    def set_filter(self, text: str) -> None:
        """Only those that fit what was typed."""
        self.proxy.set_filter(text)

    def take_away(self, condition: Callable[[Origin], bool]) -> None:
        """Forget the packets of whose origin ``condition`` holds."""
        self.flush()
        self.model.forget(lambda origin: isinstance(origin, Origin) and condition(origin))

    def kept(self, keys: frozenset[JoinKey]) -> int:
        """How many packets of these groups there are, whether the filter shows them or not."""
        return self.model.count(_of_groups(keys))

    def show_total(self, total: int) -> None:
        """How many have arrived of what is shown."""
        self._total = total
        self._show_count()

    def _show_count(self) -> None:
        self._counted_at = monotonic()
        total = self._total
        shown = self.proxy.rowCount()
        words = self.tr("showing %1 of %2") if total else ""
        self.shown_count.setText(words.replace("%1", count(shown)).replace("%2", count(max(total, shown))))
        self.clear.setEnabled(self.model.held > 0)

    def show_emptiness(self, emptiness: Emptiness) -> None:
        """What stands here while there is no packet to show."""
        self.empty.show_emptiness(emptiness)
        self.stack.setCurrentWidget(self.empty)

    def stop(self) -> None:
        """Show what is waiting, and no more."""
        self.flush()
        self._tick.stop()

    def show_packets(self) -> None:
        self.stack.setCurrentWidget(self.view)

    def follow(self) -> None:
        """Go to the newest and stay there."""
        self._scrolling = True
        self.view.scrollToBottom()
        self._scrolling = False
        self._set_following(following=True)

    def _scope_text(self) -> str:
        keys = sorted(self.groups)
        if not keys:
            return self.tr("of all groups")
        if len(keys) > 1:
            return self.tr("of %1 groups").replace("%1", count(len(keys)))
        words = self.tr("of %1 on %2").replace("%2", interfaces_in_words([keys[0].interface]))
        return words.replace("%1", visible(keys[0].endpoint))

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

    def _current_changed(self, datagram: Datagram | None) -> None:
        if datagram is not None and datagram is not self._current and not self._adding:
            self._choose(datagram)

    def _clicked(self, index: QModelIndex) -> None:
        """Also on the row that is current already."""
        self._choose(self.proxy.item(index))

    def _choose(self, datagram: Datagram) -> None:
        """What is looked at must not run away."""
        self._current = datagram
        self._set_following(following=False)
        self.packet_chosen.emit(datagram)

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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.scope, self.all_groups, self.tools):
            layout.addWidget(part)
        layout.addWidget(self.stack, 1)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setFlat(True)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button


def _of_groups(keys: frozenset[JoinKey]) -> Condition:
    return lambda origin: isinstance(origin, Origin) and join_key(origin) in keys
