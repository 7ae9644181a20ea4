"""Rules about single resource records and how those of one message go together (RFC 6762 sections 6, 10, 12)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from discovery.bonjour.lint.case import Breach, Case, RecordRule, ToldRule, fold, of_record, record_key
from discovery.bonjour.lint.kinds import kind
from discovery.bonjour.names import Labels, folded, name_text
from discovery.bonjour.rdata import AAAA, ANY, HINFO, NSEC, OPT, PTR, SRV, TXT, A, Absence, HostAddress, type_text
from discovery.bonjour.wire import CLASS_IN, ResourceRecord

_HOST_TTL = 120
_OTHER_TTL = 4500


def flush_on_shared(record: ResourceRecord) -> Iterator[Breach]:
    if record.flush and record.type == PTR and kind(record.name).shared:
        yield of_record(record, "cache-flush bit set")


def flush_missing(case: Case, record: ResourceRecord) -> Iterator[Breach]:
    if not record.flush and record.ttl and case.multicast:
        yield of_record(record, "cache-flush bit not set")


def ttl_of_host(case: Case, record: ResourceRecord) -> Iterator[Breach]:
    of_host = record.type != PTR or kind(record.name).what == "reverse"
    if of_host and record.ttl not in (0, _HOST_TTL) and not case.legacy_reply:
        yield of_record(record, f"TTL {record.ttl}")


def ttl_of_service(case: Case, record: ResourceRecord) -> Iterator[Breach]:
    of_host = record.type == PTR and kind(record.name).what == "reverse"
    if not of_host and record.ttl not in (0, _OTHER_TTL) and not case.legacy_reply:
        yield of_record(record, f"TTL {record.ttl}")


def class_not_internet(record: ResourceRecord) -> Iterator[Breach]:
    if record.class_ != CLASS_IN and record.type != OPT:
        yield of_record(record, f"class {record.class_}")


def type_of_question(record: ResourceRecord) -> Iterator[Breach]:
    if 251 <= record.type <= ANY:
        yield of_record(record, f"type {type_text(record.type)}")


def address_of_no_host(case: Case, record: ResourceRecord) -> Iterator[Breach]:
    if isinstance(record.rdata, HostAddress) and record.ttl:
        address = ipaddress.ip_address(record.rdata.packed)
        loopback = address.is_loopback and not ipaddress.ip_address(case.source.partition("%")[0]).is_loopback
        if loopback or address.is_unspecified or address.is_multicast:
            yield of_record(record, str(address))


def nsec_next_name(record: ResourceRecord) -> Iterator[Breach]:
    if isinstance(record.rdata, Absence) and folded(record.rdata.next) != folded(record.name):
        yield of_record(record, f"next name {name_text(record.rdata.next)}")


def nsec_contradicted(case: Case) -> Iterator[Breach]:
    absent = [record for record in case.told if isinstance(record.rdata, Absence) and record.ttl]
    if not absent:
        return
    for record in absent:
        name = fold(record.name)
        types = record.rdata.types if isinstance(record.rdata, Absence) else ()
        denied = [type_text(type_) for at, type_ in case.tells if at == name and type_ != NSEC and type_ not in types]
        if denied:
            yield of_record(record, f"denies {', '.join(sorted(denied))}, which the message has")


def flush_in_query(case: Case) -> Iterator[Breach]:
    if not case.response:
        for record in case.message.answers + case.message.authorities:
            if record.flush:
                section = "known answer" if record in case.message.answers else "proposed record"
                yield of_record(record, f"{section} with the cache-flush bit set")


def record_twice(case: Case) -> Iterator[Breach]:
    records = case.told
    if len(records) < 2:
        return
    seen = set()
    for record in records:
        key = record_key(record)
        if key in seen and record.type != OPT:
            yield of_record(record, "twice in one message")
        seen.add(key)


def ttl_uneven(case: Case) -> Iterator[Breach]:
    ttls: dict[tuple[Labels, int], int] = {}
    for record in case.told:
        # A goodbye of one record says nothing about the others.
        if record.ttl and record.type != OPT:
            first = ttls.setdefault((record.name, record.type), record.ttl)
            if first != record.ttl:
                yield of_record(record, f"TTL {record.ttl} beside {first}")


RULES = (nsec_contradicted, flush_in_query, record_twice, ttl_uneven)
RECORD_RULES = (
    RecordRule(flush_on_shared, (PTR,)),
    RecordRule(class_not_internet),
    RecordRule(type_of_question),
    RecordRule(nsec_next_name, (NSEC,)),
)
TOLD_RULES = (
    ToldRule(flush_missing, (A, AAAA, SRV, TXT, HINFO, NSEC)),
    ToldRule(ttl_of_host, (A, AAAA, SRV, HINFO, PTR)),
    ToldRule(ttl_of_service, (TXT, PTR)),
    ToldRule(address_of_no_host, (A, AAAA)),
)
