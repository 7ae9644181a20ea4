"""The view Way out: by which interface, source and gateway an address or group is reached, asked in two ways."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from net.records import Problem, Record, Route
from net.requests import RouteRequest
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.interfaces.tools.way_columns import leads_out, way_columns, way_note, way_sentence, way_tone, way_words
from ui.pages.interfaces.words import tr
from ui.pages.table_page import raw_text
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.pages.tool_strip import Strip, set_words
from ui.text import fill, plural
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, DetailsForm, Fact, Section
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel

FIRST = ""
"""The row of the way that chooses no interface; the others go by the interface they are bound to."""


class WayTool(Tool):
    """Sends nothing: the kernel is asked. What a change of the network moves is shown at once."""

    example = "interface:utun3 source:10.8"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.ways: dict[str, Route] = {}
        self.address = ""
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self.strip = Strip()
        self.field = self.strip.add_text(
            tr("Address or name"), tr("Address, GROUP:PORT or name whose way is asked"), "224.224.0.77", 30
        )
        self.run_button = self.strip.add_button("", tr("Asks the kernel; only a name is looked up before"))
        self.head = Head()
        self.table = TablePanel(
            way_columns(), tr("Ways out"), natural=lambda way: (way.bound is not None, way.bound or "")
        )
        self.details = DetailsForm(empty_text=tr("Select a way to see all that is known of it."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.head)
        layout.addWidget(self.table, 1)
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.table.view.current_item_changed.connect(self._show_details)
        self.table.proxy.filter_changed.connect(self._tell)
        context.interfaces.changed.connect(self._drop_gone)
        self._tell()

    # What the page calls

    def ask(self, address: str) -> None:
        """Find the way to it."""
        self.field.setText(address)
        self.run()

    def rescan(self) -> None:
        """Ask again."""
        self.run()

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)

    def focus_content(self) -> None:
        (self.table.view if self.ways else self.field).setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The ways shown."""
        return self.table.view.rows_as_text(selected=False) if self.ways else []

    def export_records(self) -> Sequence[Record]:
        """All ways."""
        return list(self.ways.values())

    # The work

    def run(self) -> None:
        """Ask for what stands in the field."""
        text = self.field.text().strip() or self.field.placeholderText()
        self.field.setText(text)
        self.strip.say("")
        self.close_watch(self._watch)
        self.address, self._failed = text, None
        self.ways.clear()
        self.table.model.clear()
        self._watch = self.open_watch("routes.egress", RouteRequest(address=text, each=True, follow=True), again=True)
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        found = {record.bound or FIRST: record for record in records if isinstance(record, Route)}
        self.ways |= found
        if not self.rests(len(found)):
            self._show(found)

    def resumed(self) -> None:
        self._show(self.ways)

    def failed(self, problem: Problem) -> None:
        self._failed = problem
        if self.ways:  # else the empty table says it
            self.strip.say_problem(problem)
        self.table.tell(self._why_empty())

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    # What is shown

    def _show(self, ways: dict[str, Route]) -> None:
        self.table.put(ways.items())
        self._tell()
        self._show_details(self.table.view.current_item())

    def _drop_gone(self) -> None:
        """Nothing more is told of an interface that is gone or down."""
        present = {name for name, face in self.context.interfaces.by_name.items() if face.up}
        gone = [name for name in self.ways if name != FIRST and name not in present]
        for name in gone:
            del self.ways[name]
        if gone:
            self.table.model.drop(gone)
            self.table.model.flush()
            self._tell()

    def _tell(self) -> None:
        set_words(self.run_button, tr("Ask again") if self.ways else tr("Which way?"))
        first = self.ways.get(FIRST)
        self.head.setVisible(first is not None)
        if first is not None:
            told = (first.problem, first.difference, first.caution)
            remedy = " ".join(f"{each.text} {each.remedy}" for each in told if each is not None)
            self.head.say(way_sentence(first), way_tone(first), self._facts(), remedy=remedy)
        self.table.tell(self._why_empty())

    def _facts(self) -> tuple[str, ...]:
        bound = [way for name, way in self.ways.items() if name != FIRST]
        reach = sum(leads_out(way) for way in bound)
        differ = sum(way.agrees is False for way in self.ways.values())
        asked = plural(len(bound), tr("%1 of %n interface has a way to it"), tr("%1 of %n interfaces have a way to it"))
        differing = plural(differ, tr("socket and lookup differ on %n way"), tr("socket and lookup differ on %n ways"))
        return (asked.replace("%1", str(reach)), differing if differ else tr("socket and lookup agree"))

    def _show_details(self, way: Route | None) -> None:
        self.details.show_details(describe(way) if way is not None else None)

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the ways matches the filter."))
        if self._failed is not None:
            again = Action(tr("Try again"), self.run)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        if self._watch is not None:
            return Emptiness(Why.LISTENING, tr("Asking the kernel."))
        reasons = (
            tr("By which interface, from which address and over which gateway: as a socket sees it that chooses "
               "nothing, as the kernel's routes say it, and bound to each interface in turn."),
            tr("Nothing is sent: a UDP socket is connected and asked for its address. Only a name is looked up before, "
               "as the system does it."),
        )  # fmt: skip
        return Emptiness(Why.NOT_ASKED, tr("Which way does a packet leave?"), reasons)


def describe(way: Route) -> Details:
    """All about one way."""
    none = tr("none")
    lookup = (
        Fact(tr("Interface"), way.interface or none),
        Fact(tr("Gateway"), way.gateway or tr("none, straight to the link"), fixed=bool(way.gateway)),
        Fact(tr("Source"), way.looked_up_source or tr("not told"), fixed=bool(way.looked_up_source)),
    )
    socket = (
        Fact(tr("Source"), way.source or none, fixed=True),
        Fact(tr("That is of"), ", ".join(way.source_of) or tr("no interface")),
    )
    sections = [Section(tr("The kernel's lookup"), facts=lookup), Section(tr("A socket's own word"), facts=socket)]
    for problem in (way.caution, way.difference, way.problem):
        if problem is not None:
            sections += [Section(tr("Why"), text=problem.text), Section(tr("What to do"), text=problem.remedy)]
    bound = fill(tr("Bound to %1"), way.bound) if way.bound is not None else tr("No interface chosen")
    state = " · ".join(filter(None, (way_words(way), way_note(way))))
    return Details(bound, state=state, tone=way_tone(way), sections=tuple(sections), raw=raw_text(way))
