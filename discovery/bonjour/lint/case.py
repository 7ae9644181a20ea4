"""What a rule is given to judge, and what it says of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import Labels, folded, name_text
from discovery.bonjour.rdata import AAAA, SRV, TXT, A, HostAddress, Rdata, type_text
from discovery.bonjour.restricted import PORT
from discovery.bonjour.wire import Message, ResourceRecord
from net.text import visible

if TYPE_CHECKING:
    from discovery.bonjour.lint.memory import Memory

_UNIQUE: Final = frozenset((A, AAAA, SRV, TXT))
_MOST_ADDRESSES = 64
"""Of one name in one message."""
_LONGEST_CLAIM = 512
"""Bytes of data that are kept for comparison."""
_LONGEST_SUBJECT = 200
_LONGEST_EVIDENCE = 300

fold = lru_cache(maxsize=8192)(folded)
"""``folded``, remembered: the same few names come again and again."""


class Breach(NamedTuple):
    """A rule is broken: about what (a name, a record, a field), the values seen, and the bytes of the message."""

    subject: str
    evidence: str
    start: int
    end: int


class Suspicion(NamedTuple):
    """A breach unless ``cleared``, asked ``after`` seconds with what is known by then, says otherwise."""

    breach: Breach
    after: float
    cleared: Callable[[Memory], bool]


class Sent(NamedTuple):
    """When a record was multicast first and last by a host, and its TTL then."""

    first: float
    last: float
    ttl: int


class Claim(NamedTuple):
    """The data that a source gave all records of a name and type, and when."""

    source: str
    data: frozenset[Rdata]
    time: float


class Answer(NamedTuple):
    """An answer of a multicast response, what identifies it, and when its sender sent it before on this link."""

    record: ResourceRecord
    key: RecordKey
    before: Sent | None


class RecordRule(NamedTuple):
    """Judges a record of these types (empty: all) by itself."""

    judge: Callable[[ResourceRecord], Iterable[Breach]]
    types: tuple[int, ...] = ()


class RecordKey(NamedTuple):
    """What makes two records the same: name without case, type and the hash of the data, which may be long."""

    name: Labels
    type: int
    data: int


class ToldRule(NamedTuple):
    """Judges a record of these types (empty: all) with the message that tells it."""

    judge: Callable[[Case, ResourceRecord], Iterable[Breach]]
    types: tuple[int, ...] = ()


class Case:
    """One message with the facts that many rules ask for.

    ``legacy_query``: from a simple resolver, which asks from a port of its own. ``legacy_reply``: an answer to one, it
    repeats ID or question (RFC 6762 section 6.7). ``probe``: a query that proposes records (section 8.2).
    """

    def __init__(self, packet: HeardPacket, message: Message, *, own: bool) -> None:
        self.packet = packet
        self.message = message
        self.own = own
        self.time = packet.time
        self.interface = packet.interface
        self.source = packet.source
        self.response = message.response
        self.multicast = not packet.unicast
        self.legacy_query = not self.response and packet.source_port != PORT
        self.legacy_reply = self.response and packet.unicast and bool(message.id or message.questions)
        self.probe = not self.response and bool(message.authorities)
        self.link = (packet.interface, packet.family)
        self.answers: tuple[Answer, ...] = ()
        """Of a multicast response, filled in by the memory."""
        self.rivals: dict[tuple[Labels, int], Claim] = {}
        """By name (without case) and type what another host claims instead; filled in by the memory."""

    @cached_property
    def told(self) -> tuple[ResourceRecord, ...]:
        """The records that the sender holds true: answers and additionals of a response."""
        return self.message.answers + self.message.additionals if self.response else ()

    @cached_property
    def tells(self) -> frozenset[tuple[Labels, int]]:
        """Name without case and type of each record that is told and no goodbye."""
        return frozenset([(fold(record.name), record.type) for record in self.told if record.ttl])

    @cached_property
    def claimed(self) -> dict[tuple[Labels, int], frozenset[Rdata]]:
        """The data that a response gives each name (without case) and type that only one host can have, of A, AAAA,
        SRV and short TXT; empty where all of it says goodbye."""
        found: dict[tuple[Labels, int], set[Rdata]] = {}
        for record in self.told:
            if record.flush and record.type in _UNIQUE and record.end - record.data_start <= _LONGEST_CLAIM:
                data = found.setdefault((fold(record.name), record.type), set())
                if record.ttl:
                    data.add(record.rdata)
        return {place: frozenset(data) for place, data in found.items()}

    @cached_property
    def addresses(self) -> dict[Labels, set[str]]:
        """The addresses that a response gives each host name, as text."""
        found: dict[Labels, set[str]] = {}
        for record in self.told:
            if isinstance(record.rdata, HostAddress) and record.ttl:
                addresses = found.setdefault(fold(record.name), set())
                if len(addresses) < _MOST_ADDRESSES:
                    addresses.add(_address(record.rdata.packed))
        return found


def record_key(record: ResourceRecord) -> RecordKey:
    """What identifies the record."""
    return RecordKey(fold(record.name), record.type, hash(record.rdata))


@lru_cache(maxsize=1024)
def named(name: Labels, type_: int | None = None) -> str:
    """The name as a subject, with its type where there is one."""
    text = visible(name_text(name), _LONGEST_SUBJECT)
    return text if type_ is None else f"{text} {type_text(type_)}"


def of_record(record: ResourceRecord, evidence: str) -> Breach:
    """A breach by the whole record."""
    return Breach(named(record.name, record.type), visible(evidence, _LONGEST_EVIDENCE), record.start, record.end)


def of_flags(case: Case, evidence: str) -> Breach:
    """A breach by the header's flags."""
    return Breach("query" if not case.response else "response", evidence, 2, 4)


@lru_cache(maxsize=8192)
def _address(packed: bytes) -> str:
    return str(ipaddress.ip_address(packed))
