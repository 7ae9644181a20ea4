"""Tests of net.multicast.ping.tally."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.multicast.ping.counts import PingCounts
from net.multicast.ping.tally import KEPT, Tally, Way
from net.multicast.records import Reply

BASE = PingCounts(
    host="beta",
    address="192.168.1.20",
    port=4321,
    group="232.43.211.234",
    interface="en0",
    source=None,
    source_specific=True,
)


def _arrive(tally: Tally, sequence: int, way: Way, time: float, hops: int | None = 0) -> Reply | None:
    return tally.arrived(sequence, way, time=time, hops=hops, size=40, group="232.43.211.234")


def _send(tally: Tally, *sequences: int) -> None:
    for sequence in sequences:
        tally.sent(sequence, float(sequence))


def test_a_probe_is_told_once_both_replies_are_there() -> None:
    tally = Tally("beta")
    _send(tally, 1)
    assert _arrive(tally, 1, "unicast", 1.010, hops=2) is None
    reply = _arrive(tally, 1, "multicast", 1.025, hops=3)
    assert reply is not None
    assert (reply.sequence, reply.unicast, reply.multicast, reply.rtt_ms, reply.hops) == (1, True, True, 10.0, 2)
    assert (reply.multicast_rtt_ms, reply.multicast_hops) == (25.0, 3)
    assert tally.waiting == 0
    assert tally.expire(1, "g") is None


def test_a_probe_is_told_with_what_came_when_the_wait_is_over() -> None:
    tally = Tally("beta")
    _send(tally, 1, 2)
    _arrive(tally, 2, "multicast", 2.5)
    assert tally.waiting == 2
    silent, half = tally.expire(1, "g"), tally.expire(2, "g")
    assert silent is not None
    assert half is not None
    assert (silent.unicast, silent.multicast, silent.rtt_ms, silent.hops) == (False, False, None, None)
    assert (half.unicast, half.multicast, half.rtt_ms) == (False, True, 500.0)
    assert tally.waiting == 0


def test_duplicates_late_and_unknown_replies_are_counted_apart() -> None:
    tally = Tally("beta")
    _send(tally, 1, 2)
    for time in (1.1, 1.2, 1.3):
        _arrive(tally, 1, "unicast", time)
    _arrive(tally, 1, "multicast", 1.1)
    _arrive(tally, 1, "multicast", 1.1)
    tally.expire(2, "g")
    _arrive(tally, 2, "unicast", 9.0)
    _arrive(tally, 2, "unicast", 9.1)
    _arrive(tally, 77, "unicast", 9.0)
    counts = tally.counts(BASE)
    assert (counts.unicast.received, counts.unicast.lost, counts.unicast.duplicated) == (1, 1, 3)
    assert (counts.multicast.received, counts.multicast.duplicated) == (1, 1)
    assert (counts.late, counts.foreign, counts.sent) == (1, 1, 2)


def test_loss_since_the_first_multicast_packet_leaves_the_tree_set_up_out() -> None:
    tally = Tally("beta")
    tally.joined(0.5)
    _send(tally, *range(1, 11))
    for sequence in range(1, 11):
        _arrive(tally, sequence, "unicast", sequence + 0.1)
        if sequence not in (1, 2, 3, 7):
            _arrive(tally, sequence, "multicast", sequence + 0.2)
    for sequence in range(1, 11):
        tally.expire(sequence, "g")
    counts = tally.counts(BASE)
    assert (counts.multicast.lost, counts.multicast.loss_percent) == (4, 40.0)
    assert (counts.first_multicast, counts.loss_since_first_percent) == (4, round(100 / 7, 3))
    assert counts.tree_setup_ms == pytest.approx(3700.0)
    assert (counts.unicast.lost, counts.unicast.loss_percent) == (0, 0.0)


def test_what_is_still_waited_for_is_no_loss() -> None:
    tally = Tally("beta")
    _send(tally, 1)
    counts = tally.counts(BASE)
    assert (counts.sent, counts.unicast.lost, counts.unicast.loss_percent) == (1, 0, None)


@given(st.lists(st.floats(min_value=0, max_value=10), min_size=1, max_size=50))
def test_round_trip_times_agree_with_the_statistics_module(times: list[float]) -> None:
    tally = Tally("beta")
    for sequence, time in enumerate(times, 1):
        tally.sent(sequence, 0.0)
        _arrive(tally, sequence, "unicast", time)
    side = tally.counts(BASE).unicast
    assert side.rtt_min_ms == pytest.approx(min(times) * 1000, abs=0.001)
    assert side.rtt_max_ms == pytest.approx(max(times) * 1000, abs=0.001)
    assert side.rtt_avg_ms == pytest.approx(statistics.fmean(times) * 1000, abs=0.001)
    assert side.rtt_stddev_ms == pytest.approx(statistics.pstdev(times) * 1000, abs=0.01)


def test_a_clock_that_went_back_makes_no_negative_time() -> None:
    tally = Tally("beta")
    _send(tally, 5)
    _arrive(tally, 5, "unicast", 4.0)
    assert tally.counts(BASE).unicast.rtt_min_ms == 0.0


def test_memory_stays_bounded() -> None:
    tally = Tally("beta")
    for sequence in range(1, 3 * KEPT):
        tally.sent(sequence, 0.0)
        tally.expire(sequence, "g")
    assert len(tally._probes) <= KEPT + 1
    assert tally.counts(BASE).unicast.lost == 3 * KEPT - 1
