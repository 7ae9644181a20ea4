"""Tests of net.multicast.reading with real sockets on the loopback interface."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from net.multicast import reading as module
from net.multicast.endpoint import parse_endpoint
from net.multicast.reading import Reading
from net.multicast.reception import GroupReception
from tests.net.multicast.senders import INDEX, LOOPBACK, group_sender

GROUP, PORT = "239.77.5.1", 23099
NUMBER = 200


@pytest.fixture
def reception() -> Iterator[GroupReception]:
    found = GroupReception(parse_endpoint(f"{GROUP}:{PORT}"), LOOPBACK, keep=0, buffer_bytes=1 << 20)
    found.open(INDEX)
    yield found
    found.close()


@pytest.fixture
def sender() -> Iterator[socket.socket]:
    with group_sender(GROUP, PORT) as found:
        yield found


class Drained:
    """Counts how often it was called to drain."""

    def __init__(self) -> None:
        self.calls = 0
        self.more = asyncio.Event()

    def drain(self, reception: GroupReception) -> int:
        self.calls += 1
        self.more.set()
        return reception.drain()

    async def until(self, reception: GroupReception, received: int) -> None:
        async with asyncio.timeout(5):
            while reception.received < received:
                await self.more.wait()
                self.more.clear()


async def _send_one_by_one(sender: socket.socket) -> None:
    for _ in range(NUMBER):
        sender.send(b"x")
        # Two turns: in one the loop sees that something waits, in the next it calls.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_a_busy_socket_is_read_by_the_clock_and_a_quiet_one_at_once_again(
    reception: GroupReception, sender: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained = Drained()
    reading = Reading(drained.drain)
    monkeypatch.setattr(module, "BUSY", float("inf"))
    reading.start(reception)
    await _send_one_by_one(sender)
    await drained.until(reception, NUMBER)
    busy = drained.calls
    assert busy < NUMBER / 2
    # The clock finds nothing, and the loop watches anew.
    while reception in reading._busy:
        drained.more.clear()
        await drained.more.wait()
    monkeypatch.setattr(module, "BUSY", 0)
    calls = drained.calls
    await _send_one_by_one(sender)
    await drained.until(reception, 2 * NUMBER)
    assert drained.calls - calls > NUMBER / 2
    reading.stop_all()


@pytest.mark.parametrize("busy", [float("inf"), 0])
async def test_after_stop_nothing_is_read(
    reception: GroupReception, sender: socket.socket, monkeypatch: pytest.MonkeyPatch, busy: float
) -> None:
    drained = Drained()
    reading = Reading(drained.drain)
    monkeypatch.setattr(module, "BUSY", busy)
    reading.start(reception)
    await _send_one_by_one(sender)
    reading.stop(reception)
    reading.stop(reception)
    calls = drained.calls
    await _send_one_by_one(sender)
    assert drained.calls == calls > 0
    assert not reading._busy


async def test_a_drain_may_stop_its_own_reading(reception: GroupReception, sender: socket.socket) -> None:
    reading: Reading

    def drain(each: GroupReception) -> int:
        reading.stop_all()
        each.drain()
        each.close()
        return 1

    reading = Reading(drain)
    reading.start(reception)
    await _send_one_by_one(sender)
    assert reception.received >= 1
    assert reception.socket is None


async def test_more_than_one_turn_may_take_is_read_without_a_pause(
    reception: GroupReception, sender: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained = Drained()
    reading = Reading(drained.drain)
    monkeypatch.setattr(module, "BUSY", float("inf"))
    monkeypatch.setattr(module, "PAUSE", 60)
    monkeypatch.setattr(module, "BURST", 64)
    monkeypatch.setattr("net.multicast.reception.BURST", 64)
    for _ in range(NUMBER):
        sender.send(b"x")
    reading.start(reception)
    await drained.until(reception, NUMBER)
    reading.stop_all()
