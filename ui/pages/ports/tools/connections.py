"""The view Connections: who talks with whom right now. It asks only while it is in front."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from net.ports.records import Connection
from net.records import Problem, Record, Removed
from net.requests import PortsRequest
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.ports.columns import tr
from ui.pages.ports.tools.connection_columns import EXACT_FIELDS, FIELDS, connection_columns, natural
from ui.pages.tool import Tool
from ui.widgets.actions import Action
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel


class ConnectionsTool(Tool):
    """Rows by their ends; what is closed goes."""

    example = "proc:postgres state:established"

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        self._watch: Watch | None = None
        self._failed: Problem | None = None
        self._told = False
        self._held: dict[str, Connection | None] = {}
        self.table = TablePanel(connection_columns(), tr("Connections"), natural=natural, fields=FIELDS)
        self.table.proxy.exact_fields = EXACT_FIELDS
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        self.table.model.changed.connect(self._tell)
        self.table.proxy.filter_changed.connect(self._tell)
        self._tell()

    # What the page calls

    def shown(self) -> None:
        if self._watch is None:
            self._ask()

    def hidden(self) -> None:
        self.close_watch(self._watch)
        self._watch = None

    def rescan(self) -> None:
        """Ask anew."""
        self.hidden()
        self._ask()

    def resumed(self) -> None:
        held, self._held = self._held, {}
        self._show(held)

    def set_filter(self, text: str) -> None:
        self.table.proxy.set_filter(text)

    def focus_content(self) -> None:
        self.table.view.setFocus()

    def export_rows(self) -> Sequence[tuple[str, ...]]:
        """What is shown."""
        return self.table.view.rows_as_text(selected=False)

    def export_records(self) -> Sequence[Record]:
        return list(self.table.proxy.shown_items())

    # The work

    def _ask(self) -> None:
        self._failed = None
        self._told = False
        self._held.clear()
        self.table.model.clear()
        self._watch = self.open_watch("ports.watch", PortsRequest(connections=True), again=True)
        self._watch.restarted.connect(self.table.model.clear)
        self._tell()

    def take(self, records: tuple[Record, ...]) -> None:
        self._told = True
        changes: dict[str, Connection | None] = {}
        for record in records:
            if isinstance(record, Connection):
                changes[record.key().name] = record
            elif isinstance(record, Removed) and record.of == "connection":
                changes[record.name] = None
        if self.rests(len(changes)):
            self._held |= changes
        else:
            self._show(changes)

    def _show(self, changes: dict[str, Connection | None]) -> None:
        """Those are so now, None is gone."""
        self.table.model.drop([name for name, connection in changes.items() if connection is None])
        self.table.model.put((name, each) for name, each in changes.items() if each is not None)
        self._tell()

    def failed(self, problem: Problem) -> None:
        self._failed = problem

    def watch_over(self, watch: Watch) -> None:
        if watch is self._watch:
            self._watch = None
            self._tell()

    def _tell(self) -> None:
        self.table.tell(self._why_empty())

    def _why_empty(self) -> Emptiness:
        if self.table.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the connections matches the filter."))
        if self._failed is not None:
            again = Action(tr("Try again"), self.rescan)
            return Emptiness(Why.CANNOT_WORK, self._failed.text, (self._failed.remedy,), (again,))
        if not self._told:
            return Emptiness(Why.LISTENING, tr("Reading the connections."))
        reasons = (tr("New ones appear by themselves."),)
        return Emptiness(Why.NOTHING_FOUND, tr("No program here has a connection."), reasons)
