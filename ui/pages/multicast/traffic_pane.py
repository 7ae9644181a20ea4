"""What arrives for the joined groups, as packets or as streams, and the switch between the two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import monotonic

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from net.records import Record
from ui.later import joined
from ui.pages.multicast import emptiness
from ui.pages.multicast.joined_groups import JoinedGroups
from ui.pages.multicast.joins import Join, JoinKey, Phase
from ui.pages.multicast.packets_pane import PacketsPane
from ui.pages.multicast.stream_columns import SILENT_SECONDS, StreamRow
from ui.pages.multicast.stream_export import stream_table
from ui.pages.multicast.streams_pane import StreamsPane
from ui.settings import Settings
from ui.theme import unit
from ui.widgets.actions import Action
from ui.widgets.segments import Segments

PAGE = "multicast"
CHOICE = "traffic"
PACKETS, STREAMS = "packets", "streams"
HEADERS = {PACKETS: "multicast-packets", STREAMS: "multicast-streams"}


class TrafficPane(QWidget):
    """Packets and streams of all groups, or of those selected.

    Attributes:
        rest_of: says where the packets of groups are that are not kept.
        loading: tells whether packets of groups still come from a file.

    Signals:
        clear_filter, diagnose: what the empty panels offer.
        switched: packets are shown instead of streams, or the other way round.
    """

    clear_filter = Signal()
    diagnose = Signal()
    switched = Signal()

    def __init__(self, groups: JoinedGroups, settings: Settings) -> None:
        super().__init__()
        self._groups = groups
        self._settings = settings
        self.rest_of: Callable[[frozenset[JoinKey]], str] = lambda _: ""
        self.loading: Callable[[frozenset[JoinKey]], bool] = lambda _: False
        self.packets = PacketsPane()
        self.streams = StreamsPane(lambda row: groups.samples(row.join_key, row.stream.key()))
        choices = [(PACKETS, self.tr("Packets")), (STREAMS, self.tr("Streams"))]
        self.switch = Segments(choices, name=self.tr("Packets or streams"))
        self._panes, self._heads = QStackedWidget(), QStackedWidget()
        self._arrange()
        for name, pane in ((PACKETS, self.packets), (STREAMS, self.streams)):
            pane.view.restore_header(settings.header(HEADERS[name]))
        self.switch.chosen.connect(self._switched)
        self.packets.proxy.filter_changed.connect(self.update_packets)
        self.switch.choose(settings.page_text(PAGE, CHOICE))

    @property
    def streams_shown(self) -> bool:
        return self.switch.current == STREAMS

    @property
    def pane(self) -> PacketsPane | StreamsPane:
        """What is in front."""
        return self.streams if self.streams_shown else self.packets

    @property
    def keys(self) -> frozenset[JoinKey]:
        """The groups whose traffic is shown."""
        return self.packets.groups or frozenset(self._groups.joins)

    @property
    def least_height(self) -> int:
        """In which the line above and one row are seen."""
        return self._head_row.minimumSize().height() + self.streams.view.height_of(1)

    def show_groups(self, keys: frozenset[JoinKey]) -> None:
        """Only what these groups receive; all, if there are none."""
        self.packets.show_groups(keys)
        self.streams.show_groups(keys)
        self.update_traffic()

    def set_filter(self, text: str) -> None:
        self.packets.set_filter(text)
        self.streams.set_filter(text)
        self.update_traffic()

    def update_traffic(self) -> None:
        """The streams as they stand, the exact count of packets, or why there is nothing."""
        self.update_packets()
        if self.streams_shown:
            self.update_streams()

    def update_streams(self) -> None:
        now = monotonic()
        joins = self._groups.joins.values()
        self.streams.show_rows(row for join in joins for row in stream_rows(join, now))
        if self.streams.proxy.rowCount():
            self.streams.show_emptiness(None)
            return
        hidden = len(self.streams.model.rows) if self.streams.proxy.text else 0
        self.streams.show_emptiness(
            emptiness.no_stream(self._joins(), hidden=hidden, clear_filter=self._clear(), diagnose=self._diagnose())
        )

    def update_packets(self) -> None:
        keys = self.keys
        received = self._groups.received(keys)
        self.packets.show_total(received, self.rest_of(keys), loading=self.loading(keys))
        if self.packets.proxy.rowCount():
            self.packets.show_packets()
            return
        kept = self.packets.kept(keys) if self.packets.proxy.text else 0
        self.packets.show_emptiness(
            emptiness.no_packet(
                self._joins(), received=received, kept=kept, clear_filter=self._clear(), diagnose=self._diagnose()
            )
        )

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """Of streams all facts as plain numbers, of packets what is shown."""
        if self.streams_shown:
            return stream_table([row.stream for row in self.streams.proxy.shown_items()])
        return self.packets.view.rows_as_text(selected=False)

    def export_records(self) -> Sequence[Record]:
        """The streams shown; else all groups, and the packets shown."""
        if self.streams_shown:
            return [row.stream for row in self.streams.proxy.shown_items()]
        return joined(self._groups.records(), self.packets.proxy.shown_items())

    def stop(self) -> None:
        """The page closes: show what is waiting, no more, and remember how it stands."""
        self.packets.stop()
        self.streams.model.flush()
        self._settings.set_page_text(PAGE, CHOICE, self.switch.current)
        for name, pane in ((PACKETS, self.packets), (STREAMS, self.streams)):
            self._settings.set_header(HEADERS[name], pane.view.header_state())

    def _joins(self) -> list[Join]:
        keys = self.keys
        return [join for key, join in self._groups.joins.items() if key in keys]

    def _clear(self) -> Action:
        return Action(self.tr("Clear filter"), self.clear_filter.emit)

    def _diagnose(self) -> Action:
        return Action(self.tr("Diagnose"), self.diagnose.emit)

    def _switched(self, name: str) -> None:
        self._panes.setCurrentWidget(self.streams if name == STREAMS else self.packets)
        self._heads.setCurrentWidget(self.streams.head if name == STREAMS else self.packets.tools)
        self.update_traffic()
        self.switched.emit()

    def _arrange(self) -> None:
        gap = unit(self.font())
        for pane, head in ((self.packets, self.packets.tools), (self.streams, self.streams.head)):
            self._panes.addWidget(pane)
            self._heads.addWidget(head)
        head_row = self._head_row = QHBoxLayout()
        head_row.setContentsMargins(gap * 2, gap, gap * 3, gap)
        head_row.setSpacing(gap * 2)
        head_row.addWidget(self.switch)
        head_row.addWidget(self.packets.scope)
        head_row.addWidget(self.packets.all_groups)
        head_row.addWidget(self._heads, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head_row)
        layout.addWidget(self._panes, 1)


def stream_rows(join: Join, now: float) -> Iterable[StreamRow]:
    """The streams of a join as their rows show them."""
    for stream in join.tally.streams():
        history = join.tally.histories.get(stream.key())
        quiet = now - history.heard if history is not None else 0.0
        silent = int(quiet) if quiet >= SILENT_SECONDS else None
        yield StreamRow(stream, silent, join.active, join.phase is Phase.RECORDED)
