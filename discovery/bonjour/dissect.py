"""Lays an mDNS message out as a tree of fields, each with the bytes where it stands (RFC 1035 section 4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from discovery.bonjour.names import Labels, label_text, name_text
from discovery.bonjour.rdata import (
    OPT,
    Absence,
    HostAddress,
    Opaque,
    Options,
    Pointer,
    Rdata,
    Server,
    Text,
    rdata_text,
    type_text,
)
from discovery.bonjour.wire import TYPED, Message, Question, ResourceRecord, decode
from net.text import visible, visible_bytes

MOST_PARTS: Final = 1000
"""Questions or records of a section, strings or options of a record that are laid out; how many more there are is
said."""
_HEADER_BYTES = 12
_SECTIONS = "Questions", "Answers", "Authorities", "Additionals"
_OPCODES = {0: "query", 1: "inverse query", 2: "status", 4: "notify", 5: "update"}
_RCODES = {0: "no error", 1: "format error", 2: "server failure", 3: "no such name", 4: "not implemented", 5: "refused"}
_CLASSES = {1: "IN", 254: "NONE", 255: "ANY"}
_OPTIONS = {4: "owner", 8: "client subnet", 10: "cookie", 12: "padding"}
_BITS = (
    (0x8000, "Response"),
    (0x0400, "Authoritative"),
    (0x0200, "Truncated"),
    (0x0100, "Recursion desired"),
    (0x0080, "Recursion available"),
    (0x0040, "Reserved"),
    (0x0020, "Authentic data"),
    (0x0010, "Checking disabled"),
)


class Field(msgspec.Struct, frozen=True):
    """A part of a message at the bytes ``start`` to ``end``: what it is and what it says, safe to look at.

    ``flaw`` is the code of the rule that these bytes break (resources/tables/lint-rules.toml). Children stand within
    the bytes of their parent.
    """

    label: str
    value: str
    start: int
    end: int
    children: tuple[Field, ...] = ()
    flaw: str | None = None


def dissect(payload: bytes) -> Field:
    """The tree of a whole message: header, sections that are not empty, and what could not be read. Never raises."""
    message = decode(payload)
    flawed = [record for record in message.records() if record.type in TYPED and isinstance(record.rdata, Opaque)]
    broken = {record.start: flaw.code for record, flaw in zip(flawed, message.flaws, strict=False)}
    fields: list[Field] = []
    if len(payload) >= _HEADER_BYTES:
        counts = struct.unpack_from("!4H", payload, 4)
        fields = [_header(message, counts), *_sections(payload, message, counts, broken)]
    fields += [
        Field("Could not be read", flaw.code, flaw.start, flaw.end, flaw=flaw.code)
        for flaw in message.flaws[len(flawed) :]
    ]
    return Field("Message", _bytes(len(payload)), 0, len(payload), tuple(fields))


def _header(message: Message, counts: Sequence[int]) -> Field:
    flags = message.flags
    bits = [Field(label, "set" if flags & bit else "not set", 2, 4) for bit, label in _BITS]
    bits.insert(1, Field("Opcode", _named(message.opcode, _OPCODES), 2, 4))
    bits.append(Field("Response code", _named(message.rcode, _RCODES), 2, 4))
    return Field(
        "Header",
        "response" if message.response else "query",
        0,
        _HEADER_BYTES,
        (
            Field("ID", f"0x{message.id:04x}", 0, 2),
            Field("Flags", f"0x{flags:04x}", 2, 4, tuple(bits)),
            *(
                Field(title, str(count), 4 + 2 * place, 6 + 2 * place)
                for place, (title, count) in enumerate(zip(_SECTIONS, counts, strict=True))
            ),
        ),
    )


def _sections(payload: bytes, message: Message, counts: Sequence[int], broken: Mapping[int, str]) -> Iterator[Field]:
    at = _HEADER_BYTES
    sections: tuple[Sequence[Question | ResourceRecord], ...] = (
        message.questions,
        message.answers,
        message.authorities,
        message.additionals,
    )
    for title, parts, count in zip(_SECTIONS, sections, counts, strict=True):
        start, at = at, parts[-1].end if parts else at
        if not count:
            continue
        children = [
            _question(payload, part) if isinstance(part, Question) else _record(payload, part, broken.get(part.start))
            for part in parts[:MOST_PARTS]
        ]
        if len(parts) > MOST_PARTS:
            children += _more(parts, parts[MOST_PARTS].start, at)
        read = f"{count:,}" if len(parts) == count else f"{len(parts):,} of {count:,} could be read"
        yield Field(title, read, start, at, tuple(children))


def _question(payload: bytes, question: Question) -> Field:
    at = question.end - 4
    asks = "unicast" if question.unicast else "multicast"
    return Field(
        "Question",
        f"{type_text(question.type)} {visible(name_text(question.name))}{' (QU)' if question.unicast else ''}",
        question.start,
        question.end,
        (
            _name("Name", payload, question.name, question.start),
            Field("Type", _type(question.type), at, at + 2),
            Field("Class", _named(question.class_, _CLASSES), at + 2, at + 4),
            Field("Answer wanted by", asks, at + 2, at + 3),
        ),
    )


def _record(payload: bytes, record: ResourceRecord, flaw: str | None) -> Field:
    at = record.data_start - 10
    size = record.end - record.data_start
    says = visible(rdata_text(record.rdata))
    middle = _edns(record, at) if record.type == OPT else _class_and_ttl(record, at)
    return Field(
        type_text(record.type),
        f"{visible(name_text(record.name))} {says}",
        record.start,
        record.end,
        (
            _name("Name", payload, record.name, record.start),
            Field("Type", _type(record.type), at, at + 2),
            *middle,
            Field("Data length", _bytes(size), at + 8, at + 10),
            Field("Data", says, record.data_start, record.end, tuple(_data(payload, record)), flaw),
        ),
        flaw,
    )


def _class_and_ttl(record: ResourceRecord, at: int) -> tuple[Field, ...]:
    return (
        Field("Class", _named(record.class_, _CLASSES), at + 2, at + 4),
        Field("Cache flush", "set" if record.flush else "not set", at + 2, at + 3),
        Field("TTL", f"{record.ttl:,} s" if record.ttl else "0 s (goodbye)", at + 4, at + 8),
    )


def _edns(record: ResourceRecord, at: int) -> tuple[Field, ...]:
    """RFC 6891 section 6.1.3."""
    return (
        Field("UDP payload size", _bytes(record.class_), at + 2, at + 4),
        Field("Extended response code", str(record.ttl >> 24), at + 4, at + 5),
        Field("EDNS version", str(record.ttl >> 16 & 0xFF), at + 5, at + 6),
        Field("EDNS flags", f"0x{record.ttl & 0xFFFF:04x}", at + 6, at + 8),
    )


def _data(payload: bytes, record: ResourceRecord) -> Iterator[Field]:
    start, end = record.data_start, record.end
    rdata: Rdata = record.rdata
    match rdata:
        case Pointer(target):
            yield _name("Target", payload, target, start)
        case Server(priority, weight, port, target):
            for place, (label, number) in enumerate((("Priority", priority), ("Weight", weight), ("Port", port))):
                yield Field(label, str(number), start + 2 * place, start + 2 * place + 2)
            yield _name("Target", payload, target, start + 6)
        case Text(strings):
            yield from _strings(strings, start, end)
        case HostAddress():
            yield Field("Address", rdata_text(rdata), start, end)
        case Absence(following, types):
            next_name = _name("Next name", payload, following, start)
            yield next_name
            shown = " ".join(map(type_text, types[:MOST_PARTS]))
            yield Field("Types that exist", visible(shown), next_name.end, end)
        case Options(options):
            yield from _options(options, start, end)


def _strings(strings: Sequence[bytes], start: int, end: int) -> Iterator[Field]:
    for string in strings[:MOST_PARTS]:
        behind = start + 1 + len(string)
        yield Field("String", visible_bytes(string), start, behind)
        start = behind
    yield from _more(strings, start, end)


def _options(options: Sequence[tuple[int, bytes]], start: int, end: int) -> Iterator[Field]:
    for code, data in options[:MOST_PARTS]:
        behind = start + 4 + len(data)
        said = visible(data[:MOST_PARTS].hex()) or "empty"
        yield Field(f"Option {_named(code, _OPTIONS)}", said, start, behind)
        start = behind
    yield from _more(options, start, end)


def _more(parts: Sequence[object], start: int, end: int) -> Iterator[Field]:
    if len(parts) > MOST_PARTS:
        yield Field("More", f"{len(parts) - MOST_PARTS:,} not laid out", start, end)


def _name(label: str, payload: bytes, labels: Labels, start: int) -> Field:
    """The name with each of its labels that stand here, and the pointer to the rest."""
    children = []
    at = start
    for part in labels:
        size = payload[at]
        if size > 63:
            break
        children.append(Field("Label", visible(label_text(part)), at, at + 1 + size))
        at += 1 + size
    if payload[at] > 63:
        place = (payload[at] & 0x3F) << 8 | payload[at + 1]
        children.append(Field("Pointer", f"to byte {place}", at, at + 2))
        at += 1
    return Field(label, visible(name_text(labels)), start, at + 1, tuple(children))


def _type(number: int) -> str:
    return f"{type_text(number)} ({number})"


def _named(number: int, names: dict[int, str]) -> str:
    return f"{number} ({names[number]})" if number in names else str(number)


def _bytes(count: int) -> str:
    return "1 byte" if count == 1 else f"{count:,} bytes"
