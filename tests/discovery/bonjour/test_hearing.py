"""Tests of discovery.bonjour.hearing on the loopback: costly packets do not keep the event loop."""

from __future__ import annotations

import asyncio
import socket

import pytest

from discovery.bonjour import hear as hear_module
from discovery.bonjour import hearing
from discovery.bonjour.hear import _Hearing
from discovery.bonjour.hearing import HeardPacket, Hearing
from discovery.bonjour.restricted import Place
from discovery.records import MdnsPacket
from net import tasks
from tests.discovery.bonjour.test_hear import LO, say, speaker

PLACE = Place(interface="lo", index=socket.if_nametoindex("lo"), family="ipv4", address="127.0.0.1")
MARK = b"hear-test"


async def test_the_event_loop_gets_its_turn_after_some_time_not_after_so_many_packets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hearing, "TURN", -1.0)
    order: list[str] = []
    done = asyncio.Event()

    def heard(packet: HeardPacket) -> None:
        if MARK in packet.payload:
            order.append("packet")
            asyncio.get_running_loop().call_soon(order.append, "turn")
            if order.count("packet") == 5:
                done.set()

    ear = Hearing(PLACE, heard)
    ear.open()
    try:
        with speaker() as sock:
            for number in range(5):
                say(sock, number)
        async with asyncio.timeout(5):
            await done.wait()
    finally:
        ear.close()
    assert order == ["packet", "turn"] * 5


async def test_packets_that_wait_for_their_turn_are_not_told_once_it_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hearing, "TURN", -1.0)
    count = 0

    closed = asyncio.Event()

    def heard(packet: HeardPacket) -> None:
        nonlocal count
        count += MARK in packet.payload
        if count:
            ear.close()
            closed.set()

    ear = Hearing(PLACE, heard)
    ear.open()
    with speaker() as sock:
        for number in range(5):
            say(sock, number)
    async with asyncio.timeout(5):
        await closed.wait()
    for _ in range(10):
        await asyncio.sleep(0)
    assert count == 1


async def test_packets_become_records_in_turns_of_some_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hear_module, "TURN", -1.0)
    watching = _Hearing(LO, None)
    turns = 0

    def turn() -> None:
        nonlocal turns
        turns += 1

    for _ in range(5):
        watching._heard(HeardPacket(0.0, "lo", "ipv4", "127.0.0.1", 5353, 255, bytes(12)), own=False)
    gathering = tasks.start(watching._gather(), "gathering")
    while not gathering.done():
        asyncio.get_running_loop().call_soon(turn)
        await asyncio.sleep(0)
    assert turns > 5
    assert len([record for record in gathering.result() if isinstance(record, MdnsPacket)]) == 5
