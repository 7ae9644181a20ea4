"""Answers questions for announced records at one place: to whom, when, and what not (RFC 6762 sections 6, 7)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.publisher.comparing import same_record
from discovery.bonjour.publisher.packing import responses
from discovery.bonjour.publisher.record_set import RecordSet
from discovery.bonjour.rdata import NSEC
from discovery.bonjour.restricted import PORT
from discovery.bonjour.wire import TRUNCATED, Message, Question, ResourceRecord

SHARED_DELAY: Final = (0.02, 0.12)
"""Seconds, section 6: others may answer, too."""
TRUNCATED_DELAY: Final = (0.4, 0.5)
"""Section 7.2: more known answers follow."""
REPEAT: Final = 1.0
"""Section 6: a record is not multicast again within a second,"""
REPEAT_TO_PROBE: Final = 0.25
"""but to defend a name against a probe already after so long."""
LEGACY_TTL: Final = 10
"""Section 6.7."""
MOST_WAITING: Final = 200
"""Unicast answers, and questions with more known answers to come, that wait at the same time; more are not answered."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Choose = Callable[[float, float], float]


class Outgoing(NamedTuple):
    """A message to send: to the group, or to one host's address and port."""

    payload: bytes
    destination: tuple[str, int] | None = None


class _Unicast(msgspec.Struct):
    """Answers that wait to go to one host; ``questions`` and ``id`` are repeated to a legacy resolver."""

    due: float
    destination: tuple[str, int]
    answers: tuple[ResourceRecord, ...]
    questions: tuple[Question, ...] = ()
    id: int = 0


class _Incomplete(msgspec.Struct):
    """Answers to a truncated question, until its asker has told all it knows."""

    due: float
    answers: dict[ResourceRecord, None]


