from __future__ import annotations

from typing import Any

import msgspec

from net.records import Stream
from tests.ui.pages.multicast.scene import STREAM, TRAIN, reception
from ui.pages.multicast.tally import SAMPLES, STREAMS_KEPT, Tally


def told(received: int, packets_per_s: float = 0.0, **more: Any) -> Any:
    return reception(*TRAIN, received=received, packets_per_s=packets_per_s, size=100, **more)


def stream(**more: Any) -> Stream:
    return msgspec.structs.replace(STREAM, **more)


def test_what_one_probe_counted_is_kept_when_the_next_counts_from_zero() -> None:
    tally = Tally()
    tally.take(told(48_000, dropped_here=3), 0.0)
    tally.begin_anew()
    assert (tally.received, tally.bytes, tally.dropped_here, tally.packets_per_s) == (48_000, 4_800_000, 3, 0.0)
    tally.take(told(211, packets_per_s=7.0), 1.0)
    assert (tally.received, tally.bytes, tally.dropped_here, tally.packets_per_s) == (48_211, 4_821_100, 3, 7.0)
    tally.begin_anew()
    tally.begin_anew()
    assert tally.received == 48_211


def test_drops_are_unknown_until_they_are_told() -> None:
    tally = Tally()
    assert tally.dropped_here is None
    tally.take(told(1, dropped_here=None), 0.0)
    assert tally.dropped_here is None


def test_a_stream_heard_by_two_probes_is_one() -> None:
    tally = Tally()
    tally.take(stream(packets=100, bytes=1000, lost=2, duplicated=1, reordered=0, first=5.0), 0.0)
    tally.begin_anew()
    (silent,) = tally.streams()
    assert (silent.packets, silent.packets_per_s) == (100, 0.0)
    tally.take(stream(packets=10, bytes=100, lost=1, duplicated=0, reordered=4, first=9.0), 1.0)
    (both,) = tally.streams()
    assert (both.packets, both.bytes, both.first) == (110, 1100, 5.0)
    assert (both.lost, both.duplicated, both.reordered) == (3, 1, 4)
    assert both.packets_per_s == STREAM.packets_per_s


def test_a_stream_without_numbers_stays_without() -> None:
    tally = Tally()
    for _ in range(2):
        tally.take(stream(lost=None, duplicated=None, reordered=None, jitter_ms=None), 0.0)
        tally.begin_anew()
    assert tally.streams()[0].lost is None


def test_the_newest_streams_come_first_and_are_bounded() -> None:
    tally = Tally()
    for number in range(3 * STREAMS_KEPT):
        tally.take(stream(source_port=number, last=float(number)), 0.0)
    streams = tally.streams()
    assert len(streams) == STREAMS_KEPT
    assert streams[0].source_port == 3 * STREAMS_KEPT - 1


def test_the_past_of_streams_that_are_no_longer_kept_goes_with_them() -> None:
    tally = Tally()
    for number in range(2 * STREAMS_KEPT + 1):
        tally.take(stream(source_port=number, last=float(number)), 0.0)
    assert len(tally.histories) == STREAMS_KEPT
    for probe in range(4):
        tally.begin_anew()
        assert len(tally.histories) == STREAMS_KEPT
        for number in range(STREAMS_KEPT):
            port = 10_000 * (probe + 1) + number
            tally.take(stream(source_port=port, last=float(port)), 0.0)
    assert len(tally.histories) <= 2 * STREAMS_KEPT


def test_there_is_a_sample_for_each_second_also_while_nothing_is_told() -> None:
    tally = Tally()
    tally.take(told(10, packets_per_s=10.0), 100.0)
    tally.take(told(20, packets_per_s=20.0), 101.2)
    tally.sample(104.3)
    assert list(tally.samples) == [1000.0, 2000.0, 2000.0, 2000.0]
    tally.sample(10_000.0)
    assert len(tally.samples) == SAMPLES


def test_the_age_is_that_of_the_last_datagram_not_of_the_last_word() -> None:
    tally = Tally()
    tally.take(told(0, last=None, last_source=None), 1.0)
    seen = [tally.last_seen]
    for last, now in ((5.0, 2.0), (5.0, 3.0), (6.0, 4.0)):
        tally.take(told(1, last=last), now)
        seen.append(tally.last_seen)
    tally.begin_anew()
    assert [*seen, tally.last_seen] == [None, 2.0, 2.0, 4.0, 4.0]
    assert tally.last_source == "192.168.1.20:49152"
