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
