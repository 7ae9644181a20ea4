"""One record of the ledger: where it is heard, and how each sighting comes to its end (RFC 6762 section 10)."""

from __future__ import annotations

from math import inf
from typing import Final, NamedTuple

import msgspec

from discovery.bonjour.compose import uncompressed
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import name_text
from discovery.bonjour.rdata import Absence, Opaque, Text, rdata_text, type_text
from discovery.bonjour.wire import ResourceRecord
from discovery.records import Ended, HeardRecord, Sighting
from net.records import Family

MOST_SIGHTINGS: Final = 256
"""Of one record: a type that 60 hosts list is heard over IPv4 and IPv6, by multicast and by unicast."""
_GRACE = 1.0
"""Seconds between a goodbye or a cache flush and the end, in which another host may rescue the record (10.1, 10.2)."""
_UNANSWERED_AFTER = 10.0
"""Seconds in which a question must be answered, asked at least twice (10.4, 10.5)."""
_LEAST_TWICE = 2
_ANSWERED_LATELY = 1.2
"""Seconds in which a record that was just heard need not be sent again (section 6 says one)."""
_BETWEEN_QUESTIONS = 0.5
MANY_TYPES: Final = 256
"""Of an NSEC record: more are told as bytes too, since the text of so many is cut."""

_Key = tuple[str, Family, str, bool]
_replace = msgspec.structs.replace


class _Asked(NamedTuple):
    first: float
    last: float
    times: int


