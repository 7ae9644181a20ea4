"""The view Resolvers: the system's DNS servers, and what each answers by UDP and TCP, as routed and bound."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout

from net.records import Key, Problem, Record, Removed
from net.requests import ResolveRequest, ResolversRequest
from net.resolvers.records import Resolution, Resolver, SystemResolution
from net.verdict import Verdict
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.interfaces.tools.resolver_columns import Line, line_order, matrix_columns, resolver_columns
from ui.pages.interfaces.tools.resolver_details import of_line, of_resolver, of_verdicts
from ui.pages.interfaces.words import tr
from ui.pages.tool import Tool
from ui.pages.tool_head import Head
from ui.pages.tool_strip import Strip, set_words
from ui.text import fill, plural, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel

HEALTHY = "resolve_healthy"
ROOMY_LINES = 20
"""Lines of text in which both tables are of use."""


class ResolversTool(Tool):
    """The list of servers is read while the view is in front; they are asked only when the person says so."""

    example = "server:10.8.0.1"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self.resolvers: dict[Key, Resolver] = {}
        self.lines: dict[tuple[object, ...], Line] = {}
        self.verdicts: list[Verdict] = []
        self.name = ""
        self._listing: Watch | None = None
        self._asking: Watch | None = None
        self._problem: Problem | None = None
        self._failed: Problem | None = None
        self.strip = Strip()
        self.name_field = self.strip.add_text(tr("Name"), tr("Name that is looked up"), "example.org", 30)
        self.server_field = self.strip.add_text(tr("Server"), tr("Server that is asked"), tr("the system's"), 20)
        self.run_button = self.strip.add_button("", tr("Sends DNS questions to each server, five by each way"))
        self.head = Head()
        self.matrix = TablePanel(matrix_columns(), tr("What each server answered"), natural=line_order)
        self.servers = TablePanel(resolver_columns(), tr("The system's DNS servers"))
        self.details = DetailsForm(empty_text=tr("Select a server to see all that is known of it."))
        self._arrange()
        self._tell()

    def _arrange(self) -> None:
        splitter = self._splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.matrix)
        splitter.addWidget(self.servers)
        splitter.setCollapsible(1, True)
        splitter.setSizes([300, 200])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.head)
        layout.addWidget(splitter, 1)
        self.strip.submitted.connect(self.run)
        self.run_button.clicked.connect(self.run)
        self.matrix.view.current_item_changed.connect(self._show_line)
        self.servers.view.current_item_changed.connect(self._show_resolver)

    # What the page calls

    def shown(self) -> None:
        if self._listing is None:
            self._problem = None
            self.resolvers.clear()
            self._listing = self.open_watch("resolvers.watch", ResolversRequest(), again=True)
            self._tell()

    def hidden(self) -> None:
        self.close_watch(self._listing)
        self._listing = None

    def rescan(self) -> None:
        """List the servers anew; they are asked again only by the button."""
        self.hidden()
        self.shown()

    def set_filter(self, text: str) -> None:
        for table in (self.matrix, self.servers):
            table.proxy.set_filter(text)
        self._tell()

    def focus_content(self) -> None:
        (self.matrix.view if self.lines else self.name_field).setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """The matrix, where there is one; else the servers."""
        return (self.matrix if self.lines else self.servers).view.rows_as_text(selected=False)

    def export_records(self) -> Sequence[Record]:
        """Servers, answers and verdicts."""
        cells: list[Record] = [cell for line in self.lines.values() for cell in line.cells]
        systems: list[Record] = [line.system for line in self.lines.values() if line.system is not None]
        return [*self.resolvers.values(), *systems, *cells, *self.verdicts]

    # The work

    def run(self) -> None:
        """Ask for the name in the field: the system's servers, or the one that was typed."""
        name = self.name_field.text().strip()
        if not name:
            self.strip.say(tr("Type the name to look up, such as example.org."))
            self.name_field.setFocus()
            return
        server = self.server_field.text().strip()
        self.strip.say("")
        self.close_watch(self._asking)
        self.name, self._failed = name, None
        self.lines.clear()
        self.verdicts.clear()
        self.matrix.model.clear()
        self.details.show_details(None)
        # Of the system's servers all are asked, whichever interface is chosen: which one answers is the question.
        bound = (self.interface.name,) if server and self.interface is not None else ()
        self._asking = self.open_watch(
            "resolvers.resolve", ResolveRequest(name=name, servers=(server,) if server else (), interfaces=bound)
        )
        self._make_room()
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        asking = self.sender() is self._asking
        for record in records:
            match record:
                case Resolution():
                    self._add(record)
                case SystemResolution():
                    self.lines["system",] = Line("", 0, bound=False, interface=None, system=record)
                case Verdict():
                    self.verdicts.append(record)
                case Resolver() if not asking:
                    self.resolvers[record.key()] = record
                case Removed(of="resolver"):
                    self.resolvers.pop(record.key(), None)
                case Problem() if not asking:
                    self._problem = record
                case _:
                    pass
        if not self.rests(0):
            self.resumed()

    def resumed(self) -> None:
        self.matrix.put(self.lines.items())
        gone = [row.key for row in self.servers.model.rows if row.key not in self.resolvers]
        self.servers.model.drop(gone)
        self.servers.put(self.resolvers.items())
        self._tell()
        self._show_line(self.matrix.view.current_item())

    def _add(self, cell: Resolution) -> None:
        bound = cell.path == "bound"
        key = (cell.server, cell.port, bound, cell.interface)
        line = self.lines.get(key, Line(cell.server, cell.port, bound=bound, interface=cell.interface))
        self.lines[key] = line._replace(cells=(*line.cells, cell))

    def failed(self, problem: Problem) -> None:
        if self.sender() is self._asking:
            self._failed = problem
            self.strip.say_problem(problem)
        else:
            self._problem = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._asking:
            self._asking = None
        elif watch is self._listing:
            self._listing = None
        self._tell()

    # What is shown

    def _make_room(self) -> None:
        """Where both tables would show a row or two, the answers get the room; the list can be drawn up again."""
        if 0 < self._splitter.height() < self.fontMetrics().height() * ROOMY_LINES:
            self._splitter.setSizes([self._splitter.height(), 0])

    def _tell(self) -> None:
        set_words(self.run_button, tr("Ask again") if self.lines else tr("Ask"))
        self.head.setVisible(bool(self.name) and self._failed is None)
        if self.verdicts:
            first = self.verdicts[0]
            tone = Tone.OK if first.code == HEALTHY else Tone.WARNING
            self.head.say(first.text, tone, self._facts(), remedy=next(iter(first.remedy), ""))
        elif self._asking is not None:
            words = tr("Asking every server for %1, by UDP and TCP.")
            self.head.say(fill(words, visible(self.name, 100)), Tone.INFO, busy=True)
        else:
            self.head.say(
                fill(tr("%1 was asked for, and no verdict was given."), visible(self.name, 100)), Tone.NEUTRAL
            )
        self.matrix.tell(self._why_no_matrix())
        self.servers.tell(self._why_no_servers())

    def _facts(self) -> tuple[str, ...]:
        asked = len({(line.server, line.port) for line in self.lines.values() if line.system is None})
        certainty = {"proven": tr("proven"), "likely": tr("likely"), "possible": tr("possible")}
        facts = [plural(asked, tr("%n server asked"), tr("%n servers asked")), certainty[self.verdicts[0].certainty]]
        if len(self.verdicts) > 1:
            more = plural(
                len(self.verdicts) - 1, tr("%n more finding in the details"), tr("%n more findings in the details")
            )
            facts.append(more)
        return tuple(facts)

    def _show_line(self, line: Line | None) -> None:
        if line is not None:
            self.details.show_details(of_line(line, self.verdicts))
        elif self.verdicts:
            self.details.show_details(of_verdicts(self.verdicts))

    def _show_resolver(self, resolver: Resolver | None) -> None:
        if resolver is not None:
            self.details.show_details(of_resolver(resolver))

    def _why_no_matrix(self) -> Emptiness:
        if self.matrix.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the answers matches the filter."))
        if self._failed is not None:
            again = Action(tr("Try again"), self.run)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        if self._asking is not None:
            return Emptiness(Why.LISTENING, tr("Asking."))
        reasons = (
            tr("Each server is asked by UDP, by UDP with large answers and by TCP, as the kernel routes and bound to "
               "its interface, beside what getaddrinfo says. The verdict names what is broken, and the remedy."),
            tr("Nothing is sent before you press Ask."),
        )  # fmt: skip
        return Emptiness(Why.NOT_ASKED, tr("What does each DNS server say of a name?"), reasons)

    def _why_no_servers(self) -> Emptiness:
        if self.servers.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the servers matches the filter."))
        problem = self._problem
        if problem is not None:
            again = Action(tr("Try again"), self.rescan)
            return Emptiness(Why.CANNOT_WORK, problem.text, (problem.remedy,), (again,))
        return Emptiness(Why.LISTENING, tr("Reading the system's DNS servers."))
