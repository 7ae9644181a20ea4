"""Tests of net.multicast.capture.reader: a file's rows, totals and what was left out."""

from __future__ import annotations

import asyncio
import struct
from contextlib import aclosing
from pathlib import Path

import pytest

from net.multicast.capture.reader import open_capture
from net.multicast.payloads.lanscout import NUMBERED_BYTES, numbered_payload
from net.multicast.records import Capture
from net.multicast.requests import CaptureRequest
from net.problems import ProblemError
from net.records import Datagram, Reception, Record, Stream, Summary
from tests.net.multicast.capture import files
from tests.net.multicast.capture.files import ethernet, ipv4, ipv6, udp

PACKETS = [
    (100.0 + number / 10, ethernet(ipv4(udp(numbered_payload(1, number, 100.0 + number / 10, NUMBERED_BYTES)))))
    for number in range(50)
    if number not in (10, 11)
]
OTHERS = [
    (101.0, ethernet(ipv6(udp(b"six"), source="fe80::20"))),
    (101.1, ethernet(ipv4(udp(b"x"), group="192.168.1.23"))),
    (101.2, ethernet(ipv4(b"\0" * 20, protocol=6))),
    (101.3, ethernet(ipv4(udp(b"x"), fragment=0x2000))),
    (101.4, bytes(12) + b"\x08\x06" + bytes(28)),
]


async def _open(path: Path, **options: object) -> list[Record]:
    request = CaptureRequest(path=str(path), **options)  # type: ignore[arg-type]
    return [record async for batch in open_capture(request) for record in batch]


