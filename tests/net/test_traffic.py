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
