"""Rates are counted over the time that passed, whatever becomes of the wall clock."""

from __future__ import annotations

import time

import msgspec
import pytest

from net.records import Traffic
from net.traffic import Reading, read


def test_a_clock_that_was_set_changes_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    name, first = next(iter(read(Reading(0.0, {})).by_name.items()))
    earlier = Reading(time.monotonic() - 10.0, {name: msgspec.structs.replace(first, rx_bytes=0, tx_bytes=0)})
    monkeypatch.setattr(time, "time", lambda: first.time - 3600.0)

    now = read(earlier, (name,)).by_name[name]

    assert now.time == first.time - 3600.0
    assert now.rx_bytes_per_s is not None
    assert now.rx_bytes_per_s == pytest.approx(now.rx_bytes / 10.0, rel=0.05)


def test_a_counter_that_went_backwards_and_a_first_reading_have_no_rate() -> None:
    name, first = next(iter(read(Reading(0.0, {})).by_name.items()))
    more: Traffic = msgspec.structs.replace(first, rx_bytes=2**62)
    assert first.rx_bytes_per_s is None
    assert read(Reading(time.monotonic() - 1.0, {name: more}), (name,)).by_name[name].rx_bytes_per_s is None


def test_packets_multicast_errors_and_drops_have_rates_too() -> None:
    name, first = next(iter(read(Reading(0.0, {})).by_name.items()))
    zero = {"rx_packets": 0, "tx_packets": 0, "rx_multicast": 0, "errors": 0, "drops": 0}
    earlier = Reading(time.monotonic() - 10.0, {name: msgspec.structs.replace(first, **zero)})
    now = read(earlier, (name,)).by_name[name]
    for counted, rate in (
        (now.rx_packets, now.rx_packets_per_s),
        (now.tx_packets, now.tx_packets_per_s),
        (now.rx_multicast, now.rx_multicast_per_s),
        (now.errors, now.errors_per_s),
        (now.drops, now.drops_per_s),
    ):
        assert counted is not None
        assert rate == pytest.approx(counted / 10.0, rel=0.05)


def test_a_system_that_does_not_count_multicast_gives_no_rate_of_it() -> None:
    name, first = next(iter(read(Reading(0.0, {})).by_name.items()))
    untold = msgspec.structs.replace(first, rx_multicast=None)
    assert read(Reading(time.monotonic() - 1.0, {name: untold}), (name,)).by_name[name].rx_multicast_per_s is None
