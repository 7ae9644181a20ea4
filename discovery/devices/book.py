"""Keeps what SSDP, WS-Discovery and the table of neighbours say, until it is taken back, outdated or replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from discovery.devices import ssdp, ws_discovery
from discovery.devices.records import Source
from discovery.devices.statement import Statement, plain_uuid, scoped
from net.platform.protocol import Neighbour

MOST_STATEMENTS: Final = 4_000
MOST_OF_ONE: Final = 64
"""Statements that one address may make on an interface: a hostile host leaves the others their room."""
_Key = tuple[Source, str, str]


class Book:
    """``left_out`` counts what found no room; ``changed`` is whether anything has changed since it was reset."""

    def __init__(self) -> None:
        self.left_out = 0
        self.changed = False
        self._statements: dict[_Key, Statement] = {}
        self._made_by: Counter[tuple[str, str]] = Counter()

    def statements(self, now: float) -> Iterator[Statement]:
        """Those that still hold."""
        for key, statement in list(self._statements.items()):
            if statement.until is not None and now >= statement.until:
                self._drop(key)
        yield from self._statements.values()

    def take_ssdp(self, interface: str, source: str, told: ssdp.Told, now: float) -> None:
        """Only who announced a device can take it back: the statement is its own."""
        subject = f"{told.uuid} {source}"
        if told.what == "byebye":
            self._drop(("ssdp", interface, subject))
            return
        statement = self._keep("ssdp", interface, subject, source, now)
        if statement is None:
            return
        statement.until = max(statement.until or 0.0, now + told.age)
        statement.uuids = frozenset((told.uuid,))
        statement.tell("uuid", told.uuid)
        if told.target is not None:
            statement.tell("service", told.target)
        if told.server is not None:
            statement.tell("server", told.server)
        if told.location is not None:
            statement.tell("location", told.location)

    def take_ws_discovery(self, interface: str, source: str, told: ws_discovery.Told, now: float, holds: float) -> None:
        """WS-Discovery says nothing of how long it holds: ``holds`` seconds."""
        subject = f"{told.endpoint} {source}"
        if told.what == "bye":
            self._drop(("ws_discovery", interface, subject))
            return
        statement = self._keep("ws_discovery", interface, subject, source, now)
        if statement is None:
            return
        statement.until = now + holds
        uuid = plain_uuid(told.endpoint)
        if uuid is not None:
            statement.uuids = frozenset((uuid,))
            statement.tell("uuid", uuid)
        for kind in told.types:
            statement.tell("service", kind)
        if (name := ws_discovery.onvif(told.scopes, "name")) is not None:
            statement.tell("name", name)
        if (model := ws_discovery.onvif(told.scopes, "hardware")) is not None:
            statement.tell("model", model)
        for location in told.locations:
            statement.tell("location", location)

    def take_neighbours(self, entries: Iterable[Neighbour], interfaces: Iterable[str], now: float) -> None:
        """The table as it stands now; entries without MAC answered nobody, and none of other interfaces counts."""
        wanted = frozenset(interfaces)
        present: set[_Key] = set()
        for entry in entries:
            address = scoped(entry.address, entry.interface)
            if entry.interface not in wanted or entry.mac is None or address is None:
                continue
            present.add(("neighbour", entry.interface, address))
            self._take_neighbour(entry.interface, address, entry.mac, now - (entry.age or 0.0), now)
        for key in [key for key in self._statements if key[0] == "neighbour" and key not in present]:
            self._drop(key)

    def forget(self, interface: str) -> None:
        """Nothing is heard on the interface any more."""
        for key in [key for key in self._statements if key[1] == interface]:
            self._drop(key)

    def _take_neighbour(self, interface: str, address: str, mac: str, confirmed: float, now: float) -> None:
        key: _Key = ("neighbour", interface, address)
        known = self._statements.get(key)
        before = known.mac if known is not None else None
        if known is not None and before == mac:
            known.last = max(known.last, confirmed)
            return
        self._drop(key)
        statement = self._keep("neighbour", interface, address, address, now)
        if statement is None:
            return
        statement.told_by = None
        statement.mac = mac
        statement.tell("mac", mac, of=address)
        if before is not None:
            statement.tell("changed_mac", before, of=address)
        for fact in statement.facts:
            statement.facts[fact] = None

    def _keep(self, source: Source, interface: str, subject: str, told_by: str, now: float) -> Statement | None:
        """The statement to add to; None where there is no room."""
        key: _Key = (source, interface, subject)
        statement = self._statements.get(key)
        if statement is not None:
            statement.last = now
            self.changed = True
            return statement
        address = scoped(told_by, interface)
        maker = (interface, address or told_by)
        full = len(self._statements) >= MOST_STATEMENTS or self._made_by[maker] >= MOST_OF_ONE
        if full or address is None:
            self.left_out += 1
            return None
        statement = Statement(
            source=source,
            interface=interface,
            subject=subject,
            first=now,
            last=now,
            addresses=(address,),
            spoke=frozenset((address,)),
            told_by=address,
        )
        statement.tell("address", address)
        self._statements[key] = statement
        self._made_by[maker] += 1
        self.changed = True
        return statement

    def _drop(self, key: _Key) -> None:
        statement = self._statements.pop(key, None)
        if statement is None:
            return
        self.changed = True
        maker = (statement.interface, statement.told_by or statement.subject)
        self._made_by[maker] -= 1
        if self._made_by[maker] <= 0:
            del self._made_by[maker]
