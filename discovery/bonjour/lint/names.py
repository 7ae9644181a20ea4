"""Rules about names: of hosts, service types, instances and subtypes (RFC 6762 section 16, RFC 6763 sections 4, 7)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from discovery.bonjour.lint.case import Breach, Case, RecordRule, named, of_record
from discovery.bonjour.lint.kinds import kind
from discovery.bonjour.names import LOCAL, Labels, folded, label_text
from discovery.bonjour.rdata import AAAA, OPT, PTR, SRV, TXT, A, Pointer
from discovery.bonjour.wire import ResourceRecord

_SERVICE_NAME = re.compile(rb"(?=[^-]*(-[^-]+)*$)(?=.*[a-z])[a-z0-9][a-z0-9-]{0,14}(?<!-)")
"""RFC 6335 section 5.1: 1 to 15 letters, digits and hyphens, a letter among them, no hyphen at an edge or twice."""
_CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")


def name_not_utf8(record: ResourceRecord) -> Iterator[Breach]:
    if _flaw_of_text(record.name) == "bytes":
        yield of_record(record, "a label that is no UTF-8")


def name_not_composed(record: ResourceRecord) -> Iterator[Breach]:
    if _flaw_of_text(record.name) == "form":
        yield of_record(record, "a label that is not in Normalization Form C")


def instance_control(record: ResourceRecord) -> Iterator[Breach]:
    if kind(record.name).what == "instance" and _CONTROLS.search(record.name[0]):
        yield of_record(record, f"instance {label_text(record.name[0])}")


def service_name_invalid(record: ResourceRecord) -> Iterator[Breach]:
    service = kind(record.name).service
    if kind(record.name).what == "meta" and isinstance(record.rdata, Pointer):
        service = kind(record.rdata.target).service
    if service and not _is_service_name(service[0]):
        yield of_record(record, f"service name {label_text(service[0][1:])}")


def service_protocol(record: ResourceRecord) -> Iterator[Breach]:
    service = kind(record.name).service
    if service and service[1] not in (b"_tcp", b"_udp"):
        yield of_record(record, f"protocol {label_text(service[1])}")


def pointer_to_other_type(record: ResourceRecord) -> Iterator[Breach]:
    if kind(record.name).what == "type" and isinstance(record.rdata, Pointer):
        target = kind(record.rdata.target)
        if target.what != "instance" or target.service != kind(record.name).service:
            yield of_record(record, f"points to {named(record.rdata.target)}")


def subtype_target(record: ResourceRecord) -> Iterator[Breach]:
    if kind(record.name).what == "subtype" and isinstance(record.rdata, Pointer):
        target = kind(record.rdata.target)
        if target.what != "instance" or target.service != kind(record.name).service:
            yield of_record(record, f"points to {named(record.rdata.target)}")


def meta_target(record: ResourceRecord) -> Iterator[Breach]:
    listed = record.rdata.target if isinstance(record.rdata, Pointer) else None
    if kind(record.name).what == "meta" and listed is not None and kind(listed).what != "type":
        yield of_record(record, f"points to {named(listed)}")


def host_name_deep(record: ResourceRecord) -> Iterator[Breach]:
    if record.ttl and len(record.name) > 2 and folded(record.name[-1:]) == LOCAL:
        yield of_record(record, f"{len(record.name)} labels")


def name_not_local(case: Case) -> Iterator[Breach]:
    for question in case.message.questions:
        if _outside(question.name):
            yield Breach(named(question.name, question.type), "asked for", question.start, question.end)
    for record in case.told:
        if record.type != OPT and _outside(record.name):
            yield of_record(record, "told")


def _outside(name: Labels) -> bool:
    return name[-1:] != LOCAL and folded(name[-1:]) != LOCAL and kind(name).what != "reverse"


@lru_cache(maxsize=4096)
def _is_service_name(label: bytes) -> bool:
    return _SERVICE_NAME.fullmatch(label[1:].lower()) is not None


@lru_cache(maxsize=8192)
def _flaw_of_text(name: Labels) -> str | None:
    for label in name:
        if label.isascii():
            continue
        try:
            text = label.decode()
        except UnicodeDecodeError:
            return "bytes"
        if not unicodedata.is_normalized("NFC", text):
            return "form"
    return None


RULES = (name_not_local,)
RECORD_RULES = (
    RecordRule(name_not_utf8),
    RecordRule(name_not_composed),
    RecordRule(instance_control, (SRV, TXT)),
    RecordRule(service_name_invalid),
    RecordRule(service_protocol),
    RecordRule(pointer_to_other_type, (PTR,)),
    RecordRule(subtype_target, (PTR,)),
    RecordRule(meta_target, (PTR,)),
    RecordRule(host_name_deep, (A, AAAA)),
)
