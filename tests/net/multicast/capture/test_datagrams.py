"""Tests of net.multicast.capture.datagrams and pcapng: what is written is read back, and its checksums are right."""

from __future__ import annotations

import io
import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.multicast.capture.blocks import CaptureReader, Packet
from net.multicast.capture.datagrams import MOST_HEADERS, DatagramBlocks
from net.multicast.capture.frames import datagram
from net.multicast.capture.pcapng import interface, section, statistics

TIME = 1_795_496_779_681_333_811
PLACES = {4: ("192.168.1.20", "239.66.0.7"), 6: ("fe80::20%en0", "ff02::4d")}


def _file(*blocks: bytes) -> list[Packet]:
    return list(CaptureReader(io.BytesIO(section("test", "linux", "é") + interface("en0") + b"".join(blocks))))


def _blocks(version: int, source_port: int = 4000) -> DatagramBlocks:
    source, group = PLACES[version]
    return DatagramBlocks(0, ipaddress.ip_address(group), 5004, lambda _key: (source, source_port))


def _sum(data: bytes) -> int:
    """The Internet checksum's sum, word by word (RFC 1071)."""
    data += bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(
    st.sampled_from([4, 6]),
    st.binary(max_size=200),
    st.integers(0, 255),
    st.integers(1, 65535),
    st.integers(0, 2**63),
    st.integers(0, 2**40),
)
def test_what_is_written_is_read_back(
    version: int, payload: bytes, ttl: int, source_port: int, time: int, drops: int
) -> None:
    blocks = _blocks(version, source_port)
    made = (
        blocks.block_after_drops(drops, time, b"key", ttl, payload)
        if drops
        else blocks.block(time, b"key", ttl, payload)
    )
    (packet,) = _file(b"".join(made))
    frame = datagram(packet.link.type, packet.data)
    source, group = (ipaddress.ip_address(text.partition("%")[0]).packed for text in PLACES[version])
    assert frame == (source, source_port, group, 5004, ttl, len(payload), payload)
    assert packet.time == pytest.approx(time / 1e9)
    assert (packet.length, packet.dropped, packet.link.name) == (len(packet.data), drops, "en0")


@given(st.sampled_from([4, 6]), st.binary(max_size=200), st.integers(0, 255))
def test_checksums_are_right(version: int, payload: bytes, ttl: int) -> None:
    (packet,) = _file(b"".join(_blocks(version).block(TIME, b"key", ttl, payload)))
    data = packet.data
    header, addresses = (20, data[12:20]) if version == 4 else (40, data[8:40])
    udp = data[header:]
    assert version == 6 or _sum(data[:20]) == 0xFFFF
    assert _sum(addresses + struct.pack("!HH", 17, len(udp)) + udp) == 0xFFFF
    assert udp[6:8] != b"\0\0", "zero would mean that there is no checksum (RFC 768)"


@pytest.mark.parametrize("payload", [b"", b"\0", b"\xff\xff" * 10, bytes(65507 - 20), b"\xff" * 65487])
def test_payloads_at_the_edges(payload: bytes) -> None:
    (packet,) = _file(b"".join(_blocks(4).block(TIME, b"key", None, payload)))
    frame = datagram(packet.link.type, packet.data)
    assert (frame.payload, frame.ttl) == (payload, 0)


def test_nanoseconds_are_kept() -> None:
    block = b"".join(_blocks(4).block(TIME, b"key", 1, b""))
    high, low = struct.unpack_from("!II", block, 12)
    assert high << 32 | low == TIME


def test_headers_remembered_are_bounded() -> None:
    blocks = _blocks(4)
    for number in range(MOST_HEADERS + 10):
        blocks.block(TIME, number.to_bytes(4, "big"), 1, b"")
    assert len(blocks._headers) <= MOST_HEADERS


def test_the_totals_of_an_interface_are_read() -> None:
    totals = statistics(0, TIME, received=10, dropped=3, delivered=7)
    reader = CaptureReader(io.BytesIO(section("test", "linux", "") + interface("en0") + totals))
    assert list(reader) == []
    assert reader.drops == {0: 3}
