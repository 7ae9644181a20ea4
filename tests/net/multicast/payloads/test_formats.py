"""Tests of the payload formats: bytes taken from the senders or put together by hand, and bytes of no format."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from net.multicast.payloads import (
    hirschmann,
    iperf,
    lanscout,
    mcjoin,
    mctool,
    mgen,
    mping,
    msend,
    ping,
    rtp,
    transport_stream,
)
from net.multicast.payloads.format import Format, Reading
from net.multicast.payloads.lanscout import NUMBERED_BYTES, numbered_payload
from net.multicast.payloads.registry import FORMATS, candidates, recognise

MCJOIN = b"Sender PID 4711, MC group 225.1.2.3 ... count: 12, freq: 100".ljust(100, b"\0")
MCJOIN_V6 = b"Sender PID 1, MC group ff2e::42 ... count: 4294967296, freq: 1000\0"
MPING_HEAD = b"2.1\0s\x01\0\0" + b"\x02\0" + bytes(254)
MPING_64 = MPING_HEAD + bytes.fromhex("0000000c 6712 0000 00015180 00000000 0007a120 00000000")
MPING_32 = MPING_HEAD + bytes.fromhex("0000000c 6712 0000 00015180 0007a120")
MPING_REPLY = MPING_64.replace(b"2.1\0s", b"2.1\0r")
# Captured from iperf 2.1.8 (-l 100): the first, and the last after five.
IPERF = bytes.fromhex(
    "00000001 6b0514d0 00016c03 00000000 48010098 00000001 0000176f 00000064 00000000 000001f4 00000000 00000000"
    "00000000 00020001 00080003 00000000 00000014 00000000"
).ljust(100, b"\0")
IPERF_LAST = bytes.fromhex("fffffffa 6b0514d0 00047a7d ffffffff") + IPERF[16:]
IPERF_BEYOND_32 = bytes.fromhex("00000002 6b0514d0 00016c03 00000001") + IPERF[16:]
IPERF_LAST_BEYOND_32 = bytes.fromhex("fffffffe 6b0514d0 00016c03 fffffffe") + IPERF[16:]
IPERF_LEGACY = bytes.fromhex("00000007 4e0514d0 000f423f 00000000 00000000")
IPERF_LEGACY_LAST = bytes.fromhex("fffffff8 4e0514d0 000f423f 00000000 00000000")
IPERF_SHORT = bytes.fromhex("00000007 4e0514d0 000f423f 00000000")
# Captured from mgen 5.02b.
MGEN = bytes.fromhex(
    "003c0208 00000007 00000003 6b0514d3 000ec8d0 176f0104 ef010203 00000000 04376820 04376820 fffffc19"
).ljust(60, b"\0")
MGEN_V6 = bytes.fromhex(
    "002c0200 00000001 ffffffff 6b0514d3 00000000 176f0210 ff150000000000000000000000000077 00000000"
)
HIRSCHMANN = b"Hirschmann IP Test-Multicast\0" + bytes.fromhex("0102 00000f00 0064 20 00000000 a5a5")
MCTOOL = bytes.fromhex(
    "0539 00000000 0001 00000004 0badcafe 0002 00000004 0000000a 0003 00000004 00000000 0004 00000004 00000005"
    "0005 00000008 0000018bcfe56800 0006 00000000 0007 00000000"
)
RTP_PCMU = bytes.fromhex("80 80 fffe 00001f40 deadbeef") + bytes(160)
RTP_DYNAMIC = bytes.fromhex("90 e0 0001 00001f40 deadbeef bede0001 10aa0000") + bytes(20)
RTP_PADDED = bytes.fromhex("a1 21 0001 00015f90 00000001 00000002") + b"data\0\0\0\x04"
ANSWER_V1 = bytes.fromhex("41 0001 0004 00001267 0002 0004 00000009 0003 0008 6b0514d0 00016c03 0004 0005 01 e82bd3ea")
ANSWER_V2 = bytes.fromhex(
    "41 0000 0001 02 0001 0018" + "ab" * 24 + "0002 0004 00000003 0003 0008 6b0514d0 00016c03"
    "0004 0006 0001 e82bd3ea 0009 0001 40 000c 0008 6b0514d0 0007a120"
)

CELL = struct.Struct(">BHB184s")


def cells(count: int, counter: int = 0, pid: int = 256) -> bytes:
    """``count`` cells of one PID with payload."""
    return b"".join(CELL.pack(0x47, pid, 0x10 | (counter + at) & 15, b"") for at in range(count))


@pytest.mark.parametrize(
    ("form", "payload", "reading"),
    [
        (lanscout.FORMAT, b"lanscout 0000002a 0000000007 1700000000250000....", (b"0000002a", 7, 1_700_000_000.25)),
        (mcjoin.FORMAT, MCJOIN, (b"4711", 12, None)),
        (mcjoin.FORMAT, MCJOIN_V6, (b"1", 1 << 32, None)),
        (msend.TEXT, b"71".ljust(1024, b"\0"), (0, 71, None)),
        (msend.TEXT, b"4294967295\r\n", (0, 4_294_967_295, None)),
        (msend.LITTLE_ENDIAN, b"\x07\x01\0\0", (0, 263, None)),
        (msend.BIG_ENDIAN, b"\0\0\x01\x07", (0, 263, None)),
        (mping.FORMAT, MPING_64, (b"g\x12\0\0", 12, 86_400.5)),
        (mping.FORMAT, MPING_32, (b"g\x12\0\0", 12, 86_400.5)),
        (mping.FORMAT, MPING_REPLY, (b"g\x12\0\0", 12, None)),
        (iperf.FORMAT, IPERF, (0, 1, 0x6B0514D0 + 0.093187)),
        (iperf.FORMAT, IPERF_LAST, (0, 6, 0x6B0514D0 + 0.293501)),
        (iperf.FORMAT, IPERF_BEYOND_32, (0, (1 << 32) + 2, 0x6B0514D0 + 0.093187)),
        (iperf.FORMAT, IPERF_LAST_BEYOND_32, (0, (1 << 32) + 2, 0x6B0514D0 + 0.093187)),
        (iperf.FORMAT, IPERF_LEGACY, (0, 7, 0x4E0514D0 + 0.999999)),
        (iperf.FORMAT, IPERF_LEGACY_LAST, (0, 8, 0x4E0514D0 + 0.999999)),
        (iperf.FORMAT, IPERF_SHORT, (0, 7, 0x4E0514D0 + 0.999999)),
        (mgen.FORMAT, MGEN, (7, 3, 0x6B0514D3 + 0.968912)),
        (mgen.FORMAT, MGEN_V6, (1, 0xFFFF_FFFF, 0x6B0514D3)),
        (hirschmann.FORMAT, HIRSCHMANN, (0x0102, 3840, None)),
        (mctool.FORMAT, MCTOOL, (0x0BADCAFE, 5, 1_700_000_000.0)),
        (rtp.FORMAT, RTP_PCMU, (0xDEADBEEF, 0xFFFE, 1.0)),
        (rtp.FORMAT, RTP_DYNAMIC, (0xDEADBEEF, 1, None)),
        (rtp.FORMAT, RTP_PADDED, (1, 1, 1.0)),
        (transport_stream.FORMAT, cells(7), (0, 0, None)),
        (transport_stream.SHORT, cells(1), (0, 0, None)),
        (ping.FORMAT, ANSWER_V1, (bytes.fromhex("00001267"), 9, None)),
        (ping.FORMAT, ANSWER_V2, (b"\xab" * 24, 3, 0x6B0514D0 + 0.5)),
    ],
)
def test_payloads_of_each_format_are_read(form: Format, payload: bytes, reading: Reading) -> None:
    read = form.read(payload)
    assert read is not None
    run, number, sent = read
    assert (run, number, sent) == (*reading[:2], pytest.approx(reading[2], abs=1e-6) if reading[2] else reading[2])
    assert form in candidates(payload), "its first byte leads to the format"
    if form.proof == 1:
        assert recognise(payload) == (form.name, run, number, form.modulus, sent)


@pytest.mark.parametrize(
    ("form", "payload"),
    [
        (lanscout.FORMAT, b"lanscout 0000002a 000000000x 1700000000250000"),
        (lanscout.FORMAT, b"lanscout 0000002a 0000000007 170000000025000"),
        (mcjoin.FORMAT, b"Sender PID 4711, MC group 225.1.2.3 ... count: , freq: 100"),
        (mcjoin.FORMAT, MCJOIN[:30]),
        (msend.TEXT, b"71 apples"),
        (msend.TEXT, b"12345678901"),
        (msend.TEXT, b""),
        (mping.FORMAT, MPING_64[:-1]),
        (mping.FORMAT, MPING_64.replace(b"2.1\0", b"3.1\0")),
        (iperf.FORMAT, IPERF[:11]),
        (iperf.FORMAT, bytes(100)),
        (iperf.FORMAT, IPERF_LEGACY.replace(bytes.fromhex("000f423f"), bytes.fromhex("000f4240"))),
        (mgen.FORMAT, MGEN[:-1]),
        (mgen.FORMAT, MGEN.replace(bytes.fromhex("0104"), bytes.fromhex("0110"))),
        (hirschmann.FORMAT, HIRSCHMANN[:-1]),
        (mctool.FORMAT, MCTOOL.replace(bytes.fromhex("0004 00000004"), bytes.fromhex("0004 00000008"))),
        (rtp.FORMAT, bytes.fromhex("80 c8 0001 00000000 00000001")),  # RTCP, a sender report
        (rtp.FORMAT, bytes.fromhex("82 00 0001 00000000 00000001 00000002")),  # room for one source of two
        (rtp.FORMAT, bytes.fromhex("90 00 0001 00000000 00000001 bede0002 00000000")),  # an extension cut off
        (rtp.FORMAT, bytes.fromhex("a0 00 0001 00000000 00000001 00")),  # padding of no bytes
        (transport_stream.FORMAT, cells(7)[:-1]),
        (transport_stream.FORMAT, cells(6) + bytes(188)),
        (ping.FORMAT, ANSWER_V2[:-1]),
        (ping.FORMAT, ANSWER_V1.replace(bytes.fromhex("0002 0004"), bytes.fromhex("0007 0004"))),
    ],
)
def test_what_is_cut_or_altered_is_of_no_format(form: Format, payload: bytes) -> None:
    assert form.read(payload) is None


GOLDEN = (
    MCJOIN,
    MPING_64,
    IPERF,
    IPERF_LEGACY,
    MGEN,
    MGEN_V6,
    HIRSCHMANN,
    MCTOOL,
    RTP_PADDED,
    RTP_DYNAMIC,
    cells(7),
    ANSWER_V1,
    ANSWER_V2,
    b"71\0\0",
    numbered_payload(1, 2, 3.0, 60),
)


@given(st.binary(max_size=600))
@example(b"")
def test_no_payload_makes_a_format_raise(payload: bytes) -> None:
    for form in FORMATS:
        form.read(payload)
    recognise(payload)


@given(st.sampled_from(GOLDEN), st.data())
def test_no_damaged_payload_makes_a_format_raise(payload: bytes, data: st.DataObject) -> None:
    damaged = bytearray(payload)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    for form in FORMATS:
        form.read(cut)
    recognise(cut)


def test_random_bytes_are_of_no_format_that_one_packet_proves() -> None:
    chance = random.Random(5)
    for _ in range(20_000):
        payload = chance.randbytes(chance.choice((4, 12, 20, 60, 188, 280, 288, 752, 1316)))
        assert recognise(payload) is None


@given(st.integers(0, 2**32 - 1), st.integers(0, 10**10 - 1), st.integers(NUMBERED_BYTES, 1400))
def test_a_numbered_payload_is_read_back(run: int, number: int, size: int) -> None:
    payload = numbered_payload(run, number, 1_700_000_000.25, size)
    read = recognise(payload)
    assert len(payload) == size
    assert read is not None
    assert (read.format, int(bytes(read.run), 16), read.number, read.sent) == (
        "lanscout numbers",
        run,
        number,
        1_700_000_000.25,
    )
