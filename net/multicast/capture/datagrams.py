"""Makes packets of what a socket received: IP and UDP headers with true addresses, ports, TTL, lengths and checksums.

What a socket is not told is left at the usual value: identification 0 with DF (RFC 6864), DSCP and flow label 0. A
datagram that came in fragments is written whole. A TTL the system did not tell is written as 0.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable
from typing import NamedTuple

from net.multicast.capture.pcapng import PACKET, PACKET_HEAD, PACKET_OVERHEAD, TAIL, drops_option, padding
from net.platform.batch import SourceKey
from net.sockets import IPAddress

UDP = 17
DONT_FRAGMENT = 0x4000
MOST_HEADERS = 4096
"""Headers remembered; a stream needs one for each of its sizes."""
LARGEST_PAYLOAD = 65535 - 28
_V4 = struct.Struct("!BBHHHBBH4s4s")
_V6 = struct.Struct("!IHBB16s16s")
_UDP_HEAD = struct.Struct("!HHH")
_CHECKSUM = struct.Struct("!H")


class Header(NamedTuple):
    """What is alike for all packets of one sender, size and TTL.

    ``before``: the headers up to the UDP checksum; ``sum``: the checksum's part of pseudo header and UDP header;
    ``length``: of the packet; ``after``: padding.
    """

    before: bytes
    sum: int
    length: int
    after: bytes


class DatagramBlocks:
    """Makes Enhanced Packet Blocks of the datagrams to one group and port."""

    def __init__(self, group: IPAddress, port: int, source: Callable[[SourceKey], tuple[str, int]]) -> None:
        self._group = group
        self._port = port
        self._source = source
        self._headers: dict[tuple[SourceKey, int, int], Header] = {}

    def block(
        self, interface: int, time: int, source: SourceKey, ttl: int | None, payload: bytes, drops: int = 0
    ) -> tuple[bytes, ...]:
        """The pieces of a block: ``time`` in ns since the epoch; ``drops`` were dropped by this host before it."""
        size = len(payload)
        key = (source, size, ttl or 0)
        header = self._headers.get(key)
        if header is None:
            header = self._remember(key)
        # The sum of 16-bit words with end-around carry is the number they make modulo 65,535 (RFC 1071).
        words = int.from_bytes(payload, "big") % 65535
        total = header.sum + (words << 8 if size & 1 else words)
        options = drops_option(drops) if drops else b""
        length = PACKET_OVERHEAD + header.length + len(header.after) + len(options)
        return (
            PACKET_HEAD.pack(PACKET, length, interface, time >> 32, time & 0xFFFFFFFF, header.length, header.length),
            header.before,
            _CHECKSUM.pack(65535 - total % 65535),
            payload,
            header.after,
            options,
            TAIL.pack(length),
        )

    def _remember(self, key: tuple[SourceKey, int, int]) -> Header:
        if len(self._headers) >= MOST_HEADERS:
            self._headers.clear()
        source, size, ttl = key
        address, port = self._source(source)
        packed = ipaddress.ip_address(address.partition("%")[0]).packed
        header = self._headers[key] = _header(packed, port, self._group.packed, self._port, size, ttl)
        return header


def _header(source: bytes, source_port: int, group: bytes, port: int, size: int, ttl: int) -> Header:
    udp_length = _UDP_HEAD.size + _CHECKSUM.size + size
    udp = _UDP_HEAD.pack(source_port, port, udp_length)
    if len(group) == 4:
        length = _V4.size + udp_length
        fields = (0x45, 0, length, 0, DONT_FRAGMENT, ttl, UDP)
        checksum = 65535 - int.from_bytes(_V4.pack(*fields, 0, source, group), "big") % 65535
        ip = _V4.pack(*fields, checksum, source, group)
    else:
        length = _V6.size + udp_length
        ip = _V6.pack(6 << 28, udp_length, UDP, ttl, source, group)
    pseudo = int.from_bytes(source + group, "big") + UDP + udp_length
    return Header(ip + udp, pseudo + int.from_bytes(udp, "big"), length, padding(length))
