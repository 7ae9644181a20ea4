"""The Multicast page: joins groups on chosen interfaces, shows what arrives, and sends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from net.records import Datagram, Interface, Record
from ui.link import LinkState
from ui.link import Phase as LinkPhase
from ui.pages.base import PageContext
from ui.pages.multicast import emptiness
from ui.pages.multicast.capture_desk import CaptureDesk
from ui.pages.multicast.columns import FIELDS, GroupRow, columns
from ui.pages.multicast.details import describe_group
from ui.pages.multicast.details_pane import About, Below
from ui.pages.multicast.drift import DriftBanner
from ui.pages.multicast.group_actions import GroupActions
from ui.pages.multicast.groups_splitter import GroupsSplitter
from ui.pages.multicast.join_strip import JoinStrip
from ui.pages.multicast.joined_groups import JoinedGroups
from ui.pages.multicast.joining import Joining
from ui.pages.multicast.joins import Join, JoinKey, Phase
from ui.pages.multicast.packet_columns import join_key
from ui.pages.multicast.presets_menu import PresetsMenu
from ui.pages.multicast.row_refresh import PORTION, RowRefresh
from ui.pages.multicast.send_strip import SendStrip
from ui.pages.multicast.stream_columns import StreamRow
from ui.pages.multicast.target import Target, parse_target
from ui.pages.multicast.tools import TOOLS
from ui.pages.multicast.traffic_pane import PACKETS, TrafficPane
from ui.pages.table_page import TablePage
from ui.pages.views import Views, call
from ui.text import count, plural
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details
from ui.widgets.empty_panel import Emptiness

GROUPS_SHOWN = 5
WIDE = 110
"""Characters of a page that has room for all columns."""
LAST_GROUP, LISTEN = "group", "listen"


class MulticastPage(TablePage[GroupRow]):
    """Rows are the page's own joins, not an answer of the probe: they stay until the person clears them."""

    name = "multicast"
    example = "source:192.168.1.20 interface:en0"

    def __init__(self, context: PageContext) -> None:
        self._below = Below()
        super().__init__(context, columns(), fields=FIELDS, below=self._below)
        self.form.keeps_room = True  # what the streams show beside the table depends on the room there is
        self.groups = JoinedGroups(self, context.interfaces)
        self.refresh = RowRefresh(self)
        self.strip = JoinStrip()
        self.joining = Joining(self, self.strip, self.groups, context.interfaces, lambda: self.interface)
        self.traffic = TrafficPane(self.groups, context.settings)
        self.packets, self.streams = self.traffic.packets, self.traffic.streams
        self.send_strip = SendStrip(context.link, context.settings, self.places, self._typed_or_selected)
        self.capture = CaptureDesk(context.link, self.groups)
        self.traffic.rest_of = lambda keys: "" if self.newer else self.capture.rest.words(keys)
        self.traffic.loading = self.capture.loads
        self.row_actions = GroupActions(self.groups, self.send_strip.send_to, lambda key: self.clear_rows([key]))
        self.presets = PresetsMenu(self.strip.options.presets, self.strip, self.send_strip.form, context.settings)
        self._arrange()
        self._connect()
        self.strip.field.setText(context.settings.page_text(self.name, LAST_GROUP))
        self.drift = DriftBanner(self, self.groups, self.places)
        self._update_strips()
        self.update_state()

    # Joining and leaving

    def places(self, target: Target | None) -> tuple[str, ...]:
        """The interfaces a join or send would be made on."""
        return self.joining.places(target)

    def join(self, text: str) -> None:
        """Type it and press Enter."""
        self.strip.field.setText(text)
        self.strip.ask_to_join()

    def clear_rows(self, keys: Iterable[JoinKey]) -> None:
        """Take rows that are over away, and their packets."""
        gone = self.groups.clear(keys)
        self.capture.forget(gone)
        self.packets.take_away(lambda datagram: join_key(datagram) in gone)
        self.change((), gone)
        self.model.flush()
        self._selection_changed()

    # The contract

    def title(self) -> str:
        return self.tr("Joined groups")

    def ask(self) -> None:
        self.groups.ask_routes()

    def rescan(self) -> None:
        """Ask for the ways again, and try again what was refused."""
        super().rescan()
        if self.views.tool is not None:
            call(self.views.tool, "rescan")
        else:
            self.groups.open_refused()

    def feed(self, records: tuple[Record, ...]) -> None:
        """Only packets wait while the page is paused; the joins count on, and the rows stand still."""
        packets = tuple(record for record in records if isinstance(record, Datagram))
        if packets:
            super().feed(packets)

    def take(self, records: tuple[Record, ...]) -> None:
        """The count beside them follows with the rows of the groups."""
        self.packets.add(tuple(record for record in records if isinstance(record, Datagram)))
        if not self.packets.view.isVisible() and not self.traffic.streams_shown:
            self.traffic.update_packets()

    @property
    def newer(self) -> int:
        return super().newer + self.views.newer

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - a slot
        super().set_paused(paused)
        self.views.set_paused(paused=paused)
        self.refresh.paused = paused
        if not paused:
            self._refresh_all()

    def shown(self) -> None:
        super().shown()
        self.views.shown()
        self._refresh_all()

    def hidden(self) -> None:
        super().hidden()
        self.views.hidden()

    def set_interface(self, interface: Interface | None) -> None:
        super().set_interface(interface)
        self.views.set_interface(interface)

    def close_page(self) -> None:
        super().close_page()
        self.views.close_tools()
        self.refresh.stop()
        self.drift.stop()
        self.traffic.stop()
        self.capture.close_desk()
        self.send_strip.close_strip()
        self._splitter.remember()

    def doubt_rows(self) -> None:
        """Rows go only when the person clears them."""

    def interface_changed(self) -> None:
        """Joins stay where they were made."""
        self._update_strips()
        self.drift.refresh()

    def second(self) -> None:
        self.groups.sample()
        if not self.paused:
            self._refresh_all()
            self.model.refresh_column("last")

    def set_filter(self, text: str) -> None:
        """The filter is for the packets; there are few groups."""
        self.traffic.set_filter(text)
        self.views.set_filter(text)

    def filter_example(self) -> str:
        return self.views.filter_example(self.example)

    def select(self, subject: str) -> None:
        """A group, or the name of a tool, which then begins."""
        if self.views.begin(subject):
            return
        self.views.show_view(LISTEN)
        target = parse_target(subject)
        if isinstance(target, Target):
            self.strip.field.setText(subject)
        super().select(target.endpoint if isinstance(target, Target) else subject)

    def focus_content(self) -> None:
        if self.views.focus_tool():
            return
        pane = self.traffic.pane
        (pane.view if pane.proxy.rowCount() else self.strip.field).setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        if self.views.tool is not None:
            return call(self.views.tool, "export_rows") or []
        rows = self.traffic.export_rows()
        return rows if len(rows) > 1 else self.view.rows_as_text(selected=False)

    def export_records(self) -> Sequence[Record]:
        if self.views.tool is not None:
            return call(self.views.tool, "export_records") or []
        return self.traffic.export_records()

    def export_report(self) -> str:
        return call(self.views.tool, "export_report") or ""

    # What is said

    def describe(self, item: GroupRow) -> Details:
        route = self.groups.routes.get(item.key.group)
        return describe_group(item, self.groups.joins[item.key], route, self.row_actions.of(item))

    def emptiness(self) -> Emptiness:
        return emptiness.no_group(self.join, self.places(None))

    def badge_text(self) -> str:
        return count(len(self.groups.active)) if self.groups.active else ""

    def badge_tone(self) -> Tone:
        """A join in trouble colours the count."""
        tones = {row.item.standing.tone for row in self.model.rows}
        return next((found for found in (Tone.ERROR, Tone.WARNING) if found in tones), Tone.NEUTRAL)

    def facts(self) -> tuple[str, ...]:
        active = self.groups.active
        if not active:
            return ()
        dropped = sum(join.tally.dropped_here or 0 for join in self.groups.joins.values())
        return (
            plural(len(active), self.tr("%n group joined"), self.tr("%n groups joined")),
            self.tr("%1 packets/s").replace("%1", count(round(sum(join.tally.packets_per_s for join in active)))),
            self.tr("%1 dropped here").replace("%1", count(dropped)),
        )

    def update_state(self) -> None:
        super().update_state()
        rows = len(self.model.rows)
        self._splitter.fit(self.view.height_of(min(max(rows, 2), GROUPS_SHOWN)), rows=rows)
        self.strip.leave.setEnabled(any(item.active for item in self.view.selected_items()))
        self.strip.clear.setEnabled(len(self.groups.active) < len(self.groups.joins))

    def activate(self, item: GroupRow) -> None:
        if not self.groups.is_active(item.key) and not item.recorded:
            self.groups.open(item.key)

    def fill_menu(self, menu: QMenu, item: GroupRow) -> None:
        for action in self.row_actions.menu_of(item):
            menu.addAction(action.text).triggered.connect(action.run)

    # The work

    def _arrange(self) -> None:
        least = (self.view.height_of(1), self.traffic.least_height)
        self._splitter = GroupsSplitter(self.stack, self.traffic, self.context.settings, least=least)
        listen = QWidget()
        layout = QVBoxLayout(listen)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self._splitter, 1)
        layout.addWidget(self.send_strip)
        self.views = Views(self.context, (LISTEN, self.tr("Listen")), listen, self.form, TOOLS)
        self.details = self.views.details
        self.content.addWidget(self.views, 1)
        self.views.add_corner(self.capture)

    def _connect(self) -> None:
        self.views.changed.connect(self._view_changed)
        self.views.speak_for(self)
        self.groups.state_changed.connect(self._join_changed)
        self.groups.counted.connect(lambda join: self.refresh.counted((join.key,)))
        self.refresh.due.connect(self._show_rows)
        self.groups.routed.connect(self._routed)
        self.joining.joining.connect(self._joining)
        self.joining.settled.connect(self.message)
        self.joining.joined_already.connect(self.view.select_key)
        for part in (self.presets, self.capture):
            part.said.connect(self.message)
        self.capture.refused.connect(self.strip.note.show_problem)
        self.capture.opening.connect(self.strip.calm_down)
        self.capture.opened.connect(self.packets.add)
        self.capture.loaded.connect(self.traffic.update_packets)
        self.strip.text_changed.connect(self._update_strips)
        self.strip.leave_wanted.connect(self._leave_selected)
        self.strip.clear_wanted.connect(lambda: self.clear_rows(list(self.groups.joins)))
        self.packets.packet_chosen.connect(self._show_packet)
        self.packets.all_wanted.connect(self.view.clearSelection)
        self.packets.clear_wanted.connect(self._clear_packets)
        self.streams.stream_chosen.connect(self._show_stream)
        self.streams.stream_changed.connect(self._stream_changed)
        self.traffic.clear_filter.connect(self.clear_filter)
        self.traffic.diagnose.connect(lambda: self.go_to.emit("diagnosis", ""))
        self.view.selectionModel().selectionChanged.connect(self._selection_changed)
        self.view.selectionModel().currentRowChanged.connect(self._show_group)
        self.view.clicked.connect(self._show_group)
        self.context.interfaces.changed.connect(self._interfaces_changed)
        self.context.link.state_changed.connect(self._link_changed)

    def _view_changed(self) -> None:
        """Only a view with details takes the room beside the page for them."""
        self.details_shown = self.views.has_details
        self.details_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow page the sparkline needs the room more than the last source, which the packets tell, too."""
        super().resizeEvent(event)
        self.view.show_column("last", shown=self.width() >= QFontMetrics(self.font()).averageCharWidth() * WIDE)

    def _interfaces_changed(self) -> None:
        self._update_strips()
        self._refresh_all()
        self.update_state()

    def _link_changed(self, state: LinkState) -> None:
        if state.phase in (LinkPhase.RESTARTING, LinkPhase.FAILED):
            self.groups.lost()

    def _join_changed(self, join: Join) -> None:
        self.refresh.many = len(self.groups.joins) > PORTION
        self.refresh.state_changed((join.key,))
        if join.phase is Phase.REFUSED and join.problem is not None and join.key in self.joining.asked_last:
            self.strip.note.show_problem(join.problem)

    def _joining(self, words: str) -> None:
        self.context.settings.set_page_text(self.name, LAST_GROUP, self.strip.field.text().strip())
        self.message.emit(words)

    def _routed(self, group: str) -> None:
        if not self.paused:
            self.refresh.state_changed(key for key in self.groups.joins if key.group == group)

    def _refresh_all(self) -> None:
        if len(self.groups.joins) > PORTION:
            self.refresh.counted(self.groups.joins)
        elif not self.paused:
            self._show_rows(self.groups.joins)

    def _show_rows(self, keys: Iterable[JoinKey], whole: bool = True) -> None:  # noqa: FBT001, FBT002 - a slot
        """``whole``: no further rows follow at once."""
        rows = [(key, self.groups.row(key)) for key in keys if key in self.groups.joins]
        if rows:
            self.change(rows)
            if whole and not self.paused:
                self.traffic.update_traffic()

    def _selection_changed(self) -> None:
        self.traffic.show_groups(frozenset(item.key for item in self.view.selected_items()))
        self._update_strips()
        self.update_state()

    def _show_group(self) -> None:
        self._below.show_group()
        self.refresh_details()

    def _show_packet(self, datagram: Datagram) -> None:
        self.form.show_details(self._below.show_packet(datagram))

    def _show_stream(self, row: StreamRow) -> None:
        actions = (Action(self.tr("Its packets"), lambda: self._show_packets_of(row.join_key)),)
        self.form.show_details(self._below.show_stream(row, actions))

    def _stream_changed(self, row: StreamRow) -> None:
        if self._below.about is About.STREAM and self.visible_now:
            self._show_stream(row)

    def _show_packets_of(self, key: JoinKey) -> None:
        self.view.select_key(key)
        self.traffic.switch.choose(PACKETS)

    def _show_details(self, item: GroupRow | None) -> None:
        """They stay with the packet or stream that was chosen until a group is."""
        if self._below.about is About.GROUP:
            super()._show_details(item)

    def _leave_selected(self) -> None:
        self.groups.leave([item.key for item in self.view.selected_items()])

    def _clear_packets(self) -> None:
        keys = self.traffic.keys
        self.groups.clear_packets(keys)
        self.packets.take_away(lambda datagram: join_key(datagram) in keys)
        self.traffic.update_packets()

    def _typed_or_selected(self) -> str:
        """What a send goes to by default: the group in the field above, else that of the current row."""
        item = self.view.current_item()
        return self.strip.field.text().strip() or (item.key.endpoint if item is not None else "")

    def _update_strips(self) -> None:
        target = self.strip.target()
        if isinstance(target, Target):
            self.context.settings.set_page_text(self.name, LAST_GROUP, self.strip.field.text().strip())
        self.strip.options.picker.show_interfaces(self.context.interfaces.ordered())
        self.strip.show_places(self.places(target if isinstance(target, Target) else None))
        self.send_strip.refresh()
