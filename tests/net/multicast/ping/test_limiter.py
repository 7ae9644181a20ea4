"""Tests of net.multicast.ping.limiter."""

from __future__ import annotations

from net.multicast.ping.limiter import BURST, MOST_HOSTS, Limiter


def test_a_burst_passes_and_then_one_an_interval() -> None:
    limiter = Limiter(1.0)
    assert [limiter.allows("a", 100.0) for _ in range(BURST + 2)] == [True] * BURST + [False] * 2
    assert not limiter.allows("a", 100.9)
    assert limiter.allows("a", 101.0)
    assert not limiter.allows("a", 101.5)


def test_who_keeps_to_the_interval_is_never_refused() -> None:
    limiter = Limiter(1.0)
    late = (0.0, 0.02, -0.02, 0.3, -0.3)
    assert all(limiter.allows("a", 100.0 + number + late[number % len(late)]) for number in range(1000))


def test_hosts_are_told_apart() -> None:
    limiter = Limiter(1.0)
    assert [limiter.allows("a", 0.0) for _ in range(BURST + 1)][-1] is False
    assert limiter.allows("b", 0.0)


def test_an_interval_of_zero_limits_nothing() -> None:
    limiter = Limiter(0.0)
    assert all(limiter.allows("a", 0.0) for _ in range(1000))


def test_memory_is_bounded_and_the_newest_hosts_stay_limited() -> None:
    limiter = Limiter(1.0)
    for host in range(3 * MOST_HOSTS):
        limiter.allows(host, 0.0)
    assert len(limiter._expected) == MOST_HOSTS
    newest = 3 * MOST_HOSTS - 1
    assert [limiter.allows(newest, 0.0) for _ in range(BURST)] == [True] * (BURST - 1) + [False]
