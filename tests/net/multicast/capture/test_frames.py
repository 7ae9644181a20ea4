"""Tests of net.multicast.capture.frames."""

from __future__ import annotations

import ipaddress
import random
import struct

import pytest

from net.multicast.capture import frames
from net.multicast.capture.frames import Frame, NoDatagramError, datagram
from tests.net.multicast.capture.files import GROUP, GROUP_V6, SOURCE, SOURCE_V6, ethernet, ipv4, ipv6, udp

V4, V6 = ipv4(udp(b"hello")), ipv6(udp(b"hello"))
FRAME_V4 = Frame(ipaddress.ip_address(SOURCE).packed, 4000, ipaddress.ip_address(GROUP).packed, 5004, 7, 5, b"hello")
FRAME_V6 = FRAME_V4._replace(source=ipaddress.ip_address(SOURCE_V6).packed, group=ipaddress.ip_address(GROUP_V6).packed)
ATOMIC = struct.pack("!BBHI", 17, 0, 0, 1)
HOP_BY_HOP = bytes([60, 0]) + bytes(6)
DESTINATION = bytes([17, 1]) + bytes(14)


@pytest.mark.parametrize(
    ("link", "data", "expected"),
    [
        (1, ethernet(V4), FRAME_V4),
        (1, ethernet(V6), FRAME_V6),
        (1, ethernet(V4, 0x8100), FRAME_V4),
        (1, ethernet(V6, 0x88A8, 0x8100), FRAME_V6),
        (1, ethernet(V4) + bytes(20), FRAME_V4),
        (101, V4, FRAME_V4),
        (101, V6, FRAME_V6),
        (12, V4, FRAME_V4),
        (228, V4, FRAME_V4),
        (229, V6, FRAME_V6),
        (113, bytes(14) + b"\x08\x00" + V4, FRAME_V4),
        (276, b"\x86\xdd" + bytes(18) + V6, FRAME_V6),
        (0, b"\x02\0\0\0" + V4, FRAME_V4),
        (0, b"\x1e\0\0\0" + V6, FRAME_V6),
        (108, b"\0\0\0\x02" + V4, FRAME_V4),
        (101, ipv4(udp(b"hello"), options=bytes(8)), FRAME_V4),
        (101, ipv6(ATOMIC + udp(b"hello"), following=44), FRAME_V6),
        (101, ipv6(HOP_BY_HOP + DESTINATION + udp(b"hello"), following=0), FRAME_V6),
        (101, V4[:-3], FRAME_V4._replace(payload=b"he")),
        (101, ipv4(udp(b"hello", length=9)), FRAME_V4._replace(payload=b"h", size=1)),
        (101, ipv4(udp(b"hello", length=500)), FRAME_V4._replace(size=492)),
    ],
)
def test_the_datagram_is_found_behind_every_link_layer(link: int, data: bytes, expected: Frame) -> None:
    assert datagram(link, data) == expected


@pytest.mark.parametrize(
    ("link", "data", "reason"),
    [
        (1, bytes(12) + b"\x08\x06" + bytes(28), "not_ip"),
        (1, ethernet(V4, *[0x8100] * 5), "not_ip"),
        (101, ipv4(b"\0" * 20, protocol=6), "not_udp"),
        (101, ipv6(b"\0" * 20, following=58), "not_udp"),
        (101, ipv4(udp(b"x"), group="192.168.1.23"), "not_multicast"),
        (101, ipv4(udp(b"x"), group="255.255.255.255"), "not_multicast"),
        (101, ipv6(udp(b"x"), group="fd66:1::23"), "not_multicast"),
        (101, ipv4(udp(b"x"), fragment=0x2000), "fragment"),
        (101, ipv4(b"xxxxxxxx", fragment=3), "fragment"),
        (101, ipv6(struct.pack("!BBHI", 17, 0, 8, 1) + udp(b"x"), following=44), "fragment"),
        (101, ipv4(udp(b"x", length=7)), "malformed"),
        (101, ipv4(b"abc"), "malformed"),
        (101, V4[:19], "malformed"),
        (101, V6[:39], "malformed"),
        (101, b"", "malformed"),
        (101, b"\x50" + V4[1:], "not_ip"),
        (101, b"\x44" + V4[1:], "malformed"),
        (1, b"", "malformed"),
        (1, ethernet(V4)[:14], "malformed"),
        (1, ethernet(V4)[:14] + V6, "malformed"),
        (0, b"\x02\0\0", "not_ip"),
        (147, V4, "link"),
    ],
)
def test_what_is_no_datagram_to_a_group_says_what_it_is(link: int, data: bytes, reason: str) -> None:
    with pytest.raises(NoDatagramError) as failure:
        datagram(link, data)
    assert failure.value.reason == reason


def test_any_bytes_are_survived() -> None:
    chance = random.Random(1)
    links = [frames.NULL, frames.ETHERNET, frames.RAW, frames.LINUX_SLL, frames.LINUX_SLL2, 9999]
    samples = [ethernet(V4, 0x8100), V6, ipv6(HOP_BY_HOP + DESTINATION + udp(b"hello"), following=0)]
    for _ in range(20000):
        data = bytearray(chance.choice(samples))
        for _ in range(chance.randint(0, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            found = datagram(chance.choice(links), bytes(data[: chance.randint(0, len(data))]))
        except NoDatagramError:
            continue
        assert len(found.payload) <= found.size
