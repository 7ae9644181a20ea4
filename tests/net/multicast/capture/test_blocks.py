"""Tests of net.multicast.capture.blocks: both formats in both byte orders, and files that lie."""

from __future__ import annotations

import io
import os
import random
import struct

import pytest

from net.multicast.capture.blocks import MOST_BLOCK, MOST_INTERFACES, CaptureReader, DamagedError, NotACaptureError
from tests.net.multicast.capture import files
from tests.net.multicast.capture.files import Order

FUZZED = int(os.environ.get("LANSCOUT_FUZZ", "5000"))
PCAPNG = (
    files.section()
    + files.interface(1, files.option(2, b"en0"), files.option(9, b"\x09"))
    + files.packet(b"one", 1_700_000_000_000_000_001)
    + files.block(0x0BAD, b"whatever")
    + files.packet(b"second", 1_700_000_000_500_000_000, files.option(4, struct.pack("<Q", 5)))
)


def _read(data: bytes) -> list[tuple[str, int, float, bytes, int]]:
    return [
        (each.link.name, each.link.type, each.time, each.data, each.dropped) for each in CaptureReader(io.BytesIO(data))
    ]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "digits"), [(0xA1B2C3D4, 6), (0xA1B23C4D, 9)])
def test_pcap_is_read_in_both_orders_and_resolutions(order: Order, magic: int, digits: int) -> None:
    time = 1_700_000_000 + 123_456_789 / 1e9
    found = _read(files.pcap((time, b"abc"), (time + 1, b""), order=order, link=101, magic=magic))
    assert [(name, link, data) for name, link, _, data, _ in found] == [("#0", 101, b"abc"), ("#0", 101, b"")]
    assert found[0][2] == pytest.approx(round(time, digits), abs=1e-7)


def test_pcapng_is_read_with_its_interfaces_times_and_drops() -> None:
    first, second = _read(PCAPNG)
    assert (first[:2], first[3:]) == (("en0", 1), (b"one", 0))
    assert (second[:2], second[3:]) == (("en0", 1), (b"second", 5))
    assert (first[2], second[2]) == pytest.approx((1_700_000_000.0, 1_700_000_000.5))


@pytest.mark.parametrize("order", ["<", ">"])
def test_sections_of_either_order_may_follow_each_other(order: Order) -> None:
    other = files.section(order) + files.interface(113, order=order) + files.packet(b"x", 5_000_000, order=order)
    found = _read(PCAPNG + other)
    assert found[2] == ("#1", 113, 5.0, b"x", 0)


@pytest.mark.parametrize(
    ("options", "ticks", "time"),
    [
        ((), 1_500_000, 1.5),
        ((files.option(9, b"\x00"),), 7, 7.0),
        ((files.option(9, b"\x8a"),), 512, 0.5),
        ((files.option(9, b"\x03"), files.option(14, struct.pack("<q", 1000))), 250, 1000.25),
        ((files.option(9, b"\x00"),), 1 << 63, 0.0),
        ((files.option(14, struct.pack("<q", -(10**9))),), 0, 0.0),
        ((files.option(9, b"\x7f"),), 1 << 63, 0.0),
    ],
)
def test_times_follow_the_resolution_and_offset_of_the_interface(
    options: tuple[bytes, ...], ticks: int, time: float
) -> None:
    found = _read(files.section() + files.interface(1, *options) + files.packet(b"", ticks))
    assert found[0][2] == pytest.approx(time)


def test_simple_and_old_packets_are_read() -> None:
    simple = files.block(3, struct.pack("<I", 3) + b"abc")
    old = files.block(2, struct.pack("<HHIIII", 0, 4, 0, 2_000_000, 3, 3) + b"old")
    found = _read(files.section() + files.interface() + simple + old)
    assert [(data, time, dropped) for _, _, time, data, dropped in found] == [(b"abc", 0.0, 0), (b"old", 2.0, 4)]


