"""A name is probed for three times and announced twice, at the times of RFC 6762 section 8."""

from __future__ import annotations

import pytest

from discovery.bonjour.publisher.claim import Claim, Conflicts
from tests.discovery.bonjour.publisher.scene import latest


def course(claim: Claim, until: float) -> list[tuple[float, str]]:
    """What is sent when, each turn taken as it is due."""
    sent: list[tuple[float, str]] = []
    while claim.due is not None and claim.due <= until:
        now = claim.due
        step = claim.turn(now)
        assert step is not None
        sent.append((round(now, 3), step))
    return sent


@pytest.mark.parametrize("wait", [0.0, 0.125, 0.25])
def test_three_probes_a_quarter_second_apart_then_two_announcements_a_second_apart(wait: float) -> None:
    claim = Claim(lambda low, high: low + wait if high == 0.25 else high)
    claim.begin(100.0)
    first = 100.0 + wait

    assert course(claim, 200.0) == [
        (first, "probe"),
        (first + 0.25, "probe"),
        (first + 0.5, "probe"),
        (first + 0.75, "announce"),
        (first + 1.75, "announce"),
    ]
    assert claim.due is None


def test_nothing_is_announced_before_the_last_probe_had_its_quarter_second() -> None:
    claim = Claim(latest)
    claim.begin(0.0)
    course(claim, 0.75)

    assert not claim.announced
    assert claim.turn(0.99) is None
    assert claim.turn(1.0) == "announce"
    assert claim.announced


def test_who_loses_a_tie_waits_a_second_and_probes_three_times_again() -> None:
    claim = Claim(latest)
    claim.begin(0.0)
    assert course(claim, 0.5) == [(0.25, "probe"), (0.5, "probe")]
    claim.defer(0.6)

    assert course(claim, 2.4) == [(1.6, "probe"), (1.85, "probe"), (2.1, "probe"), (2.35, "announce")]


def test_another_name_is_not_probed_for_sooner_than_the_next_probe_would_have_been() -> None:
    claim = Claim(lambda low, _high: low)
    claim.begin(0.0)
    assert course(claim, 0.1) == [(0.0, "probe")]
    claim.begin(0.1)

    assert course(claim, 0.3) == [(0.25, "probe")]


def test_what_another_host_withdrew_is_announced_once_more_but_not_within_a_second() -> None:
    claim = Claim(latest)
    claim.begin(0.0)
    course(claim, 2.0)
    claim.announce_again(2.1)
    claim.announce_again(2.1)

    assert course(claim, 10.0) == [(3.0, "announce")]
    claim.announce_again(20.0)
    assert course(claim, 30.0) == [(20.12, "announce")]


def test_before_it_is_announced_nothing_is_announced_again() -> None:
    claim = Claim(latest)
    claim.begin(0.0)
    claim.announce_again(0.1)

    assert course(claim, 0.3) == [(0.25, "probe")]


def test_fifteen_conflicts_within_ten_seconds_make_every_further_probe_wait_five() -> None:
    conflicts = Conflicts()

    assert [conflicts.pause(number / 2) for number in range(16)] == [0.0] * 14 + [5.0] * 2
    assert conflicts.pause(100.0) == 0.0
