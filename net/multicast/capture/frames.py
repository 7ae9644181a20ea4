"""Finds the UDP datagram in a captured packet: link layer, IP, UDP, each checked against what is there."""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

Reason = Literal["not_ip", "not_udp", "not_multicast", "fragment", "malformed", "link"]

# https://www.tcpdump.org/linktypes.html
NULL, ETHERNET, RAW, LOOP, LINUX_SLL, IPV4, IPV6, LINUX_SLL2 = 0, 1, 101, 108, 113, 228, 229, 276
_OTHER_RAW = (12, 14)
_ETHERTYPES = {0x0800: 4, 0x86DD: 6}
_VLAN_TAGS = (0x8100, 0x88A8, 0x9100)
_MOST_TAGS = 4
_EXTENSIONS = (0, 43, 60)
"""IPv6 hop-by-hop options, routing and destination options: all begin with the next header and their length."""
_FRAGMENT = 44
_MOST_EXTENSIONS = 8
_UDP = 17


class Frame(NamedTuple):
    """A UDP datagram to a group; ``size`` is that of the payload sent, of which the capture may hold a part.

    Addresses are packed: 4 or 16 bytes.
    """

    source: bytes
    source_port: int
    group: bytes
    port: int
    ttl: int
    size: int
    payload: bytes


class _Ip(NamedTuple):
    source: bytes
    destination: bytes
    ttl: int
    udp: memoryview


class NoDatagramError(Exception):
    """The packet holds no datagram to a group; ``reason`` says which kind of packet it is instead."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def datagram(link_type: int, data: bytes) -> Frame:
    """The datagram in a packet of that link type. Raises NoDatagramError."""
    try:
        packet = _network_layer(link_type, memoryview(data))
        ip = _ipv4(packet) if packet[0] >> 4 == 4 else _ipv6(packet)
        source_port, port, length = struct.unpack_from("!HHH", ip.udp)
    except (struct.error, IndexError):
        raise NoDatagramError("malformed") from None
    if length < 8:
        raise NoDatagramError("malformed")
    # 224.0.0.0/4, ff00::/8
    first = ip.destination[0]
    if first != 0xFF if len(ip.destination) == 16 else first >> 4 != 0xE:
        raise NoDatagramError("not_multicast")
    return Frame(ip.source, source_port, ip.destination, port, ip.ttl, length - 8, bytes(ip.udp[8:length]))


def _network_layer(link_type: int, data: memoryview) -> memoryview:
    """The IP packet. Raises NoDatagramError, and struct.error or IndexError where the data end before it."""
    if link_type == ETHERNET:
        return _by_ethertype(data, 12)
    if link_type == LINUX_SLL:
        return _by_ethertype(data, 14)
    if link_type == LINUX_SLL2:
        return _if_ip(data[20:], _ETHERTYPES.get(struct.unpack_from("!H", data)[0]))
    if link_type in (NULL, LOOP):
        # The address family is the capturing system's own, in its own byte order: the packet tells it better.
        return _if_ip(data[4:], None if len(data) < 5 else data[4] >> 4)
    if link_type in (RAW, IPV4, IPV6, *_OTHER_RAW):
        return _if_ip(data, data[0] >> 4)
    raise NoDatagramError("link")


def _by_ethertype(data: memoryview, place: int) -> memoryview:
    for _ in range(_MOST_TAGS):
        ethertype = struct.unpack_from("!H", data, place)[0]
        if ethertype not in _VLAN_TAGS:
            return _if_ip(data[place + 2 :], _ETHERTYPES.get(ethertype))
        place += 4
    raise NoDatagramError("not_ip")


def _if_ip(packet: memoryview, version: int | None) -> memoryview:
    if version not in (4, 6):
        raise NoDatagramError("not_ip")
    if packet[0] >> 4 != version:
        raise NoDatagramError("malformed")
    return packet


def _ipv4(packet: memoryview) -> _Ip:
    first, _tos, length, _id, fragment, ttl, protocol = struct.unpack_from("!BBHHHBB", packet)
    header = (first & 0x0F) * 4
    if header < 20 or length < header or len(packet) < header:
        raise NoDatagramError("malformed")
    if protocol != _UDP:
        raise NoDatagramError("not_udp")
    if fragment & 0x3FFF:
        raise NoDatagramError("fragment")
    return _Ip(bytes(packet[12:16]), bytes(packet[16:20]), ttl, packet[header:length])


def _ipv6(packet: memoryview) -> _Ip:
    _flow, length, following, hops = struct.unpack_from("!IHBB", packet)
    if len(packet) < 40:
        raise NoDatagramError("malformed")
    rest = packet[40 : 40 + length]
    for _ in range(_MOST_EXTENSIONS):
        if following not in _EXTENSIONS:
            break
        following, units = struct.unpack_from("!BB", rest)
        rest = rest[8 + units * 8 :]
    if following == _FRAGMENT:
        following, _reserved, place = struct.unpack_from("!BBH", rest)
        # An atomic fragment (RFC 6946) is whole.
        if place & 0xFFF9:
            raise NoDatagramError("fragment")
        rest = rest[8:]
    if following != _UDP:
        raise NoDatagramError("not_udp")
    return _Ip(bytes(packet[8:24]), bytes(packet[24:40]), hops, rest)
