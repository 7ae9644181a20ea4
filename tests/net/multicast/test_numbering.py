"""Tests of net.multicast.numbering: how many runs are told apart, and that forgotten ones leave nothing behind."""

from __future__ import annotations

import struct

from net.multicast.numbering import MAX_RUNS, Numbering
from net.multicast.payloads.mgen import FORMAT
from net.multicast.room import Room
from net.multicast.sequence import Counts
from tests.lab.payloads import mgen


def _flow(identifier: int, number: int) -> bytes:
    payload = mgen(0, number, number / 1000)
    return payload[:4] + struct.pack(">I", identifier) + payload[8:]


def _lost(flows: int) -> int:
    """Numbers 0 of so many flows, then number 100 of the first."""
    numbering = Numbering(FORMAT, Counts(), strips=False)
    for flow in range(flows):
        assert numbering.count(0.0, _flow(flow, 0))
    assert numbering.count(1.0, _flow(0, 100))
    return numbering.counts.lost


def test_the_flow_not_heard_for_longest_is_forgotten_and_begins_anew() -> None:
    assert _lost(MAX_RUNS) == 99
    assert _lost(MAX_RUNS + 1) == 0


def test_forgotten_and_released_runs_give_back_the_room_of_their_gaps() -> None:
    room = Room(gaps=10_000)
    numbering = Numbering(FORMAT, Counts(), strips=False, room=room)
    for flow in range(3 * MAX_RUNS):
        for number in range(0, 20, 2):
            numbering.count(0.0, _flow(flow, number))
    # A gap each, and one for what may come from before the first number.
    assert room.gaps == 10_000 - MAX_RUNS * 10
    numbering.release()
    assert room.gaps == 10_000
