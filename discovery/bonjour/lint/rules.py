"""All rules: the name of each function is the code of its row in resources/tables/lint-rules.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.lint import header, names, probing, records, services, text, timing
from discovery.bonjour.lint.case import Breach, Case, Suspicion
from discovery.bonjour.lint.memory import Memory
from discovery.bonjour.wire import Message, ResourceRecord

PacketRule = Callable[[Case], Iterable[Breach]]
RecordRule = Callable[[ResourceRecord], Iterable[Breach]]
ToldRule = Callable[[Case, ResourceRecord], Iterable[Breach]]
TimeRule = Callable[[Case, Memory], Iterable[Breach | Suspicion]]


class Rules(NamedTuple):
    """``packet`` judges a message by itself, ``record`` each record that a response tells by itself and ``told`` with
    its message, ``time`` a message in the light of those before."""

    packet: tuple[PacketRule, ...]
    record: tuple[RecordRule, ...]
    told: tuple[ToldRule, ...]
    time: tuple[TimeRule, ...]

    def codes(self) -> frozenset[str]:
        """Of all rules."""
        every: tuple[Callable[..., object], ...] = (*self.packet, *self.record, *self.told, *self.time)
        return frozenset(map(code_of, every))


RULES: Final = Rules(
    packet=(*header.RULES, *records.RULES, *names.RULES, *probing.PACKET_RULES),
    record=(*records.RECORD_RULES, *names.RECORD_RULES, *text.RULES),
    told=records.TOLD_RULES,
    time=(*probing.RULES, *timing.RULES, *services.RULES),
)


def code_of(rule: Callable[..., object]) -> str:
    """The code of the rule's row."""
    return rule.__name__


def broken(packet: HeardPacket, message: Message) -> tuple[str, ...]:
    """The codes of the rules that the packet by itself breaks, each once."""
    return tuple(dict.fromkeys(code for code, _ in judge_packet(Case(packet, message, own=False), RULES)))


def judge_packet(case: Case, rules: Rules) -> Iterator[tuple[str, Breach]]:
    """What the message by itself breaks, as code and place: the flaws of its format first."""
    for flaw in case.message.flaws:
        yield flaw.code, Breach("message", f"bytes {flaw.start} to {flaw.end}", flaw.start, flaw.end)
    for packet_rule in rules.packet:
        for breach in packet_rule(case):
            yield code_of(packet_rule), breach
    for record in case.told:
        for record_rule in rules.record:
            for breach in record_rule(record):
                yield code_of(record_rule), breach
        for told_rule in rules.told:
            for breach in told_rule(case, record):
                yield code_of(told_rule), breach


def judge_time(case: Case, memory: Memory, rules: Rules) -> Iterator[tuple[str, Breach | Suspicion]]:
    """What it breaks in the light of the messages before."""
    for rule in rules.time:
        for found in rule(case, memory):
            yield code_of(rule), found
