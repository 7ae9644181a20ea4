from __future__ import annotations

import msgspec

from net.records import Stream
from tests.ui.pages.multicast.scene import STREAM
from ui.pages.multicast.history import SECONDS, History, Sample


def told(**more: object) -> Stream:
    return msgspec.structs.replace(STREAM, **more)


def test_each_second_has_its_rate_and_what_was_found_lost_within_it() -> None:
    history = History(0.0)
    history.take(told(packets=4, packets_per_s=4.0, lost=0, dropped_here=0), 0.0)
    history.take(told(packets=8, packets_per_s=4.0, lost=3, dropped_here=1), 0.5)
    history.sample(1.1)
    history.take(told(packets=12, packets_per_s=5.0, lost=3, dropped_here=1), 1.2)
    history.sample(2.1)
    assert list(history.samples) == [Sample(4.0, 3, 1), Sample(5.0, 0, 0)]


def test_seconds_nobody_sampled_are_made_up_and_the_oldest_go() -> None:
    history = History(0.0)
    history.take(told(packets=4, packets_per_s=4.0, lost=2, dropped_here=None), 0.0)
    history.sample(3.0)
    assert [sample.lost for sample in history.samples] == [0, 0, 2]
    history.sample(10_000.0)
    assert len(history.samples) == SECONDS


def test_it_was_heard_when_more_packets_were_told() -> None:
    history = History(0.0)
    history.take(told(packets=4), 1.0)
    history.take(told(packets=4, packets_per_s=0.0), 2.0)
    assert history.heard == 1.0


def test_another_probe_counts_from_zero_without_negative_losses() -> None:
    history = History(0.0)
    history.take(told(packets=4, lost=9), 0.5)
    history.sample(1.0)
    history.begin_anew()
    history.take(told(packets=1, lost=1), 1.5)
    history.sample(2.0)
    assert [sample.lost for sample in history.samples] == [9, 1]
