"""Decodes DNS messages as mDNS uses them, with the place of every part (RFC 1035 section 4, RFC 6762 section 18)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeVar

import msgspec

from discovery.bonjour.names import LONGEST_LABEL, LONGEST_NAME, Labels, written_length
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
LARGEST: Final = 9000 - 20 - 8
"""Bytes of a message that its IP packet of 9,000 bytes can carry (RFC 6762 section 17)."""

_HEADER = struct.Struct("!6H")
_QUESTION_TAIL = struct.Struct("!HH")
_RECORD_TAIL = struct.Struct("!HHIH")
_SERVER = struct.Struct("!HHH")
_OPTION = struct.Struct("!HH")
_FIRST_POINTER: Final = 0xC0
_Part = TypeVar("_Part")


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

    The record stands at the bytes ``start`` to ``end`` of the message, its data from ``data_start``. For OPT,
    ``class_`` is the sender's UDP payload size and ``ttl`` the extended flags, with no bit taken out (RFC 6891 section
    6.1.2).
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
    """Never raises: what breaks the format is in ``flaws``, and what came before it is kept.

    Of a message that is larger than may be nothing but the header is read: it would cost others' time.
    """
    if len(payload) < _HEADER.size:
        return Message(flaws=(Flaw("header_cut", 0, len(payload)),))
    ident, flags, *counts = _HEADER.unpack_from(payload)
    if len(payload) > LARGEST:
        return Message(ident, flags, flaws=(Flaw("message_too_large", LARGEST, len(payload)),))
    reader = _Reader(payload)
    questions = reader.section(counts[0], reader.question)
    answers, authorities, additionals = [reader.section(count, reader.record) for count in counts[1:]]
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

    def section(self, count: int, read: Callable[[], _Part]) -> tuple[_Part, ...]:
        """So many parts, or those before the flaw that hides the rest of the message."""
        found: list[_Part] = []
        try:
            while len(found) < count and not self.broken:
                found.append(read())
        except _Broken as broken:
            self.flaws.append(broken.flaw)
            self.broken = True
        return tuple(found)

    def question(self) -> Question:
        start = self.at
        name, at = self._name(start)
        if at + 4 > len(self.payload):
            raise _Broken("question_cut", start, len(self.payload))
        type_, class_ = _QUESTION_TAIL.unpack_from(self.payload, at)
        self.at = at + 4
        return Question(name, type_, class_ >= TOP_BIT, class_ & 0x7FFF, start, self.at)

    def record(self) -> ResourceRecord:
        payload, start = self.payload, self.at
        name, at = self._name(start)
        data_start = at + _RECORD_TAIL.size
        if data_start > len(payload):
            raise _Broken("record_cut", start, len(payload))
        type_, class_, ttl, length = _RECORD_TAIL.unpack_from(payload, at)
        self.at = end = data_start + length
        if end > len(payload):
            raise _Broken("record_cut", start, len(payload))
        try:
            read = _RDATA.get(type_)
            rdata = read(self, data_start, end) if read is not None else Opaque(payload[data_start:end])
        except _Broken as broken:
            self.flaws.append(broken.flaw)
            rdata = Opaque(payload[data_start:end])
        if type_ == OPT:
            return ResourceRecord(name, type_, rdata, ttl, False, class_, start, data_start, end)
        return ResourceRecord(name, type_, rdata, ttl, class_ >= TOP_BIT, class_ & 0x7FFF, start, data_start, end)

    def target(self, start: int, end: int) -> Rdata:
        return Pointer(self._name_up_to(start, end))

    def server(self, start: int, end: int) -> Rdata:
        if end - start <= _SERVER.size:
            raise _Broken("rdata_size", start, end)
        priority, weight, port = _SERVER.unpack_from(self.payload, start)
        return Server(priority, weight, port, self._name_up_to(start + _SERVER.size, end))

    def text(self, start: int, end: int) -> Rdata:
        return Text(_strings(self.payload, start, end), self.payload[start:end])

    def ipv4(self, start: int, end: int) -> Rdata:
        return HostAddress(self._bytes(start, end, 4))

    def ipv6(self, start: int, end: int) -> Rdata:
        return HostAddress(self._bytes(start, end, 16))

    def absence(self, start: int, end: int) -> Rdata:
        name, at = self._name(start)
        if at > end:
            raise _Broken("rdata_size", start, end)
        return Absence(name, _type_bits(self.payload, at, end))

    def options(self, start: int, end: int) -> Rdata:
        return Options(_options(self.payload, start, end))

    def _bytes(self, start: int, end: int, size: int) -> bytes:
        if end - start != size:
            raise _Broken("rdata_size", start, end)
        return self.payload[start:end]

    def _name_up_to(self, start: int, end: int) -> Labels:
        name, at = self._name(start)
        if at != end:
            raise _Broken("rdata_size", start, end)
        return name

    def _name(self, start: int) -> tuple[Labels, int]:
        """The name at ``start`` and the offset behind it.

        What each pointer led to is kept: so however many pointers lead to a long chain of them, it is walked once.
        """
        payload = self.payload
        labels: list[bytes] = []
        jumps: list[tuple[int, int]] = []
        length, behind, before, at = 1, 0, start, start
        try:
            while size := payload[at]:
                if size <= LONGEST_LABEL:
                    labels.append(payload[at + 1 : at + 1 + size])
                    at += size + 1
                    length += size + 1
                else:
                    behind = behind or at + 2
                    before = at = self._pointed(at, before)
                    if at in self._names:
                        labels += self._names[at]
                        length = written_length(tuple(labels))
                        break
                    jumps.append((at, len(labels)))
                if length > LONGEST_NAME:
                    break
        except IndexError:
            raise _Broken("name_cut", start, len(payload)) from None
        if length > LONGEST_NAME:
            raise _Broken("name_long", start, min(behind or at, len(payload)))
        name = self._names[start] = tuple(labels)
        for place, count in jumps:
            self._names[place] = name[count:]
        return name, behind or at + 1

    def _pointed(self, at: int, before: int) -> int:
        """Where the pointer at ``at`` leads: to what stands before the name, or before the place to which the last
        pointer led. So no chain of them can loop."""
        high = self.payload[at]
        if high < _FIRST_POINTER:
            raise _Broken("label_type", at, at + 1)
        target = (high & 0x3F) << 8 | self.payload[at + 1]
        if not _HEADER.size <= target < before:
            raise _Broken("name_loop", at, at + 2)
        return target


_RDATA: Final[dict[int, Callable[[_Reader, int, int], Rdata]]] = {
    A: _Reader.ipv4,
    AAAA: _Reader.ipv6,
    2: _Reader.target,
    CNAME: _Reader.target,
    PTR: _Reader.target,
    39: _Reader.target,
    SRV: _Reader.server,
    TXT: _Reader.text,
    NSEC: _Reader.absence,
    OPT: _Reader.options,
}
TYPED: Final = frozenset(_RDATA)
"""The types whose data are read; of one of these, ``Opaque`` data broke the rules of the type, and each such record has
its flaw, in their order, before the one that hides the rest of the message."""


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
    """RFC 4034 section 4.1.2: window, length 1 to 32, and that many bytes of bits; each window once, in their order."""
    types: list[int] = []
    at, before = start, -1
    while at < end:
        if at + 2 > end or not 1 <= payload[at + 1] <= 32 or at + 2 + payload[at + 1] > end or payload[at] <= before:
            raise _Broken("rdata_size", at, end)
        window, length = payload[at], payload[at + 1]
        before = window
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
