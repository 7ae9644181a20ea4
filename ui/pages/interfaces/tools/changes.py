"""The view Changes: the log of what changed on this host's network, and the difference of two snapshots."""

from __future__ import annotations

from collections.abc import Sequence

from net.multicast.records import Change
from net.records import Problem, Record
from net.requests import ResolversRequest
from net.resolvers.records import Resolver
from resources.loader import change_rows
from ui.link import Watch
from ui.pages.base import PageContext
from ui.pages.interfaces.change_book import Entry, change_book
from ui.pages.interfaces.tools.log_columns import FIELDS, describe, log_columns, log_line
from ui.pages.interfaces.words import tr
from ui.pages.snapshots_tool import SnapshotsTool
from ui.widgets.actions import Action
from ui.widgets.details_form import DetailsForm
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.table_panel import TablePanel

Servers = frozenset[tuple[str, str | None]]
"""Each with the domains it is for, as the sentences name it, and its interface."""

MISSING = "resolvers_missing"
"""The problem that says that there is no server at all."""


class ChangesTool(SnapshotsTool):
    """The log goes on while any part of the window is in front; snapshots are taken by the person.

    A snapshot here also holds the system's DNS servers.
    """

    def __init__(self, context: PageContext) -> None:
        log = TablePanel(log_columns(), tr("What changed"), fields=FIELDS)
        super().__init__(context, log)
        self.book = change_book(context.link)
        self.details = DetailsForm(empty_text=tr("Select a change to see all that belongs to it."))
        self.servers: list[Servers | None] = [None, None]
        self._second = False
        self._resolvers: Watch | None = None
        log.view.current_item_changed.connect(self._show_details)
        self.book.told.connect(self._told)
        self.book.failed.connect(self.update_tables)
        self._told(self.book.entries)

    def log_lines(self) -> list[str]:
        return [log_line(entry.change) for entry in self.book.entries]

    def log_records(self) -> list[Record]:
        return [entry.change for entry in self.book.entries]

    def take_before(self) -> None:
        super().take_before()
        self.servers = [None, None]
        self._ask_resolvers()

    def take_after(self) -> None:
        super().take_after()
        if self.before is not None:
            self.servers[1] = None
            self._ask_resolvers()

    def take(self, records: tuple[Record, ...]) -> None:
        """Servers of a snapshot come by a watch of their own, before or after the rest of it."""
        servers = [record for record in records if isinstance(record, Resolver)]
        if servers or any(isinstance(record, Problem) and record.code == MISSING for record in records):
            self.servers[self._second] = _known(servers)
            self.compare()
        else:
            super().take(records)

    def further(self) -> tuple[Change, ...]:
        before, after = self.servers
        if before is None or after is None:
            return ()
        gone = [_server_change("removed", server) for server in sorted(before - after, key=str)]
        return (*gone, *(_server_change("added", server) for server in sorted(after - before, key=str)))

    def same_words(self) -> str:
        return tr("Interfaces, addresses, routes, joins and DNS servers stand as before.")

    def resumed(self) -> None:
        self._told(self.book.entries)

    def why_no_log(self) -> Emptiness:
        if self.log.model.rows:
            return Emptiness(Why.FILTERED_OUT, tr("None of the changes matches the filter."))
        problem = self.book.problem
        if problem is not None:
            again = Action(tr("Try again"), self.book.ask)
            return Emptiness(Why.CANNOT_WORK, problem.text, (problem.remedy,), (again,))
        reasons = (
            tr("When an interface, address, route or DNS server comes or goes, a line says it here at once, with what "
               "became of the default route and of unbound multicast. The list is kept until the window closes."),
        )  # fmt: skip
        return Emptiness(Why.NOTHING_FOUND, tr("Nothing has changed since this page was first shown."), reasons)

    def _ask_resolvers(self) -> None:
        self.close_watch(self._resolvers)
        self._second = self.before is not None
        self._resolvers = self.open_watch("resolvers.watch", ResolversRequest(follow=False))

    def _told(self, entries: Sequence[Entry]) -> None:
        if not self.rests(len(entries)):
            self.log.put([(entry.number, entry) for entry in entries])
            self.update_tables()

    def _show_details(self, entry: Entry | None) -> None:
        self.details.show_details(describe(entry.change) if entry is not None else None)


def _known(servers: Sequence[Resolver]) -> Servers:
    return frozenset(
        (f"{each.server} for {', '.join(each.domains)}" if each.domains else each.server, each.interface)
        for each in servers
    )


def _server_change(how: str, server: tuple[str, str | None]) -> Change:
    subject, interface = server
    place = f" on {interface}" if interface else ""
    text = change_rows()[f"difference_resolver_{how}"].text.format(subject=subject, place=place)
    if how == "added":
        return Change(what="resolver", change="added", subject=subject, text=text, interface=interface)
    return Change(what="resolver", change="removed", subject=subject, text=text, interface=interface)