class Responder:
    """Answers of ``records`` at a place whose links have ``networks``. Times are seconds of any one clock; ``choose``
    draws evenly between two numbers."""

    def __init__(self, records: RecordSet, networks: Iterable[Network], choose: Choose) -> None:
        self.records = records
        self._networks = tuple(networks)
        self._choose = choose
        self._multicast: dict[ResourceRecord, float] = {}
        self._unicast: list[_Unicast] = []
        self._incomplete: dict[str, _Incomplete] = {}
        self._last: dict[ResourceRecord, float] = {}

    @property
    def due(self) -> float | None:
        """When the next message is to be sent."""
        times = [
            *self._multicast.values(),
            *(reply.due for reply in self._unicast),
            *(question.due for question in self._incomplete.values()),
        ]
        return min(times, default=None)

    def was_multicast(self, records: Iterable[ResourceRecord], now: float) -> None:
        """Take note of what went to the group."""
        for record in records:
            self._last[record] = now
            self._multicast.pop(record, None)

    def asked(self, message: Message, packet: HeardPacket, now: float) -> None:
        """Plan the answers to a query."""
        if message.opcode or message.rcode:
            return  # sections 18.3 and 18.11
        if packet.unicast and not self._on_link(packet.source):
            return  # section 11
        if not message.questions:
            self._learn_known(packet.source, message.answers)
            return
        legacy = packet.source_port != PORT
        known = () if legacy else message.answers
        to_group: dict[ResourceRecord, None] = {}
        to_asker: dict[ResourceRecord, None] = {}
        for question in message.questions:
            for record in self.records.answers(question):
                if _known(record, known) or (legacy and record.type == NSEC):
                    continue
                alone = legacy or packet.unicast or (question.unicast and self._is_fresh(record, now))
                (to_asker if alone else to_group)[record] = None
        due = now + self._delay(message, (*to_group, *to_asker))
        if to_asker:
            self._reply(message, packet, tuple(to_asker), due, legacy=legacy)
        if message.flags & TRUNCATED and to_group:
            if len(self._incomplete) < MOST_WAITING:
                self._incomplete[packet.source] = _Incomplete(due, to_group)
        else:
            self._queue(to_group, due, REPEAT_TO_PROBE if message.authorities else REPEAT)

    def heard(self, message: Message) -> None:
        """Another host answers: what it says need not be said again (section 7.4)."""
        for answer in message.answers:
            for record in [record for record in self._multicast if record.ttl <= answer.ttl]:
                if same_record(record, answer):
                    del self._multicast[record]

    def turn(self, now: float) -> list[Outgoing]:
        """The messages that are due."""
        for source in [source for source, question in self._incomplete.items() if question.due <= now]:
            self._queue(self._incomplete.pop(source).answers, now, REPEAT)
        outgoing = [message for reply in self._unicast if reply.due <= now for message in self._to_asker(reply)]
        self._unicast = [reply for reply in self._unicast if reply.due > now]
        answers = [record for record, due in self._multicast.items() if due <= now]
        if answers:
            additionals = [more for more in self.records.additionals(answers) if self._may_repeat(more, now, REPEAT)]
            outgoing += [Outgoing(payload) for payload in responses(answers, additionals)]
            self.was_multicast((*answers, *additionals), now)
        return outgoing

    def _reply(
        self, message: Message, packet: HeardPacket, answers: tuple[ResourceRecord, ...], due: float, *, legacy: bool
    ) -> None:
        if len(self._unicast) == MOST_WAITING:
            return
        reply = _Unicast(due, (packet.source, packet.source_port), answers)
        if legacy:
            reply.questions = tuple(replace(question, unicast=False) for question in message.questions)
            reply.id = message.id
        self._unicast.append(reply)

    def _to_asker(self, reply: _Unicast) -> list[Outgoing]:
        answers: Sequence[ResourceRecord] = reply.answers
        additionals: Sequence[ResourceRecord] = self.records.additionals(answers)
        if reply.questions:
            answers = [_for_legacy(record) for record in answers]
            additionals = [_for_legacy(record) for record in additionals if record.type != NSEC]
        payloads = responses(answers, additionals, id=reply.id, questions=reply.questions)
        return [Outgoing(payload, reply.destination) for payload in payloads]

    def _queue(self, records: Iterable[ResourceRecord], due: float, repeat: float) -> None:
        for record in records:
            last = self._last.get(record)
            earliest = due if last is None else max(due, last + repeat)
            self._multicast[record] = min(earliest, self._multicast.get(record, earliest))

    def _delay(self, message: Message, answers: Iterable[ResourceRecord]) -> float:
        if message.flags & TRUNCATED:
            return self._choose(*TRUNCATED_DELAY)
        return 0.0 if all(record.flush for record in answers) else self._choose(*SHARED_DELAY)

    def _learn_known(self, source: str, known: Sequence[ResourceRecord]) -> None:
        question = self._incomplete.get(source)
        if question is not None:
            question.answers = {record: None for record in question.answers if not _known(record, known)}

    def _is_fresh(self, record: ResourceRecord, now: float) -> bool:
        """Whether the group heard it within a quarter of its TTL, so that unicast will do (section 5.4)."""
        last = self._last.get(record)
        return last is not None and now - last < record.ttl / 4

    def _may_repeat(self, record: ResourceRecord, now: float, repeat: float) -> bool:
        last = self._last.get(record)
        return last is None or now - last >= repeat

    def _on_link(self, source: str) -> bool:
        try:
            address = ipaddress.ip_address(source.partition("%")[0])
        except ValueError:
            return False
        return address.is_link_local or any(address in network for network in self._networks)


def _known(record: ResourceRecord, known: Iterable[ResourceRecord]) -> bool:
    """Section 7.1: not said again to whoever will know it for at least half of its time."""
    return any(theirs.ttl * 2 >= record.ttl and same_record(record, theirs) for theirs in known)


def _for_legacy(record: ResourceRecord) -> ResourceRecord:
    """Section 6.7: a short TTL, and no cache-flush bit, which a simple resolver would not understand."""
    return replace(record, ttl=min(record.ttl, LEGACY_TTL), flush=False)
