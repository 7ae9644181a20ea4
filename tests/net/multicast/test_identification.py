"""Tests of net.multicast.identification: what is kept of payloads until a format is proved."""

from __future__ import annotations

import tracemalloc

from net.multicast.identification import FEW, PATIENCE, Identification
from net.multicast.room import Room
from tests.lab.payloads import rtp

LARGE = bytes(65_500 - 12 - 88)


def _unproved(identification: Identification, packets: int, *, size: bytes = b"") -> None:
    """RTP that proves nothing: of another source with each packet."""
    for number in range(packets):
        assert identification.look(number / 1000, rtp(number, 7, number / 1000) + size) is None


def test_large_payloads_that_prove_nothing_are_not_kept() -> None:
    tracemalloc.start()
    try:
        identifications = [Identification() for _ in range(5)]
        for identification in identifications:
            _unproved(identification, PATIENCE - 2, size=LARGE)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 20 * len(LARGE)


def test_all_streams_together_keep_no_more_than_there_is_room_for() -> None:
    room = Room(readings=200)
    identifications = [Identification(room) for _ in range(20)]
    for identification in identifications:
        _unproved(identification, PATIENCE - 2)
    # RTP, iperf 2 and mgen begin so: each of them may keep a few.
    assert room.readings >= -20 * FEW * 3


def test_a_format_is_found_where_no_room_is_left() -> None:
    identification = Identification(Room(readings=0))
    found = [identification.look(number / 1000, rtp(9, number, number / 1000)) for number in range(4)]
    assert found[:3] == [None, None, None]
    assert found[3] is not None
    form, packets = found[3]
    assert (form.name, [packet.reading[1] for packet in packets]) == ("RTP", [0, 1, 2, 3])


def test_room_is_given_back() -> None:
    room = Room(readings=500)
    identification = Identification(room)
    _unproved(identification, 3 * PATIENCE)
    assert room.readings < 500
    identification.forget()
    assert room.readings == 500
    for number in range(4):
        identification.look(number / 1000, rtp(9, number, number / 1000))
    assert room.readings == 500, "proved"
