"""Rules about when hosts ask and answer (RFC 6762 sections 5.2, 6 and 7.1)."""

from __future__ import annotations

from collections.abc import Iterator

from discovery.bonjour.lint.case import Answer, Breach, Case, fold, named, of_record
from discovery.bonjour.lint.kinds import kind
from discovery.bonjour.lint.memory import Memory, Query
from discovery.bonjour.rdata import PTR

_SECOND = 0.9
"""A second, less what hosts and kernels are late by."""
_AFTER_PROBE = 0.2
"""250 ms, less the same."""
_ONE_PACKET = 0.001
"""Two hearings of one packet may give it times that differ."""
_STEADY = 6
_SETTLED = 5.0
"""Seconds after which a record is no longer being announced (RFC 6762 section 8.3)."""
_ANSWER_WINDOW = 0.5
_EARLIEST_SHARED = 0.015
"""20 ms, less what kernels' clocks of arrival are early by."""


def record_repeated(case: Case, memory: Memory) -> Iterator[Breach]:
    shortest = _AFTER_PROBE if _answers_probe(case, memory) else _SECOND
    for record, _, before in case.answers:
        if before is not None and record.ttl and before.ttl and _ONE_PACKET < case.time - before.last < shortest:
            yield of_record(record, f"again after {(case.time - before.last) * 1000:.0f} ms")


def query_repeated(case: Case, memory: Memory) -> Iterator[Breach]:
    if case.response or case.probe or case.legacy_query:
        return
    for question in case.message.questions:
        before = memory.asking.get((case.link, case.source, fold(question.name), question.type))
        if before is not None and _ONE_PACKET < case.time - before.last < _SECOND:
            evidence = f"again after {(case.time - before.last) * 1000:.0f} ms"
            yield Breach(named(question.name, question.type), evidence, question.start, question.end)


def query_steady(case: Case, memory: Memory) -> Iterator[Breach]:
    if case.response or case.probe or case.legacy_query:
        return
    for question in case.message.questions:
        before = memory.asking.get((case.link, case.source, fold(question.name), question.type))
        if before is None or before.interval is None or before.steady + 1 < _STEADY:
            continue
        interval = case.time - before.last
        # Once an hour is as rare as it has to become.
        if interval < 1.5 * before.interval and interval < 3000:
            evidence = f"{before.steady + 3} times in a row, the last two {interval:.1f} s apart"
            yield Breach(named(question.name, question.type), evidence, question.start, question.end)


def known_answer_repeated(case: Case, memory: Memory) -> Iterator[Breach]:
    if any(record.flush for record in case.message.answers):
        return  # unique records beside it: it may be an announcement, which suppresses nothing
    for answer in case.answers:
        record, key, _ = answer
        query = _lone_question(case, memory, answer)
        if query is not None and key in query.known and not query.truncated:
            yield of_record(record, f"{query.source} had said that it knows it")


def shared_answer_early(case: Case, memory: Memory) -> Iterator[Breach]:
    for answer in case.answers:
        record = answer.record
        if record.type == PTR and kind(record.name).shared:
            query = _lone_question(case, memory, answer)
            if query is not None and case.time - query.time < _EARLIEST_SHARED:
                yield of_record(record, f"{(case.time - query.time) * 1000:.1f} ms after the question")


def _answers_probe(case: Case, memory: Memory) -> bool:
    """Whether another host probed for one of these names of late: then 250 ms are enough (RFC 6762 section 6)."""
    for answer in case.answers:
        probed = memory.probed.get((case.link, answer.key.name))
        if probed is not None and probed[1] != case.source and case.time - probed[0] < 1:
            return True
    return False


def _lone_question(case: Case, memory: Memory, answer: Answer) -> Query | None:
    """The question that this answers without doubt: the only one for it of late, for a record no longer announced."""
    sent = answer.before
    if sent is None or not answer.record.ttl or not sent.ttl:
        return None
    query = memory.question_before(case.link, answer.key)
    if query is None or query.source == case.source:
        return None
    settled = sent.last - sent.first > _SETTLED or case.time - sent.last > _SETTLED
    alone = query.before is None or query.time - query.before > 1
    return query if settled and alone and 0 <= case.time - query.time < _ANSWER_WINDOW else None


RULES = (record_repeated, query_repeated, query_steady, known_answer_repeated, shared_answer_early)
