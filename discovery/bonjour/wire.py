"""Decodes DNS messages as mDNS uses them, with the place of every part (RFC 1035 section 4, RFC 6762 section 18)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from discovery.bonjour.names import LONGEST_NAME, Labels
from discovery.bonjour.rdata import (
    AAAA,
    CNAME,
    NSEC,
    OPT,
    PTR,
    SRV,
    TXT,
    A,
    Absence,
    HostAddress,
    Opaque,
    Options,
    Pointer,
    Rdata,
    Server,
    Text,
)

CLASS_IN: Final = 1
RESPONSE: Final = 0x8000
AUTHORITATIVE: Final = 0x0400
TRUNCATED: Final = 0x0200
TOP_BIT: Final = 0x8000
"""Of the class: in a question "answer by unicast" (QU, RFC 6762 section 5.4), in a record "cache flush" (10.2)."""

_HEADER = struct.Struct("!6H")
_QUESTION_TAIL = struct.Struct("!HH")
_RECORD_TAIL = struct.Struct("!HHIH")
_SERVER = struct.Struct("!HHH")
_OPTION = struct.Struct("!HH")
_NAMES: Final = frozenset((2, CNAME, PTR, 39))


class Flaw(NamedTuple):
    """Something in a message that breaks the format: the code of a row in resources/tables/lint-rules.toml, and the
    bytes concerned."""

    code: str
    start: int
    end: int


class Question(msgspec.Struct, frozen=True, gc=False):
    """One question; ``unicast`` is the QU bit, ``start`` and ``end`` are byte offsets in the message."""

    name: Labels
    type: int
    unicast: bool = False
    class_: int = CLASS_IN
    start: int = 0
    end: int = 0


class ResourceRecord(msgspec.Struct, frozen=True, gc=False):
    """One resource record; ``ttl`` in seconds as it was sent, ``flush`` the cache-flush bit.

    The record stands at the bytes ``start`` to ``end`` of the message, its data from ``data_start``. For OPT, ``class_``
    is the sender's UDP payload size and ``ttl`` the extended flags, with no bit taken out (RFC 6891 section 6.1.2).
    """

    name: Labels
    type: int
    rdata: Rdata
    ttl: int
    flush: bool = False
    class_: int = CLASS_IN
    start: int = 0
    data_start: int = 0
    end: int = 0


class Message(msgspec.Struct, frozen=True, gc=False):
    """A message with its sections apart; what stands behind a flaw that hides the rest is missing, and said so."""

    id: int = 0
    flags: int = 0
    questions: tuple[Question, ...] = ()
    answers: tuple[ResourceRecord, ...] = ()
    authorities: tuple[ResourceRecord, ...] = ()
    additionals: tuple[ResourceRecord, ...] = ()
    flaws: tuple[Flaw, ...] = ()

    @property
    def response(self) -> bool:
        """Whether the QR bit is set."""
        return bool(self.flags & RESPONSE)

    @property
    def opcode(self) -> int:
        """Four bits; 0 is a standard query."""
        return self.flags >> 11 & 0xF

    @property
    def rcode(self) -> int:
        """Four bits; 0 is no error."""
        return self.flags & 0xF

    def records(self) -> Iterator[ResourceRecord]:
        """Answers, authorities and additionals."""
        yield from self.answers
        yield from self.authorities
        yield from self.additionals


def decode(payload: bytes) -> Message:
    """Never raises: what breaks the format is in ``flaws``, and what came before it is kept."""
    if len(payload) < _HEADER.size:
        return Message(flaws=(Flaw("header_cut", 0, len(payload)),))
    ident, flags, *counts = _HEADER.unpack_from(payload)
    reader = _Reader(payload)
    questions = reader.questions(counts[0])
    answers, authorities, additionals = [() if reader.broken else reader.records(count) for count in counts[1:]]
    if not reader.broken and reader.at < len(payload):
        reader.flaws.append(Flaw("trailing_bytes", reader.at, len(payload)))
    return Message(ident, flags, questions, answers, authorities, additionals, tuple(reader.flaws))


class _Broken(Exception):  # noqa: N818
    """Carries a flaw up to the part that it breaks."""

    def __init__(self, code: str, start: int, end: int) -> None:
        super().__init__(code)
        self.flaw = Flaw(code, start, end)


class _Reader:
    """Reads one message from front to back."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.at = _HEADER.size
        self.flaws: list[Flaw] = []
        self.broken = False
        self._names: dict[int, Labels] = {}

    def questions(self, count: int) -> tuple[Question, ...]:
        found = []
        for _ in range(count):
            start = self.at
            try:
                name, at = self._name(start)
                if at + 4 > len(self.payload):
                    raise _Broken("question_cut", start, len(self.payload))
            except _Broken as broken:
                self._break(broken)
                break
            type_, class_ = _QUESTION_TAIL.unpack_from(self.payload, at)
            self.at = at + 4
            found.append(Question(name, type_, class_ >= TOP_BIT, class_ & 0x7FFF, start, self.at))
        return tuple(found)

    def records(self, count: int) -> tuple[ResourceRecord, ...]:
        payload, size = self.payload, len(self.payload)
        found = []
        for _ in range(count):
            start = self.at
            try:
                name, at = self._name(start)
                if at + 10 > size:
                    raise _Broken("record_cut", start, size)
                type_, class_, ttl, length = _RECORD_TAIL.unpack_from(payload, at)
                at += 10
                end = at + length
                if end > size:
                    raise _Broken("record_cut", start, size)
            except _Broken as broken:
                self._break(broken)
                break
            try:
                rdata = self._rdata(type_, at, end)
            except _Broken as broken:
                self.flaws.append(broken.flaw)
                rdata = Opaque(payload[at:end])
            self.at = end
            if type_ == OPT:
                found.append(ResourceRecord(name, type_, rdata, ttl, False, class_, start, at, end))
            else:
                found.append(
                    ResourceRecord(name, type_, rdata, ttl, class_ >= TOP_BIT, class_ & 0x7FFF, start, at, end)
                )
        return tuple(found)

    def _break(self, broken: _Broken) -> None:
        self.flaws.append(broken.flaw)
        self.broken = True

    def _name(self, start: int) -> tuple[Labels, int]:
        """The name at ``start`` and the offset behind it. A pointer must lead to what stands before the name, or
        before the place to which the last pointer led: so no chain of them can loop."""
        payload = self.payload
        labels: list[bytes] = []
        length, behind, limit, at = 1, -1, start, start
        try:
            while True:
                size = payload[at]
                if size == 0:
                    if behind < 0:
                        behind = at + 1
                    break
                if size < 64:
                    label = payload[at + 1 : at + 1 + size]
                    if len(label) < size:
                        raise _Broken("name_cut", start, len(payload))
                    labels.append(label)
                    length += size + 1
                    at += size + 1
                    if length > LONGEST_NAME:
                        raise _Broken("name_long", start, min(at, len(payload)))
                elif size >= 0xC0:
                    target = (size & 0x3F) << 8 | payload[at + 1]
                    if behind < 0:
                        behind = at + 2
                    if target >= limit or target < _HEADER.size:
                        raise _Broken("name_loop", at, at + 2)
                    known = self._names.get(target)
                    if known is not None:
                        labels.extend(known)
                        if length + sum(map(len, known)) + len(known) > LONGEST_NAME:
                            raise _Broken("name_long", start, behind)
                        break
                    limit = at = target
                else:
                    raise _Broken("label_type", at, at + 1)
        except IndexError:
            raise _Broken("name_cut", start, len(payload)) from None
        name = self._names[start] = tuple(labels)
        return name, behind

    def _rdata(self, type_: int, start: int, end: int) -> Rdata:
        payload = self.payload
        if type_ in _NAMES:
            return Pointer(self._name_within(start, end, whole=True)[0])
        if type_ == SRV:
            if end - start < 7:
                raise _Broken("rdata_size", start, end)
            priority, weight, port = _SERVER.unpack_from(payload, start)
            return Server(priority, weight, port, self._name_within(start + 6, end, whole=True)[0])
        if type_ == TXT:
            return Text(_strings(payload, start, end), payload[start:end])
        if type_ in (A, AAAA):
            if end - start != (4 if type_ == A else 16):
                raise _Broken("rdata_size", start, end)
            return HostAddress(payload[start:end])
        if type_ == NSEC:
            name, at = self._name_within(start, end, whole=False)
            return Absence(name, _type_bits(payload, at, end))
        if type_ == OPT:
            return Options(_options(payload, start, end))
        return Opaque(payload[start:end])

    def _name_within(self, start: int, end: int, *, whole: bool) -> tuple[Labels, int]:
        name, at = self._name(start)
        if at > end or (whole and at != end):
            raise _Broken("rdata_size", start, end)
        return name, at


