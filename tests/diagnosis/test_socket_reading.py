"""Tests of diagnosis.socket_reading: one reading for all checks, which ends with them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from diagnosis import socket_reading
from diagnosis.checks import limits
from diagnosis.records import Finding
from diagnosis.requests import DiagnoseRequest
from diagnosis.run import run
from diagnosis.socket_reading import SocketReading
from net.platform.membership_limits import MembershipLimits
from net.platform.protocol import DatagramSocket

UNASKED = DatagramSocket(identity=1, address="0.0.0.0", port=7, pid=2, process="many", unasked=True)


class _Platform:
    def __init__(self, *, waits: bool = False) -> None:
        self.readings = 0
        self.begun, self.ended = threading.Event(), False
        self._waits = waits

    def datagram_sockets(self, *, with_groups: bool, ended: Callable[[], bool]) -> tuple[DatagramSocket, ...]:
        assert with_groups
        self.readings += 1
        self.begun.set()
        while self._waits and not self.ended:
            self.ended = ended()
        return (UNASKED,)


def _use(monkeypatch: pytest.MonkeyPatch, platform: _Platform) -> _Platform:
    monkeypatch.setattr(socket_reading, "this_platform", lambda: platform)
    return platform


async def test_the_checks_of_a_run_share_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = _use(monkeypatch, _Platform())
    async with SocketReading() as reading:
        for found in (*await asyncio.gather(reading.sockets(), reading.sockets()), await reading.sockets()):
            assert found == (UNASKED,)
    assert platform.readings == 1


async def test_the_thread_ends_with_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = _use(monkeypatch, _Platform(waits=True))
    async with SocketReading() as reading:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reading.sockets(), 0.05)
        assert platform.begun.is_set()
        assert not platform.ended
    assert platform.ended


async def test_sockets_that_were_not_asked_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = _use(monkeypatch, _Platform())
    monkeypatch.setattr(limits, "membership_limits", lambda: MembershipLimits(20, 10, 64))
    told = [record async for batch in run(DiagnoseRequest(checks=("limits",))) for record in batch]
    (finding,) = (record for record in told if isinstance(record, Finding) and record.code == "not_checked")
    assert finding.severity == "info"
    assert finding.evidence[0].startswith("Not looked into: 1 UDP sockets")
    assert platform.readings == 1


async def test_a_reading_that_fails_fails_for_each_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> tuple[()]:
        raise PermissionError

    platform = _use(monkeypatch, _Platform())
    monkeypatch.setattr(platform, "datagram_sockets", refused)
    async with SocketReading() as reading:
        for _ in range(2):
            with pytest.raises(PermissionError):
                await reading.sockets()
