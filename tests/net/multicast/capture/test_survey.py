"""Tests of net.multicast.capture.survey: what a hostile file can make it keep."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from net.multicast.capture import survey as module
from net.multicast.capture.survey import Survey
from net.records import Summary
from tests.lab.payloads import mgen, rtp
from tests.net.multicast.capture import files
from tests.net.multicast.capture.files import ethernet, ipv4, udp

ALL = 100_000


def _survey(path: Path, *packets: bytes) -> Summary:
    path.write_bytes(files.pcap(*((1.0 + number / 1000, packet) for number, packet in enumerate(packets))))
    survey = Survey(str(path))
    try:
        while survey.step(ALL):
            pass
        return survey.summary()
    finally:
        survey.close()


def test_further_streams_are_counted_in_the_totals_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STREAMS", 3)
    packets = [ethernet(ipv4(udp(b"x", source_port=port))) for port in range(4000, 4005)]
    summary = _survey(tmp_path / "streams.pcap", *packets)
    assert (summary.received, [stream.source_port for stream in summary.streams]) == (5, [4000, 4001, 4002])


def test_further_groups_are_counted_in_the_totals_of_the_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_GROUPS", 2)
    summary = _survey(tmp_path / "groups.pcap", *(ethernet(ipv4(udp(b"x", port=port))) for port in range(5000, 5004)))
    assert summary.received == 2


def test_a_small_file_of_large_payloads_takes_little_memory(tmp_path: Path) -> None:
    # The capture holds 100 bytes of datagrams that say they have 65,000; nothing proves that they are RTP.
    packets = [
        ethernet(ipv4(udp(rtp(number, 7, 0.0), source_port=4000 + source, length=65_008)))
        for source in range(10)
        for number in range(60)
    ]
    path = tmp_path / "large.pcap"
    tracemalloc.start()
    try:
        summary = _survey(path, *packets)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert summary.bytes == 600 * 65_000
    assert peak < 20 * path.stat().st_size


def test_a_format_recognised_by_its_length_is_read_where_the_capture_holds_a_part(tmp_path: Path) -> None:
    packets = [ethernet(ipv4(udp(mgen(0, number, 0.0)[:60], length=108))) for number in (0, 1, 3)]
    (stream,) = _survey(tmp_path / "part.pcap", *packets).streams
    assert (stream.payload, stream.lost, stream.bytes) == ("mgen", 1, 300)
