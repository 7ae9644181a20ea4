"""Tests of the printed multicast ping, its responder, and a capture, on the loopback interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from net.multicast.requests import CaptureRequest, PingRequest, RespondRequest
from net.tasks import start
from tests.net.multicast.capture.files import ethernet, ipv4, pcap, udp
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.pinging import print_pinging, print_responding
from ui.terminal.reading import print_capture

PORT = 14323


async def test_replies_of_both_ways_and_a_table_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    request = RespondRequest(port=PORT, announce=False)
    responding = start(print_responding(Output(json=False), "local", request, 3.0), "responding")
    pinging = PingRequest(host="127.0.0.1", port=PORT, count=2, interval_ms=100, dialect="v2")
    assert await print_pinging(Output(json=False), "local", pinging, None) == ANSWERED
    assert await responding == ANSWERED
    printed = capsys.readouterr().out
    assert "joined 232.43.211.234 on lo, only from 127.0.0.1" in printed
    assert printed.count(" ms, 0 hops") == 4
    assert "2 sent to 127.0.0.1 (v2, lanscout" in printed
    assert "since number 1 0 % of multicast lost" in printed
    assert "answering hosts on this host's links at UDP port" in printed
    assert "127.0.0.1 port" in printed
    assert "3 answered, 0 refused, 1 hosts" in printed


async def test_a_ping_that_is_stopped_sums_up_what_came_so_far(capsys: pytest.CaptureFixture[str]) -> None:
    pinging = PingRequest(host="127.0.0.1", port=PORT, interval_ms=50, wait_ms=60, dialect="v1")
    assert await print_pinging(Output(json=False), "local", pinging, 0.5) == NOTHING_FOUND
    told = capsys.readouterr()
    assert "100.0" in told.out
    assert "nothing listens on its UDP port" in told.err


async def test_a_capture_is_printed_with_what_was_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "some.pcap"
    path.write_bytes(pcap((1.0, ethernet(ipv4(udp(b"hello")))), (2.0, ethernet(ipv4(b"\0" * 20, protocol=6)))))
    assert await print_capture(Output(json=False), "local", CaptureRequest(path=str(path)), None) == ANSWERED
    printed = capsys.readouterr().out
    assert "239.66.0.7:5004  TTL 7  5 B  hello" in printed
    assert "2 packets, 1 datagrams to groups" in printed.replace("\n", "")
    assert "left out 1 not UDP" in printed.replace("\n", "")
