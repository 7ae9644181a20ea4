"""The view Lint: which rules of mDNS are broken by whom, who asks for what, and a score for each host."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QSplitter, QStackedWidget, QVBoxLayout

from discovery.records import Asked, BrowseState, HostScore, LintFinding
from discovery.requests import HearRequest
from net.records import Key, Problem, Record
from net.text import times_text
from resources.loader import lint_rules
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.packet_view import PacketView
from ui.pages.bonjour.tools.lint_columns import (
    ADDRESS_FIELD,
    FINDING_FIELDS,
    SIGNS,
    finding_columns,
    finding_order,
    host_columns,
    host_words,
    question_columns,
)
from ui.pages.bonjour.tools.lint_details import describe_finding, describe_host, describe_question
from ui.pages.tool import Tool
from ui.pages.tool_strip import Strip
from ui.text import count, fill, plural
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.segments import Segments
from ui.widgets.table_panel import TablePanel

FINDINGS, QUESTIONS, HOSTS = "findings", "questions", "hosts"
HOST_CHARACTERS = 34
SILENCE_SECONDS = 10


class LintTool(Tool):
    """Judges from when it is first shown; goes on while something else is in front, and sends nothing."""

    example = "address:192.168.1.40"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        # Now, not when the first rule is named: reading the table takes as long as a frame.
        lint_rules()
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self._since = 0.0
        self._waiting: dict[Key, Record] = {}
        self._of: Key | None = None
        self.states: dict[str, BrowseState] = {}
        self.hosts: dict[str, HostScore] = {}
        self.findings = TablePanel(finding_columns(), tr("Findings"), natural=finding_order, fields=FINDING_FIELDS)
        self.questions = TablePanel(
            question_columns(), tr("Questions"), natural=lambda row: row.first, fields=ADDRESS_FIELD
        )
        self.scores = TablePanel(
            host_columns(), tr("Hosts"), natural=lambda row: (row.score, row.source), fields=ADDRESS_FIELD
        )
        self.panels: dict[str, TablePanel[Any]] = {
            FINDINGS: self.findings, QUESTIONS: self.questions, HOSTS: self.scores,
        }  # fmt: skip
        self.packet = PacketView(Qt.Orientation.Horizontal)
        self.details = DetailsForm(empty_text=tr("Select a row to see all about it."))
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self._tell)
        self._arrange()
        self.switch.chosen.connect(self._show_panel)
        self.host.activated.connect(self._choose_host)
        for panel in self.panels.values():
            panel.view.current_item_changed.connect(self._show_details)
            panel.proxy.filter_changed.connect(self._tell)
        self.scores.view.row_activated.connect(self.show_findings_of)
        self._show_details(None)
        self._tell()

    # What the page calls

    def shown(self) -> None:
        if self._watch is None and self._failed is None:
            self.hear()
        self._second.start()
        self._tell()

    def hidden(self) -> None:
        self._second.stop()

    def close_tool(self) -> None:
        self._second.stop()
        super().close_tool()

    def interface_changed(self) -> None:
        if self._watch is not None:
            self.hear()

    def rescan(self) -> None:
        """Judge anew."""
        self.hear()

    def set_filter(self, text: str) -> None:
        for panel in self.panels.values():
            panel.proxy.set_filter(text)
        self._tell()

    def resumed(self) -> None:
        waiting, self._waiting = self._waiting, {}
        self._show(tuple(waiting.values()))

    def focus_content(self) -> None:
        self.front.view.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The table in front."""
        return self.front.view.rows_as_text(selected=False)

    def export_records(self) -> Sequence[Record]:
        """The rows of the table in front."""
        return list(self.front.proxy.shown_items())

    def export_report(self) -> str:
        """Each host with its score and what it breaks."""
        if not self.hosts:
            return ""
        lines = [f"# mDNS lint\n\n{self._heard()}\n"]
        for host in sorted(self.hosts.values(), key=lambda host: host.score):
            lines.append(f"## {host_words(host.host, host.source)} ({host.source}): {host.score} of 100\n")
            broken = [found for found in self.findings.model.items() if found.offender == host.source]
            lines += [
                f"- {found.severity} · {found.section} · {found.title} {found.subject}: {found.evidence} "
                f"({times_text(found.count)} on {found.interface})"
                for found in broken
            ] or [f"- {tr('no rule broken')}"]
            lines.append("")
        return "\n".join(lines)

    @property
    def front(self) -> TablePanel[Any]:
        """The table in front."""
        return self.panels[self.switch.current]

    # Hearing

    def hear(self) -> None:
        """Judge what comes on the chosen interface from now on; what was found before is forgotten."""
        self.close_watch(self._watch)
        self._failed = None
        self._since = monotonic()
        for known in (self.states, self.hosts, self._waiting):
            known.clear()
        for panel in self.panels.values():
            panel.model.clear()
        self._fill_hosts()
        names = (self.interface.name,) if self.interface is not None else ()
        self._watch = self.open_watch(
            "bonjour.hear", HearRequest(interfaces=names, packets=False, lint=True), again=True
        )
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        news = [record for record in records if isinstance(record, LintFinding | HostScore | Asked)]
        for record in records:
            if isinstance(record, BrowseState):
                self.states[record.interface] = record
            elif isinstance(record, Problem):
                self.strip.say_problem(record)
        if self.rests(len(news)):
            self._waiting |= {record.key(): record for record in news}
        else:
            self._show(tuple(news))

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    # What is shown

    def show_findings_of(self, host: HostScore) -> None:
        """Only what that host breaks and asks."""
        self.host.setCurrentIndex(self.host.findData(host.source))
        self._choose_host()
        self.switch.choose(FINDINGS)

    def _show(self, records: tuple[Record, ...]) -> None:
        self.findings.put((row.key(), row) for row in records if isinstance(row, LintFinding))
        self.questions.put((row.key(), row) for row in records if isinstance(row, Asked))
        scores = [row for row in records if isinstance(row, HostScore)]
        if scores:
            self.hosts |= {row.source: row for row in scores}
            self.scores.put((row.key(), row) for row in scores)
            self._fill_hosts()
        self._tell()

    def _show_panel(self, name: str) -> None:
        self.stack.setCurrentWidget(self.panels[name])
        self._show_details(self.panels[name].view.current_item())

    def _choose_host(self) -> None:
        source = self.host.currentData()
        self.findings.proxy.set_condition((lambda row: row.offender == source) if source else None)
        self.questions.proxy.set_condition((lambda row: row.source == source) if source else None)
        self._tell()

    def _fill_hosts(self) -> None:
        """The worst first; the choice stays."""
        if self.host.view().isVisible():
            return
        chosen = self.host.currentData()
        entries = [(tr("All hosts"), "")]
        for host in sorted(self.hosts.values(), key=lambda host: (host.score, host.source)):
            named = host_words(host.host, host.source)
            address = f" · {host.source}" if named != host.source else ""
            entries.append((f"{host.score}  {named}{address}", host.source))
        if entries != [(self.host.itemText(row), self.host.itemData(row)) for row in range(self.host.count())]:
            self.host.clear()
            for words, source in entries:
                self.host.addItem(words, source)
            self.host.setCurrentIndex(max(0, self.host.findData(chosen)))
            if chosen and self.host.currentData() != chosen:
                self._choose_host()

    def _show_details(self, row: object) -> None:
        self.packet.setVisible(isinstance(row, LintFinding) and bool(row.payload_hex))
        if isinstance(row, LintFinding):
            self.details.show_details(describe_finding(row))
            self._show_packet(row)
        elif isinstance(row, Asked):
            self.details.show_details(describe_question(row))
        elif isinstance(row, HostScore):
            self.details.show_details(
                describe_host(row, Action(tr("Its findings"), lambda: self.show_findings_of(row)))
            )
        else:
            self.details.show_details(None)

    def _show_packet(self, finding: LintFinding) -> None:
        """The one that was the last when the finding was chosen: what is read does not change by itself."""
        if finding.key() != self._of:
            self._of = finding.key()
            mark = (finding.start, finding.end)
            self.packet.show_packet(bytes.fromhex(finding.payload_hex), mark, SIGNS[finding.severity][1])

    def _show_current_host(self) -> None:
        host = self.scores.view.current_item()
        if host is not None:
            self.show_findings_of(host)

    def _tell(self) -> None:
        for name, words in ((FINDINGS, tr("Findings")), (QUESTIONS, tr("Questions")), (HOSTS, tr("Hosts"))):
            shown = self.panels[name].proxy.rowCount()
            self.switch.set_words(name, f"{words} {count(shown)}" if shown else words)
            self.panels[name].tell(self._why_empty(name))

    def _where(self) -> str:
        heard = [state.interface for state in self.states.values() if state.state == "browsing"]
        return ", ".join(heard) or (self.interface.name if self.interface is not None else tr("all usable interfaces"))

    def _heard(self) -> str:
        packets = sum(host.packets for host in self.hosts.values())
        words = plural(packets, tr("%n packet of %1 heard on %2 in %3 s"), tr("%n packets of %1 heard on %2 in %3 s"))
        hosts = plural(len(self.hosts), tr("one host"), tr("%n hosts"))
        return fill(words, hosts, self._where(), count(int(monotonic() - self._since)))

    def _why_empty(self, name: str) -> Emptiness:
        if self._failed is not None:
            again = Action(tr("Try again"), self.hear)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        if self.panels[name].model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the rows matches the filter and the host."))
        if self.hosts and name == FINDINGS:
            kept = tr("What was sent keeps the rules that can be seen from here. How much a host sends is no rule of "
                      "these: where it is too much, a message above says so.")  # fmt: skip
            return Emptiness(
                Why.NOTHING_FOUND, fill(tr("%1, no rule of the format is broken."), self._heard()), (kept,)
            )
        if self.hosts:
            return Emptiness(Why.NOTHING_FOUND, fill(tr("%1, no question among them."), self._heard()))
        listening = fill(tr("Listening for mDNS on %1. Nothing is sent."), self._where())
        seconds = int(monotonic() - self._since)
        if seconds < SILENCE_SECONDS or self._watch is None:
            return Emptiness(Why.LISTENING, listening)
        silent = fill(tr("No mDNS packet on %1 for %2 s, so there is nothing to judge."), self._where(), count(seconds))
        asking = tr("Show Services, which asks: whoever answers is judged here.")
        return Emptiness(Why.NOTHING_FOUND, silent, (asking,))

    def _arrange(self) -> None:
        self.strip = Strip()
        titles = ((FINDINGS, tr("Findings")), (QUESTIONS, tr("Questions")), (HOSTS, tr("Hosts")))
        self.switch = Segments(titles, name=tr("What is shown of the lint"))
        self.host = QComboBox()
        self.host.setAccessibleName(tr("Host"))
        self.host.setToolTip(tr("Only what this host breaks and asks; before each its score of 100"))
        self.host.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.host.setFixedWidth(QFontMetrics(self.font()).averageCharWidth() * HOST_CHARACTERS)
        self.strip.add("", self.switch)
        self.strip.add_end(self.host)
        self.stack = QStackedWidget()
        for panel in self.panels.values():
            self.stack.addWidget(panel)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        for place, part in enumerate((self.stack, self.packet)):
            self.splitter.addWidget(part)
            self.splitter.setStretchFactor(place, 3 - place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.splitter, 1)
