"""What a rule is given to judge, and what it says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import Labels, folded, name_text
from discovery.bonjour.rdata import Rdata, type_text
from discovery.bonjour.restricted import PORT
from discovery.bonjour.wire import Message, ResourceRecord
from net.text import visible

if TYPE_CHECKING:
    from discovery.bonjour.lint.memory import Memory

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


class RecordKey(NamedTuple):
    """What makes two records the same: name without case, type and data."""

    name: Labels
    type: int
    rdata: Rdata


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

    @cached_property
    def told(self) -> tuple[ResourceRecord, ...]:
        """The records that the sender holds true: answers and additionals of a response."""
        return self.message.answers + self.message.additionals if self.response else ()

    def answers(self) -> Iterator[tuple[ResourceRecord, RecordKey]]:
        """The answers of a multicast response, each with what identifies it."""
        if self.response and self.multicast:
            yield from zip(self.message.answers, self.answer_keys, strict=True)

    @cached_property
    def answer_keys(self) -> tuple[RecordKey, ...]:
        """Of the answers, in their order."""
        return tuple([record_key(record) for record in self.message.answers])


def record_key(record: ResourceRecord) -> RecordKey:
    """What identifies the record."""
    return RecordKey(fold(record.name), record.type, record.rdata)


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
