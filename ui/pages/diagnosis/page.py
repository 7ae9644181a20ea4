"""The Diagnosis page: runs the checks and says what is wrong, how sure that is, and what to do."""

from __future__ import annotations

import time
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from diagnosis.records import CheckState, Finding, Report
from diagnosis.requests import DiagnoseRequest
from net.records import Record
from ui.export import Exporter
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.diagnosis.checks import CheckHead
from ui.pages.diagnosis.columns import (
    FIELDS,
    CheckRow,
    FindingRow,
    check_counts,
    columns,
    natural,
)
from ui.pages.diagnosis.details import describe
from ui.pages.diagnosis.dropping import Dropping
from ui.pages.diagnosis.places import INVENTORY, place_of
from ui.pages.diagnosis.reporting import written
from ui.pages.diagnosis.tools import TOOLS
from ui.pages.interfaces.change_book import change_book
from ui.pages.table_page import TablePage
from ui.pages.views_page import ViewsPage
from ui.text import fill, plural, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details
from ui.widgets.empty_panel import Emptiness, Why

OWN_VIEW = "findings"
FINDINGS_SEEN = 2
"""At least, also while the list of checks is open in the smallest window."""
TITLES_SHOWN = 4
"""Of the checks that run, while there is nothing else to show."""
NOTHING_FOUND = ("nothing_found", "nothing_found_in_part")
TUNNEL_TAKES_MULTICAST = "tunnel_takes_multicast"


class Kind(Enum):
    """What a run includes."""

    QUIET = "quiet"
    ALL = "all"


