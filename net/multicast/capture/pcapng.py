"""The blocks of a pcapng file as bytes: draft-ietf-opsawg-pcapng, sections 4.1 to 4.6.

Written in network byte order, times in nanoseconds. Packets begin with their IP header (LINKTYPE_RAW): what a socket
receives tells nothing of the Ethernet header it came with, and none is invented.
"""

from __future__ import annotations

import struct
from typing import Final

SECTION, INTERFACE, STATISTICS, PACKET = 0x0A0D0D0A, 1, 5, 6
BYTE_ORDER = 0x1A2B3C4D
LINKTYPE_RAW = 101
NANOSECONDS: Final = 9
"""The value of if_tsresol: times count 10^-9 s."""
SECTION_LENGTH_UNKNOWN = 0xFFFFFFFFFFFFFFFF

OPTION_END, OPTION_COMMENT = 0, 1
SECTION_OS, SECTION_APPLICATION = 3, 4
INTERFACE_NAME, INTERFACE_RESOLUTION, INTERFACE_OFFSET = 2, 9, 14
PACKET_DROPS = 4
STATISTICS_RECEIVED, STATISTICS_OS_DROPPED, STATISTICS_DELIVERED = 4, 7, 8

HEAD = struct.Struct("!II")
TAIL = struct.Struct("!I")
PACKET_OVERHEAD = 32
"""Bytes of a packet's block beside the packet: type, length, interface, time (8), two lengths, length again."""
_OPTION = struct.Struct("!HH")


def section(application: str, system: str, comment: str) -> bytes:
    """The block a file begins with."""
    fixed = struct.pack("!IHHQ", BYTE_ORDER, 1, 0, SECTION_LENGTH_UNKNOWN)
    return _block(
        SECTION,
        fixed,
        (OPTION_COMMENT, comment.encode()),
        (SECTION_OS, system.encode()),
        (SECTION_APPLICATION, application.encode()),
    )


def interface(name: str) -> bytes:
    """An interface; they are numbered in the order of their blocks, from 0."""
    fixed = struct.pack("!HHI", LINKTYPE_RAW, 0, 0)
    return _block(INTERFACE, fixed, (INTERFACE_NAME, name.encode()), (INTERFACE_RESOLUTION, bytes((NANOSECONDS,))))


def drops_option(count: int) -> bytes:
    """The options of a packet before which ``count`` were dropped by this host."""
    return _options((PACKET_DROPS, struct.pack("!Q", count)))


def statistics(number: int, time: int, *, received: int, dropped: int | None, delivered: int) -> bytes:
    """The totals of an interface at ``time`` (ns since the epoch): ``dropped`` by this host (None: unknown)."""
    options = [(STATISTICS_RECEIVED, struct.pack("!Q", received))]
    if dropped is not None:
        options.append((STATISTICS_OS_DROPPED, struct.pack("!Q", dropped)))
    options.append((STATISTICS_DELIVERED, struct.pack("!Q", delivered)))
    return _block(STATISTICS, struct.pack("!III", number, time >> 32, time & 0xFFFFFFFF), *options)


def padding(length: int) -> bytes:
    """Zeros up to the next multiple of four."""
    return bytes(-length % 4)


def _block(kind: int, fixed: bytes, *options: tuple[int, bytes]) -> bytes:
    body = fixed + _options(*options)
    length = HEAD.size + len(body) + TAIL.size
    return HEAD.pack(kind, length) + body + TAIL.pack(length)


def _options(*options: tuple[int, bytes]) -> bytes:
    parts = [_OPTION.pack(code, len(value)) + value + padding(len(value)) for code, value in options]
    return b"".join(parts) + _OPTION.pack(OPTION_END, 0)
