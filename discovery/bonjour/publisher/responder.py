"""Answers questions for announced records at one place: to whom, when, and what not (RFC 6762 sections 6, 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import Labels, folded
from discovery.bonjour.origin import Network, on_link
from discovery.bonjour.publisher.comparing import Identity, identity, longest_ttls
from discovery.bonjour.publisher.packing import FITTING, legacy_response, responses
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
        legacy = packet.source_port != PORT
        near = on_link(packet.source, self._networks)
        if (packet.unicast or legacy) and not near:
            return  # section 11: nothing goes beyond the link, whoever is said to ask
        known = {} if legacy else longest_ttls(message.answers)
        if not message.questions:
            self._learn_known(packet.source, known)
            return
        to_group: dict[ResourceRecord, None] = {}
        to_asker: dict[ResourceRecord, None] = {}
        for question in _distinct(message.questions):
            for record in self.records.answers(question):
                if (legacy and record.type == NSEC) or _known(record, known):
                    continue
                alone = legacy or packet.unicast or (question.unicast and near and self._is_fresh(record, now))
                (to_asker if alone else to_group)[record] = None
        due = now + self._delay(message, (*to_group, *to_asker))
        if to_asker:
            self._reply(message, packet, tuple(to_asker), due, legacy=legacy)
        if message.flags & TRUNCATED:
            self._wait_for_known(packet.source, to_group, known, due)
        else:
            self._queue(to_group, due, REPEAT_TO_PROBE if message.authorities else REPEAT)

    def heard(self, message: Message) -> None:
        """Another host answers the group: what it says need not be said again (section 7.4)."""
        said = longest_ttls(message.answers) if self._multicast else {}
        for record in [record for record in self._multicast if record.ttl <= said.get(identity(record), -1)]:
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
        if legacy and len(compose(questions=message.questions)) > FITTING:
            return  # section 6.7 repeats them, and a reply must not be a flood
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
            payload = legacy_response(answers, additionals, id=reply.id, questions=reply.questions)
            return [Outgoing(payload, reply.destination)]
        payloads = responses(answers, additionals)
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

    def _wait_for_known(
        self, source: str, answers: Mapping[ResourceRecord, None], known: Mapping[Identity, int], due: float
    ) -> None:
        """Section 7.2; a further truncated question of the same asker adds to what waits for it."""
        self._learn_known(source, known)
        waiting = self._incomplete.get(source)
        if waiting is not None:
            waiting.answers.update(answers)
            waiting.due = max(waiting.due, due)
        elif answers and len(self._incomplete) < MOST_WAITING:
            self._incomplete[source] = _Incomplete(due, dict(answers))

    def _learn_known(self, source: str, known: Mapping[Identity, int]) -> None:
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


def _distinct(questions: Iterable[Question]) -> Iterable[Question]:
    """Without those that ask again for the same, of which a hostile message has thousands."""
    found: dict[tuple[Labels, int, int, bool], Question] = {}
    for question in questions:
        found.setdefault((folded(question.name), question.type, question.class_, question.unicast), question)
    return found.values()


def _known(record: ResourceRecord, known: Mapping[Identity, int]) -> bool:
    """Section 7.1: not said again to whoever will know it for at least half of its time."""
    return bool(known) and known.get(identity(record), -1) * 2 >= record.ttl


def _for_legacy(record: ResourceRecord) -> ResourceRecord:
    """Section 6.7: a short TTL, and no cache-flush bit, which a simple resolver would not understand."""
    return replace(record, ttl=min(record.ttl, LEGACY_TTL), flush=False)