class Entry:
    """A record and its sightings, keyed by interface, family, source and whether it came by unicast.

    All times are seconds since the epoch. ``due`` is the earliest time at which ``settle`` may have something to end.
    """

    __slots__ = ("_asked", "_base", "_endings", "_flush", "_record", "due", "sightings", "told_at")

    def __init__(self, record: ResourceRecord) -> None:
        self.sightings: dict[_Key, Sighting] = {}
        self.due = inf
        self.told_at: float | None = None
        self._record = record
        self._flush = record.flush
        self._endings: dict[_Key, Ended] = {}
        self._asked: dict[tuple[str, Family], _Asked] = {}
        self._base: HeardRecord | None = None

    @property
    def alive(self) -> bool:
        """Whether any sighting still counts."""
        return any(sighting.ended is None for sighting in self.sightings.values())

    def knows(self, packet: HeardPacket) -> bool:
        """Whether it was heard like that before."""
        return _key(packet) in self.sightings

    def heard(self, packet: HeardPacket, record: ResourceRecord) -> bool:
        """The record came with a TTL that is not 0; False where it has too many sightings for a new one."""
        key = _key(packet)
        before = self.sightings.get(key)
        if before is None and not self._has_room():
            return False
        self._flush = record.flush
        if self._endings:
            self._rescue(key)
        if self._asked:
            self._answered(packet.interface)
        expires = packet.time + record.ttl
        self.sightings[key] = Sighting(
            interface=packet.interface,
            family=packet.family,
            source=packet.source,
            unicast=packet.unicast,
            ip_ttl=packet.ttl,
            ttl=record.ttl,
            first=packet.time if before is None else before.first,
            last=packet.time,
            expires=expires,
            count=1 if before is None else before.count + 1,
        )
        self.due = min(self.due, expires)
        return True

    def withdrawn(self, packet: HeardPacket) -> bool:
        """It came with TTL 0: on that interface it ends in a second, from whomever it was heard; whether it is known.

        Another host that holds it too announces it within that second, and so rescues all but the sightings from the
        host that said goodbye.
        """
        known = False
        for key, sighting in self.sightings.items():
            if key[0] == packet.interface and sighting.ended is None:
                known = True
                own = key[2] == packet.source
                self._end_soon(key, _replace(sighting, ttl=0) if own else sighting, "goodbye", packet.time)
        return known

    def flushed(self, packet: HeardPacket) -> bool:
        """Other data of the same name and type came with the cache-flush bit: what was heard on that interface more
        than a second ago ends in a second; whether there was any."""
        found = False
        for key, sighting in self.sightings.items():
            if (
                key[0] == packet.interface
                and sighting.ended is None
                and sighting.last < packet.time - _GRACE
                and key not in self._endings
            ):
                found = True
                self._end_soon(key, sighting, "flushed", packet.time)
        return found

    def asked(self, packet: HeardPacket) -> None:
        """Somebody asked for it by multicast, without knowing it: unless it is heard now, it is no longer true."""
        place = (packet.interface, packet.family)
        last = max((s.last for key, s in self.sightings.items() if key[:2] == place and s.ended is None), default=None)
        if last is None or last > packet.time - _ANSWERED_LATELY:
            return
        asked = self._asked.get(place)
        if asked is None or packet.time > asked.first + _UNANSWERED_AFTER:
            self._asked[place] = _Asked(packet.time, packet.time, 1)
            self.due = min(self.due, packet.time + _UNANSWERED_AFTER)
        elif packet.time - asked.last >= _BETWEEN_QUESTIONS:
            self._asked[place] = _Asked(asked.first, packet.time, asked.times + 1)

    def interface_gone(self, interface: str, family: Family, now: float) -> bool:
        """Nothing is heard there any more; whether it was until now."""
        return self._end_at((interface, family), "interface_gone", now)

    def settle(self, now: float) -> bool:
        """End what has come to its end by ``now``; whether there was any."""
        ended = False
        for key, sighting in self.sightings.items():
            if sighting.ended is None and sighting.expires <= now:
                cause = self._endings.pop(key, "expired")
                self.sightings[key] = _replace(sighting, ended=cause, ended_at=sighting.expires)
                ended = True
        for place, asked in list(self._asked.items()):
            if asked.first + _UNANSWERED_AFTER <= now:
                del self._asked[place]
                if asked.times >= _LEAST_TWICE:
                    ended |= self._end_at(place, "unanswered", asked.first + _UNANSWERED_AFTER)
        self.due = min(
            min((s.expires for s in self.sightings.values() if s.ended is None), default=inf),
            min((asked.first + _UNANSWERED_AFTER for asked in self._asked.values()), default=inf),
        )
        return ended

    def told(self) -> HeardRecord:
        """As it is handed on."""
        if self._base is None:
            rdata = self._record.rdata
            long = isinstance(rdata, Absence) and len(rdata.types) > MANY_TYPES
            self._base = HeardRecord(
                name=name_text(self._record.name),
                type=type_text(self._record.type),
                data=rdata_text(rdata),
                data_hex=uncompressed(rdata).hex() if isinstance(rdata, Text | Opaque) or long else None,
            )
        return _replace(self._base, flush=self._flush, sightings=tuple(self.sightings.values()))

    def _has_room(self) -> bool:
        if len(self.sightings) < MOST_SIGHTINGS:
            return True
        over = next((key for key, sighting in self.sightings.items() if sighting.ended is not None), None)
        if over is None:
            return False
        del self.sightings[over]
        return True

    def _end_soon(self, key: _Key, sighting: Sighting, cause: Ended, time: float) -> None:
        expires = min(sighting.expires, time + _GRACE)
        self.sightings[key] = _replace(sighting, expires=expires)
        self._endings[key] = cause
        self.due = min(self.due, expires)

    def _end_at(self, place: tuple[str, Family], cause: Ended, time: float) -> bool:
        ended = False
        for key, sighting in self.sightings.items():
            if key[:2] == place and sighting.ended is None:
                self._endings.pop(key, None)
                self.sightings[key] = _replace(sighting, ended=cause, ended_at=time)
                ended = True
        return ended

    def _rescue(self, heard: _Key) -> None:
        """Heard again on an interface: there, what others said of it no longer ends it."""
        for key in [key for key in self._endings if key[0] == heard[0]]:
            sighting = self.sightings[key]
            if key == heard or sighting.ttl:
                del self._endings[key]
                self.sightings[key] = _replace(sighting, expires=sighting.last + sighting.ttl)

    def _answered(self, interface: str) -> None:
        for place in [place for place in self._asked if place[0] == interface]:
            del self._asked[place]


def _key(packet: HeardPacket) -> _Key:
    return packet.interface, packet.family, packet.source, packet.unicast
