"""Judges every packet that is heard, remembers what it needs for that, and tells what it found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.lint.bounded import Bounded
from discovery.bonjour.lint.case import Case, Suspicion
from discovery.bonjour.lint.findings import Findings
from discovery.bonjour.lint.memory import Memory
from discovery.bonjour.lint.questions import Questions
from discovery.bonjour.lint.rules import RULES, Rules, judge_packet, judge_time
from discovery.bonjour.wire import Message
from net.problems import make_problem
from net.records import Problem, Record

MOST_FINDINGS: Final = 2000
MOST_QUESTIONS: Final = 2000
MOST_REMEMBERED: Final = 10_000
MOST_SUSPICIONS: Final = 4000

_LEFT_OUT: Final = (
    ("breach not listed", "breaches not listed"),
    ("packet of a further host", "packets of further hosts"),
    ("question not listed", "questions not listed"),
    ("older fact forgotten", "older facts forgotten"),
)


class _SuspicionKey(NamedTuple):
    rule: str
    source: str
    interface: str
    subject: str


class _Waiting(NamedTuple):
    due: float
    packet: HeardPacket
    suspicion: Suspicion


class Linter:
    """Fed by ``take`` with packets in the order of their arrival, asked by ``news`` about once a second.

    At most 2,000 findings, hosts and questions are kept and 10,000 facts of a kind remembered; what was left out
    is told as the Problem ``lint_full``.
    """

    def __init__(self, rules: Rules = RULES) -> None:
        self._rules = rules
        self._memory = Memory(MOST_REMEMBERED)
        self._findings = Findings(MOST_FINDINGS)
        self._questions = Questions(MOST_QUESTIONS)
        self._waiting: Bounded[_SuspicionKey, _Waiting] = Bounded(MOST_SUSPICIONS)
        self._told: tuple[int, ...] = (0, 0, 0, 0)
        self._told_at: float | None = None

    def take(self, packet: HeardPacket, message: Message, own: bool) -> None:  # noqa: FBT001
        """Judge the packet; ``own``: this host sent it."""
        case = Case(packet, message, own=own)
        self._findings.count(case)
        for code, breach in judge_packet(case, self._rules):
            self._findings.take(code, packet, breach)
        self._memory.meet(case)
        suspicions = []
        for code, found in judge_time(case, self._memory, self._rules):
            if isinstance(found, Suspicion):
                suspicions.append((code, found))
            else:
                self._findings.take(code, packet, found)
        self._memory.learn(case)
        self._questions.learn(case)
        for code, suspicion in suspicions:
            self._suspect(code, packet, suspicion)

    def news(self, now: float) -> tuple[Record, ...]:
        """LintFinding, HostScore and Asked rows that changed, each at most once a second; ``now`` as packets' times."""
        self._judge_suspicions(now)
        return (
            *self._findings.due(now, self._memory.identities),
            *self._questions.due(now),
            *self._left_out(now),
        )

    def _suspect(self, code: str, packet: HeardPacket, suspicion: Suspicion) -> None:
        key = _SuspicionKey(code, packet.source, packet.interface, suspicion.breach.subject)
        if key not in self._waiting:
            self._waiting.put(key, _Waiting(packet.time + suspicion.after, packet, suspicion))

    def _judge_suspicions(self, now: float) -> None:
        for key, waiting in self._waiting.items():
            if waiting.due <= now:
                self._waiting.drop(key)
                if not waiting.suspicion.cleared(self._memory):
                    self._findings.take(key.rule, waiting.packet, waiting.suspicion.breach)

    def _left_out(self, now: float) -> Iterator[Problem]:
        forgotten = self._memory.forgotten + self._waiting.forgotten
        counts = (self._findings.left_out, self._findings.hosts_left_out, self._questions.left_out, forgotten)
        if counts == self._told or (self._told_at is not None and 0 <= now - self._told_at < 1):
            return
        self._told, self._told_at = counts, now
        found = zip(counts, _LEFT_OUT, strict=True)
        what = [f"{count:,} {one if count == 1 else many}" for count, (one, many) in found if count]
        yield make_problem("lint_full", "mDNS", what=", ".join(what))
