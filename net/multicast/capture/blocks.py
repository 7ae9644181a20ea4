"""Reads the packets out of a pcapng or pcap file, whatever its byte order, and believes none of its lengths.

pcapng: draft-ietf-opsawg-pcapng; pcap: draft-ietf-opsawg-pcap, with the variant of nanoseconds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Literal, NamedTuple

from net.multicast.capture.pcapng import (
    BYTE_ORDER,
    INTERFACE,
    INTERFACE_NAME,
    INTERFACE_OFFSET,
    INTERFACE_RESOLUTION,
    OPTION_END,
    PACKET,
    PACKET_DROPS,
    SECTION,
    STATISTICS,
    STATISTICS_OS_DROPPED,
)
from net.text import visible_bytes

Order = Literal["<", ">"]

SIMPLE_PACKET, OLD_PACKET = 3, 2
MOST_BLOCK = 1 << 20
"""Bytes of the largest block that is read; Wireshark's largest packet is 256 KiB. Larger ones of unknown type are
skipped unread, but for the length at their end."""
MOST_INTERFACES = 4096
_STATISTICS_DROPPED_BY_INTERFACE = 5
_PCAP_MAGIC: dict[bytes, tuple[Order, int]] = {
    b"\xa1\xb2\xc3\xd4": (">", 1_000_000),
    b"\xd4\xc3\xb2\xa1": ("<", 1_000_000),
    b"\xa1\xb2\x3c\x4d": (">", 1_000_000_000),
    b"\x4d\x3c\xb2\xa1": ("<", 1_000_000_000),
}
_COMPRESSED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4", b"PK\x03\x04": "zip"}
_LATEST = 253402300799.0
"""The end of the year 9999: times beyond it are nonsense."""


class NotACaptureError(ValueError):
    """The file is none of these formats; the text says why."""


class DamagedError(ValueError):
    """What follows in the file cannot be read; the text says why."""


class Link(NamedTuple):
    """An interface of the file: its number in the whole file, name as written there, and link type."""

    number: int
    name: str
    type: int


class Packet(NamedTuple):
    """``time`` in seconds since the epoch; ``length`` is the packet's on the wire, of which ``data`` may be a part.

    ``dropped``: packets the capturing host says it lost just before this one.
    """

    link: Link
    time: float
    data: bytes
    length: int
    dropped: int


class CaptureReader:
    """Iterates over the packets of ``file``; ``links`` and ``drops`` (by link number) grow meanwhile.

    Raises NotACaptureError when made, DamagedError at the place where the file is damaged or cut.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.links: list[Link] = []
        self.drops: dict[int, int] = {}
        magic = file.read(4)
        if magic == struct.pack(">I", SECTION):
            self.format = "pcapng"
            self._packets = Pcapng(self).packets()
        elif magic in _PCAP_MAGIC:
            self.format = "pcap"
            self._packets = self._pcap(*_PCAP_MAGIC[magic])
        else:
            raise NotACaptureError(_what_else(magic))

    def __iter__(self) -> Iterator[Packet]:
        return self._packets

    def read(self, size: int) -> bytes:
        """Exactly so many bytes. Raises DamagedError."""
        data = self._file.read(size)
        if len(data) != size:
            raise DamagedError(f"it ends {size - len(data)} bytes too early")
        return data

    def at_end(self) -> bool:
        """Whether nothing follows."""
        if self._file.read(1):
            self._file.seek(-1, 1)
            return False
        return True

    def skip(self, size: int) -> None:
        """Go on behind so many bytes, which may be beyond the end."""
        self._file.seek(size, 1)

    def add_link(self, name: str, link_type: int) -> Link:
        """One more interface. Raises DamagedError where there are too many."""
        if len(self.links) >= MOST_INTERFACES:
            raise DamagedError(f"it has more than {MOST_INTERFACES} interfaces")
        link = Link(len(self.links), name or f"#{len(self.links)}", link_type)
        self.links.append(link)
        return link

    def _pcap(self, order: Order, resolution: int) -> Iterator[Packet]:
        _versions, _zone, _accuracy, _snap, link_type = struct.unpack(f"{order}IiIII", self.read(20))
        link = self.add_link("", link_type & 0xFFFF)
        head = struct.Struct(f"{order}IIII")
        while not self.at_end():
            seconds, fraction, captured, length = head.unpack(self.read(head.size))
            if captured > MOST_BLOCK:
                raise DamagedError(f"a packet claims to have {captured} bytes")
            yield Packet(link, _sane(seconds + fraction / resolution), self.read(captured), length, 0)


