"""Writes DNS messages as mDNS uses them, with names compressed (RFC 1035 section 4.1.4, RFC 6762 section 18.14)."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from discovery.bonjour.names import Labels
from discovery.bonjour.rdata import OPT, Absence, HostAddress, Opaque, Options, Pointer, Rdata, Server, Text
from discovery.bonjour.wire import TOP_BIT, Question, ResourceRecord

_FURTHEST_POINTER = 0x3FFF


def compose(
    *,
    id: int = 0,  # noqa: A002
    flags: int = 0,
    questions: Iterable[Question] = (),
    answers: Iterable[ResourceRecord] = (),
    authorities: Iterable[ResourceRecord] = (),
    additionals: Iterable[ResourceRecord] = (),
) -> bytes:
    """The message as bytes; the places in questions and records are not looked at.

    Raises ValueError where a label has more than 63 bytes, struct.error where a number does not fit its field.
    """
    asked = tuple(questions)
    sections = tuple(answers), tuple(authorities), tuple(additionals)
    writer = _Writer(struct.pack("!6H", id, flags, len(asked), *map(len, sections)))
    for question in asked:
        writer.name(question.name)
        writer.out += struct.pack("!HH", question.type, question.class_ | (TOP_BIT if question.unicast else 0))
    for section in sections:
        for record in section:
            writer.record(record)
    return bytes(writer.out)


def uncompressed(rdata: Rdata) -> bytes:
    """The data of a record with its names written out, as RFC 6762 section 8.2 compares it."""
    writer = _Writer(b"", compress=False)
    writer.rdata(rdata)
    return bytes(writer.out)


class _Writer:
    def __init__(self, header: bytes, *, compress: bool = True) -> None:
        self.out = bytearray(header)
        self._furthest = _FURTHEST_POINTER if compress else -1
        self._places: dict[Labels, int] = {}

    def name(self, labels: Labels) -> None:
        """Each rest of a name that was written before becomes a pointer to it."""
        for place in range(len(labels)):
            rest = labels[place:]
            known = self._places.get(rest)
            if known is not None:
                self.out += struct.pack("!H", 0xC000 | known)
                return
            if len(self.out) <= self._furthest:
                self._places[rest] = len(self.out)
            if not 1 <= len(labels[place]) <= 63:
                message = f"a label has 1 to 63 bytes, not {len(labels[place])}"
                raise ValueError(message)
            self.out.append(len(labels[place]))
            self.out += labels[place]
        self.out.append(0)

    def record(self, record: ResourceRecord) -> None:
        self.name(record.name)
        class_ = record.class_ | (TOP_BIT if record.flush and record.type != OPT else 0)
        self.out += struct.pack("!HHIH", record.type, class_, record.ttl, 0)
        start = len(self.out)
        self.rdata(record.rdata)
        struct.pack_into("!H", self.out, start - 2, len(self.out) - start)

    def rdata(self, rdata: Rdata) -> None:
        match rdata:
            case Pointer(target):
                self.name(target)
            case Server(priority, weight, port, target):
                self.out += struct.pack("!HHH", priority, weight, port)
                self.name(target)
            case Absence(following, types):
                self.name(following)
                self.out += _type_bits(types)
            case Text(_, data) | HostAddress(data) | Opaque(data):
                self.out += data
            case Options(options):
                for code, data in options:
                    self.out += struct.pack("!HH", code, len(data)) + data


def text_of(strings: Iterable[bytes]) -> Text:
    """TXT data of these strings, of at most 255 bytes each; none makes the one empty string (RFC 6763 section 6.1)."""
    kept = tuple(strings) or (b"",)
    return Text(kept, b"".join(bytes((len(string),)) + string for string in kept))


def _type_bits(types: Iterable[int]) -> bytes:
    windows: dict[int, bytearray] = {}
    for type_ in sorted(types):
        bits = windows.setdefault(type_ >> 8, bytearray(32))
        bits[(type_ & 0xFF) >> 3] |= 0x80 >> (type_ & 7)
    return b"".join(
        bytes((window, len(used))) + used for window, bits in windows.items() for used in (bits.rstrip(b"\0"),)
    )
