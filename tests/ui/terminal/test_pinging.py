"""Tests of the printed multicast ping, its responder, and a capture, on the loopback interface."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from net.multicast.ping.counts import PingCounts, PingSide
from net.multicast.records import PingQuestion, PingRefusal, Responding
from net.multicast.requests import CaptureRequest, PingRequest, RespondRequest
from net.records import Skipped
from net.tasks import start
from probe.methods import Batch
from tests.net.multicast.capture.files import ethernet, ipv4, pcap, udp
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.pinging import _summary_table, print_pinging, print_responding
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


async def test_of_the_refused_questions_of_a_host_the_first_are_printed_and_all_are_counted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = Responding(port=PORT, families=("ipv4",))
    named = msgspec.structs.replace(state, refused=300, answered=1, requesters=2, announced=("alpha (ipv4)",))
    garbage = tuple(_question(refused="malformed", answered=False) for _ in range(100))

    async def watch(_place: str, _method: str, _request: object, take: Callable[[Batch], None], **_: object) -> None:
        take((state,))
        take((named, *garbage, _question(requester="10.66.0.9"), Skipped(of="request", count=200)))

    monkeypatch.setattr("ui.terminal.pinging.run_watch", watch)
    await print_responding(Output(json=False), "local", RespondRequest(port=PORT), None)
    printed = capsys.readouterr().out
    assert printed.count("no message of multicast ping") == 5
    assert "10.66.0.9 port 5000" in printed
    assert (printed.count("answering hosts"), printed.count("on Bonjour as alpha (ipv4)")) == (1, 1)
    assert "1 answered, 300 refused, 2 hosts" in printed
    assert "295 more were counted and not shown" in printed


def _question(
    requester: str = "10.66.0.2", refused: PingRefusal | None = None, *, answered: bool = True
) -> PingQuestion:
    return PingQuestion(
        time=1.0, requester=requester, port=5000, interface="en0", address=None, message=None, dialect=None,
        refused=refused, answered=answered,
    )  # fmt: skip


def test_numbers_of_the_table_have_the_same_decimals_in_each_row() -> None:
    side = PingSide(received=3, lost=0, loss_percent=0.0, duplicated=0, rtt_min_ms=0.75, rtt_avg_ms=1.5)
    other = PingSide(received=1, lost=2, loss_percent=66.667, duplicated=0, rtt_min_ms=0.156, rtt_avg_ms=0.2)
    counts = PingCounts(
        host="a", address="192.0.2.1", port=4321, group="232.43.211.234", interface="en0", source=None,
        source_specific=True, unicast=side, multicast=other,
    )  # fmt: skip
    columns = [[str(text) for text in column.cells] for column in _summary_table(counts).columns]
    assert columns[3] == ["0.0", "66.7"]
    assert columns[6:8] == [["0.750", "0.156"], ["1.500", "0.200"]]


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
