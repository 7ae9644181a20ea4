"""Keeps SSDP and WS-Discovery asked and heard at every place, as interfaces come and go, and reads what is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from discovery.bonjour.origin import Network, networks_of, on_link
from discovery.bonjour.places import choose
from discovery.bonjour.restricted import Place
from discovery.devices import ssdp, ws_discovery
from discovery.devices.book import Book
from discovery.devices.caller import Caller, Protocol
from discovery.devices.records import DeviceSearch
from net.problems import make_problem
from net.records import Family, Interface, Problem, Record, Removed

By = Literal["ssdp", "ws_discovery"]

AGAIN: Final = 60.0
"""Seconds between searches."""
REPEAT: Final = 0.5
"""Seconds after which a first search is repeated, since a packet may be lost (UPnP Device Architecture 1.3.2)."""
WS_HOLDS, WS_HOLDS_QUIET = 3 * AGAIN, 1800.0
"""Seconds: three searches went unanswered; nobody is asked."""
_RETRY = 1.0
TITLES: Final[dict[By, str]] = {"ssdp": "SSDP", "ws_discovery": "WS-Discovery"}
_Where = tuple[By, str, int, Family]


@dataclass(slots=True)
class _Counts:
    sent: int = 0
    ssdp: int = 0
    ws_discovery: int = 0
    unread: int = 0
    beyond: int = 0


@dataclass(slots=True)
class _Open:
    caller: Caller
    due: list[float] = field(default_factory=list)


class Callers:
    """On the ``named`` interfaces, or all that carry Bonjour; what is told goes to ``book``, ``heard`` is called then.

    ``quiet`` ones send nothing.
    """

    def __init__(self, named: tuple[str, ...], book: Book, heard: Callable[[], None], *, quiet: bool) -> None:
        self._named = named
        self._book = book
        self._woken = heard
        self._quiet = quiet
        self._open: dict[_Where, _Open] = {}
        self._refused: dict[_Where, OSError] = {}
        self._unsent: dict[_Where, OSError] = {}
        self._networks: dict[str, tuple[Network, ...]] = {}
        self._own: frozenset[str] = frozenset()
        self._counts: dict[str, _Counts] = {}
        self._told: dict[str, DeviceSearch] = {}
        self._told_problems: dict[str, Problem] = {}
        self._retry_at: float | None = None

    @property
    def interfaces(self) -> frozenset[str]:
        """Where devices are looked for now."""
        return frozenset(self._networks)

    def retry_due(self, now: float) -> bool:
        return self._retry_at is not None and now >= self._retry_at

    def reconcile(self, known: Mapping[str, Interface]) -> None:
        """Close what is gone and open what is new."""
        self._own = frozenset(address.address for face in known.values() for address in face.addresses)
        places, _ = choose(known, self._named, frozenset(self._networks))
        wanted: dict[_Where, tuple[Place, Protocol]] = {}
        for place in places:
            wanted["ssdp", place.interface, place.index, place.family] = (
                place, Protocol(ssdp.GROUPS[place.family], ssdp.PORT, ssdp.TTL)
            )  # fmt: skip
            wanted["ws_discovery", place.interface, place.index, place.family] = (
                place, Protocol(ws_discovery.GROUPS[place.family], ws_discovery.PORT, ws_discovery.TTL)
            )  # fmt: skip
        for where in [where for where in self._open if where not in wanted or self._moved(where, wanted[where][0])]:
            self._open.pop(where).caller.close()
        before, self._networks = (
            self.interfaces,
            {each.interface: networks_of(known[each.interface]) for each in places},
        )
        for interface in before - self.interfaces:
            self._book.forget(interface)
            self._counts.pop(interface, None)
        self._refused.clear()
        self._unsent = {where: error for where, error in self._unsent.items() if where in wanted}
        for where, (place, protocol) in wanted.items():
            if where not in self._open:
                self._enter(where, place, protocol)
        self._retry_at = time.monotonic() + _RETRY if self._refused else None

    def turn(self, now: float) -> None:
        """Search where it is due; ``now`` is monotonic."""
        for where, opened in self._open.items():
            if opened.due and now >= opened.due[0]:
                del opened.due[0]
                if not opened.due:
                    opened.due.append(now + AGAIN)
                self._search(where, opened.caller)

    def due_in(self, now: float) -> float:
        """Seconds until the next search or try."""
        dues = [opened.due[0] for opened in self._open.values() if opened.due]
        if self._retry_at is not None:
            dues.append(self._retry_at)
        return max(0.0, min(dues, default=now + AGAIN) - now)

    def states(self) -> list[Record]:
        """A DeviceSearch where it is new or has changed, a Removed for an interface that is gone; Problems likewise."""
        states = {name: self._state(name) for name in self._networks}
        news: list[Record] = [state for name, state in states.items() if self._told.get(name) != state]
        news += [Removed(of="device_search", name=name) for name in self._told.keys() - states.keys()]
        self._told = states
        problems = {problem.key().name: problem for problem in map(self._problem, self._refused | self._unsent)}
        news += [problem for name, problem in problems.items() if self._told_problems.get(name) != problem]
        news += [Removed(of="problem", name=name) for name in self._told_problems.keys() - problems.keys()]
        self._told_problems = problems
        return news

    def close(self) -> None:
        """Leave all groups; does nothing the second time."""
        while self._open:
            self._open.popitem()[1].caller.close()

    def _moved(self, where: _Where, place: Place) -> bool:
        return place.family == "ipv4" and self._open[where].caller.place.address != place.address

    def _enter(self, where: _Where, place: Place, protocol: Protocol) -> None:
        by, interface = where[:2]
        caller = Caller(place, protocol, lambda payload, source: self._take(by, interface, payload, source),
                        quiet=self._quiet)  # fmt: skip
        try:
            caller.open()
        except OSError as error:
            self._refused[where] = error
            return
        now = time.monotonic()
        self._open[where] = _Open(caller, [] if self._quiet else [now, now + REPEAT])

    def _search(self, where: _Where, caller: Caller) -> None:
        payloads = (ssdp.search(where[3]),) if where[0] == "ssdp" else ws_discovery.probes()
        try:
            for payload in payloads:
                caller.send(payload)
                self._count(where[1]).sent += 1
        except OSError as error:
            self._unsent[where] = error
        else:
            self._unsent.pop(where, None)

    def _take(self, by: By, interface: str, payload: bytes, source: str) -> None:
        counts, now = self._count(interface), time.time()
        if not on_link(source, self._networks.get(interface, ())):
            counts.beyond += 1
            self._woken()
            return
        if by == "ssdp":
            notice = ssdp.read(payload)
            if notice is not None:
                self._book.take_ssdp(interface, source, notice, now)
            understood = notice is not None
        else:
            holds = WS_HOLDS_QUIET if self._quiet else WS_HOLDS
            devices = ws_discovery.read(payload)
            for each in devices:
                self._book.take_ws_discovery(interface, source, each, now, holds)
            understood = bool(devices)
        if not understood and source in self._own:  # our own question
            return
        counts.unread += not understood
        if by == "ssdp":
            counts.ssdp += 1
        else:
            counts.ws_discovery += 1
        self._woken()

    def _count(self, interface: str) -> _Counts:
        return self._counts.setdefault(interface, _Counts())

    def _state(self, interface: str) -> DeviceSearch:
        counts = self._count(interface)
        return DeviceSearch(
            interface=interface,
            sent=counts.sent,
            ssdp=counts.ssdp,
            ws_discovery=counts.ws_discovery,
            unread=counts.unread,
            beyond=counts.beyond,
        )

    def _problem(self, where: _Where) -> Problem:
        by, interface, _, family = where
        error = self._refused.get(where) or self._unsent[where]
        facts = {"protocol": TITLES[by], "family": family.replace("ip", "IP"), "interface": interface}
        return make_problem("devices_refused", f"{interface} {by} {family}", error, **facts)