class Pcapng:
    """The sections and blocks of a pcapng file, whose first four bytes were read already."""

    def __init__(self, reader: CaptureReader) -> None:
        self._reader = reader
        self._order: Order = ">"
        self._links: list[tuple[Link, float, int]] = []
        """Of this section: the interface, its ticks a second, and seconds to be added."""

    def packets(self) -> Iterator[Packet]:
        """The packets of all sections."""
        kind = SECTION
        while True:
            if kind == SECTION:
                self._begin_section()
            else:
                body = self._body(kind)
                packet = self._read(kind, body) if body is not None else None
                if packet is not None:
                    yield packet
            if self._reader.at_end():
                return
            word = self._reader.read(4)
            # The type of a section reads the same in both orders.
            kind = struct.unpack(f"{self._order}I", word)[0]

    def _begin_section(self) -> None:
        head = self._reader.read(8)
        orders: dict[bytes, Order] = {struct.pack(f"{order}I", BYTE_ORDER): order for order in ("<", ">")}
        order = orders.get(head[4:])
        if order is None:
            raise DamagedError("a section has no byte order")
        self._order = order
        length = struct.unpack(f"{order}I", head[:4])[0]
        if length % 4 or not 28 <= length <= MOST_BLOCK:
            raise DamagedError(f"a section's block claims to have {length} bytes")
        body = self._reader.read(length - 12)
        self._check_end(body, length)
        self._links = []

    def _body(self, kind: int) -> bytes | None:
        """What a block holds between its lengths; None if it is skipped."""
        length = struct.unpack(f"{self._order}I", self._reader.read(4))[0]
        if length % 4 or length < 12:
            raise DamagedError(f"a block claims to have {length} bytes")
        if length > MOST_BLOCK:
            if kind in (PACKET, OLD_PACKET, SIMPLE_PACKET, INTERFACE):
                raise DamagedError(f"a block claims to have {length} bytes")
            self._reader.skip(length - 12)
            self._check_end(self._reader.read(4), length)
            return None
        body = self._reader.read(length - 8)
        self._check_end(body, length)
        return body[:-4]

    def _check_end(self, body: bytes, length: int) -> None:
        if struct.unpack(f"{self._order}I", body[-4:])[0] != length:
            raise DamagedError("a block ends with another length than it begins with")

    def _read(self, kind: int, body: bytes) -> Packet | None:
        try:
            if kind == INTERFACE:
                self._add_interface(body)
            elif kind == PACKET:
                number, high, low, captured, length = struct.unpack_from(f"{self._order}IIIII", body)
                return self._packet(number, high << 32 | low, captured, length, body, 20)
            elif kind == OLD_PACKET:
                number, dropped, high, low, captured, length = struct.unpack_from(f"{self._order}HHIIII", body)
                packet = self._packet(number, high << 32 | low, captured, length, body, 20)
                return packet._replace(dropped=dropped if dropped != 0xFFFF else 0)
            elif kind == SIMPLE_PACKET:
                length = struct.unpack_from(f"{self._order}I", body)[0]
                return self._packet(0, 0, min(length, len(body) - 4), length, body, 4)
            elif kind == STATISTICS:
                self._add_statistics(body)
        except struct.error:
            raise DamagedError("a block is shorter than what it must hold") from None
        return None

    def _packet(self, number: int, ticks: int, captured: int, length: int, body: bytes, begin: int) -> Packet:
        if number >= len(self._links):
            raise DamagedError(f"a packet is of interface {number}, which is not described")
        if captured > len(body) - begin:
            raise DamagedError(f"a packet claims to have {captured} bytes, more than its block")
        link, resolution, offset = self._links[number]
        end = begin + captured + -captured % 4
        dropped = self._dropped(body[end:]) if end < len(body) else 0
        return Packet(link, _sane(ticks / resolution + offset), body[begin : begin + captured], length, dropped)

    def _dropped(self, options: bytes) -> int:
        value = self._options(options).get(PACKET_DROPS, b"")
        return int(struct.unpack(f"{self._order}Q", value)[0]) if len(value) == 8 else 0

    def _add_interface(self, body: bytes) -> None:
        link_type = struct.unpack_from(f"{self._order}H", body)[0]
        options = self._options(body[8:])
        name = visible_bytes(options.get(INTERFACE_NAME, b""), 64)
        resolution = options.get(INTERFACE_RESOLUTION, b"\x06")[:1] or b"\x06"
        base, exponent = (2, resolution[0] & 0x7F) if resolution[0] & 0x80 else (10, resolution[0])
        offset = options.get(INTERFACE_OFFSET, b"")
        seconds = struct.unpack(f"{self._order}q", offset)[0] if len(offset) == 8 else 0
        self._links.append((self._reader.add_link(name, link_type), float(base**exponent), seconds))

    def _add_statistics(self, body: bytes) -> None:
        number = struct.unpack_from(f"{self._order}I", body)[0]
        if number >= len(self._links):
            return
        options = self._options(body[12:])
        counts = [options.get(code, b"") for code in (_STATISTICS_DROPPED_BY_INTERFACE, STATISTICS_OS_DROPPED)]
        told = [struct.unpack(f"{self._order}Q", count)[0] for count in counts if len(count) == 8]
        if told:
            self._reader.drops[self._links[number][0].number] = sum(told)

    def _options(self, data: bytes) -> dict[int, bytes]:
        """The options by their code, of each the first; what is cut off is left out."""
        found: dict[int, bytes] = {}
        place = 0
        while place + 4 <= len(data):
            code, length = struct.unpack_from(f"{self._order}HH", data, place)
            place += 4
            if code == OPTION_END or place + length > len(data):
                break
            found.setdefault(code, data[place : place + length])
            place += length + -length % 4
        return found


def _sane(time: float) -> float:
    """A time that can be shown; 0 for others."""
    return time if 0 <= time <= _LATEST else 0.0


def _what_else(magic: bytes) -> str:
    if not magic:
        return "it is empty"
    for begin, name in _COMPRESSED.items():
        if magic.startswith(begin):
            return f"it is compressed ({name})"
    return f"it begins with {magic.hex(' ')}"
