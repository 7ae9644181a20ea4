"""Rules about what belongs to a service and has to be told with it (RFC 6763 sections 6, 9 and 12)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from discovery.bonjour.lint.case import Case, Suspicion, fold, of_record
from discovery.bonjour.lint.kinds import kind
from discovery.bonjour.lint.memory import Memory
from discovery.bonjour.names import LOCAL, META_QUERY, Labels, name_text
from discovery.bonjour.rdata import AAAA, PTR, SRV, TXT, A, Pointer, Server

_LIST_COUNTS = 60.0
"""Seconds after a question for all types in which its answers are remembered for certain."""
_PATIENCE = 2.0
"""Seconds in which what belongs to a record has to be heard."""


def pointer_without_service(case: Case, memory: Memory) -> Iterator[Suspicion]:
    for record, _, _ in case.answers:
        if record.type == PTR and record.ttl and isinstance(record.rdata, Pointer):
            target = fold(record.rdata.target)
            if kind(record.name).what in ("type", "subtype") and _lacks(case, target, (SRV,), memory):
                breach = of_record(record, f"no SRV record of {name_text(record.rdata.target)} was heard")
                yield Suspicion(breach, _PATIENCE, partial(_known, case.interface, target, (SRV,)))


def service_without_text(case: Case, memory: Memory) -> Iterator[Suspicion]:
    for record, _, _ in case.answers:
        if record.type == SRV and record.ttl and kind(record.name).what == "instance":
            name = fold(record.name)
            if _lacks(case, name, (TXT,), memory):
                breach = of_record(record, "no TXT record was heard")
                yield Suspicion(breach, _PATIENCE, partial(_known, case.interface, name, (TXT,)))


def service_without_address(case: Case, memory: Memory) -> Iterator[Suspicion]:
    for record, _, _ in case.answers:
        if record.type == SRV and record.ttl and isinstance(record.rdata, Server) and record.rdata.target[-1:] == LOCAL:
            target = fold(record.rdata.target)
            if _lacks(case, target, (A, AAAA), memory):
                breach = of_record(record, f"no address of {name_text(record.rdata.target)} was heard")
                yield Suspicion(breach, _PATIENCE, partial(_known, case.interface, target, (A, AAAA)))


def type_not_listed(case: Case, memory: Memory) -> Iterator[Suspicion]:
    asked = memory.queries.get((case.link, META_QUERY, PTR))
    if asked is None or asked.unicast or not 1 < case.time - asked.time < _LIST_COUNTS:
        return
    for record, key, before in case.answers:
        # Only a type that its host told before the question had to be in the answer.
        told = before is not None and before.ttl and before.first < asked.time
        if told and record.type == PTR and record.ttl and kind(record.name).what == "type":
            breach = of_record(record, "the list of types was asked for, and this one was not in it")
            yield Suspicion(breach, _PATIENCE, partial(_listed, case.interface, key.name))


def _lacks(case: Case, name: Labels, types: tuple[int, ...], memory: Memory) -> bool:
    """Whether neither the message nor one before told a record of any of these types."""
    return not any((name, type_) in case.tells for type_ in types) and not _known(case.interface, name, types, memory)


def _known(interface: str, name: Labels, types: tuple[int, ...], memory: Memory) -> bool:
    return any(memory.heard.get((interface, name, type_)) is not None for type_ in types)


def _listed(interface: str, name: Labels, memory: Memory) -> bool:
    return (interface, name) in memory.listed


RULES = (pointer_without_service, service_without_text, service_without_address, type_not_listed)