def test_a_name_from_the_file_is_made_visible() -> None:
    name = b"\x1b]0;evil\x07" + b"x" * 500
    ((shown, *_),) = _read(files.section() + files.interface(1, files.option(2, name)) + files.packet(b"", 0))
    assert shown.startswith("␛]0;evil␇")
    assert len(shown) <= 64


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"root:x:0", "begins with 72"),
        (b"\x0a\x0d", "begins with"),
    ],
)
def test_what_is_no_capture_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(NotACaptureError, match=why):
        CaptureReader(io.BytesIO(data))


def _patched(data: bytes, place: int, value: int) -> bytes:
    return data[:place] + struct.pack("<I", value) + data[place + 4 :]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (_patched(PCAPNG, 4, 0xFFFFFFFC), "section's block claims"),
        (_patched(PCAPNG, 4, 27), "section's block claims"),
        (_patched(PCAPNG, 8, 0), "no byte order"),
        (_patched(PCAPNG, 24, 32), "another length"),
        (_patched(PCAPNG, 32, 0xFFFFFFFC), "claims to have 4294967292"),
        (_patched(PCAPNG, 32, 8), "claims to have 8"),
        (_patched(PCAPNG, 32, 33), "claims to have 33"),
        (files.section() + files.packet(b"x", 0), "not described"),
        (files.section() + files.interface() + files.block(6, bytes(8)), "shorter"),
        (
            files.section() + files.interface() + files.block(6, struct.pack("<IIIII", 0, 0, 0, 99, 99)),
            "more than its block",
        ),
        (files.pcap((1.0, b"abc"))[:-1], "1 bytes too early"),
        (files.pcap((1.0, b"abc")) + b"\0", "too early"),
        (_patched(files.pcap((1.0, b"abc")), 32, 0x7FFFFFFF), "claims to have 2147483647"),
        (files.section() + files.interface() * (MOST_INTERFACES + 1), "more than"),
    ],
)
def test_a_file_that_lies_is_damaged_and_takes_no_memory(data: bytes, why: str) -> None:
    with pytest.raises(DamagedError, match=why):
        list(CaptureReader(io.BytesIO(data)))


def test_what_stands_before_the_damage_is_read() -> None:
    reader = CaptureReader(io.BytesIO(PCAPNG[:-5]))
    packets = iter(reader)
    assert next(packets).data == b"one"
    with pytest.raises(DamagedError):
        next(packets)


def test_a_large_block_of_unknown_type_is_skipped_unread() -> None:
    large = struct.pack("<II", 0x0BAD, MOST_BLOCK + 12) + bytes(MOST_BLOCK) + struct.pack("<I", MOST_BLOCK + 12)
    assert [data for *_, data, _ in _read(PCAPNG + large + files.packet(b"end", 0))] == [b"one", b"second", b"end"]


@pytest.mark.parametrize("left", [8, 1000, MOST_BLOCK, MOST_BLOCK + 11])
def test_a_file_cut_in_a_large_block_of_unknown_type_is_damaged(left: int) -> None:
    large = struct.pack("<II", 0x0BAD, MOST_BLOCK + 12) + bytes(MOST_BLOCK) + struct.pack("<I", MOST_BLOCK + 12)
    with pytest.raises(DamagedError, match="too early"):
        list(CaptureReader(io.BytesIO(PCAPNG + large[:left])))


@pytest.mark.parametrize("size", range(len(PCAPNG)))
def test_a_file_cut_anywhere_is_read_as_far_as_it_goes(size: int) -> None:
    data: list[bytes] = []
    try:
        for packet in CaptureReader(io.BytesIO(PCAPNG[:size])):
            data.append(packet.data)
    except (DamagedError, NotACaptureError):
        pass
    assert data == [b"one", b"second"][: len(data)]


def test_mutated_files_are_survived() -> None:
    chance = random.Random(101)
    samples = (PCAPNG, files.pcap((1.0, b"abc"), (2.0, b"defg")))
    for _ in range(FUZZED):
        mutated = bytearray(chance.choice(samples))
        for _ in range(chance.randint(1, 4)):
            mutated[chance.randrange(len(mutated))] = chance.choice((0, 1, 4, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        try:
            for packet in CaptureReader(io.BytesIO(mutated)):
                assert len(packet.data) <= len(mutated)
        except (DamagedError, NotACaptureError):
            continue
