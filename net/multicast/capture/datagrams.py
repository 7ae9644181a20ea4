"""Makes packets of what a socket received: IP and UDP headers with true addresses, ports, TTL, lengths and checksums.

What a socket is not told is left at the usual value: identification 0 with DF (RFC 6864), DSCP and flow label 0. A
datagram that came in fragments is written whole. A TTL the system did not tell is written as 0.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable
from typing import NamedTuple

from net.multicast.capture.pcapng import HEAD, PACKET, PACKET_OVERHEAD, TAIL, drops_option, padding
from net.platform.batch import SourceKey
from net.sockets import IPAddress

UDP = 17
DONT_FRAGMENT = 0x4000
MOST_HEADERS = 4096
"""Headers remembered; a stream needs one for each of its sizes."""
_V4 = struct.Struct("!BBHHHBBH4s4s")
_V6 = struct.Struct("!IHBB16s16s")
_BEGIN = struct.Struct("!III")
_LENGTHS = struct.Struct("!II")
_UDP_HEAD = struct.Struct("!HHH")
_CHECKSUM = struct.Struct("!H")


class Header(NamedTuple):
    """What is alike for all packets of one sender, size and TTL.

    ``pack`` makes the block up to the UDP checksum, out of ``begin``, the time in nanoseconds, ``middle`` and the
    checksum, of which ``sum`` is the part of pseudo header and UDP header. ``length`` is the packet's.
    """

    pack: Callable[[bytes, int, bytes, int], bytes]
    begin: bytes
    middle: bytes
    sum: int
    end: bytes
    length: int


class DatagramBlocks:
    """Makes Enhanced Packet Blocks of the datagrams to one group and port that arrive on one interface.

    ``interface`` is the number of its block in the file.
    """

    def __init__(
        self, interface: int, group: IPAddress, port: int, source: Callable[[SourceKey], tuple[str, int]]
    ) -> None:
        self._interface = interface
        self._group = group
        self._port = port
        self._source = source
        self._headers: dict[tuple[SourceKey, int, int | None], Header] = {}

    def block(self, time: int, source: SourceKey, ttl: int | None, payload: bytes) -> tuple[bytes, bytes, bytes]:
        """The pieces of a block; ``time`` in nanoseconds since the epoch."""
        size = len(payload)
        header = self._headers.get((source, size, ttl)) or self._remember(source, size, ttl)
        # The sum of 16-bit words with end-around carry is the number they make modulo 65,535 (RFC 1071).
        words = int.from_bytes(payload, "big") % 65535
        total = header.sum + (words << 8 if size & 1 else words)
        return header.pack(header.begin, time, header.middle, 65535 - total % 65535), payload, header.end

    def block_after_drops(
        self, drops: int, time: int, source: SourceKey, ttl: int | None, payload: bytes
    ) -> tuple[bytes, ...]:
        """As ``block``, of a packet before which this host dropped ``drops``."""
        head, _, end = self.block(time, source, ttl, payload)
        options = drops_option(drops)
        length = len(head) + len(payload) + len(end) + len(options)
        return (
            HEAD.pack(PACKET, length) + head[HEAD.size :],
            payload,
            end[: -TAIL.size],
            options,
            TAIL.pack(length),
        )

    def _remember(self, source: SourceKey, size: int, ttl: int | None) -> Header:
        if len(self._headers) >= MOST_HEADERS:
            self._headers.clear()
        address, port = self._source(source)
        packed = ipaddress.ip_address(address.partition("%")[0]).packed
        udp = _UDP_HEAD.pack(port, self._port, _UDP_HEAD.size + _CHECKSUM.size + size)
        ip = _ip_header(packed, self._group.packed, len(udp) + _CHECKSUM.size + size, ttl or 0)
        length = len(ip) + len(udp) + _CHECKSUM.size + size
        after = padding(length)
        total = PACKET_OVERHEAD + length + len(after)
        middle = _LENGTHS.pack(length, length) + ip + udp
        pseudo = int.from_bytes(packed + self._group.packed, "big") + UDP + len(udp) + _CHECKSUM.size + size
        header = self._headers[source, size, ttl] = Header(
            struct.Struct(f"!{_BEGIN.size}sQ{len(middle)}sH").pack,
            _BEGIN.pack(PACKET, total, self._interface),
            middle,
            pseudo + int.from_bytes(udp, "big"),
            after + TAIL.pack(total),
            length,
        )
        return header


def _ip_header(source: bytes, group: bytes, length: int, ttl: int) -> bytes:
    """Of a packet with ``length`` bytes after it."""
    if len(group) == 16:
        return _V6.pack(6 << 28, length, UDP, ttl, source, group)
    fields = (0x45, 0, _V4.size + length, 0, DONT_FRAGMENT, ttl, UDP)
    checksum = 65535 - int.from_bytes(_V4.pack(*fields, 0, source, group), "big") % 65535
    return _V4.pack(*fields, checksum, source, group)
