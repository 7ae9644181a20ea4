"""Tests of net.multicast.bursts: a trace worked out by hand, and a model that keeps everything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.multicast.bursts import BUFFER_ALARM, BURST_ALARM, EMPTY_SPEED, INTERVAL, MAX_WINDOW, Bursts

EPOCH = 1_700_000_000.0
OVERHEAD = 42


def _bursts(trace: list[tuple[float, int]], batch: int = 7) -> Bursts:
    bursts = Bursts(trace[0][0], OVERHEAD)
    for at in range(0, len(trace), batch):
        part = trace[at : at + batch]
        bursts.count([time for time, _ in part], [size for _, size in part])
    return bursts


def test_a_trace_worked_out_by_hand() -> None:
    # Seconds, and bytes of payload; the frame has 42 more.
    trace = [
        (0.000, 958),  # window 1,000 B; buffer 1,000
        (0.001, 958),  # 2,000 B; the buffer lost 625 in 1 ms: 1,375
        (0.050, 1458),  # 3,500 B; lost 30,625, so empty: 1,500
        (0.100, 458),  # still with the first, at the other edge: 4 packets, 4,000 B; 500
        (0.101, 458),  # the first left, the second is at the edge: 4 packets, 3,500 B; empty before, 500
        (0.500, 8958),  # after 399 ms of silence alone: 9,000 B; 9,000
        (0.502, 2258),  # 2 packets, 11,300 B; 9,000 - 1,250 + 2,300 = 10,050: an alarm
        (0.503, 458),  # 3 packets, 11,800 B; 10,050 - 625 + 500 = 9,925: armed again
        (0.504, 1458),  # 4 packets, 13,300 B; 9,925 - 625 + 1,500 = 10,800: the second alarm
    ]
    bursts = _bursts([(EPOCH + time, size) for time, size in trace])
    assert bursts.max_burst == 4
    assert bursts.maximum_bits_per_s == 13_300 * 8 * 10
    assert bursts.max_buffer_bytes == 10_800
    assert bursts.buffer_alarms == 2
    assert bursts.burst_alarms == 0
    assert bursts.longest_silence == pytest.approx(0.399, abs=1e-6)


def test_a_burst_alarm_counts_each_time_fifty_packets_come_in_100_ms() -> None:
    def burst(begin: float, packets: int) -> list[tuple[float, int]]:
        return [(EPOCH + begin + number / 1000, 100) for number in range(packets)]

    assert _bursts(burst(0, BURST_ALARM - 1)).burst_alarms == 0
    assert _bursts(burst(0, BURST_ALARM)).burst_alarms == 1
    assert _bursts(burst(0, 90)).burst_alarms == 1
    assert _bursts([*burst(0, 60), *burst(1, 60), *burst(2, 10)]).burst_alarms == 2


def test_both_edges_of_the_window_count_at_any_time_since_the_epoch() -> None:
    for begin in range(100):
        bursts = _bursts([(EPOCH + begin / 7, 0), (EPOCH + begin / 7 + INTERVAL, 0)])
        assert bursts.max_burst == 2, begin
        bursts = _bursts([(EPOCH + begin / 7, 0), (EPOCH + begin / 7 + INTERVAL + 0.0001, 0)])
        assert bursts.max_burst == 1, begin


_steps = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0003, 0.002, 0.05, 0.1, 0.2]), st.integers(0, 9000)), min_size=1, max_size=200
)


@given(_steps, st.integers(1, 50))
def test_the_columns_agree_with_a_model_that_keeps_everything(steps: list[tuple[float, int]], batch: int) -> None:
    milliseconds, trace = 0.0, []
    for pause, size in steps:
        milliseconds += pause * 1000
        trace.append((EPOCH + milliseconds / 1000, size))
    windows = [
        [size + OVERHEAD for time, size in trace[: end + 1] if time >= trace[end][0] - INTERVAL - 1e-6]
        for end in range(len(trace))
    ]
    level, levels = 0.0, []
    for (before, _), (time, size) in zip([trace[0], *trace], trace, strict=False):
        level = max(0.0, level - (time - before) * (EMPTY_SPEED / 8)) + size + OVERHEAD
        levels.append(level)
    bursts = _bursts(trace, batch)
    assert bursts.max_burst == max(map(len, windows))
    assert bursts.maximum_bits_per_s == pytest.approx(max(map(sum, windows)) * 8 / INTERVAL)
    assert bursts.max_buffer_bytes == round(max(levels))
    assert bursts.burst_alarms == _crossings([len(window) >= BURST_ALARM for window in windows])
    assert bursts.buffer_alarms == _crossings([each >= BUFFER_ALARM for each in levels])


def _crossings(above: list[bool]) -> int:
    return sum(now and not before for before, now in zip([False, *above], above, strict=False))


def test_the_memory_is_bounded_and_a_clock_set_back_does_not_fill_it() -> None:
    bursts = _bursts([(EPOCH, 1)] * (MAX_WINDOW + 5000), batch=1000)
    assert len(bursts._window) <= MAX_WINDOW
    bursts = _bursts([(EPOCH, 100)] * 500 + [(EPOCH - 3600 + number, 100) for number in range(10)], batch=100)
    assert len(bursts._window) < 100
    assert bursts.max_buffer_bytes < 550 * (100 + OVERHEAD)
