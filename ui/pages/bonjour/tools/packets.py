"""The view Packets: every mDNS packet that is heard, its fields beside its bytes, and a recording of them."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from discovery.records import BrowseState, MdnsPacket
from discovery.requests import HearRequest
from net.records import Problem, Record, Skipped
from resources.loader import lint_rules
from ui.later import Later
from ui.link import Link, Watch
from ui.pages.base import PageContext
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.packet_view import PacketView
from ui.pages.bonjour.tools.packet_rows import FIELDS, HeldMdnsPacket, Holder, packet_columns, told_again, words
from ui.pages.recorder_desk import RecorderDesk
from ui.pages.tool import Tool
from ui.text import count, fill, plural
from ui.theme import tokens, unit
from ui.widgets.actions import Action
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.labels import PlainLabel
from ui.widgets.packet_log import PacketLog

SILENCE_SECONDS = 10.0
"""After so long without a packet it is worth saying why that may be."""
KEPT_PAUSED = 100_000
"""Packets that wait while paused; of more the newest."""
METHOD = "bonjour.hear"


class PacketsTool(Tool):
    """Hears from when it is first shown; goes on while something else is in front, so that no packet is missed."""

    example = "act:asks from:foreign"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        # Now, not when the first rule is named: reading the table takes as long as a frame.
        lint_rules()
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self._heard_since = 0.0
        self._total = self._missed = 0
        self._waiting: list[HeldMdnsPacket] = []
        self._hold = Holder().hold
        self.states: dict[str, BrowseState] = {}
        self.log: PacketLog[HeldMdnsPacket] = PacketLog(
            packet_columns(), tr("mDNS packets"), hold=lambda held: held, words=words, fields=FIELDS
        )
        self.packet = PacketView(Qt.Orientation.Horizontal)
        self.desk = _Desk(context.link, self)
        self.scope = PlainLabel(dim=True)
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._tell)
        self._arrange()
        self.log.packet_chosen.connect(self._show_packet)
        self.log.clear_wanted.connect(self.clear)
        self.log.proxy.filter_changed.connect(self._tell)
        self.desk.said.connect(self.message)
        self.desk.refused.connect(lambda problem: self.message.emit(f"{problem.text} {problem.remedy}"))
        self.packet.hide()
        self._tell()

    # What the page calls

    def shown(self) -> None:
        if self._watch is None and self._failed is None:
            self.hear()
        self._second.start()

    def hidden(self) -> None:
        self._second.stop()

    def close_tool(self) -> None:
        self._second.stop()
        self.desk.close_desk()
        self.log.stop()
        super().close_tool()

    def interface_changed(self) -> None:
        """Packets of before stay; from now on those of the chosen interface come."""
        if self._watch is not None:
            self.hear()

    def rescan(self) -> None:
        """Open the sockets anew."""
        self.hear()

    def set_filter(self, text: str) -> None:
        self.log.set_filter(text)
        self._tell()

    def resumed(self) -> None:
        waiting, self._waiting = self._waiting, []
        self.log.add(waiting)
        self._tell()

    def focus_content(self) -> None:
        self.log.view.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The packets shown."""
        return self.log.view.rows_as_text(selected=False)

    def export_records(self) -> Sequence[Record]:
        """The packets shown, with their bytes."""
        shown = self.log.proxy.shown_items()
        return Later(len(shown), lambda place: told_again(shown[place]))

    # Hearing

    def hear(self) -> None:
        """Hear on the chosen interface from now on."""
        self.close_watch(self._watch)
        self._failed = None
        self.states.clear()
        self._heard_since = monotonic()
        self._watch = self.open_watch(METHOD, HearRequest(interfaces=self.names()), again=True)
        self._tell()

    def names(self) -> tuple[str, ...]:
        """The chosen interface, or () for all."""
        return (self.interface.name,) if self.interface is not None else ()

    def clear(self) -> None:
        """Forget the packets; counting goes on."""
        self.log.stop()
        self._waiting.clear()
        self.log.model.forget(lambda _origin: True)
        self.packet.hide()
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        packets = [self._hold(record) for record in records if isinstance(record, MdnsPacket)]
        for record in records:
            if isinstance(record, BrowseState):
                self.states[record.interface] = record
            elif isinstance(record, Skipped):
                self._missed += record.count
            elif isinstance(record, Problem):
                self.message.emit(f"{record.text} {record.remedy}")
        self._total += len(packets)
        if not packets:
            return
        if self.rests(len(packets)):
            self._waiting = (self._waiting + packets)[-KEPT_PAUSED:]
            return
        first = self.log.model.held == 0
        self.log.add(packets)
        self.log.show_total(self._total)
        if first:
            self._tell()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    # What is shown

    def _show_packet(self, held: HeldMdnsPacket) -> None:
        self.packet.show_packet(held.payload)
        if self.packet.isHidden():
            self.packet.show()
            # It takes its room from the log, which must not lose sight of what was chosen.
            QTimer.singleShot(0, self.log.view, lambda: self.log.view.scrollTo(self.log.view.currentIndex()))

    def _tell(self) -> None:
        self.scope.setText(self._scope())
        self.log.show_total(self._total)
        if self.log.proxy.rowCount():
            self.log.show_packets()
        else:
            self.log.show_emptiness(self._why_empty())

    def _scope(self) -> str:
        """Where is listened, what was left out."""
        parts = [fill(tr("on %1"), self._where())] if self._watch is not None else [tr("not listening")]
        held = self.log.model.held
        if held and self._total > held + self.log.coming + len(self._waiting):
            parts.append(fill(tr("the newest %1 kept"), count(held)))
        if self._missed:
            parts.append(fill(tr("%1 not handed on: too many at once"), count(self._missed)))
        return "  ·  ".join(parts)

    def _where(self) -> str:
        heard = [state.interface for state in self.states.values() if state.state == "browsing"]
        return ", ".join(heard) or (self.interface.name if self.interface is not None else tr("all usable interfaces"))

    def _why_empty(self) -> Emptiness:
        if self._failed is not None:
            again = Action(tr("Try again"), self.hear)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        held = self.log.model.held
        if held:
            one, many = tr("%n packet does not match the filter."), tr("None of %n packets matches the filter.")
            return Emptiness(Why.FILTERED_OUT, plural(held, one, many))
        seconds = int(monotonic() - self._heard_since)
        listening = fill(tr("Listening for mDNS on %1. Nothing is sent."), self._where())
        if seconds < SILENCE_SECONDS:
            return Emptiness(Why.LISTENING, listening)
        reasons = (
            tr("Most devices speak only when they start, are asked, or renew a record: show Services, which asks."),
            tr("Hosts that are there but never heard: a firewall here, or an access point that keeps multicast back. "
               "The view Why empty? finds out which."),
        )  # fmt: skip
        silent = fill(tr("No mDNS packet on %1 for %2 s."), self._where(), count(seconds))
        return Emptiness(Why.NOTHING_FOUND, silent, reasons)

    def _arrange(self) -> None:
        gap = unit(self.font())
        head = _Bar()
        row = QHBoxLayout(head)
        row.setContentsMargins(gap * 3, gap, gap * 3, gap)
        row.setSpacing(gap * 3)
        row.addWidget(self.scope)
        row.addWidget(self.log.tools, 1)
        row.addWidget(self.desk)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.log)
        self.splitter.addWidget(self.packet)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self.splitter, 1)


class _Bar(QWidget):
    """A line separates it from what is under it."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens(self.palette()).line))


class _Desk(RecorderDesk):
    """Records on the interfaces the tool listens on."""

    def __init__(self, link: Link, tool: PacketsTool) -> None:
        tip = tr("Record every mDNS packet to a pcapng file, for Wireshark")
        super().__init__(link, tr("Record mDNS"), tip)
        self._tool = tool
        self._update()

    def record_to(self, path: str) -> None:
        if path.strip() and not self.running:
            request = HearRequest(interfaces=self._tool.names(), packets=False, pcapng=path.strip())
            self.begin(METHOD, request, path.strip())
