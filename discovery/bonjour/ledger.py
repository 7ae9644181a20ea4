"""Keeps every resource record that is heard, with its sightings, and why it ended (RFC 6762 section 10)."""

from __future__ import annotations

import time
from collections.abc import Iterable
from math import inf

from discovery.bonjour.entry import Entry
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.ledger_limits import (
    MOST_BYTES,
    MOST_PER_SET,
    MOST_RECORDS,
    MOST_SIGHTINGS,
    Identity,
    Limit,
    cost_of,
)
from discovery.bonjour.names import Labels, folded
from discovery.bonjour.rdata import ANY, OPT
from discovery.bonjour.restricted import PORT
from discovery.bonjour.wire import CLASS_IN, TRUNCATED, Message, ResourceRecord
from discovery.records import HeardRecord
from net.records import Family, Removed

_MANY = 100
"""Records of a set: all of more are looked through at most twice a second, however often they are asked for."""
_LOOKED_THROUGH_EVERY = 0.5
_TOLD_EVERY = 1.0
_SETTLED_EVERY = 0.25

_Set = tuple[Labels, int]


class Ledger:
    """What was heard of records, over all interfaces; times are seconds since the epoch.

    A record is its name (case counts not), type and data, of class IN. It is kept when it has ended, until there is no
    room. ``left_out`` counts the records and sightings that found none, ``limits`` are those that kept them out.
    ``waiting``: the last ``news`` did not tell all.
    """

    def __init__(
        self,
        *,
        most_records: int = MOST_RECORDS,
        most_sightings: int = MOST_SIGHTINGS,
        most_bytes: int = MOST_BYTES,
        most_per_set: int = MOST_PER_SET,
    ) -> None:
        self.left_out = 0
        self.limits: set[Limit] = set()
        self.waiting = False
        self._limits = (most_records, most_sightings, most_bytes)
        self._most_per_set = most_per_set
        self._entries: dict[Identity, Entry] = {}
        self._sets: dict[_Set, dict[Identity, Entry]] = {}
        self._looked_through: dict[_Set, dict[tuple[bool, str, Family], float]] = {}
        """Of large sets when last, for a flush or a question, and where."""
        self._ended: dict[Identity, None] = {}
        self._changed: dict[Identity, None] = {}
        self._removed: dict[str, None] = {}
        self._sightings = 0
        self._bytes = 0
        self._due = inf
        self._settled_at = -inf

    def __len__(self) -> int:
        return len(self._entries)

    def take(self, packet: HeardPacket, message: Message) -> None:
        """The answers and additionals of a response count; of a query, that its questions were asked.

        Messages with an opcode or rcode other than 0 are ignored (RFC 6762 sections 18.3, 18.11).
        """
        if message.opcode or message.rcode:
            return
        if not message.response:
            self._take_questions(packet, message)
            return
        flushed: dict[_Set, None] = {}
        stated: set[Identity] = set()
        for record in (*message.answers, *message.additionals):
            if record.type != OPT and record.class_ == CLASS_IN:
                name = folded(record.name)
                if record.flush:
                    flushed[name, record.type] = None
                identity = (name, record.type, record.rdata)
                stated.add(identity)
                self._take_record(packet, record, identity)
        # Only now: what stands in the same message stays.
        for key in flushed:
            for identity, entry in self._look_through(key, packet, flush=True):
                if identity not in stated and entry.flushed(packet):
                    self._change(identity, entry)

    def interface_gone(self, interface: str, family: Family, now: float) -> None:
        """Nothing is heard on ``interface`` over ``family`` any more."""
        for identity, entry in self._entries.items():
            if entry.interface_gone(interface, family, now):
                self._change(identity, entry)
                self._note_end(identity, entry)

    def news(self, now: float, within: float = inf) -> tuple[HeardRecord | Removed, ...]:
        """What changed since the last call; of each record at most once a second, but new ones at once.

        What ends is found, and what changed told, for ``within`` seconds each; the next call has the rest.
        """
        self.waiting = False
        if now >= self._due and abs(now - self._settled_at) >= _SETTLED_EVERY:
            self._settle(now, time.monotonic() + within)
        until = time.monotonic() + within
        # First, since one that was forgotten may have come again.
        news: list[HeardRecord | Removed] = [Removed(of="heard_record", name=name) for name in self._removed]
        self._removed.clear()
        for identity in list(self._changed):
            entry = self._entries[identity]
            if entry.told_at is None or abs(now - entry.told_at) >= _TOLD_EVERY:
                del self._changed[identity]
                entry.told_at = now
                news.append(entry.told())
                if time.monotonic() >= until:
                    self.waiting = True
                    break
        return tuple(news)

    def _take_record(self, packet: HeardPacket, record: ResourceRecord, identity: Identity) -> None:
        entry = self._entries.get(identity)
        if record.ttl == 0:
            if entry is not None and entry.withdrawn(packet):
                self._change(identity, entry)
            return
        if entry is None or not entry.knows(packet):
            self._ended.pop(identity, None)  # it makes no room for itself
            if not self._has_room(identity):
                self._leave_out(identity, entry)
                return
            entry = entry or self._enter(identity, record)
        before = len(entry.sightings)
        if not entry.heard(packet, record):
            self.limits.add("record")
            self._leave_out(identity, entry)
            return
        self._sightings += len(entry.sightings) - before
        self._ended.pop(identity, None)
        self._change(identity, entry)

    def _leave_out(self, identity: Identity, entry: Entry | None) -> None:
        self.left_out += 1
        if entry is not None:
            self._note_end(identity, entry)

    def _take_questions(self, packet: HeardPacket, message: Message) -> None:
        """A question by multicast for all to answer, as one of 10.4 and 10.5; a probe asks for ANY and is none."""
        if packet.unicast or packet.source_port != PORT or message.flags & TRUNCATED:
            return
        known = {(folded(record.name), record.type, record.rdata) for record in message.answers}
        keys = {
            (folded(question.name), question.type)
            for question in message.questions
            if question.type != ANY and not question.unicast and question.class_ == CLASS_IN
        }
        for key in keys:
            for identity, entry in self._look_through(key, packet, flush=False):
                if identity not in known:
                    entry.asked(packet)
                    self._due = min(self._due, entry.due)

    def _look_through(self, key: _Set, packet: HeardPacket, *, flush: bool) -> Iterable[tuple[Identity, Entry]]:
        entries = self._sets.get(key, {})
        if len(entries) > _MANY:
            times = self._looked_through.setdefault(key, {})
            where = (flush, packet.interface, packet.family)
            if abs(packet.time - times.get(where, -inf)) < _LOOKED_THROUGH_EVERY:
                return ()
            times[where] = packet.time
        return entries.items()

    def _has_room(self, identity: Identity) -> bool:
        """Whether there is room for one more sighting of the record, at the cost of ended ones."""
        most_records, most_sightings, most_bytes = self._limits
        new = identity not in self._entries
        if new and len(self._sets.get(identity[:2], ())) >= self._most_per_set and not self._make_room_in(identity[:2]):
            self.limits.add("set")
            return False
        cost = cost_of(identity)
        while True:
            full: dict[Limit, bool] = {
                "sightings": self._sightings >= most_sightings,
                "records": new and len(self._entries) >= most_records,
                "bytes": new and self._bytes + cost > most_bytes,
            }
            if not any(full.values()):
                return True
            if not self._make_room():
                self.limits.update(limit for limit, reached in full.items() if reached)
                return False

    def _enter(self, identity: Identity, record: ResourceRecord) -> Entry:
        entry = self._entries[identity] = Entry(record)
        self._sets.setdefault(identity[:2], {})[identity] = entry
        self._bytes += cost_of(identity)
        return entry

    def _make_room(self) -> bool:
        """Forget the record that ended first; False where none has."""
        identity = next(iter(self._ended), None)
        if identity is None:
            return False
        self._forget(identity)
        return True

    def _make_room_in(self, key: _Set) -> bool:
        """The same among the records of a set."""
        if not self._ended:
            return False
        identity = next((identity for identity in self._sets[key] if identity in self._ended), None)
        if identity is None:
            return False
        self._forget(identity)
        return True

    def _forget(self, identity: Identity) -> None:
        del self._ended[identity]
        self._changed.pop(identity, None)
        entry = self._entries.pop(identity)
        same = self._sets[identity[:2]]
        del same[identity]
        if not same:
            del self._sets[identity[:2]]
            self._looked_through.pop(identity[:2], None)
        self._sightings -= len(entry.sightings)
        self._bytes -= cost_of(identity)
        if entry.told_at is not None:
            self._removed[entry.told().key().name] = None

    def _change(self, identity: Identity, entry: Entry) -> None:
        self._changed[identity] = None
        self._due = min(self._due, entry.due)

    def _note_end(self, identity: Identity, entry: Entry) -> None:
        if not entry.alive:
            self._ended[identity] = None

    def _settle(self, now: float, until: float) -> None:
        for identity in [identity for identity, entry in self._entries.items() if entry.due <= now]:
            entry = self._entries[identity]
            if entry.settle(now):
                self._changed[identity] = None
                self._note_end(identity, entry)
            if time.monotonic() >= until:
                self.waiting = True
                return
        self._settled_at = now
        self._due = min((entry.due for entry in self._entries.values()), default=inf)
