"""The view Who answers: connects to a port at every own address, and says in one sentence who is there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from net.ports.records import Answer
from net.records import Key, Problem, Record
from net.requests import AnswersRequest
from net.text import endpoint_text
from net.verdict import Verdict
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.ports.columns import tr
from ui.pages.ports.endpoint import port_number
from ui.pages.ports.tools.answer_columns import answer_columns, answer_words, localhost_words, natural, owner_name
from ui.pages.table_page import raw_text
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.pages.tool_strip import Strip, set_words
from ui.port_input import wrong_port
from ui.text import fill, plural
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, DetailsForm, Fact, Section
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel

SEVERAL = ("answers_differ", "answers_perhaps_two")
"""How the codes of verdicts begin that tell of several programs."""


class AnswersTool(Tool):
    """Connects to own addresses only, and only when it is told to."""

    example = "process:node"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.answers: dict[Key, Answer] = {}
        self.verdict: Verdict | None = None
        self.port: int | None = None
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self.strip = Strip()
        self.field = self.strip.add_text(tr("Port"), tr("Port that is asked"), "5000", 10)
        self.run_button = self.strip.add_button("", tr("Connects to this port at every address of this computer"))
        self.head = Head()
        self.table = TablePanel(answer_columns(), tr("Who answers where"), natural=natural)
        self.details = DetailsForm(empty_text=tr("Select an address to see all that was said there."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.strip, self.head):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.proxy.filter_changed.connect(self._tell)
        self._tell()

    # What the page calls

    def ask(self, port: int) -> None:
        """Find out who answers there."""
        self.field.setText(str(port))
        self.run()

    def rescan(self) -> None:
        """Ask again."""
        self.run()

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)

    def focus_content(self) -> None:
        (self.table.view if self.answers else self.field).setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The addresses."""
        return self.table.view.rows_as_text(selected=False) if self.answers else []

    def export_records(self) -> Sequence[Record]:
        """Every answer and the verdict."""
        return [*self.answers.values(), *((self.verdict,) if self.verdict is not None else ())]

    # The work

    def run(self) -> None:
        """Ask the port in the field."""
        text = self.field.text().strip()
        port = port_number(text)
        if port is None:
            self._forget()
            self.strip.say_problem(wrong_port(text))
            self.field.setFocus()
            return
        self.strip.say("")
        self._forget()
        self.port = port
        self._watch = self.open_watch("ports.answers", AnswersRequest(port=port))
        self._tell()

    def _forget(self) -> None:
        """What was asked before does not stand beside what is asked now."""
        self.close_watch(self._watch)
        self._watch = self.port = self.verdict = self._failed = None
        self.answers.clear()
        self.table.model.clear()
        self.details.show_details(None)
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, Answer):
                self.answers[record.key()] = record
            elif isinstance(record, Verdict):
                self.verdict = record
            elif isinstance(record, Problem):
                self.strip.say_problem(record)
        self.table.put(self.answers.items())
        self._tell()
        self._show_details(self.table.view.current_item())

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    # What is shown

    def _tell(self) -> None:
        set_words(self.run_button, tr("Ask again") if self.answers else tr("Who answers?"))
        self.head.setVisible(self.port is not None and self._failed is None)
        if self.verdict is not None:
            conflict = self.verdict.code.startswith(SEVERAL)
            self.head.say(self.verdict.text, self._tone(conflict=conflict), self._facts(),
                          remedy=next(iter(self.verdict.remedy), ""))  # fmt: skip
        elif self._watch is not None:
            self.head.say(fill(tr("Connecting to port %1 at every own address."), self.port), Tone.INFO, busy=True)
        elif self.port is not None:
            self.head.say(fill(tr("Port %1 was asked, and no verdict was given."), self.port), Tone.NEUTRAL)
        self.table.tell(self._why_empty())

    def _tone(self, *, conflict: bool) -> Tone:
        if not any(answer.connected for answer in self.answers.values()):
            return Tone.NEUTRAL
        return Tone.WARNING if conflict else Tone.OK

    def _facts(self) -> tuple[str, ...]:
        asked = plural(len(self.answers), tr("%n address asked"), tr("%n addresses asked"))
        answered = sum(answer.connected for answer in self.answers.values())
        certainty = (_certainty(self.verdict),) if self.verdict is not None else ()
        return (asked, plural(answered, tr("%n answers"), tr("%n answer")), *certainty)

    def _show_details(self, answer: Answer | None) -> None:
        if answer is None and self.verdict is None:
            self.details.show_details(None)
        else:
            shown = _of_verdict(self.verdict) if self.verdict is not None else ()
            self.details.show_details(_of_answer(answer, shown) if answer is not None else Details(
                tr("What that means"), sections=shown))  # fmt: skip

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the addresses matches the filter."))
        if self._failed is not None:
            again = Action(tr("Try again"), self.run)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        if self._watch is not None:
            return Emptiness(Why.LISTENING, tr("Asking."))
        reasons = (
            tr("127.0.0.1, ::1 and the addresses of the interfaces can be answered by different programs. Each is "
               "connected to, for 0.3 seconds at most, and asked what it is."),
            tr("Only this computer's own addresses are asked; nothing leaves it. The server may log the visit."),
        )  # fmt: skip
        return Emptiness(Why.NOT_ASKED, tr("Who answers on a port, and where?"), reasons)


def _of_answer(answer: Answer, verdict: tuple[Section, ...]) -> Details:
    facts = [Fact(tr("Connection"), answer_words(answer))]
    if answer.interface:
        facts.append(Fact(tr("Interface"), answer.interface))
    if answer.localhost is not None:
        facts.append(Fact(tr("Name"), localhost_words(answer)))
    if answer.connected:
        facts.append(Fact(tr("Taken by"), owner_name(answer)))
    if answer.pid is not None:
        facts.append(Fact(tr("PID"), str(answer.pid), fixed=True))
    if answer.user:
        facts.append(Fact(tr("User"), answer.user))
    said = []
    if answer.identity:
        said.append(Fact(tr("That is"), answer.identity))
    if answer.status is not None:
        said.append(Fact(tr("Status"), str(answer.status), fixed=True))
    if answer.tls:
        said.append(Fact("TLS", tr("yes")))
    if answer.fingerprint:
        said.append(Fact(tr("Said"), answer.fingerprint, fixed=True))
    sections = [Section(tr("Connection"), facts=tuple(facts)), Section(tr("What it says"), facts=tuple(said))]
    return Details(
        title=endpoint_text(answer.address, answer.port),
        state=answer_words(answer),
        tone=Tone.OK if answer.connected else Tone.NEUTRAL,
        sections=(*(section for section in sections if section.facts), *verdict),
        raw=raw_text(answer),
    )


def _of_verdict(verdict: Verdict) -> tuple[Section, ...]:
    return (
        *_paragraphs(tr("What to do"), verdict.remedy),
        *_paragraphs(tr("Why"), (verdict.cause,) if verdict.cause else ()),
        *_paragraphs(tr("Seen"), verdict.evidence),
    )


def _paragraphs(title: str, sentences: tuple[str, ...]) -> tuple[Section, ...]:
    """Under one heading, each by itself."""
    return tuple(Section("" if number else title, text=sentence) for number, sentence in enumerate(sentences))


def _certainty(verdict: Verdict) -> str:
    return {"proven": tr("proven"), "likely": tr("likely"), "possible": tr("possible")}[verdict.certainty]
