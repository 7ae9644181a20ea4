"""Keeps a Hearing open at every place that carries Bonjour, as interfaces come, go and change."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from discovery.bonjour.hearing import HeardPacket, Hearing
from discovery.bonjour.places import choose, left_out
from discovery.bonjour.restricted import GROUPS, PORT, Place
from discovery.records import BrowseState
from net.multicast.capture.recorder import Recorder
from net.multicast.endpoint import Endpoint
from net.platform.batch import Batch
from net.problems import make_problem
from net.records import Family, Interface, Problem, Record, Removed

_RETRY = 1.0
_Where = tuple[str, int, Family]


class Ear:
    """A hearing that can be recorded."""

    def __init__(self, place: Place, heard: Callable[[HeardPacket], None]) -> None:
        self.endpoint = Endpoint(GROUPS[place.family], PORT)
        self.interface = place.interface
        self.index = place.index
        self.taps: list[Callable[[Ear, Batch], None]] = []
        self.others = 0
        """Packets of other hosts."""
        self.hearing = Hearing(place, heard, self._tapped)
        self._dropped: int | None = None

    @property
    def dropped_here(self) -> int | None:
        """Packets this host lost there; after the end as it stood then."""
        dropped = self.hearing.dropped
        return dropped if dropped is not None else self._dropped

    def close(self) -> None:
        """Leave the group; does nothing the second time."""
        self._dropped = self.dropped_here
        self.hearing.close()

    def _tapped(self, batch: Batch) -> None:
        for tap in self.taps:
            tap(self, batch)


class Hearings:
    """All that is heard on the ``named`` interfaces, or on all that carry Bonjour; sends nothing.

    ``heard`` gets each packet and whether this host sent it. ``recorder`` records every packet.
    """

    def __init__(
        self,
        named: Sequence[str],
        heard: Callable[[HeardPacket, bool], None],
        recorder: Recorder | None = None,
    ) -> None:
        self._named = tuple(named)
        self._heard = heard
        self._recorder = recorder
        self._open: dict[_Where, Ear] = {}
        self._refused: dict[_Where, tuple[Place, OSError]] = {}
        self._left_out: dict[str, str] = {}
        self._obstacles: tuple[Problem, ...] = ()
        self._own: frozenset[str] = frozenset()
        self._since: dict[str, float] = {}
        self._retry_at: float | None = None
        self._told: dict[str, BrowseState] = {}
        self._told_problems: dict[str, Problem] = {}

    def retry_due(self, now: float) -> bool:
        """Whether a place that was refused should be tried again; ``now`` is monotonic."""
        return self._retry_at is not None and now >= self._retry_at

    def reconcile(self, known: Mapping[str, Interface]) -> None:
        """Close what is gone and open what is new; a change of address alone changes nothing here."""
        self._own = frozenset(
            address.address.partition("%")[0] for face in known.values() for address in face.addresses
        )
        open_now = frozenset(interface for interface, _, _ in self._open)
        places, self._obstacles = choose(known, self._named, open_now)
        self._left_out = left_out(known, self._named, places)
        wanted: dict[_Where, Place] = {(place.interface, place.index, place.family): place for place in places}
        for where in [where for where in self._open if where not in wanted]:
            self._open.pop(where).close()
        self._refused.clear()
        for where, place in wanted.items():
            if where not in self._open:
                self._enter(where, place)
        self._retry_at = time.monotonic() + _RETRY if self._refused else None
        standing = {place.interface for place in places} | self._left_out.keys()
        self._since = {name: self._since.get(name, time.time()) for name in standing}

    def states(self) -> list[Record]:
        """A BrowseState for each interface where it is new or changed since the last call, a Removed for one gone."""
        states = {name: self._state(name, since) for name, since in self._since.items()}
        news: list[Record] = [state for name, state in states.items() if self._told.get(name) != state]
        news += [Removed(of="browse_state", name=name) for name in self._told.keys() - states.keys()]
        self._told = states
        return news

    def problems(self) -> list[Record]:
        """What stands in the way and was not told yet, and a Removed for what no longer does."""
        current = {problem.key().name: problem for problem in self._standing_problems()}
        news: list[Record] = [problem for name, problem in current.items() if self._told_problems.get(name) != problem]
        news += [Removed(of="problem", name=name) for name in self._told_problems.keys() - current.keys()]
        self._told_problems = current
        return news

    def close(self) -> None:
        """Leave all groups; does nothing the second time."""
        while self._open:
            self._open.popitem()[1].close()

    def _enter(self, where: _Where, place: Place) -> None:
        ear = Ear(place, lambda packet: self._take(ear, packet))
        try:
            ear.hearing.open()
        except OSError as error:
            self._refused[where] = place, error
            return
        self._open[where] = ear
        if self._recorder is not None:
            self._recorder.attach(ear)

    def _take(self, ear: Ear, packet: HeardPacket) -> None:
        own = packet.source.partition("%")[0] in self._own
        ear.others += not own
        self._heard(packet, own)

    def _standing_problems(self) -> list[Problem]:
        refused = [
            make_problem(
                "browse_refused",
                place.interface,
                error,
                family=place.family.replace("ip", "IP"),
                address=place.address,
            )
            for place, error in self._refused.values()
        ]
        return [*self._obstacles, *refused]

    def _state(self, name: str, since: float) -> BrowseState:
        ears = [ear for (interface, _, _), ear in self._open.items() if interface == name]
        if ears:
            return BrowseState(interface=name, since=since, packets=sum(ear.others for ear in ears))
        if name in self._left_out:
            return BrowseState(interface=name, since=since, state="skipped", reason=self._left_out[name])
        error = next(error for place, error in self._refused.values() if place.interface == name)
        return BrowseState(interface=name, since=since, state="failed", errno=error.errno, reason=error.strerror)
