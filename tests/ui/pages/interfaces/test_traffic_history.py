from __future__ import annotations

import msgspec

from net.records import Traffic
from ui.pages.interfaces.traffic_history import LISTED, SECONDS, SILENT, Reading, TrafficHistory


def traffic(time: float, received: float | None = 0.0, sent: float | None = 0.0, **more: float) -> Traffic:
    told = Traffic(interface="en0", time=time, rx_bytes=0, tx_bytes=0, rx_packets=0, tx_packets=0, errors=0, drops=0,
                   rx_bytes_per_s=received, tx_bytes_per_s=sent)  # fmt: skip
    return msgspec.structs.replace(told, **more)


def history(*told: Traffic) -> TrafficHistory:
    kept = TrafficHistory()
    for each in told:
        kept.note(each)
    return kept


def test_the_first_reading_has_no_rates_and_is_no_zero() -> None:
    kept = history(traffic(1, None, None))
    assert (kept.of("en0"), kept.spark("en0"), kept.silent("en0")) == ((), (), False)


def test_a_reading_has_both_ways_and_what_went_wrong() -> None:
    kept = history(traffic(1, 10.0, 4.0, errors_per_s=1.0, drops_per_s=2.0))
    assert kept.of("en0") == (Reading(1, 10.0, 4.0, 3.0),)
    assert kept.spark("en0") == (14.0,)


def test_ten_minutes_are_kept_and_a_minute_is_listed() -> None:
    kept = history(*(traffic(number, float(number)) for number in range(SECONDS + 50)))
    assert len(kept.of("en0")) == SECONDS
    assert kept.spark("en0") == tuple(float(number) for number in range(SECONDS + 50 - LISTED, SECONDS + 50))


def test_what_is_older_than_ten_minutes_is_gone_although_little_came_since() -> None:
    kept = history(traffic(0, 5.0), traffic(SECONDS + 1, 7.0))
    assert [reading.received for reading in kept.of("en0")] == [7.0]


def test_an_interface_is_silent_after_a_minute_without_anything() -> None:
    kept = history(traffic(0, 5.0), *(traffic(1 + number) for number in range(LISTED - 1)))
    assert not kept.silent("en0")
    assert kept.spark("en0")[0] == 5.0
    kept.note(traffic(99))
    assert kept.silent("en0")
    assert kept.spark("en0") == SILENT
    kept.note(traffic(100, drops_per_s=1.0))
    assert not kept.silent("en0"), "drops are no silence"


def test_one_that_never_had_traffic_is_silent_at_once() -> None:
    assert history(traffic(0)).spark("en0") == SILENT


def test_an_interface_that_is_gone_is_forgotten() -> None:
    kept = history(traffic(0, 5.0))
    kept.forget("en0")
    kept.forget("never there")
    assert (kept.of("en0"), kept.spark("en0")) == ((), ())