def _only(records: list[Record], kind: type[Record]) -> list[Record]:
    return [record for record in records if isinstance(record, kind)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "some.pcap"
    file.write_bytes(files.pcap(*PACKETS, *OTHERS))
    return file


async def test_a_file_gives_the_rows_and_totals_of_a_listen(path: Path) -> None:
    records = await _open(path)
    capture, *_ = _only(records, Capture)
    assert isinstance(capture, Capture)
    assert (capture.format, capture.packets, capture.datagrams, capture.problem) == ("pcap", 53, 49, None)
    assert capture.skipped == {"fragment": 1, "not_ip": 1, "not_multicast": 1, "not_udp": 1}
    assert capture.bytes == len(files.pcap(*PACKETS, *OTHERS))
    assert (capture.first, capture.last) == pytest.approx((100.0, 104.9))
    assert [(each.name, each.link, each.packets) for each in capture.interfaces] == [("#0", "Ethernet", 53)]
    streams = _only(records, Stream)
    first, second = streams
    assert isinstance(first, Stream)
    assert isinstance(second, Stream)
    assert (first.source, first.source_port, first.group, first.port) == ("192.168.1.20", 4000, "239.66.0.7", 5004)
    assert (first.packets, first.lost, first.duplicated, first.payload, first.ttl) == (48, 2, 0, "lanscout numbers", 7)
    assert first.packets_per_s == pytest.approx(47 / 4.9, abs=0.01)
    assert second.source == "fe80::20%#0"
    totals = {each.group: each for each in _only(records, Reception) if isinstance(each, Reception)}
    assert (totals["239.66.0.7"].received, totals["ff15::77"].received) == (48, 1)
    datagrams = _only(records, Datagram)
    assert len(datagrams) == 49
    last = datagrams[-1]
    assert isinstance(last, Datagram)
    assert (last.group, last.payload_text, last.interface, last.size) == ("ff15::77", "six", "#0", 3)
    summary = records[-1]
    assert isinstance(summary, Summary)
    assert (summary.received, len(summary.streams)) == (49, 2)


DROPS, OS_DROPPED, OTHER_PORT = 4, 7, 5005


def _numbered(number: int, dropped: int = 0, *, port: int = 5004, source_port: int = 4000) -> bytes:
    packet = ipv4(udp(numbered_payload(1, number, 1.0, NUMBERED_BYTES), port=port, source_port=source_port))
    options = [files.option(DROPS, struct.pack("<Q", dropped))] if dropped else []
    return files.packet(packet, 1_000_000 + number * 1000, *options)


def _totals(dropped: int) -> bytes:
    return files.block(5, struct.pack("<III", 0, 0, 0) + files.option(OS_DROPPED, struct.pack("<Q", dropped)))


async def _counted(path: Path, *blocks: bytes) -> tuple[list[tuple[int | None, int | None]], Summary]:
    """Lost on the network and dropped here of each stream, and the summary."""
    path.write_bytes(files.section() + files.interface(101) + b"".join(blocks))  # noqa: ASYNC240 - a few bytes
    records = await _open(path)
    streams = [each for each in _only(records, Stream) if isinstance(each, Stream)]
    summary = records[-1]
    assert isinstance(summary, Summary)
    return [(stream.lost, stream.dropped_here) for stream in streams], summary


async def test_what_the_recording_host_dropped_is_not_told_as_lost_on_the_network(tmp_path: Path) -> None:
    numbers = (_numbered(0), _numbered(1), _numbered(11, 7), _numbered(12))
    streams, summary = await _counted(tmp_path / "some.pcapng", *numbers, _totals(7))
    assert (streams, summary.dropped_here) == ([(2, 7)], 7)


async def test_what_was_dropped_after_the_last_packet_is_that_of_the_only_group(tmp_path: Path) -> None:
    streams, summary = await _counted(tmp_path / "some.pcapng", _numbered(0), _numbered(4, 3), _totals(9))
    assert (streams, summary.dropped_here) == ([(0, 9)], 9)


async def test_the_drops_of_one_group_do_not_excuse_the_loss_of_another(tmp_path: Path) -> None:
    packets = (
        _numbered(0), _numbered(0, port=OTHER_PORT), _numbered(6, 5), _numbered(4, port=OTHER_PORT), _totals(5)
    )  # fmt: skip
    streams, summary = await _counted(tmp_path / "some.pcapng", *packets)
    assert (streams, summary.dropped_here) == ([(0, 5), (3, 0)], 5)


async def test_whose_drops_of_several_senders_are_is_unknown_where_no_gap_tells(tmp_path: Path) -> None:
    packets = (_numbered(0), _numbered(0, 5, source_port=4001), _totals(5))
    streams, summary = await _counted(tmp_path / "some.pcapng", *packets)
    assert (streams, summary.dropped_here) == ([(0, None), (0, None)], 5)


@pytest.mark.parametrize(("totals", "dropped"), [((_totals(0),), 0), ((), None)])
async def test_nothing_dropped_is_told_only_where_the_file_says_so(
    tmp_path: Path, totals: tuple[bytes, ...], dropped: int | None
) -> None:
    streams, summary = await _counted(tmp_path / "some.pcapng", _numbered(0), _numbered(1), *totals)
    assert (streams, summary.dropped_here) == ([(0, dropped)], dropped)


@pytest.mark.parametrize(
    ("first", "keep", "shown"),
    [(0, 10, (0, 10)), (40, 100, (40, 49)), (49, 10, (49, 49)), (99, 10, (49, 49)), (5, 0, (5, 5))],
)
async def test_the_rows_asked_for_are_given(path: Path, first: int, keep: int, shown: tuple[int, int]) -> None:
    records = await _open(path, first=first, keep=keep)
    capture = _only(records, Capture)[-1]
    assert isinstance(capture, Capture)
    assert capture.shown == shown
    datagrams = _only(records, Datagram)
    assert len(datagrams) == shown[1] - shown[0]
    if datagrams:
        assert isinstance(datagrams[0], Datagram)
        number = first if first < 10 else first + 2
        assert f"{number:010}" in (datagrams[0].payload_text or "")


async def test_a_file_that_ends_early_is_shown_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes(files.pcap(*PACKETS)[:-7])
    records = await _open(path)
    capture = _only(records, Capture)[-1]
    assert isinstance(capture, Capture)
    assert capture.problem is not None
    assert (capture.problem.code, capture.datagrams) == ("capture_damaged", 47)
    assert len(_only(records, Datagram)) == 47


async def test_an_empty_capture_has_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "empty.pcapng"
    path.write_bytes(files.section())
    capture, summary = await _open(path)
    assert isinstance(capture, Capture)
    assert isinstance(summary, Summary)
    assert (capture.datagrams, capture.first, summary.received) == (0, None, 0)


async def test_a_packet_cut_by_the_snapshot_length_counts_with_its_whole_size(tmp_path: Path) -> None:
    path = tmp_path / "short.pcap"
    path.write_bytes(files.pcap((1.0, ethernet(ipv4(udp(bytes(1000)))))[:2], link=1))
    whole = path.read_bytes()
    cut = whole[:24] + whole[24:32] + (100).to_bytes(4, "little") + whole[36:40] + whole[40:140]
    path.write_bytes(cut)
    records = await _open(path)
    (datagram,) = _only(records, Datagram)
    (reception,) = _only(records, Reception)
    assert isinstance(datagram, Datagram)
    assert isinstance(reception, Reception)
    assert (datagram.size, len(datagram.payload_hex) // 2, reception.bytes) == (1000, 58, 1000)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "capture_unreadable"),
        (b"", "capture_invalid"),
        (b"hello", "capture_invalid"),
        (b"\x1f\x8b..", "capture_invalid"),
    ],
)
async def test_what_is_no_capture_is_refused(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ProblemError) as failure:
        await _open(path)
    assert failure.value.problem.code == code
    assert failure.value.problem.remedy


async def test_a_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/zero")):
        with pytest.raises(ProblemError) as failure:
            await _open(path)
        assert failure.value.problem.code == "capture_unreadable"


async def test_opening_can_be_stopped_at_any_time(tmp_path: Path) -> None:
    path = tmp_path / "large.pcap"
    path.write_bytes(files.pcap(*PACKETS * 1000))
    async with aclosing(open_capture(CaptureRequest(path=str(path)))) as batches:
        first = await anext(batches)
        assert isinstance(first[0], Capture)
        assert first[0].packets < 48000
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await _open(path)
