"""The view System: what the system's own responder answers, beside what is heard here, and why they differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from discovery.records import SystemResponder, SystemService
from discovery.requests import SystemRequest
from net.records import Key, Problem, Record, Removed
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.tools.system_columns import describe_system_service, order, system_columns
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.pages.tool_strip import Strip, set_words
from ui.text import count, fill, plural, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.segments import Segments
from ui.widgets.table_panel import TablePanel

ALL, ONLY_RAW, ONLY_SYSTEM, BOTH = "all", "only_raw", "only_system", "both"


class SystemTool(Tool):
    """Asks when it is told to: the system's responder and we both send for it."""

    example = "difference:system"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.responder: SystemResponder | None = None
        self.services: dict[Key, SystemService] = {}
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self.strip = Strip()
        self._choices = {
            ALL: tr("All"),
            ONLY_RAW: tr("Only heard here"),
            ONLY_SYSTEM: tr("Only the system"),
            BOTH: tr("Both"),
        }
        self.switch = Segments(tuple(self._choices.items()), name=tr("Which services are shown"))
        self.strip.add("", self.switch)
        self.run_button = self.strip.add_button("")
        self.head = Head()
        self.table = TablePanel(system_columns(), tr("Services as the system knows them"), natural=order)
        self.details = DetailsForm(empty_text=tr("Select a service to see what a difference means."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.strip, self.head):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        self.run_button.clicked.connect(self.toggle)
        self.switch.chosen.connect(self._choose)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.proxy.filter_changed.connect(self._tell)
        self._tell()

    # What the page calls

    def interface_changed(self) -> None:
        if self._watch is not None:
            self.run()
        self._tell()

    def rescan(self) -> None:
        """Ask both anew."""
        self.run()

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)
        self._tell()

    def resumed(self) -> None:
        self._show()

    def focus_content(self) -> None:
        self.table.view.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The services shown."""
        return self.table.view.rows_as_text(selected=False) if self.services else []

    def export_records(self) -> Sequence[Record]:
        """The responder and the services shown."""
        ends: tuple[Record, ...] = (self.responder,) if self.responder is not None else ()
        return [*ends, *self.table.proxy.shown_items()]

    # The work

    def toggle(self) -> None:
        """Compare, or stop."""
        if self._watch is None:
            self.run()
        else:
            self.close_watch(self._watch)
            self._watch = None
            self._tell()

    def run(self) -> None:
        """Compare from now on."""
        self.close_watch(self._watch)
        self.responder = self._failed = None
        self.services.clear()
        self.table.model.clear()
        names = (self.interface.name,) if self.interface is not None else ()
        self._watch = self.open_watch("bonjour.system", SystemRequest(interfaces=names))
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, SystemResponder):
                self.responder = record
            elif isinstance(record, SystemService):
                self.services[record.key()] = record
            elif isinstance(record, Removed):
                self.services.pop(Key(record.of, record.name), None)
            elif isinstance(record, Problem):
                self.strip.say_problem(record)
        if not self.rests(len(records)):
            self._show()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    # What is shown

    def _show(self) -> None:
        self.table.model.keep_only(self.services)
        self.table.put(self.services.items())
        self._tell()

    def _choose(self, name: str) -> None:
        wanted = None if name == BOTH else name
        self.table.proxy.set_condition(None if name == ALL else (lambda row: row.difference == wanted))
        self._tell()

    def _show_details(self, row: SystemService | None) -> None:
        self.details.show_details(describe_system_service(row) if row is not None else None)

    def _tell(self) -> None:
        for name, words in self._choices.items():
            number = sum(name in (ALL, row.difference or BOTH) for row in self.services.values())
            self.switch.set_words(name, f"{words} {count(number)}" if number else words)
        where = self.interface.name if self.interface is not None else ""
        start = fill(tr("Compare on %1"), where) if where else tr("Compare")
        set_words(self.run_button, tr("Stop") if self._watch is not None else start)
        self.head.setVisible(self.responder is not None)
        if self.responder is not None:
            self._say(self.responder)
        self.table.tell(self._why_empty())

    def _say(self, responder: SystemResponder) -> None:
        facts = [visible(" ".join(filter(None, (responder.name, responder.version))), 120)]
        if responder.error is not None:
            facts.append(visible(f"{responder.error_name or tr('error')} ({responder.error})", 120))
        differing = sum(row.difference is not None for row in self.services.values())
        if responder.state == "answering" and self.services:
            agree = tr("The system's responder and we know the same services.")
            one, many = tr("One service is known to one side only."), tr("%n services are known to one side only.")
            sentence = plural(differing, one, many) if differing else agree
            self.head.say(sentence, Tone.WARNING if differing else Tone.OK, (*facts, responder.text))
            return
        tone = {"asking": Tone.INFO, "answering": Tone.OK, "refused": Tone.ERROR}.get(responder.state, Tone.WARNING)
        self.head.say(responder.text, tone, tuple(facts), busy=responder.state == "asking")

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the services is of that kind and matches the filter."))
        if self._failed is not None:
            again = Action(tr("Try again"), self.run)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        if self._watch is not None:
            return Emptiness(Why.LISTENING, tr("Asking the system's responder and the network."))
        if self.responder is not None:
            return Emptiness(Why.NOTHING_FOUND, tr("Neither knows a service: what is missing is the network's."))
        reasons = (
            tr("Only heard here: the system's responder leaves it out by policy, or has no permission."),
            tr("Only the system: this program has no permission, or no socket of its own on port 5353."),
            tr("Neither: the network does not carry it."),
        )
        title = tr("What does the system's own responder know, and what do we?")
        return Emptiness(Why.NOT_ASKED, title, reasons, (Action(tr("Compare"), self.run),))
