"""Tests of net.multicast.packet_reading: packets from their network header on, whole, cut and strange."""

from __future__ import annotations

import ipaddress
import struct

import pytest

from net.multicast.packet_reading import ETH_ARP, ETH_IPV4, ETH_IPV6, Packet, read
from net.multicast.reporting import message


def _ipv4(protocol: int, body: bytes, group: str = "224.224.0.77", ttl: int = 1, options: bytes = b"") -> bytes:
    source = ipaddress.IPv4Address("192.168.1.20").packed
    head = bytes((0x45 + len(options) // 4, 0)) + struct.pack("!H", 20 + len(options) + len(body)) + bytes(4)
    return head + bytes((ttl, protocol, 0, 0)) + source + ipaddress.IPv4Address(group).packed + options + body


def _ipv6(following: int, body: bytes, group: str = "ff15::77", hops: int = 1) -> bytes:
    head = b"\x60\0\0\0" + struct.pack("!HBB", len(body), following, hops)
    return head + ipaddress.IPv6Address("fe80::20").packed + ipaddress.IPv6Address(group).packed + body


UDP = struct.pack("!HHHH", 40000, 23019, 8, 0)
QUERY = b"\x11\x01\0\0\0\0\0\0"
MLD_QUERY = b"\x3a\0\x05\x02\0\0\x01\0" + b"\x82\0\0\0"


@pytest.mark.parametrize(
    ("protocol", "packet", "expected"),
    [
        (ETH_IPV4, _ipv4(17, UDP), Packet("data", "192.168.1.20", "224.224.0.77", 1, 40000, 23019)),
        (
            ETH_IPV4,
            _ipv4(17, UDP, ttl=7, options=b"\x94\x04\0\0"),
            Packet("data", "192.168.1.20", "224.224.0.77", 7, 40000, 23019),
        ),
        (ETH_IPV4, _ipv4(2, QUERY, "224.0.0.1"), Packet("query", "192.168.1.20", "224.0.0.1", 1)),
        (ETH_IPV4, _ipv4(2, message(["224.224.0.77"]), "224.0.0.22"), None),
        (ETH_IPV4, _ipv4(103, b"\x20\0\0\0", "224.0.0.13"), Packet("hello", "192.168.1.20", "224.0.0.13", 1)),
        (ETH_IPV4, _ipv4(103, b"\x23\0\0\0", "224.0.0.13"), None),
        (ETH_IPV4, _ipv4(17, UDP, "192.168.1.23"), None),
        (ETH_IPV6, _ipv6(17, UDP), Packet("data", "fe80::20", "ff15::77", 1, 40000, 23019)),
        (ETH_IPV6, _ipv6(0, MLD_QUERY, "ff02::1"), Packet("query", "fe80::20", "ff02::1", 1)),
        (ETH_ARP, b"\0\x01\x08\0\x06\x04\0\x01" + bytes(6) + b"\xc0\xa8\x01\x17", Packet("arp", "192.168.1.23")),
        (ETH_ARP, b"\0\x06\x08\0\x06\x04\0\x01" + bytes(10), None),
        (0x88CC, UDP, None),
    ],
)
def test_a_packet_is_read_as_what_it_tells_of_multicast(protocol: int, packet: bytes, expected: Packet | None) -> None:
    assert read(protocol, packet) == expected


@pytest.mark.parametrize(
    ("protocol", "packet"),
    [(ETH_IPV4, _ipv4(17, UDP)), (ETH_IPV4, _ipv4(2, QUERY, "224.0.0.1")), (ETH_IPV6, _ipv6(0, MLD_QUERY, "ff02::1"))],
)
def test_a_packet_that_is_cut_anywhere_is_nothing(protocol: int, packet: bytes) -> None:
    whole = read(protocol, packet)
    told = {read(protocol, packet[:length]) for length in range(len(packet))}
    assert told <= {None, whole}
    assert read(protocol, packet[:20]) is None


def test_a_report_names_its_groups_and_its_checksum_is_right() -> None:
    made = message(["224.224.0.77", "239.1.2.3"])
    assert made[0] == 0x22
    assert struct.unpack("!H", made[6:8]) == (2,)
    assert made[8:16] == b"\x02\0\0\0\xe0\xe0\0\x4d"
    total = sum(struct.unpack(f"!{len(made) // 2}H", made))
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF
