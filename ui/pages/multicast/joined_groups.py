"""All joins of the page, with the way the kernel would choose for each of their groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import monotonic

import msgspec
from PySide6.QtCore import QObject, Signal

from net.records import Key, Problem, Reception, Record, Route, Stream
from net.requests import RouteRequest
from ui.interfaces import InterfaceBook
from ui.pages.base import Page
from ui.pages.multicast.columns import GroupRow, make_row
from ui.pages.multicast.emptiness import nowhere_to_join
from ui.pages.multicast.history import Sample
from ui.pages.multicast.join_options import JoinOptions
from ui.pages.multicast.joins import Join, JoinKey, Phase
from ui.pages.multicast.states import standing
from ui.pages.multicast.target import Target
from ui.pages.multicast.words import interfaces_in_words
from ui.problems import told

KEPT_PER_BATCH = 100
"""Datagrams handed on in one batch, so at most 2,500 a second of each join; the rest is counted."""

LARGEST_BUFFER = 1 << 30
STRIPS_UP_TO = 50
"""Groups with which streams carry the strip of their last numbers: a kilobyte with each change."""


class JoinedGroups(QObject):
    """Opens and closes the watches through its page; a join stays until it is cleared.

    Attributes:
        joins: by what each is about.
        routes: by group.

    Signals:
        state_changed: a Join stands otherwise.
        counted: a Join has received more.
        routed: the way for a group is known, or another.
    """

    state_changed = Signal(object)
    counted = Signal(object)
    routed = Signal(str)

    def __init__(self, page: Page, book: InterfaceBook) -> None:
        super().__init__(page)
        self.joins: dict[JoinKey, Join] = {}
        self.routes: dict[str, Route] = {}
        self._cleared: dict[JoinKey, int] = {}
        self._page = page
        self._book = book

    @property
    def active(self) -> list[Join]:
        return [join for join in self.joins.values() if join.active]

    def is_active(self, key: JoinKey) -> bool:
        return key in self.joins and self.joins[key].active

    def refusal(self, target: Target, names: Sequence[str]) -> Problem | None:
        """Why a join of ``target`` on those interfaces is not even asked for; None where one at least is new."""
        if not names:
            return nowhere_to_join(target)
        unknown = [name for name in names if self._book.known and name not in self._book.by_name]
        if unknown:
            known = ", ".join(found.name for found in self._book.ordered())
            return told("interface_unknown", unknown[0], names=known)
        if all(self.is_active(JoinKey(target.group, target.port, name)) for name in names):
            return told("joined_twice", target.endpoint, interface=interfaces_in_words(names))
        return None

    def join(self, target: Target, names: Sequence[str], options: JoinOptions | None = None) -> list[JoinKey]:
        """Join on each of the interfaces where that is not so yet; tells where. ``options``: None for those of the row
        that is there."""
        keys = [JoinKey(target.group, target.port, name) for name in names]
        fresh = [key for key in keys if not self.is_active(key)]
        for key in fresh:
            self.open(key, options)
        return fresh

    def open(self, key: JoinKey, options: JoinOptions | None = None) -> None:
        """Join; a row that was there goes on counting. ``options``: None for its own."""
        join = self._row_of(key)
        if options is not None:
            join.options = options
        strips = len(self.joins) <= STRIPS_UP_TO
        request = join.options.request(key.endpoint, key.interface, keep=KEPT_PER_BATCH, strips=strips)
        join.follow(self._page.open_watch("multicast.listen", request, keep=True, banner=False))
        if self._page.visible_now and key.group not in self.routes:
            self._ask_route(key.group)

    def take_recorded(self, record: Reception | Stream) -> None:
        """A capture file tells of a group; its interface must not be named as one of this host."""
        self._row_of(JoinKey(record.group, record.port, record.interface)).take_recorded(record)

    def _row_of(self, key: JoinKey) -> Join:
        join = self.joins.get(key)
        if join is None:
            join = self.joins[key] = Join(key, self)
            join.state_changed.connect(self.state_changed)
            join.counted.connect(self.counted)
        return join

    def ask_for_more(self, key: JoinKey) -> None:
        """Join anew with four times the receive buffer; what was received stays."""
        options = self.joins[key].options
        self.leave([key])
        self.open(key, msgspec.structs.replace(options, buffer_bytes=min(options.buffer_bytes * 4, LARGEST_BUFFER)))

    def open_refused(self) -> None:
        """Try those again."""
        for key in [key for key, join in self.joins.items() if join.phase is Phase.REFUSED]:
            self.open(key)

    def leave(self, keys: Iterable[JoinKey]) -> None:
        """Stop listening; what was received stays."""
        for key in keys:
            join = self.joins[key]
            if join.active and join.watch is not None:
                self._page.close_watch(join.watch)
                join.left()

    def clear(self, keys: Iterable[JoinKey]) -> frozenset[JoinKey]:
        """Forget those that are over, and tell which."""
        gone = frozenset(key for key in keys if not self.is_active(key))
        for key in gone:
            self.joins.pop(key).deleteLater()
            self._cleared.pop(key, None)
        return gone

    def lost(self) -> None:
        """The probe is gone."""
        for join in self.active:
            join.lost()

    def sample(self) -> None:
        """Once a second."""
        now = monotonic()
        for join in self.active:
            join.tally.sample(now)

    def ask_routes(self) -> None:
        """Ask the way for every group; the answers follow the changes of the network."""
        self.routes.clear()
        for group in {key.group for key in self.joins}:
            self._ask_route(group)

    def received(self, keys: Iterable[JoinKey]) -> int:
        """Datagrams of those joins, without the ones the person cleared."""
        return sum(self.joins[key].tally.received - self._cleared.get(key, 0) for key in keys if key in self.joins)

    def clear_packets(self, keys: Iterable[JoinKey]) -> None:
        """From now on ``received`` counts from zero."""
        self._cleared.update({key: self.joins[key].tally.received for key in keys})

    def samples(self, key: JoinKey, stream: Key) -> tuple[Sample, ...]:
        """How that stream of a join went, a sample each second, the newest last."""
        join = self.joins.get(key)
        history = join.tally.histories.get(stream) if join is not None else None
        return tuple(history.samples) if history is not None else ()

    def row(self, key: JoinKey) -> GroupRow:
        """As it stands."""
        join = self.joins[key]
        interface = self._book.by_name.get(key.interface)
        route = self.routes.get(key.group)
        stands = standing(join, interface, known=self._book.known)
        return make_row(join, stands, interface, route.interface if route is not None else None)

    def records(self) -> list[Record]:
        """All that is known of them, for a file."""
        found: list[Record] = []
        for join in self.joins.values():
            found += [record for record in (join.joined, join.tally.reception) if record is not None]
            found += join.tally.streams()
        return found

    def _ask_route(self, group: str) -> None:
        watch = self._page.open_watch("routes.egress", RouteRequest(address=group, follow=True), banner=False)
        watch.batch.connect(self._take_routes)

    def _take_routes(self, records: tuple[Record, ...]) -> None:
        for record in records:
            if isinstance(record, Route):
                self.routes[record.address] = record
                self.routed.emit(record.address)
