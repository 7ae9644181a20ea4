"""The view Ask: asks one question on the chosen interface, or asks again for a record to see whether it still holds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QVBoxLayout

from discovery.records import AskSummary, MdnsAnswer, Verified
from discovery.requests import AskRequest, VerifyRequest
from net.records import Problem, Record
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.tools.ask_columns import answer_columns, describe_answer, milliseconds
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.pages.tool_strip import Strip, set_words
from ui.text import fill, plural, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel

PAGE, LAST_NAME, LAST_TYPE = "bonjour", "ask/name", "ask/type"
META_QUERY = "_services._dns-sd._udp.local"
TYPES = ("PTR", "SRV", "TXT", "A", "AAAA", "NSEC", "HINFO", "ANY")
SECONDS, MOST_SECONDS = 3, 60
KEPT = 5000
"""Answers kept in the table; the summary counts all."""


class AskTool(Tool):
    """Nothing is sent before the person presses Ask or Verify."""

    example = "source:192.168.1.40"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.summary: AskSummary | None = None
        self.verified: dict[str, Verified] = {}
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self._answers: list[MdnsAnswer] = []
        self._shown = 0
        self._asked = ""
        self._verifying = False
        self.strip = Strip()
        self._add_fields()
        self.run_button = self.strip.add_button("")
        self.verify_button = self.strip.add_button(
            tr("Verify"), tr("Ask again for this record as RFC 6762 section 10.4 says: is it still answered for?")
        )
        self.stop_button = self.strip.add_button(tr("Stop"))
        self.head = Head()
        self.answers = TablePanel(answer_columns(), tr("Answers"), natural=lambda row: row.ms)
        self.details = DetailsForm(empty_text=tr("Select an answer to see its records."))
        self.answers.view.current_item_changed.connect(self._show_details)
        self.answers.proxy.filter_changed.connect(self._tell)
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.verify_button.clicked.connect(self.run_verify)
        self.stop_button.clicked.connect(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.strip, self.head):
            layout.addWidget(widget)
        layout.addWidget(self.answers, 1)
        self._tell()

    # What the page calls

    def interface_changed(self) -> None:
        self._tell()

    def rescan(self) -> None:
        """Ask again what was asked last."""
        if self._asked:
            self.stop()
            if self._verifying:
                self.run_verify()
            else:
                self.run()

    def set_filter(self, text: str) -> None:
        self.answers.proxy.set_filter(text)
        self._tell()

    def resumed(self) -> None:
        self._tell()

    def focus_content(self) -> None:
        self.name.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The answers."""
        return self.answers.view.rows_as_text(selected=False) if self._answers else []

    def export_records(self) -> Sequence[Record]:
        """The answers, and what became of the question."""
        ends = (self.summary,) if self.summary is not None else ()
        return [*self._answers, *self.verified.values(), *ends]

    def ask_for(self, name: str, kind: str) -> None:
        """Ask that question."""
        self._fill(name, kind)
        self.stop()
        self.run()

    def verify(self, name: str, kind: str, data: str | None = None) -> None:
        """Ask again for that record, of which only ``data`` counts where it is given."""
        self._fill(name, kind)
        self.stop()
        self._verify(data)

    # The work

    def run(self) -> None:
        """Ask the question in the fields."""
        name, kind = self._typed()
        if self._watch is not None or not name:
            return
        self._begin(name, kind, verifying=False)
        request = AskRequest(
            name=name, type=kind, mode=self.mode.currentData(), interfaces=self._names(), seconds=self.seconds.value()
        )
        self._watch = self.open_watch("bonjour.ask", request)
        self._tell()

    def run_verify(self) -> None:
        """Ask again for the record in the fields."""
        self._verify(None)

    def stop(self) -> None:
        """What came until now stays."""
        if self._watch is not None:
            self.close_watch(self._watch)
            self._watch = None
            self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, MdnsAnswer):
                self._answers.append(record)
            elif isinstance(record, AskSummary):
                self.summary = record
            elif isinstance(record, Verified):
                self.verified[record.interface] = record
            elif isinstance(record, Problem):
                self.strip.say_problem(record)
        if not self.rests(len(records)):
            self._tell()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    def _verify(self, data: str | None) -> None:
        name, kind = self._typed()
        if self._watch is not None or not name:
            return
        self._begin(name, kind, verifying=True)
        request = VerifyRequest(name=name, type=kind, data=data, interfaces=self._names())
        self._watch = self.open_watch("bonjour.verify", request)
        self._tell()

    def _begin(self, name: str, kind: str, *, verifying: bool) -> None:
        self.context.settings.set_page_text(PAGE, LAST_NAME, name)
        self.context.settings.set_page_text(PAGE, LAST_TYPE, kind)
        self.strip.say("")
        self.summary = self._failed = None
        self.verified.clear()
        self._answers.clear()
        self._shown = 0
        self.answers.model.clear()
        self._asked = f"{kind} {name}"
        self._verifying = verifying

    def _typed(self) -> tuple[str, str]:
        name = self.name.text().strip() or META_QUERY
        return name, self.kind.currentText().strip().upper() or TYPES[0]

    def _fill(self, name: str, kind: str) -> None:
        self.name.setText(name.removesuffix("."))
        self.kind.setCurrentText(kind)

    def _names(self) -> tuple[str, ...]:
        return (self.interface.name,) if self.interface is not None else ()

    # What is shown

    def _show_details(self, answer: MdnsAnswer | None) -> None:
        self.details.show_details(describe_answer(answer) if answer is not None else None)

    def _tell(self) -> None:
        fresh = self._answers[self._shown : KEPT]
        self.answers.put((self._shown + place, answer) for place, answer in enumerate(fresh))
        self._shown += len(fresh)
        self.answers.tell(self._why_empty())
        self.head.setVisible(bool(self._asked))
        if self._asked:
            self._say()
        running, where = self._watch is not None, self.interface.name if self.interface is not None else ""
        set_words(self.run_button, fill(tr("Ask on %1"), where) if where else tr("Ask"))
        set_words(self.verify_button, fill(tr("Verify on %1"), where) if where else tr("Verify"))
        for button in (self.run_button, self.verify_button):
            button.setEnabled(not running)
        self.stop_button.setEnabled(running)

    def _say(self) -> None:
        asked = visible(self._asked, 200)
        if self._failed is not None:
            self.head.say(self._failed.text, Tone.ERROR, (asked,), remedy=self._failed.remedy)
        elif self._verifying:
            self._say_verified(asked)
        elif self.summary is not None:
            where = ", ".join(self.summary.interfaces)
            asked_on = fill(tr("asked on %1"), where) if where else tr("asked nowhere")
            sentence, point, rest = self.summary.text.partition(". ")
            wrong = not self.summary.answers or any(each.timing in ("early", "late") for each in self._answers)
            tone = Tone.WARNING if wrong else Tone.OK
            self.head.say(sentence + point.strip(), tone, (asked, asked_on), remedy=rest)
        elif self._watch is not None:
            came = len(self._answers)
            words = plural(came, tr("One answer until now."), tr("%n answers until now.")) if came else tr("Asked.")
            self.head.say(words, Tone.INFO, (asked,), busy=True)
        else:
            self.head.say(tr("Stopped."), Tone.NEUTRAL, (asked,))

    def _say_verified(self, asked: str) -> None:
        alive = [each for each in self.verified.values() if each.alive]
        dead = [each for each in self.verified.values() if not each.alive]
        facts = [asked, *(self._verdict(each) for each in (*alive, *dead))]
        if self._watch is not None:
            words = tr("It is answered for; waiting for the other interfaces.") if alive else tr("Asking again.")
            self.head.say(words, Tone.OK if alive else Tone.INFO, tuple(facts), busy=True)
        elif alive:
            where = ", ".join(each.interface for each in alive)
            self.head.say(fill(tr("Alive: the record is answered for on %1."), visible(where)), Tone.OK, tuple(facts))
        elif dead:
            meaning = tr("RFC 6762 section 10.4: such a record is to be forgotten.")
            self.head.say(tr("Dead: nobody answers for the record any more."), Tone.ERROR, tuple(facts), remedy=meaning)
        else:
            self.head.say(tr("Stopped before anything was known."), Tone.NEUTRAL, tuple(facts))

    def _verdict(self, each: Verified) -> str:
        if each.alive and each.ms is not None:
            words = fill(tr("%1: answered by %2 after %3"), each.interface, each.source or "?", milliseconds(each.ms))
        else:
            queries = plural(each.sent, tr("one query"), tr("%n queries"))
            words = fill(tr("%1: no answer to %2"), each.interface, queries)
        return visible(words)

    def _why_empty(self) -> Emptiness:
        if self.answers.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the answers matches the filter."))
        if self._failed is not None:
            return Emptiness(Why.CANNOT_WORK, tr("It could not be asked."), (), (Action(tr("Try again"), self.rescan),))
        if self._watch is not None:
            return Emptiness(Why.LISTENING, tr("Waiting for answers."))
        if self._verifying and self._asked:
            return Emptiness(Why.NOTHING_FOUND, tr("A verification has no table: what came of it stands above."))
        if self._asked:
            return Emptiness(Why.NOTHING_FOUND, tr("No answer."))
        reasons = (
            tr("QM asks for an answer by multicast, which all may hear; QU for one by unicast; legacy asks as a simple "
               "resolver does, from another port than 5353."),
            tr("Empty asks which service types there are: every device that offers something answers."),
        )  # fmt: skip
        return Emptiness(Why.NOT_ASKED, tr("Who answers to what, and how fast?"), reasons)

    def _add_fields(self) -> None:
        settings = self.context.settings
        self.name = self.strip.add_text(tr("Name"), tr("Name to ask for"), META_QUERY, 40)
        self.name.setText(settings.page_text(PAGE, LAST_NAME))
        self.name.setMaxLength(1000)
        self.name.setToolTip(tr("A dot within a label is written \\."))
        self.kind = QComboBox()
        self.kind.setEditable(True)
        self.kind.addItems(TYPES)
        self.kind.setCurrentText(settings.page_text(PAGE, LAST_TYPE) or TYPES[0])
        self.kind.setAccessibleName(tr("Type of record"))
        self.kind.setToolTip(tr("Also TYPE65 for one that is not listed"))
        self.strip.add_row()
        self.strip.add(tr("Type"), self.kind)
        self.mode = QComboBox()
        ways = ((tr("QM: by multicast"), "qm"), (tr("QU: by unicast"), "qu"), (tr("legacy: simple resolver"), "legacy"))
        for words, mode in ways:
            self.mode.addItem(words, mode)
        self.mode.setAccessibleName(tr("How an answer is wanted"))
        self.strip.add(tr("Answer"), self.mode)
        self.seconds = self.strip.add_number(tr("Wait"), tr("Seconds to wait"), 1, MOST_SECONDS, SECONDS, " s")
