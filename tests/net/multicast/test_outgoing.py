"""Tests of net.multicast.outgoing: payloads from text, bytes, files, numbers and RTP."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from net.multicast.outgoing import LARGEST, RTP_BYTES, outgoing, rtp_packet
from net.multicast.payloads import lanscout, rtp
from net.problems import ProblemError
from net.requests import SendRequest


def _payloads(count: int, **asked: Any) -> list[bytes]:
    with outgoing(SendRequest(group="239.1.1.1:5000", **asked)) as payload:
        return [payload(number) for number in range(count)]


def test_text_and_bytes_are_sent_as_they_are() -> None:
    assert _payloads(2, text="h\u00e9") == ["h\u00e9".encode()] * 2
    assert _payloads(1, hex="0x48 65 6c") == [b"Hel"]
    assert _payloads(1, text="") == [b""]


def test_numbers_follow_each_other_within_a_run() -> None:
    readings = [lanscout.read(payload) for payload in _payloads(3, size=100)]
    assert [reading[1] for reading in readings if reading] == [0, 1, 2]
    assert len({reading[0] for reading in readings if reading}) == 1
    assert [len(payload) for payload in _payloads(2, size=100)] == [100, 100]


def test_rtp_packets_are_read_back_with_their_number_and_clock() -> None:
    packets = _payloads(3, payload_kind="rtp")
    assert {len(packet) for packet in packets} == {RTP_BYTES}
    readings = [rtp.read(packet) for packet in packets]
    assert all(reading is not None and reading[2] is not None for reading in readings)
    numbers = [reading[1] for reading in readings if reading]
    assert [(number - numbers[0]) % 65536 for number in numbers] == [0, 1, 2]


def test_an_rtp_number_wraps() -> None:
    # RFC 3550 section 5.1: V=2, no padding, extension or sources; type 0; number; timestamp; source.
    assert rtp_packet(65536 + 5, 2**32 + 7, 0xDEADBEEF, 14) == bytes.fromhex("8000 0005 00000007 deadbeef ffff")


def test_a_file_is_sent_in_pieces_and_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "payload"
    content = os.urandom(250)
    file.write_bytes(content)
    pieces = _payloads(4, file=str(file), size=100)
    assert pieces == [content[:100], content[100:200], content[200:], content[:100]]
    assert _payloads(2, file=str(file)) == [content] * 2


def test_a_file_may_be_larger_than_memory_if_it_goes_in_pieces(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 34)
    assert _payloads(1, file=str(file), size=1316) == [bytes(1316)]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"text": "a", "hex": "00"}, "payload_ambiguous"),
        ({"text": "a", "payload_kind": "hex"}, "payload_ambiguous"),
        ({"text": "a", "payload_kind": "rtp"}, "payload_ambiguous"),
        ({"payload_kind": "file"}, "payload_missing"),
        ({"payload_kind": "text"}, "payload_missing"),
        ({"hex": "4"}, "payload_not_hex"),
        ({"size": 10}, "payload_too_small"),
        ({"size": 11, "payload_kind": "rtp"}, "payload_too_small"),
        ({"text": "x" * (LARGEST + 1)}, "payload_too_large"),
        ({"file": "/nowhere/at/all"}, "file_unreadable"),
        ({"file": "/dev/null"}, "file_unreadable"),
        ({"file": "/"}, "file_unreadable"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_reason(asked: dict[str, Any], code: str) -> None:
    with pytest.raises(ProblemError) as failure:
        _payloads(1, **asked)
    assert failure.value.problem.code == code
    assert failure.value.problem.remedy


def test_an_empty_file_and_one_too_large_for_a_datagram_are_refused(tmp_path: Path) -> None:
    empty, large = tmp_path / "empty", tmp_path / "large"
    empty.touch()
    large.write_bytes(bytes(LARGEST + 1))
    for file, code in ((empty, "file_unreadable"), (large, "payload_too_large")):
        with pytest.raises(ProblemError) as failure:
            _payloads(1, file=str(file))
        assert failure.value.problem.code == code


def test_a_file_that_becomes_shorter_while_it_is_sent_is_told(tmp_path: Path) -> None:
    file = tmp_path / "shrinking"
    file.write_bytes(bytes(3 * 4096))
    with outgoing(SendRequest(group="239.1.1.1:5000", file=str(file), size=4096)) as payload:
        assert payload(0) == bytes(4096)
        os.truncate(file, 5000)
        for number in (1, 2):
            with pytest.raises(ProblemError) as failure:
                payload(number)
            assert failure.value.problem.code == "file_unreadable"
            assert "shorter" in failure.value.problem.text
