"""Rules about TXT records (RFC 6763 section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from discovery.bonjour.lint.case import Breach, RecordRule, named, of_record
from discovery.bonjour.rdata import TXT, Text
from discovery.bonjour.wire import ResourceRecord
from net.text import visible_bytes

_ADVISED_KEY = 9
_ADVISED_SIZE = 400
_LARGEST_SIZE = 1300
_SHOWN = 60


def txt_no_string(record: ResourceRecord) -> Iterator[Breach]:
    if isinstance(record.rdata, Text) and not record.rdata.strings and record.ttl:
        yield of_record(record, "no string, not even an empty one")


def txt_too_long(record: ResourceRecord) -> Iterator[Breach]:
    if isinstance(record.rdata, Text) and len(record.rdata.data) > _LARGEST_SIZE:
        yield of_record(record, f"{len(record.rdata.data)} bytes")


def txt_long(record: ResourceRecord) -> Iterator[Breach]:
    if isinstance(record.rdata, Text) and _ADVISED_SIZE < len(record.rdata.data) <= _LARGEST_SIZE:
        yield of_record(record, f"{len(record.rdata.data)} bytes")


def txt_key_missing(record: ResourceRecord) -> Iterator[Breach]:
    for key, string, at in _pairs(record):
        if string and not key:
            yield _of_string(record, string, at)


def txt_key_characters(record: ResourceRecord) -> Iterator[Breach]:
    for key, string, at in _pairs(record):
        if not all(0x20 <= byte <= 0x7E for byte in key):
            yield _of_string(record, string, at)


def txt_key_twice(record: ResourceRecord) -> Iterator[Breach]:
    seen = set()
    for key, string, at in _pairs(record):
        if key and key.lower() in seen:
            yield _of_string(record, string, at)
        seen.add(key.lower())


def txt_key_long(record: ResourceRecord) -> Iterator[Breach]:
    long = [(key, string, at) for key, string, at in _pairs(record) if len(key) > _ADVISED_KEY]
    if long:
        shown = ", ".join(visible_bytes(key, _SHOWN) for key, _, _ in long)
        _, string, at = long[0]
        yield of_record(record, shown)._replace(start=at, end=at + 1 + len(string))


def txt_version_not_first(record: ResourceRecord) -> Iterator[Breach]:
    for place, (key, string, at) in enumerate(_pairs(record)):
        if place and key.lower() == b"txtvers":
            yield _of_string(record, string, at)


def _pairs(record: ResourceRecord) -> Iterator[tuple[bytes, bytes, int]]:
    """Key, whole string, and the place of its length byte in the message."""
    if isinstance(record.rdata, Text):
        at = record.data_start
        for string in record.rdata.strings:
            yield string.partition(b"=")[0], string, at
            at += 1 + len(string)


def _of_string(record: ResourceRecord, string: bytes, at: int) -> Breach:
    return Breach(named(record.name, record.type), visible_bytes(string, _SHOWN), at, at + 1 + len(string))


RULES = tuple(
    RecordRule(judge, (TXT,))
    for judge in (
        txt_no_string,
        txt_too_long,
        txt_long,
        txt_key_missing,
        txt_key_characters,
        txt_key_twice,
        txt_key_long,
        txt_version_not_first,
    )
)