def _strings(payload: bytes, start: int, end: int) -> tuple[bytes, ...]:
    strings = []
    at = start
    while at < end:
        behind = at + 1 + payload[at]
        if behind > end:
            raise _Broken("txt_cut", at, end)
        strings.append(payload[at + 1 : behind])
        at = behind
    return tuple(strings)


def _type_bits(payload: bytes, start: int, end: int) -> tuple[int, ...]:
    """RFC 4034 section 4.1.2: window, length 1 to 32, and that many bytes of bits."""
    types: list[int] = []
    at = start
    while at < end:
        if at + 2 > end or not 1 <= payload[at + 1] <= 32 or at + 2 + payload[at + 1] > end:
            raise _Broken("rdata_size", at, end)
        window, length = payload[at], payload[at + 1]
        for place, byte in enumerate(payload[at + 2 : at + 2 + length]):
            if byte:
                types += [window << 8 | place << 3 | bit for bit in range(8) if byte & 0x80 >> bit]
        at += 2 + length
    return tuple(types)


def _options(payload: bytes, start: int, end: int) -> tuple[tuple[int, bytes], ...]:
    options = []
    at = start
    while at < end:
        if at + 4 > end:
            raise _Broken("rdata_size", at, end)
        code, length = _OPTION.unpack_from(payload, at)
        if at + 4 + length > end:
            raise _Broken("rdata_size", at, end)
        options.append((code, payload[at + 4 : at + 4 + length]))
        at += 4 + length
    return tuple(options)
