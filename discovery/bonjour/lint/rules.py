"""All rules: the name of each function is the code of its row in resources/tables/lint-rules.toml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.lint import header, names, probing, records, services, text, timing
from discovery.bonjour.lint.case import Breach, Case, RecordRule, Suspicion, ToldRule
from discovery.bonjour.lint.memory import Memory
from discovery.bonjour.wire import Message

PacketRule = Callable[[Case], Iterable[Breach]]
TimeRule = Callable[[Case, Memory], Iterable[Breach | Suspicion]]
OfType = tuple[tuple[RecordRule, ...], tuple[ToldRule, ...]]
_MOST_SOUND = 5000
_MOST_BREACHES = 50
"""Of one rule in one message: as many as findings keep subjects; then the rule judges no more of the message."""


class Rules:
    """``header`` judges what carries a message, unless it is as usual; ``packet`` the message by itself, ``record``
    each record that a response tells by itself and ``told`` with its message; ``time`` a message in the light of those
    before."""

    def __init__(
        self,
        *,
        header: Iterable[PacketRule],
        packet: Iterable[PacketRule],
        record: Iterable[RecordRule],
        told: Iterable[ToldRule],
        time: Iterable[TimeRule],
    ) -> None:
        self.header = tuple(header)
        self.packet = tuple(packet)
        self.record = tuple(record)
        self.told = tuple(told)
        self.time = tuple(time)
        self.sound: set[int] = set()
        types = [rule.types for rule in self.record] + [rule.types for rule in self.told]
        special = {type_ for each in types for type_ in each}
        self._of_type = {type_: self._select(type_) for type_ in special}
        self._of_others = self._select(0)

    def know_sound(self, content: int) -> None:
        """Records whose content has that hash break none of the rules ``record``; most are told again and again."""
        if len(self.sound) >= _MOST_SOUND:
            self.sound.clear()
        self.sound.add(content)

    def codes(self) -> frozenset[str]:
        """Of all rules."""
        judges = [rule.judge for rule in self.record] + [rule.judge for rule in self.told]
        return frozenset(code_of(judge) for judge in (*self.header, *self.packet, *judges, *self.time))

    def without(self, code: str) -> Rules:
        """All rules but that one."""
        return Rules(
            header=(rule for rule in self.header if code_of(rule) != code),
            packet=(rule for rule in self.packet if code_of(rule) != code),
            record=(rule for rule in self.record if code_of(rule.judge) != code),
            told=(rule for rule in self.told if code_of(rule.judge) != code),
            time=(rule for rule in self.time if code_of(rule) != code),
        )

    def of_type(self, type_: int) -> OfType:
        """Of ``record`` and ``told`` those for a type of record."""
        return self._of_type.get(type_, self._of_others)

    def _select(self, type_: int) -> OfType:
        record = tuple(rule for rule in self.record if not rule.types or type_ in rule.types)
        return record, tuple(rule for rule in self.told if not rule.types or type_ in rule.types)


RULES: Final = Rules(
    header=header.RULES,
    packet=(*records.RULES, *names.RULES, *probing.PACKET_RULES),
    record=(*records.RECORD_RULES, *names.RECORD_RULES, *text.RULES),
    told=records.TOLD_RULES,
    time=(*probing.RULES, *timing.RULES, *services.RULES),
)


def code_of(rule: Callable[..., object]) -> str:
    """The code of the rule's row."""
    return rule.__name__


def broken(packet: HeardPacket, message: Message) -> tuple[str, ...]:
    """The codes of the rules that the packet by itself breaks, each once."""
    return tuple(dict.fromkeys(code for code, _ in judge_packet(Case(packet, message, own=False), RULES, most=1)))


def judge_packet(case: Case, rules: Rules, most: int = _MOST_BREACHES) -> Iterator[tuple[str, Breach]]:
    """What the message by itself breaks, as code and place: the flaws of its format first; at most ``most`` of a
    rule."""
    for flaw in case.message.flaws:
        yield flaw.code, Breach("message", f"bytes {flaw.start} to {flaw.end}", flaw.start, flaw.end)
    packet_rules = rules.packet if header.usual(case) else rules.header + rules.packet
    for rule in packet_rules:
        for breach in islice(rule(case), most):
            yield code_of(rule), breach
    yield from _judge_records(case, rules, most)


def _judge_records(case: Case, rules: Rules, most: int) -> Iterator[tuple[str, Breach]]:
    counts: Counter[str] = Counter()
    for record in case.told:
        by_itself, with_message = rules.of_type(record.type)
        # The hash alone: a set of these stays small, whatever the records hold.
        content = hash((record.name, record.type, record.rdata, record.ttl, record.flush, record.class_))
        if content not in rules.sound:
            sound = True
            for judge, _ in by_itself:
                code = code_of(judge)
                if counts[code] >= most:
                    sound = False  # for all that is known
                    continue
                for breach in islice(judge(record), most - counts[code]):
                    sound = False
                    counts[code] += 1
                    yield code, breach
            if sound:
                rules.know_sound(content)
        for judge_told, _ in with_message:
            code = code_of(judge_told)
            if counts[code] < most:
                for breach in islice(judge_told(case, record), most - counts[code]):
                    counts[code] += 1
                    yield code, breach


def judge_time(case: Case, memory: Memory, rules: Rules) -> Iterator[tuple[str, Breach | Suspicion]]:
    """What it breaks in the light of the messages before."""
    for rule in rules.time:
        for found in islice(rule(case, memory), _MOST_BREACHES):
            yield code_of(rule), found
