"""Keeps every resource record that is heard, with its sightings, and why it ended (RFC 6762 section 10)."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Final

from discovery.bonjour.entry import Entry
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import Labels, folded, written_length
from discovery.bonjour.rdata import (
    ANY,
    LONGEST_TEXT,
    OPT,
    Absence,
    HostAddress,
    Opaque,
    Options,
    Pointer,
    Rdata,
    Server,
    Text,
)
from discovery.bonjour.restricted import PORT
from discovery.bonjour.wire import CLASS_IN, TRUNCATED, Message, ResourceRecord
from discovery.records import HeardRecord
from net.records import Family, Removed

MOST_RECORDS: Final = 20_000
MOST_SIGHTINGS: Final = 100_000
"""Of all records together."""
MOST_PER_SET: Final = 1_000
"""Of one name and type: instances of a service type, or all types there are."""
MOST_BYTES: Final = 48 * 1024 * 1024
"""Of memory for names and data, as objects and as text."""
_MANY = 100
"""Records of a set: all of more are looked through at most twice a second, however often they are asked for."""
_LOOKED_THROUGH_EVERY = 0.5
_OBJECT = 56
"""Bytes of a small object of Python and its place in a tuple."""
_RECORD = 1000
"""Bytes of all else that is kept of a record, without its sightings."""
_TOLD_EVERY = 1.0
_SETTLED_EVERY = 0.25

_Set = tuple[Labels, int]
_Identity = tuple[Labels, int, Rdata]


class Ledger:
    """What was heard of records, over all interfaces; times are seconds since the epoch.

    A record is its name (case counts not), type and data, of class IN. It is kept when it has ended, until there is no
    room. ``left_out`` counts the records and sightings that found none.
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
        self._limits = (most_records, most_sightings, most_bytes)
        self._most_per_set = most_per_set
        self._entries: dict[_Identity, Entry] = {}
        self._sets: dict[_Set, dict[_Identity, Entry]] = {}
        self._looked_through: dict[_Set, dict[tuple[bool, str, Family], float]] = {}
        """Of large sets when last, for a flush or a question, and where."""
        self._ended: dict[_Identity, None] = {}
        self._changed: dict[_Identity, None] = {}
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
        stated: set[_Identity] = set()
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

    def news(self, now: float) -> tuple[HeardRecord | Removed, ...]:
        """What changed since the last call; of each record at most once a second, but new ones at once."""
        if now >= self._due and abs(now - self._settled_at) >= _SETTLED_EVERY:
            self._settle(now)
        news: list[HeardRecord | Removed] = [Removed(of="heard_record", name=name) for name in self._removed]
        self._removed.clear()
        for identity in list(self._changed):
            entry = self._entries[identity]
            if entry.told_at is None or abs(now - entry.told_at) >= _TOLD_EVERY:
                del self._changed[identity]
                entry.told_at = now
                news.append(entry.told())
        return tuple(news)

    def _take_record(self, packet: HeardPacket, record: ResourceRecord, identity: _Identity) -> None:
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
            self._leave_out(identity, entry)
            return
        self._sightings += len(entry.sightings) - before
        self._ended.pop(identity, None)
        self._change(identity, entry)

    def _leave_out(self, identity: _Identity, entry: Entry | None) -> None:
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

    def _look_through(self, key: _Set, packet: HeardPacket, *, flush: bool) -> Iterable[tuple[_Identity, Entry]]:
        entries = self._sets.get(key, {})
        if len(entries) > _MANY:
            times = self._looked_through.setdefault(key, {})
            where = (flush, packet.interface, packet.family)
            if abs(packet.time - times.get(where, -inf)) < _LOOKED_THROUGH_EVERY:
                return ()
            times[where] = packet.time
        return entries.items()

    def _has_room(self, identity: _Identity) -> bool:
        """Whether there is room for one more sighting of the record, at the cost of ended ones."""
        most_records, most_sightings, most_bytes = self._limits
        new = identity not in self._entries
        if new and len(self._sets.get(identity[:2], ())) >= self._most_per_set and not self._make_room_in(identity[:2]):
            return False
        cost = _cost(identity)
        while self._sightings >= most_sightings or (
            new and (len(self._entries) >= most_records or self._bytes + cost > most_bytes)
        ):
            if not self._make_room():
                return False
        return True

    def _enter(self, identity: _Identity, record: ResourceRecord) -> Entry:
        entry = self._entries[identity] = Entry(record)
        self._sets.setdefault(identity[:2], {})[identity] = entry
        self._bytes += _cost(identity)
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

    def _forget(self, identity: _Identity) -> None:
        del self._ended[identity]
        self._changed.pop(identity, None)
        entry = self._entries.pop(identity)
        same = self._sets[identity[:2]]
        del same[identity]
        if not same:
            del self._sets[identity[:2]]
            self._looked_through.pop(identity[:2], None)
        self._sightings -= len(entry.sightings)
        self._bytes -= _cost(identity)
        if entry.told_at is not None:
            self._removed[entry.told().key().name] = None

    def _change(self, identity: _Identity, entry: Entry) -> None:
        self._changed[identity] = None
        self._due = min(self._due, entry.due)

    def _note_end(self, identity: _Identity, entry: Entry) -> None:
        if not entry.alive:
            self._ended[identity] = None

    def _settle(self, now: float) -> None:
        self._settled_at = now
        due = inf
        for identity, entry in self._entries.items():
            if entry.due <= now and entry.settle(now):
                self._changed[identity] = None
                self._note_end(identity, entry)
            due = min(due, entry.due)
        self._due = due


def _cost(identity: _Identity) -> int:
    """Bytes of memory, about: the name in two cases, the data as objects, both as text, what of it is told as hex."""
    name, _, rdata = identity
    match rdata:
        case Pointer(target) | Server(target=target):
            size, objects, hexed = written_length(target), len(target), False
        case Text(strings, data):
            size, objects, hexed = 2 * len(data), len(strings), True
        case Absence(following, types):
            size, objects, hexed = written_length(following) + len(types), len(following) + len(types), True
        case HostAddress(data) | Opaque(data):
            size, objects, hexed = len(data), 1, isinstance(rdata, Opaque)
        case Options(options):
            size, objects, hexed = sum(len(data) for _, data in options), len(options), False
    text = min(4 * size, 2 * LONGEST_TEXT) + 4 * written_length(name)
    return (
        _RECORD + 2 * (written_length(name) + _OBJECT * len(name)) + size + _OBJECT * objects + text + 2 * size * hexed
    )
