"""Tests of net.multicast.pace."""

from __future__ import annotations

from typing import Any

import pytest

from net.multicast.pace import BACKLOG, LOUD, Pace, check_rate, packets_per_s
from net.problems import ProblemError
from net.requests import SendRequest


def _request(**asked: Any) -> SendRequest:
    return SendRequest(group="239.1.1.1:5000", **{"count": 0, **asked})


@pytest.mark.parametrize(
    ("asked", "size", "step"),
    [
        ({"interval_ms": 20}, 100, 0.02),
        ({"rate_pps": 500}, 100, 0.002),
        ({"rate_bps": 1_000_000}, 1250, 0.01),
        ({"rate_pps": 500, "interval_ms": 1}, 100, 0.002),
        ({"interval_ms": 0}, 100, 0),
    ],
)
def test_datagrams_are_due_at_a_steady_rate(asked: dict[str, Any], size: int, step: float) -> None:
    pace = Pace(_request(**asked), 100.0)
    for number in range(5):
        assert pace.due == pytest.approx(100.0 + number * step)
        pace.sent(size, pace.due + 0.001)


def test_a_delay_is_caught_up_but_not_a_night() -> None:
    pace = Pace(_request(rate_pps=10), 0.0)
    pace.sent(1, 0.9)
    assert pace.due == pytest.approx(0.1), "eight are due at once"
    pace.sent(1, 3600.0)
    assert pace.due == 3600.0 - BACKLOG


@pytest.mark.parametrize(
    ("asked", "senders", "size", "loud"),
    [
        ({"rate_pps": LOUD}, 1, 100, False),
        ({"rate_pps": LOUD + 1}, 1, 100, True),
        ({"rate_pps": LOUD / 2}, 2, 100, False),
        ({"rate_pps": LOUD / 2 + 1}, 2, 100, True),
        ({"rate_bps": 80_000_000}, 1, 1000, False),
        ({"rate_bps": 80_000_000}, 1, 999, True),
        ({"interval_ms": 0.1}, 1, 100, False),
        ({"interval_ms": 0.05}, 1, 100, True),
        ({"interval_ms": 0}, 1, 100, True),
        ({"interval_ms": 0, "count": LOUD}, 1, 100, False),
        ({"interval_ms": 0, "count": LOUD}, 2, 100, True),
        ({"interval_ms": 0, "count": None}, 1, 100, True),
        ({"rate_bps": 1e9}, 1, 0, True),
    ],
)
def test_what_could_hold_up_the_network_must_be_confirmed(
    asked: dict[str, Any], senders: int, size: int, loud: bool
) -> None:
    check_rate(_request(**asked, fast=True), senders, size)
    if loud:
        with pytest.raises(ProblemError) as failure:
            check_rate(_request(**asked), senders, size)
        assert failure.value.problem.code == "rate_needs_confirmation"
        assert "10,000" in failure.value.problem.text
    else:
        check_rate(_request(**asked), senders, size)


def test_two_rates_are_one_too_many() -> None:
    with pytest.raises(ProblemError) as failure:
        check_rate(_request(rate_pps=1, rate_bps=1), 1, 1)
    assert failure.value.problem.code == "rate_ambiguous"


def test_a_busy_second_has_no_more_than_there_are_to_send() -> None:
    assert packets_per_s(_request(rate_pps=20_000, count=5), 100) == 5


@pytest.mark.parametrize(
    "asked",
    [
        {"rate_pps": float("nan")},
        {"rate_bps": float("nan")},
        {"rate_pps": float("inf")},
        {"rate_bps": float("inf")},
        {"rate_pps": -1.0},
        {"interval_ms": float("nan")},
        {"interval_ms": float("inf")},
        {"interval_ms": -1.0},
    ],
)
@pytest.mark.parametrize("fast", [False, True])
def test_a_rate_that_is_none_is_refused(asked: dict[str, Any], fast: bool) -> None:
    with pytest.raises(ProblemError) as failure:
        check_rate(_request(**asked, fast=fast), 1, 100)
    assert failure.value.problem.code == "rate_impossible"


def _most_in_a_second(pace: Pace, sizes: list[int], begin: float = 0.0) -> int:
    """Of a sender that sends whatever is due at once."""
    times: list[float] = []
    now = begin
    for size in sizes:
        now = max(now, pace.due)
        times.append(now)
        pace.sent(size, now)
    return max(sum(1 for other in times if time <= other < time + 0.999) for time in times[:: LOUD // 10])


@pytest.mark.parametrize(
    ("asked", "sizes"),
    [
        ({"rate_bps": 8_000_000}, [0] * 3 * LOUD),
        ({"rate_bps": 80_000_000}, [1000, 1] * 3 * LOUD),
        ({"interval_ms": 0}, [100] * 3 * LOUD),
    ],
)
def test_no_second_has_more_than_may_be_sent_without_confirmation(asked: dict[str, Any], sizes: list[int]) -> None:
    assert _most_in_a_second(Pace(_request(**asked), 0.0), sizes) <= LOUD
    assert _most_in_a_second(Pace(_request(**asked), 0.0, 4), sizes[:LOUD]) <= LOUD // 4
    assert _most_in_a_second(Pace(_request(**asked, fast=True), 0.0), sizes) > LOUD


def test_a_delay_is_caught_up_no_faster_than_that() -> None:
    pace = Pace(_request(rate_pps=LOUD), 0.0)
    assert _most_in_a_second(pace, [100] * 3 * LOUD, begin=60.0) <= LOUD


def test_empty_payloads_have_a_rate_in_bits_as_well() -> None:
    pace = Pace(_request(rate_bps=80, fast=True), 0.0)
    pace.sent(0, 0.0)
    assert pace.due == pytest.approx(0.1)
