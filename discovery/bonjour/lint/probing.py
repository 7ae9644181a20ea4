"""Rules about how a host comes to its names, announces and defends them (RFC 6762 sections 6.2, 8 and 9)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from discovery.bonjour.lint.case import Breach, Case, Claim, RecordKey, Suspicion, fold, named, of_record, record_key
from discovery.bonjour.lint.identity import plain
from discovery.bonjour.lint.memory import Link, Memory
from discovery.bonjour.names import Labels
from discovery.bonjour.rdata import AAAA, ANY, SRV, A, rdata_text
from discovery.bonjour.wire import Question, ResourceRecord

_PROBED: Final = frozenset((A, AAAA, SRV))
_PROBES = 3
_SHORTEST_WAIT = 0.2
"""250 ms, less what hosts and kernels are late by."""
_UNWATCHED = 3.0
"""Seconds after the first packet of a link in which what came before was not heard."""
_ANSWER_WINDOW = 0.6
"""Seconds after a question, or a probe, in which a response may be the answer to it."""
_SECOND_ANNOUNCEMENT = 4.0
_RIVAL_SPEAKS = 3.0
_RECENT = 10.0
_FIGHT = 3


def probe_type(case: Case) -> Iterator[Breach]:
    for question in _probe_questions(case):
        if question.type != ANY:
            yield Breach(named(question.name, question.type), "not of type ANY", question.start, question.end)


def probe_by_multicast(case: Case) -> Iterator[Breach]:
    for question in _probe_questions(case):
        if not question.unicast:
            yield Breach(named(question.name, question.type), "QU bit not set", question.start, question.end)


def probe_hurried(case: Case, memory: Memory) -> Iterator[Breach]:
    if case.probe:
        for question in _probe_questions(case):
            before = memory.probes.get((case.link, case.source, fold(question.name)))
            if before is not None and 0.001 < case.time - before.last < _SHORTEST_WAIT:
                evidence = f"{(case.time - before.last) * 1000:.0f} ms after the one before"
                yield Breach(named(question.name), evidence, question.start, question.end)


def probes_too_few(case: Case, memory: Memory) -> Iterator[Breach]:
    for record in _newly_announced(case):
        probing = memory.probes.get((case.link, case.source, fold(record.name)))
        watched = probing is not None and probing.first - memory.since.get(case.link, case.time) > 1
        if probing is not None and watched and case.time - probing.last < 1 and probing.times < _PROBES:
            yield of_record(record, f"announced after {probing.times} probes")


def announced_unprobed(case: Case, memory: Memory) -> Iterator[Breach]:
    since = memory.since.get(case.link, case.time)
    if case.time - since < _UNWATCHED:
        return
    for record in _newly_announced(case):
        name = fold(record.name)
        probing = memory.probes.get((case.link, case.source, name))
        unsolicited = case.time - memory.asked.get(case.link, 0) > _ANSWER_WINDOW
        if probing is None and unsolicited and memory.heard.get((case.interface, name, record.type)) is None:
            yield of_record(record, "no probe was heard before")


def announced_once(case: Case, memory: Memory) -> Iterator[Suspicion]:
    for record in _newly_announced(case):
        key = record_key(record)
        probing = memory.probes.get((case.link, case.source, key.name))
        if probing is not None and case.time - probing.last < 1:
            cleared = partial(_said_again, case.link, case.source, key, case.time)
            yield Suspicion(of_record(record, "no second announcement was heard"), _SECOND_ANNOUNCEMENT, cleared)


def name_conflict(case: Case, _: Memory) -> Iterator[Suspicion]:
    for record, rival, evidence in _contested(case):
        # A host that moved to another address is no longer heard from the old one.
        cleared = partial(_silent_since, rival.source, case.time)
        yield Suspicion(of_record(record, evidence), _RIVAL_SPEAKS, cleared)


def name_fought_over(case: Case, memory: Memory) -> Iterator[Breach]:
    for record, _, evidence in _contested(case):
        if record.type in (A, AAAA):
            continue  # a host with two ways to one link gives its name another address on each
        turns = memory.claims.turns((case.interface, fold(record.name), record.type), case.time - _RECENT) + 1
        if turns >= _FIGHT:
            yield of_record(record, f"{evidence}; the claimant changed {turns} times in {_RECENT:.0f} s")


def address_elsewhere(case: Case, memory: Memory) -> Iterator[Breach]:
    source = plain(case.source)
    for name, addresses in case.addresses.items():
        for address in addresses if source in addresses else ():
            seen = memory.identities.interfaces(address)
            if seen and case.interface not in seen and not address.startswith(("fe80:", "169.254.")):
                told = next(record for record in case.told if record.ttl and _gives(record, name, address))
                yield of_record(told, f"{address} was heard on {', '.join(sorted(seen))}, not here")


def _gives(record: ResourceRecord, name: Labels, address: str) -> bool:
    return record.type in (A, AAAA) and fold(record.name) == name and rdata_text(record.rdata) == address


def _probe_questions(case: Case) -> Iterator[Question]:
    if case.probe:
        proposed: set[Labels] = {fold(record.name) for record in case.message.authorities}
        yield from (question for question in case.message.questions if fold(question.name) in proposed)


def _newly_announced(case: Case) -> Iterator[ResourceRecord]:
    """Unique answers that the host has not multicast before on this link, or withdrew meanwhile."""
    for record, _, before in case.answers:
        if record.type in _PROBED and record.flush and record.ttl and (before is None or not before.ttl):
            yield record


def _said_again(link: Link, source: str, key: RecordKey, time: float, memory: Memory) -> bool:
    """Announced again or withdrawn, or the name was given up in a conflict, after ``time``."""
    sent = memory.sent.get((link, source, key))
    probed = memory.probes.get((link, source, key.name))
    return (sent is not None and sent.last > time) or sent is None or (probed is not None and probed.last > time)


def _silent_since(source: str, time: float, memory: Memory) -> bool:
    spoke = memory.spoke.get(source)
    return spoke is None or spoke <= time


def _contested(case: Case) -> Iterator[tuple[ResourceRecord, Claim, str]]:
    """The records of the message that another host claims otherwise, with that other claim and both as text."""
    for (name, type_), rival in case.rivals.items():
        told = next(record for record in case.told if record.type == type_ and fold(record.name) == name)
        theirs = ", ".join(sorted(map(rdata_text, rival.data)))
        ours = ", ".join(sorted(map(rdata_text, case.claimed[name, type_])))
        yield told, rival, f"{ours}, but {rival.source} says {theirs}"


PACKET_RULES = (probe_type, probe_by_multicast)
RULES = (
    probe_hurried,
    probes_too_few,
    announced_unprobed,
    announced_once,
    name_conflict,
    name_fought_over,
    address_elsewhere,
)
