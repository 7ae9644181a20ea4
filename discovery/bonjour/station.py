"""Opens and closes the queriers as interfaces come, go and change, and feeds what they hear into the catalogue."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from discovery.bonjour.catalogue import Catalogue
from discovery.bonjour.heard import limit_text
from discovery.bonjour.hearing import HeardPacket, Hearing
from discovery.bonjour.ledger import Ledger
from discovery.bonjour.ledger_limits import limits_text
from discovery.bonjour.origin import Network, acceptable, networks_of
from discovery.bonjour.places import choose, left_out
from discovery.bonjour.querier import Querier
from discovery.bonjour.restricted import Place
from discovery.bonjour.types import BrowsedType
from discovery.bonjour.wire import decode
from discovery.records import BrowseState
from net.platform.options import OPTIONS
from net.problems import make_problem
from net.records import Interface, Problem, Removed

logger = logging.getLogger(__name__)

_RETRY = 1.0
_QUIET_FAILURES = 4
"""A new IPv6 address cannot be bound until duplicate address detection is through (RFC 4862 section 5.4), 1 to 2 s."""
_KEEP = 4.0
"""Seconds for which what was heard before a change of address stays, so that it is heard again before it is dropped."""

_Standing = Literal["browsing", "failed", "skipped"]


class Station:
    """A place that is browsed: its querier, and the ear that counts the packets of others, None where there is none."""

    def __init__(self, place: Place, querier: Querier, hearing: Hearing | None) -> None:
        self.place = place
        self.querier = querier
        self.hearing = hearing
        self.packets = 0

    async def close(self) -> None:
        if self.hearing is not None:
            self.hearing.close()
        await self.querier.close()


class Stations:
    """All places that are browsed, or only listened at where ``quiet``; ``ledger`` gets what is heard there."""

    def __init__(
        self,
        types: Iterable[BrowsedType],
        catalogue: Catalogue,
        wake: Callable[[], None],
        *,
        ledger: Ledger | None = None,
        quiet: bool = False,
    ) -> None:
        self._types = tuple(types)
        self._catalogue = catalogue
        self._wake = wake
        self._ledger = ledger
        self._quiet = quiet
        self._open: dict[Place, Station] = {}
        self._since: dict[str, tuple[_Standing, float]] = {}
        self._told: dict[str, BrowseState] = {}
        self._failures: dict[Place, tuple[int, OSError]] = {}
        self._deaf: dict[Place, OSError] = {}
        self._left_out: dict[str, str] = {}
        self._retry_at: float | None = None
        self._leaving: list[tuple[float, Station]] = []
        self._obstacles: tuple[Problem, ...] = ()
        self._own: frozenset[str] = frozenset()
        self._networks: dict[str, tuple[Network, ...]] = {}

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
        self._networks = {name: networks_of(face) for name, face in known.items()}
        open_now = frozenset(place.interface for place in self._open)
        places, self._obstacles = choose(known, named, open_now)
        self._left_out = left_out(known, named, places)
        wanted = set(places)
        self._failures = {place: failure for place, failure in self._failures.items() if place in wanted}
        self._deaf = {place: error for place, error in self._deaf.items() if place in wanted}
        for place in [place for place in self._open if place not in wanted]:
            await self._leave(self._open.pop(place), wanted)
        for place in places:
            if place not in self._open:
                await self._enter(place)
        self._retry_at = time.monotonic() + _RETRY if self._failures else None
        standing = self._standing()
        began = {name: (state, time.time()) for name, state in standing.items()}
        self._since = {
            name: self._since[name] if self._since.get(name, ("", 0))[0] == state else began[name]
            for name, state in standing.items()
        }

    def turn(self, now: float) -> None:
        """One turn of every querier, its changes told to the catalogue."""
        for station in self._open.values():
            self._catalogue.changed(station.querier.turn(now))
        for due, station in self._leaving:
            if due <= now:
                self._catalogue.drop(station)
        self._leaving = [(due, station) for due, station in self._leaving if due > now]

    def states(self) -> list[BrowseState | Removed]:
        """The state of each interface that is new or changed since the last call, and a Removed for one that went."""
        states = {name: self._state(name, state, since) for name, (state, since) in self._since.items()}
        news: list[BrowseState | Removed] = [each for name, each in states.items() if self._told.get(name) != each]
        news += [Removed(of="browse_state", name=name) for name in self._told.keys() - states.keys()]
        self._told = states
        return news

    def problems(self) -> list[Problem]:
        """What stands in the way now."""
        problems = list(self._obstacles)
        for place, error in self._failed():
            facts = {"family": place.family.replace("ip", "IP"), "address": place.address}
            problems.append(make_problem("browse_refused", place.interface, error, **facts))
        problems += [make_problem("browse_limit", each, limit=limit_text(each)) for each in self._catalogue.limits]
        if self._ledger is None:
            return problems
        for place, error in self._deaf.items():
            problems.append(
                make_problem("ledger_deaf", place.interface, error, family=place.family.replace("ip", "IP"))
            )
        if self._ledger.left_out:
            # Told anew only when it has doubled.
            least = 1 << (self._ledger.left_out.bit_length() - 1)
            problems.append(
                make_problem("ledger_limit", "records", limit=limits_text(self._ledger.limits), left_out=f"{least:,}")
            )
        return problems

    async def close(self) -> None:
        """Close everything; does nothing the second time."""
        while self._open:
            _, station = self._open.popitem()
            await station.close()

    async def _enter(self, place: Place) -> None:
        # Before the first question, so that no answer is missed.
        hearing = self._hearing(place)
        note = self._note if self._ledger is not None else None
        querier = Querier(place, self._types, self._wake, quiet=self._quiet, accepts=self._acceptable, answered=note)
        station = self._open[place] = Station(place, querier, hearing)
        try:
            await querier.open()
        except OSError as error:
            del self._open[place]
            await station.close()
            count, _ = self._failures.get(place, (0, error))
            self._failures[place] = (count + 1, error)
            return
        self._failures.pop(place, None)
        self._catalogue.add(station, querier.heard)

    def _hearing(self, place: Place) -> Hearing | None:
        """An ear of our own, where the system has a socket that hears only the group."""
        self._deaf.pop(place, None)
        if not OPTIONS.binds_to_group:
            return None

        def heard(packet: HeardPacket) -> None:
            if packet.source.partition("%")[0] not in self._own:
                self._open[place].packets += 1
            self._note(packet)

        hearing = Hearing(place, heard)
        try:
            hearing.open()
        except OSError as error:
            logger.debug("no packets are counted on %s over %s: %s", place.interface, place.family, error)
            self._deaf[place] = error
            return None
        return hearing

    def _note(self, packet: HeardPacket) -> None:
        if self._ledger is not None and self._acceptable(packet):
            self._ledger.take(packet, decode(packet.payload))
            self._wake()

    def _acceptable(self, packet: HeardPacket) -> bool:
        return acceptable(packet, self._networks.get(packet.interface, ()))

    async def _leave(self, station: Station, wanted: set[Place]) -> None:
        await station.close()
        place = station.place
        if self._ledger is not None and not any(
            (new.interface, new.family) == (place.interface, place.family) for new in wanted
        ):
            self._ledger.interface_gone(place.interface, place.family, time.time())
        if any((new.index, new.family) == (place.index, place.family) for new in wanted):
            self._leaving.append((time.monotonic() + _KEEP, station))
        else:
            self._catalogue.drop(station)

    def _failed(self) -> list[tuple[Place, OSError]]:
        """The places that are refused for good, or for longer than a new address takes."""
        return [
            (place, error)
            for place, (count, error) in self._failures.items()
            if count >= _QUIET_FAILURES or place.family != "ipv6"
        ]

    def _standing(self) -> dict[str, _Standing]:
        standing: dict[str, _Standing] = dict.fromkeys(self._left_out, "skipped")
        standing.update((place.interface, "failed") for place, _ in self._failed())
        standing.update((place.interface, "browsing") for place in self._open)
        return standing

    def _state(self, name: str, state: _Standing, since: float) -> BrowseState:
        if state == "skipped":
            return BrowseState(interface=name, since=since, state=state, reason=self._left_out[name])
        if state == "failed":
            error = next(error for place, error in self._failed() if place.interface == name)
            return BrowseState(interface=name, since=since, state=state, errno=error.errno, reason=error.strerror)
        stations = [station for place, station in self._open.items() if place.interface == name]
        counts = [station.packets for station in stations if station.hearing is not None]
        return BrowseState(interface=name, since=since, packets=sum(counts) if counts else None)
