"""The view May I have it?: tries to bind a port, says why that is refused, and which port could be had instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout

from net.ports.records import Binding
from net.records import Key, Problem, Record
from net.requests import BindRequest
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.ports.columns import tr
from ui.pages.ports.endpoint import Wanted, parse_wanted
from ui.pages.ports.tools.bind_columns import binding_columns, natural, stack_name
from ui.pages.ports.tools.bind_words import Conclusion, conclude
from ui.pages.table_page import raw_text
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.pages.tool_strip import Strip, set_words
from ui.text import fill, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, DetailsForm, Fact, Section
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.segments import Segments
from ui.widgets.table_panel import TablePanel

TCP, UDP = "tcp", "udp"


class BindTool(Tool):
    """Each try is a socket that is thrown away at once; nothing listens and nothing is sent."""

    example = "plain:no why:node"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.bindings: dict[Key, Binding] = {}
        self.wanted: Wanted | None = None
        self.conclusion: Conclusion | None = None
        self._tried = TCP
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self.strip = Strip()
        self.field = self.strip.add_text(tr("Port"), tr("[ADDRESS:]PORT to bind"), "8080, 127.0.0.1:8080", 26)
        self.protocol = Segments(((TCP, "TCP"), (UDP, "UDP")), name=tr("Protocol"))
        self.strip.add("", self.protocol)
        self.run_button = self.strip.add_button(tr("May I have it?"), tr("Binds the port and lets it go at once"))
        self.copy_button = self.strip.add_button("")
        self.head = Head()
        self.table = TablePanel(binding_columns(), tr("Ways to bind the port"), natural=natural)
        self.details = DetailsForm(empty_text=tr("Select a row to see all about it."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.strip, self.head):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.copy_button.clicked.connect(self.copy_free)
        self.protocol.chosen.connect(self._protocol_chosen)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.proxy.filter_changed.connect(self._tell)
        self._tell()

    # What the page calls

    def ask(self, port: int) -> None:
        """Try that port at every address."""
        self.field.setText(str(port))
        self.run()

    def rescan(self) -> None:
        """Try again."""
        self.run()

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)

    def focus_content(self) -> None:
        (self.table.view if self.bindings else self.field).setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The ways tried."""
        return self.table.view.rows_as_text(selected=False) if self.bindings else []

    def export_records(self) -> Sequence[Record]:
        return list(self.bindings.values())

    # The work

    def run(self) -> None:
        """Try what is in the field."""
        wanted = parse_wanted(self.field.text())
        if isinstance(wanted, Problem):
            self._forget()
            self.strip.say_problem(wanted)
            self.field.setFocus()
            return
        self.strip.say("")
        self._forget()
        self.wanted = wanted
        self._tried = self.protocol.current
        protocol = cast("Literal['tcp', 'udp']", self._tried)
        request = BindRequest(port=wanted.port, address=wanted.address, protocol=protocol)
        self._watch = self.open_watch("ports.bind", request)
        self._tell()

    def _forget(self) -> None:
        """What was tried before does not stand beside what is tried now."""
        self.close_watch(self._watch)
        self._watch = self.wanted = self.conclusion = self._failed = None
        self.bindings.clear()
        self.table.model.clear()
        self.details.show_details(None)
        self._tell()

    def copy_free(self) -> None:
        """The nearest free port to the clipboard."""
        free = self.conclusion.free if self.conclusion is not None else None
        if free is not None:
            QGuiApplication.clipboard().setText(str(free))
            self.message.emit(fill(tr("Copied %1."), free))

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, Binding):
                self.bindings[record.key()] = record
            elif isinstance(record, Problem):
                self.strip.say_problem(record)
        self.table.put(self.bindings.items())
        self._tell()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            if self.bindings and self.wanted is not None:
                self.conclusion = conclude(self.wanted, self._tried, tuple(self.bindings.values()))
            self._tell()

    def _protocol_chosen(self) -> None:
        if self.wanted is not None:
            self.run()

    # What is shown

    def _tell(self) -> None:
        self.head.setVisible(self.wanted is not None and self._failed is None)
        conclusion = self.conclusion
        if conclusion is not None:
            self.head.say(conclusion.sentence, conclusion.tone, self._facts(conclusion), remedy=conclusion.why)
        elif self.wanted is not None:
            self.head.say(fill(tr("Trying to bind %1."), self.wanted), Tone.INFO, busy=self._watch is not None)
        free = conclusion.free if conclusion is not None else None
        set_words(self.copy_button, fill(tr("Copy %1"), free) if free is not None else tr("Copy free port"))
        self.copy_button.setEnabled(free is not None)
        self.table.tell(self._why_empty())

    def _facts(self, conclusion: Conclusion) -> tuple[str, ...]:
        hello = self.context.link.hello
        tried = (fill(tr("tried as %1"), visible(hello.user, 60)),) if hello is not None else ()
        free = (fill(tr("nearest free port: %1"), conclusion.free),) if conclusion.free is not None else ()
        return (*free, *tried)

    def _show_details(self, binding: Binding | None) -> None:
        if binding is None:
            self.details.show_details(None)
            return
        sections = [Section(tr("Why"), text=binding.reason)] if binding.reason else []
        if binding.remedy:
            sections.append(Section(tr("What to do"), text=binding.remedy))
        if binding.caveat:
            sections.append(Section(tr("Mind"), text=binding.caveat))
        if binding.unknown:
            sections.append(Section(tr("Not known"), text=binding.unknown))
        facts = [Fact(tr("Protocol"), binding.protocol.upper()), Fact(tr("Stack"), stack_name(binding))]
        if binding.holder:
            facts.append(Fact(tr("Held by"), binding.holder))
        if binding.errno is not None:
            facts.append(Fact("errno", str(binding.errno), fixed=True))
        if binding.free is not None:
            facts.append(Fact(tr("Nearest free"), str(binding.free), fixed=True))
        if binding.free_caveat is not None:
            facts.append(Fact(tr("But"), binding.free_caveat))
        sections.append(Section(tr("Try"), facts=tuple(facts)))
        state, tone = (tr("can be bound"), Tone.OK) if binding.possible else (tr("refused"), Tone.ERROR)
        title = str(Wanted(binding.port, binding.address))
        self.details.show_details(Details(title, state, tone, tuple(sections), raw=raw_text(binding)))

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the tries matches the filter."))
        if self._failed is not None:
            again = Action(tr("Try again"), self.run)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        if self._watch is not None:
            return Emptiness(Why.LISTENING, tr("Trying."))
        reasons = (
            tr("The port is bound by IPv4, by IPv6 and by both, in a socket that is thrown away at once; where that is "
               "refused, once more with the options for reuse."),
            tr("Where it is refused you read why, who has it, and which port near it is free."),
        )  # fmt: skip
        return Emptiness(Why.NOT_ASKED, tr("May a program have this port?"), reasons)
