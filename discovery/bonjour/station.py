"""Opens and closes the queriers as interfaces come, go and change, and feeds what they hear into the catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from discovery.bonjour.catalogue import Catalogue
from discovery.bonjour.counter import PacketCounter
from discovery.bonjour.heard import MOST_INSTANCES
from discovery.bonjour.places import choose
from discovery.bonjour.querier import Querier
from discovery.bonjour.restricted import Place
from discovery.bonjour.types import BrowsedType
from discovery.records import BrowseState
from net.problems import make_problem
from net.records import Interface, Problem

_RETRY = 1.0
_QUIET_FAILURES = 4
"""A new IPv6 address cannot be bound until duplicate address detection is through (RFC 4862 section 5.4), 1 to 2 s."""
_KEEP = 4.0
"""Seconds for which what was heard before a change of address stays, so that it is heard again before it is dropped."""


class Station:
    """A place that is browsed: its querier and its packet counter."""

    def __init__(self, place: Place, querier: Querier, counter: PacketCounter | None) -> None:
        self.place = place
        self.querier = querier
        self.counter = counter

    async def close(self) -> None:
        if self.counter is not None:
            self.counter.close()
        await self.querier.close()


class Stations:
    """All places that are browsed."""

    def __init__(self, types: Iterable[BrowsedType], catalogue: Catalogue, wake: Callable[[], None]) -> None:
        self._types = tuple(types)
        self._catalogue = catalogue
        self._wake = wake
        self._open: dict[Place, Station] = {}
        self._since: dict[str, float] = {}
        self._told: dict[str, BrowseState] = {}
        self._failures: dict[Place, tuple[int, OSError]] = {}
        self._retry_at: float | None = None
        self._leaving: list[tuple[float, Station]] = []
        self._obstacles: tuple[Problem, ...] = ()
        self._own: frozenset[str] = frozenset()

    @property
    def waiting(self) -> bool:
        """Whether a turn is due soon even without news."""
        return any(station.querier.waiting for station in self._open.values())

    def retry_due(self, now: float) -> bool:
        """Whether a place that was refused should be tried again."""
        return self._retry_at is not None and now >= self._retry_at

    async def reconcile(self, known: Mapping[str, Interface], named: Sequence[str]) -> None:
        """Close what is gone and open what is new; what is known at unchanged places stays."""
        self._own = frozenset(
            address.address.partition("%")[0] for face in known.values() for address in face.addresses
        )
        open_now = frozenset(place.interface for place in self._open)
        places, self._obstacles = choose(known, named, open_now)
        wanted = set(places)
        self._failures = {place: failure for place, failure in self._failures.items() if place in wanted}
        for place in [place for place in self._open if place not in wanted]:
            await self._leave(self._open.pop(place), wanted)
        for place in places:
            if place not in self._open:
                await self._enter(place)
        names = {place.interface for place in self._open}
        self._since = {name: self._since.get(name, time.time()) for name in names}
        self._retry_at = time.monotonic() + _RETRY if self._failures else None

    def turn(self, now: float) -> None:
        """One turn of every querier, its changes told to the catalogue."""
        for station in self._open.values():
            self._catalogue.changed(station.querier.turn(now))
        for due, station in self._leaving:
            if due <= now:
                self._catalogue.drop(station)
        self._leaving = [(due, station) for due, station in self._leaving if due > now]

    def states(self) -> list[BrowseState]:
        """The state of each interface that is new or changed since the last call."""
        states = {name: self._state(name, since) for name, since in self._since.items()}
        news = [state for name, state in states.items() if self._told.get(name) != state]
        self._told = states
        return news

    def problems(self) -> list[Problem]:
        """What stands in the way now."""
        problems = list(self._obstacles)
        for place, (count, error) in self._failures.items():
            if count >= _QUIET_FAILURES or place.family != "ipv6":
                facts = {"family": place.family.replace("ip", "IP"), "address": place.address}
                problems.append(make_problem("browse_refused", place.interface, error, **facts))
        if self._catalogue.overflowed:
            problems.append(make_problem("browse_limit", "services", limit=f"{MOST_INSTANCES:,} services"))
        return problems

    async def close(self) -> None:
        """Close everything; does nothing the second time."""
        while self._open:
            _, station = self._open.popitem()
            await station.close()

    async def _enter(self, place: Place) -> None:
        querier = Querier(place, self._types, self._wake)
        try:
            await querier.open()
        except OSError as error:
            count, _ = self._failures.get(place, (0, error))
            self._failures[place] = (count + 1, error)
            return
        self._failures.pop(place, None)
        counter = PacketCounter(lambda address: address in self._own)
        station = Station(place, querier, counter if await counter.open(place) else None)
        self._open[place] = station
        self._catalogue.add(station, querier.heard)

    async def _leave(self, station: Station, wanted: set[Place]) -> None:
        await station.close()
        place = station.place
        if any((new.index, new.family) == (place.index, place.family) for new in wanted):
            self._leaving.append((time.monotonic() + _KEEP, station))
        else:
            self._catalogue.drop(station)

    def _state(self, name: str, since: float) -> BrowseState:
        counters = [station.counter for place, station in self._open.items() if place.interface == name]
        counts = [counter.packets for counter in counters if counter is not None]
        return BrowseState(interface=name, since=since, packets=sum(counts) if counts else None)
