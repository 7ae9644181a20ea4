"""Sets what the system's responder tells beside what is heard here, a row for each instance and interface."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from discovery.bonjour.system.explaining import Difference, Situation, explain
from discovery.bonjour.system.view import ServiceKey, SystemView, Told, service_key
from discovery.records import BrowseState, Service, SystemResponder, SystemService
from net.records import Problem, Record, Removed

SETTLED = 2.0
"""Seconds for which a difference must have lasted before it is told."""
ANSWERING = 1.0
"""Seconds that each side has for its first answers, before a difference begins to count."""


class Comparison:
    """Both views merged; families are not told apart. ``left_out`` are interfaces that are not compared (loopback).

    Times are monotonic seconds. A row on which both agree is told at once; one that only one side has, once that
    lasted SETTLED.
    """

    def __init__(self, view: SystemView, *, only: Iterable[str] = (), left_out: Iterable[str] = ()) -> None:
        self._view = view
        self._only = frozenset(only)
        self._left_out = frozenset(left_out)
        self._ours: dict[ServiceKey, Service] = {}
        self._keys: dict[str, set[ServiceKey]] = {}
        self._heard_on: dict[str, int] = {}
        self._states: dict[str, BrowseState] = {}
        self._browsing_since: dict[str, float] = {}
        self._by_design: set[str] = set()
        self._pending: dict[ServiceKey, tuple[Difference, float]] = {}
        self._unsettled: set[ServiceKey] = set()
        self._speaking: tuple[frozenset[str], ...] = ()
        self._told: dict[ServiceKey, SystemService] = {}
        self._told_responder: SystemResponder | None = None
        self._dirty: set[ServiceKey] = set()

    @property
    def waiting(self) -> bool:
        """Whether ``news`` may have something to tell soon even if nothing more is heard."""
        return bool(self._unsettled)

    def take(self, batch: Iterable[Record], now: float) -> None:
        """What ``bonjour.browse`` tells."""
        for record in batch:
            if isinstance(record, Service):
                self._take_service(record)
            elif isinstance(record, BrowseState):
                self._take_state(record, now)
            elif isinstance(record, Removed) and record.of == "browse_state":
                self._states.pop(record.name, None)
                self._browsing_since.pop(record.name, None)
            elif isinstance(record, Problem) and record.code == "browse_by_design":
                self._by_design.add(record.subject)

    def news(self, now: float) -> list[Record]:
        """What changed since the last call."""
        records = self._responder_news()
        self._look_who_speaks()
        keys = self._dirty | self._view.changed | self._unsettled
        self._dirty = set()
        self._view.changed.clear()
        for key in sorted(keys):
            if (not self._only or key.interface in self._only) and key.interface not in self._left_out:
                records += self._row_news(key, now)
        return records

    def _take_service(self, service: Service) -> None:
        """Its rows are those of the interfaces that it is heard on now, and of those that it was heard on before."""
        known = self._keys.setdefault(f"{service.name}.{service.type}", set())
        heard: dict[ServiceKey, Service] = {}
        if service.change != "removed":
            for each in _hearings(service):
                for name in each.interfaces:
                    heard.setdefault(service_key(service.name, service.type, service.domain, name), each)
        for key in known - heard.keys():
            if self._ours.pop(key, None) is not None:
                self._heard_on[key.interface] -= 1
        for key, each in heard.items():
            if key not in self._ours:
                self._heard_on[key.interface] = self._heard_on.get(key.interface, 0) + 1
            self._ours[key] = each
        self._dirty |= known | heard.keys()
        self._keys[f"{service.name}.{service.type}"] = set(heard)
        if not heard:
            del self._keys[f"{service.name}.{service.type}"]

    def _take_state(self, state: BrowseState, now: float) -> None:
        before = self._states.get(state.interface)
        self._states[state.interface] = state
        if state.state != "browsing":
            self._browsing_since.pop(state.interface, None)
        elif before is None or before.state != "browsing":
            self._browsing_since[state.interface] = now
        if before is None or _situated(before) != _situated(state):
            self._dirty.update(key for key in self._told if key.interface == state.interface)

    def _look_who_speaks(self) -> None:
        """Where a side tells its first instance of an interface, or has none left, sentences change."""
        counts = (self._view.on_interface, self._heard_on)
        speaking = tuple(frozenset(name for name, number in count.items() if number) for count in counts)
        if speaking != self._speaking:
            self._speaking = speaking
            self._dirty.update(key for key, row in self._told.items() if row.difference is not None)

    def _responder_news(self) -> list[Record]:
        responder, before = self._view.responder, self._told_responder
        if responder == before:
            return []
        self._told_responder = responder
        self._dirty.update(self._told)
        if before is not None and before.name != responder.name:
            return [Removed(of=before.key().kind, name=before.key().name), responder]
        return [responder]

    def _row_news(self, key: ServiceKey, now: float) -> list[Record]:
        ours, told, before = self._ours.get(key), self._view.told.get(key), self._told.get(key)
        self._unsettled.discard(key)
        if ours is None and told is None:
            self._pending.pop(key, None)
            if before is None:
                return []
            del self._told[key]
            return [Removed(of=before.key().kind, name=before.key().name)]
        if ours is not None and told is not None:
            self._pending.pop(key, None)
        elif not self._settled(key, "only_system" if ours is None else "only_raw", now):
            self._unsettled.add(key)
            return []
        row = self._row(key, ours, told)
        if row == before:
            return []
        self._told[key] = row
        # The case of a name may have changed, and with it the row's key.
        gone = [Removed(of="system_service", name=before.key().name)] if before and before.key() != row.key() else []
        return [*gone, row]

    def _settled(self, key: ServiceKey, difference: Difference, now: float) -> bool:
        """Whether it lasted, after both sides had time to answer."""
        kind, since = self._pending.get(key, (None, now))
        if kind != difference:
            since = now
        self._pending[key] = (difference, since)
        if self._view.responder.state == "asking":
            return False
        began = max(since, self._view.since + ANSWERING, self._browsing_since.get(key.interface, 0.0) + ANSWERING)
        return now - began >= SETTLED

    def _row(self, key: ServiceKey, ours: Service | None, told: Told | None) -> SystemService:
        difference: Difference | None = None if ours and told else "only_raw" if ours else "only_system"
        named = ours or told
        if named is None:
            raise ValueError("neither side has it")
        host, port = _host_and_port(ours, told)
        return SystemService(
            name=named.name,
            type=named.type,
            domain=named.domain,
            interface=key.interface,
            host=host,
            port=port,
            ours=ours is not None,
            system=told is not None,
            difference=difference,
            text=self._text(key, difference, told) if difference else None,
        )

    def _text(self, key: ServiceKey, difference: Difference, told: Told | None) -> str:
        return explain(
            Situation(
                difference=difference,
                kind=self._view.kind,
                interface=key.interface,
                responder=self._view.responder,
                state=self._states.get(key.interface),
                by_design=key.interface in self._by_design,
                told=len(self._view.told),
                told_there=self._view.on_interface.get(key.interface, 0),
                heard_there=self._heard_on.get(key.interface, 0),
                cached=told is not None and told.cached,
            )
        )


def _situated(state: BrowseState) -> tuple[object, ...]:
    """What of a state changes a sentence."""
    return state.state, state.errno, state.reason, bool(state.packets)


def _hearings(service: Service) -> tuple[Service, ...]:
    """The service, then as each other host of its name tells it."""
    others = (
        replace(service, host=each.host, port=each.port, interfaces=each.interfaces, also=()) for each in service.also
    )
    return (service, *others)


def _host_and_port(ours: Service | None, told: Told | None) -> tuple[str | None, int | None]:
    """Ours, which follow changes, where they are of this interface alone; else what the system resolved there."""
    if ours is not None and ours.host is not None and len(ours.interfaces) == 1:
        return ours.host, ours.port
    if told is not None and told.host is not None:
        return f"{told.host.removesuffix('.')}.", told.port
    return None, None
