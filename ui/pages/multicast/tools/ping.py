"""The tool Ping: asks a responder to answer by unicast and by multicast, and compares what comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from net.multicast.records import Pinging, Reply
from net.multicast.requests import PingRequest
from net.records import Interface, Problem, Record, Summary
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.multicast.states import tr
from ui.pages.multicast.tools.base import PAGE, Tool
from ui.pages.multicast.tools.ping_columns import WayRow, reply_columns, way_columns, way_rows
from ui.pages.multicast.tools.ping_words import PingVerdict, facts_of, from_summary, judge
from ui.pages.multicast.tools.responder import Responder
from ui.pages.multicast.tools.strip import Strip
from ui.pages.tool_head import Head
from ui.pages.tool_strip import set_words
from ui.text import fill
from ui.theme import Tone, unit
from ui.widgets.actions import Action
from ui.widgets.empty_panel import Emptiness, EmptyPanel, Why
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView

HOST = "ping/host"
LOW = 140
"""Quarter lines of a tool in which not everything has room."""
KEPT = 5000
"""Replies kept in the table; all are counted."""


class PingTool(Tool):
    """A ping goes on while something else is in front."""

    example = "multicast:lost"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.pinging: Pinging | None = None
        self.summary: Summary | None = None
        self._replies: dict[int, Reply] = {}
        self._refused: Problem | None = None
        self._watch: Watch | None = None
        self.strip = Strip()
        self._add_fields()
        self.run_button = self.strip.add_button("")
        self.stop_button = self.strip.add_button(tr("Stop"))
        self.head = Head()
        self.ways: KeyedTableModel[WayRow] = KeyedTableModel(way_columns(), parent=self)
        self.ways_view = TableView(self.ways, FilterProxy(self.ways, self), name=tr("Both ways compared"))
        self.model: KeyedTableModel[Reply] = KeyedTableModel(
            reply_columns(), natural=lambda reply: -reply.sequence, parent=self
        )
        self.proxy = FilterProxy(self.model, self)
        self.view = TableView(self.model, self.proxy, name=tr("Replies"))
        self.empty = EmptyPanel()
        self.responder = Responder(context)
        self._arrange()
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.stop_button.clicked.connect(self.stop)
        self._invite()
        self._update_buttons()

    # What the page calls

    def set_interface(self, interface: Interface | None) -> None:
        super().set_interface(interface)
        self.responder.set_interface(interface)

    def interface_changed(self) -> None:
        self._update_buttons()

    @property
    def newer(self) -> int:
        return super().newer + self.responder.newer

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - as a page's
        super().set_paused(paused)
        self.responder.set_paused(paused)

    def close_tool(self) -> None:
        super().close_tool()
        self.responder.close_tool()

    def set_filter(self, text: str) -> None:
        """For the replies."""
        self.proxy.set_filter(text)

    def rescan(self) -> None:
        """Ping again."""
        if self.host.text().strip():
            self.stop()
            self.run()

    def focus_content(self) -> None:
        self.host.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The replies."""
        return self.view.rows_as_text(selected=False) if self._replies else []

    def export_records(self) -> Sequence[Record]:
        """The replies and the sums."""
        sums = self.summary or self.pinging
        return [*self._replies.values(), *((sums,) if sums is not None else ())]

    def export_report(self) -> str:
        """The verdict with both ways."""
        if self.pinging is None:
            return ""
        ways = self.ways_view.rows_as_text(selected=False)
        return (
            "\n".join((self.head.sentence, self.head.remedy, self.head.facts, "", *("\t".join(row) for row in ways)))
            + "\n"
        )

    # The work

    def run(self) -> None:
        """Ping the host in the field."""
        host = self.host.text().strip()
        if self._watch is not None:
            return
        if not host:
            self.strip.say(tr("Type the address or name of a host on which a responder runs."))
            self.host.setFocus()
            return
        self.strip.say("")
        self.context.settings.set_page_text(PAGE, HOST, host)
        self.pinging = self.summary = self._refused = None
        self._replies.clear()
        self.model.clear()
        self.ways.clear()
        group = self.group.text().strip()
        request = PingRequest(
            host=host,
            group=group or None,
            interface=self.interface.name if self.interface is not None else None,
            count=self.count.value() or None,
            dialect=self.dialect.currentData(),
        )
        self._watch = self.open_watch("multicast.ping", request)
        self.head.say(fill(tr("Asking %1."), host), Tone.INFO, busy=True)
        self._show_result(shown=True)
        self._update_buttons()

    def stop(self) -> None:
        """End it; what was lost until now counts."""
        if self._watch is not None:
            self.close_watch(self._watch)
            self._show_replies(self._replies.values())
            self._over()
            self._tell(over=True)

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, Reply):
                self._replies[record.sequence] = record
            elif isinstance(record, Pinging):
                self.pinging = record
            elif isinstance(record, Summary):
                self.summary = record
            elif isinstance(record, Problem):
                self._refused = record
                self.strip.say_problem(record)
        for oldest in list(self._replies)[:-KEPT]:
            del self._replies[oldest]
        if not self.rests(len(records)):
            self._show_replies(record for record in records if isinstance(record, Reply))
            self._tell(over=self.summary is not None)

    def resumed(self) -> None:
        self._show_replies(self._replies.values())
        self._tell(over=self._watch is None)

    def failed(self, problem: Problem) -> None:
        self._watch = None
        if self.pinging is None:
            again = Action(tr("Try again"), self.run)
            self.empty.show_emptiness(Emptiness(Why.CANNOT_WORK, problem.text, (problem.remedy,), (again,)))
            self._show_result(shown=False)
        else:
            self.strip.say_problem(problem)
        self._over()

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._over()

    def _over(self) -> None:
        self._watch = None
        if self.pinging is not None:
            if not self.paused:
                self._tell(over=True)
        elif self._result.isVisibleTo(self):
            self.head.say(tr("Stopped before anything came back."), Tone.NEUTRAL)
        self._update_buttons()

    def _show_replies(self, fresh: Iterable[Reply]) -> None:
        self.model.put((reply.sequence, reply) for reply in fresh)
        if len(self.model.rows) > KEPT:
            self.model.keep_only(self._replies)

    def _tell(self, *, over: bool) -> None:
        if self.pinging is None:
            return
        verdict = self._verdict(over=over)
        self.head.say(verdict.sentence, verdict.tone, facts_of(self.pinging), remedy=verdict.remedy)
        self.ways.put(enumerate(way_rows(self.pinging)))
        self.ways.flush()

    def _verdict(self, *, over: bool) -> PingVerdict:
        """The probe's own conclusion, where it has come to one."""
        if self.summary is not None and self.summary.problems:
            return from_summary(self.summary.problems[-1])
        return judge(self.pinging, over=over) if self.pinging is not None else PingVerdict("", Tone.NEUTRAL)

    def _invite(self) -> None:
        reasons = (
            tr("A responder on another host (Lanscout, ssmpingd, omping) answers each question twice, by unicast and "
               "by multicast: what comes back by one way only shows where it is lost."),
            tr("Start the responder there, for instance with lanscout respond, and type the host's address above."),
        )  # fmt: skip
        self.empty.show_emptiness(
            Emptiness(Why.NOT_ASKED, tr("Does multicast get through from another host?"), reasons)
        )
        self._show_result(shown=False)

    def _show_result(self, *, shown: bool) -> None:
        """Not a stack: that would not ask how high the sentence is once it is broken into lines."""
        self.empty.setVisible(not shown)
        self._result.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the replies need the room more than the questions of others."""
        super().resizeEvent(event)
        self.responder.set_low(low=self.height() < unit(self.font()) * LOW)

    def _update_buttons(self) -> None:
        running = self._watch is not None
        where = self.interface.name if self.interface is not None else ""
        set_words(self.run_button, tr("Ping from %1").replace("%1", where) if where else tr("Ping"))
        self.run_button.setEnabled(not running)
        self.stop_button.setEnabled(running)

    def _add_fields(self) -> None:
        self.host = self.strip.add_text(tr("Host"), tr("Host to ping"), "192.168.1.20", 24)
        self.host.setText(self.context.settings.page_text(PAGE, HOST))
        self.group = self.strip.add_text(tr("Group"), tr("Group to ping through"), "232.43.211.234", 22)
        self.group.setToolTip(tr("Empty: the protocol's own, 232.43.211.234 or ff3e::4321:1234"))
        self.strip.add_row()
        self.count = self.strip.add_number(tr("Count"), tr("How often"), 0, 1_000_000, 10)
        self.count.setSpecialValueText(tr("until stopped"))
        self.count.setMinimumWidth(QFontMetrics(self.font()).averageCharWidth() * 18)
        self.dialect = QComboBox()
        for words, dialect in ((tr("automatic"), "auto"), ("v1 (ssmping)", "v1"), ("v2 (omping)", "v2")):
            self.dialect.addItem(words, dialect)
        self.dialect.setAccessibleName(tr("Dialect"))
        self.dialect.setToolTip(tr("Automatic asks for a session of v2 first, and speaks v1 where there is no answer"))
        self.strip.add(tr("Dialect"), self.dialect)

    def _arrange(self) -> None:
        for view in (self.ways_view, self.view):
            view.set_single_line(single=True)
        self.ways_view.setFixedHeight(self.ways_view.height_of(2))
        self.ways_view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMinimumHeight(self.view.height_of(1))
        self._result = QWidget()
        result = QVBoxLayout(self._result)
        result.setContentsMargins(0, 0, 0, 0)
        result.setSpacing(0)
        for widget in (self.head, self.ways_view):
            result.addWidget(widget)
        result.addWidget(self.view, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self._result, 1)
        layout.addWidget(self.responder)