class DiagnosisPage(ViewsPage[FindingRow]):
    """Findings of the newest run, and dimmed those of older ones that it did not touch.

    The checks that send nothing run by themselves (see ui.standing_checks); all run when the person says so.

    Signals:
        ran: a run has ended.
    """

    ran = Signal()
    name = "diagnosis"
    example = "severity:warning check:ports"
    report_forms = ("md", "html", "json")

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, columns(), natural=natural, fields=FIELDS)
        self.kind: Kind | None = None
        self._asked: Kind | None = Kind.QUIET
        self._watch: Watch | None = None
        self._began = 0.0
        self._checks: dict[str, CheckRow] = {}
        self._said: set[object] = set()
        self._nothing: Finding | None = None
        self._report: Report | None = None
        self._wanted = ""
        self._where = ""
        self.view.setMinimumHeight(self.view.height_of(FINDINGS_SEEN))
        self.head = CheckHead()
        self.head.run_wanted.connect(self.run_all)
        self.head.stop_wanted.connect(self.stop)
        self.head.copy_wanted.connect(self._copy_report)
        self.head.save_wanted.connect(self._save_report)
        self._add_views()
        Dropping(self, self.views)
        self.update_state()

    def _add_views(self) -> None:
        own = QWidget()
        layout = QVBoxLayout(own)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.stack, 1)
        self.add_views(OWN_VIEW, self.tr("Findings"), own, TOOLS)

    def title(self) -> str:
        return self.tr("Findings")

    # The run

    @property
    def running(self) -> bool:
        """Whether checks run now."""
        return self._watch is not None

    def ask(self) -> None:
        """Run what was asked for: nothing when the page is only shown again."""
        kind, self._asked = self._asked, None
        if kind is None and self.kind is None and not self.running:
            kind = Kind.QUIET
        if kind is not None:
            self._run(kind)

    def run_quietly(self) -> None:
        """The checks that send nothing, also while another page is in front."""
        self._asked = None
        self._run(Kind.QUIET)

    def fresh(self) -> list[Finding]:
        """What the newest run found."""
        self.model.flush()
        return [row.item.finding for row in self.model.rows if not row.item.stale]

    def run_all(self) -> None:
        """Run every check, those that send among them."""
        self._again(Kind.ALL)

    def rescan(self) -> None:
        """The same checks as last time, or what the tool in front does."""
        if self.views.tool is not None:
            super().rescan()
        else:
            self._again(self.kind or Kind.QUIET)

    def _again(self, kind: Kind) -> None:
        self._asked = kind
        TablePage.rescan(self)

    def interface_changed(self) -> None:
        """The quiet checks again: choosing an interface is no order to send there."""
        if self.visible_now:
            self._again(Kind.QUIET)

    def stop(self) -> None:
        """End the run; what was found stays."""
        watch, self._watch = self._watch, None
        if watch is not None:
            self.close_watch(watch)
            self._end_checks()
        self.update_state()

    def set_paused(self, paused: bool) -> None:  # noqa: FBT001 - a slot
        super().set_paused(paused)
        if not paused and not self.running:
            self._end_checks()

    def doubt_rows(self) -> None:
        """Findings stay until a run says otherwise."""

    def restarted(self) -> None:
        self._begin()

    def _run(self, kind: Kind) -> None:
        self.stop()
        self.kind = kind
        self._begin()
        names = self.chosen_names()
        self._where = fill(self.tr("for %1"), visible(names[0], 40)) if names else self.tr("for all interfaces")
        request = DiagnoseRequest(interfaces=names, passive=kind is Kind.QUIET, report=True)
        self._watch = self.open_watch("diagnosis.run", request, keep=True)
        self.update_state()

    def _begin(self) -> None:
        self._began = time.time()
        self._said.clear()
        self._nothing = None
        self.model.flush()
        self.change([(row.key, row.item._replace(stale=True)) for row in self.model.rows])

    def take(self, records: tuple[Record, ...]) -> None:
        """Findings first: a batch may hold a check's end before what it found."""
        for record in records:
            if isinstance(record, Finding):
                self._take_finding(record)
        for record in records:
            if isinstance(record, CheckState):
                self._take_state(record)
            elif isinstance(record, Report):
                self._report = record
        super().take(tuple(record for record in records if not isinstance(record, Finding | CheckState | Report)))
        self.head.show_checks(self._checks.values())
        self.model.flush()
        self._select_wanted()
        self.update_state()

    def _take_finding(self, finding: Finding) -> None:
        if finding.code in NOTHING_FOUND:
            self._nothing = finding
            return
        self._said.add(finding.key())
        self.change([(finding.key(), FindingRow(finding, time.time()))])

    def _take_state(self, state: CheckState) -> None:
        before = self._checks.get(state.check)
        place = before.place if before is not None else len(self._checks)
        began = time.time() if state.state == "running" else None
        self._checks[state.check] = CheckRow(state, place, began)
        if state.state == "done":
            self.model.flush()
            rows = [row for row in self.model.rows if row.item.finding.check == state.check]
            self.change((), [row.key for row in rows if row.key not in self._said])

    def watch_ended(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            if self.failed_with is not None:
                self.kind = None
            self._end_checks()
            self._give_up_wanted()
            self.ran.emit()
        self.update_state()

    def _end_checks(self) -> None:
        """What has not come to its end will not."""
        for name, row in self._checks.items():
            if row.state.state == "running" and not self.paused:
                self._checks[name] = row._replace(stopped=True, began=None)
        self.head.show_checks(self._checks.values())

    # What is shown

    def update_state(self) -> None:
        self.problems_found = len(self._problems())
        super().update_state()
        self.head.set_running(running=self.running)
        self.head.sentence.setText(self._sentence())
        self.head.report.setEnabled(self._report is not None and not self.running)

    def _sentence(self) -> str:
        if self.running and self.kind is Kind.QUIET:
            return self.tr("Running the checks that send nothing.")
        if self.running:
            return self.tr("Running all checks: some ask on the network and listen for the answers.")
        if self.kind is None:
            return self.tr("Not run yet.")
        clock = time.strftime("%H:%M:%S", time.localtime(self._began))
        ran = self.tr("All checks ran at %1, %2.")
        if self.kind is not Kind.ALL:
            ran = self.tr("The checks that send nothing ran at %1, %2.")
        return fill(ran, clock, self._where)

    def _problems(self) -> list[Finding]:
        findings = (row.item.finding for row in self.model.rows)
        return [finding for finding in findings if finding.severity in ("error", "warning")]

    def badge_text(self) -> str:
        return str(len(self._problems()) or "")

    def badge_tone(self) -> Tone:
        severities = {finding.severity for finding in self._problems()}
        return Tone.ERROR if "error" in severities else Tone.WARNING if severities else Tone.NEUTRAL

    def facts(self) -> tuple[str, ...]:
        total, shown = len(self.model.rows), self.proxy.rowCount()
        findings = plural(total, self.tr("%n finding"), self.tr("%n findings"))
        notes = total - self.problems_found
        if notes:
            findings = fill(self.tr("%1 (%2)"), findings, plural(notes, self.tr("%n note"), self.tr("%n notes")))
        if shown < total:
            findings = fill(self.tr("%1 of %2"), shown, findings)
        states = [row.state.state for row in self._checks.values() if not row.stopped]
        facts = [findings]
        for state, one, many in (
            ("running", self.tr("%n check running"), self.tr("%n checks running")),
            ("done", self.tr("%n check done"), self.tr("%n checks done")),
            ("failed", self.tr("%n check failed"), self.tr("%n checks failed")),
        ):
            if state in states:
                facts.append(plural(states.count(state), one, many))
        return tuple(facts) if states else ()

    def emptiness(self) -> Emptiness:
        if self.running:
            running = [row.state.title for row in self._checks.values() if row.state.state == "running"]
            more = len(running) - TITLES_SHOWN
            rest = (plural(more, self.tr("and %n more"), self.tr("and %n more")),) if more > 0 else ()
            return Emptiness(Why.LISTENING, self.tr("Checking."), (*running[:TITLES_SHOWN], *rest))
        run = Action(self.tr("Run all checks"), self.run_all)
        if self._nothing is None:
            text = self.tr("The checks look for what keeps local traffic away; some ask on the network and listen.")
            return Emptiness(Why.NOT_ASKED, self.tr("Not run yet."), (text,), (run,))
        counts, _ = check_counts(self._checks.values())
        further = run if self.kind is Kind.QUIET else Action(self.tr("Test a group"), self._go_to_multicast)
        actions = (further, Action(self.tr("Show the checks"), self.head.unfold))
        return Emptiness(Why.NOTHING_FOUND, self._nothing.title, (counts, *self._nothing.remedy), actions)

    def _go_to_multicast(self) -> None:
        self.go_to.emit("multicast", "")

    def second(self) -> None:
        super().second()
        now = time.time()
        for name, row in self._checks.items():
            if row.began is not None:
                self._checks[name] = row._replace(elapsed=int(now - row.began))
        if self.running:
            self.head.show_checks(self._checks.values())

    # Rows

    def select(self, subject: str) -> None:
        """A tool, or the finding about ``subject``; where there is none yet, the quiet checks run and it comes then."""
        if subject == OWN_VIEW or self.views.has(subject):
            self.views.show_view(subject)
            return
        self.views.show_view(OWN_VIEW)
        self._wanted = subject
        self.model.flush()
        if self._select_wanted() or self.running:
            return
        self._again(Kind.QUIET)

    def _select_wanted(self) -> bool:
        if not self._wanted:
            return False
        wanted = self._wanted.casefold()
        rows = self.model.rows
        exact = [row for row in rows if wanted in (row.item.finding.subject.casefold(), row.item.finding.code)]
        found = exact or [row for row in rows if wanted in self.model.haystack(row)]
        fresh = [row for row in found if not row.item.stale] or ([] if self.running else found)
        if not fresh:
            return False
        self._wanted = ""
        if not self.view.select_key(fresh[0].key):
            self.clear_filter.emit()
            self.view.select_key(fresh[0].key)
        return True

    def _give_up_wanted(self) -> None:
        if self._wanted and not self._select_wanted():
            self.message.emit(fill(self.tr("No finding is about %1 now."), visible(self._wanted, 60)))
        self._wanted = ""

    def describe(self, item: FindingRow) -> Details:
        place = place_of(item.finding)
        actions = [Action(place.words, self._show_subject)] if place is not None else []
        if item.finding.code == TUNNEL_TAKES_MULTICAST:
            actions.append(Action(self.tr("Test all interfaces"), lambda: self.go_to.emit("multicast", "test")))
        return describe(item, tuple(actions))

    def _show_subject(self) -> None:
        row = self.view.current_item()
        if row is not None:
            self.activate(row)

    def activate(self, item: FindingRow) -> None:
        place = place_of(item.finding)
        if place is not None and place.layer:
            self.views.use(INVENTORY, "show_layer", place.layer)
        elif place is not None:
            self.go_to.emit(place.page, place.subject)

    def fill_menu(self, menu: QMenu, item: FindingRow) -> None:
        copy = menu.addAction(self.tr("Copy finding as text"))
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.describe(item).as_text()))

    def record_of(self, item: FindingRow) -> Record:
        return item.finding

    def export_report(self) -> str:
        return self.export_report_as("md")

    def export_report_as(self, form: str) -> str:
        """The newest run; of a tool in front, what that says."""
        if self.views.tool is not None:
            return super().export_report()
        if self._report is None:
            return ""
        changes = [entry.change for entry in change_book(self.context.link).entries]
        return written(self._report, changes, form, tells_all=self.head.tells_all)

    def _copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self.export_report())
        self.message.emit(self.tr("The report is on the clipboard."))

    def _save_report(self) -> None:
        self.views.show_view(OWN_VIEW)
        Exporter(self, self, self.message.emit).ask()
