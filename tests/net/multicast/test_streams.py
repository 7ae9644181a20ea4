"""Tests of net.multicast.streams: every format counted, foreign payloads, rates, and what it costs."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from net.multicast.payloads.lanscout import numbered_payload
from net.multicast.streams import ATTEMPTS_FIRST, BATCH, MISFITS, StreamCounter
from net.records import Stream
from tests.lab.payloads import BY_NAME, PATTERN_COUNTS, lanscout, mgen, pattern, rtp
from tests.net.multicast.payloads.test_formats import cells

IDENTITY = ("192.168.1.20", 40000, "224.224.0.77", 23019, "en0")
EPOCH = 1_700_000_000.0


def _stream(payloads: list[bytes], *, strips: bool = False, seconds_between: float = 0.001) -> Stream:
    counter = StreamCounter(IDENTITY, EPOCH, strips=strips)
    for number, payload in enumerate(payloads):
        counter.count(EPOCH + number * seconds_between, payload, 1)
    return counter.record()


@pytest.mark.parametrize("stamped", ["as it was first sent", "when it is sent again"])
@pytest.mark.parametrize("name", BY_NAME)
def test_a_known_pattern_is_counted_exactly_in_every_format(name: str, stamped: str) -> None:
    times = [(number if stamped == "as it was first sent" else at) / 1000 for at, (_, number) in enumerate(pattern())]
    payloads = [BY_NAME[name](*arrival, sent) for arrival, sent in zip(pattern(), times, strict=True)]
    stream = _stream(payloads)
    # Clients of a multicast ping are served side by side: another one is no new beginning.
    expected = PATTERN_COUNTS | ({"restarts": 0} if name == "multicast ping" else {})
    assert stream.payload == name
    assert {field: getattr(stream, field) for field in expected} == expected
    assert stream.packets == len(payloads)
    assert (stream.jitter_ms is None) == (
        name in {"mcjoin", "Hirschmann multicast test", "multicast ping"} or "text" in name
    )


def test_both_byte_orders_of_a_bare_number_are_found_out() -> None:
    for order, name in (("<", "number of 4 bytes (msend 2)"), (">", "number of 4 bytes")):
        stream = _stream([struct.pack(order + "I", number) for number in (*range(250, 270), *range(272, 600))])
        assert (stream.payload, stream.lost) == (name, 2)


def test_rtp_wraps_at_16_bits_and_its_jitter_needs_a_known_clock() -> None:
    payloads = [rtp(9, number, number / 1000) for number in range(65_000, 66_000) if number != 65_600]
    stream = _stream(payloads)
    assert (stream.payload, stream.wraps, stream.lost, stream.restarts) == ("RTP", 1, 1, 0)
    assert stream.jitter_ms is not None
    dynamic = _stream([payload[:1] + b"\x60" + payload[2:] for payload in payloads])
    assert (dynamic.payload, dynamic.lost, dynamic.jitter_ms) == ("RTP", 1, None)


def test_two_sources_of_rtp_side_by_side_are_no_restart() -> None:
    payloads = [rtp(number % 2 + 1, number // 2, number / 1000) for number in range(400) if number != 201]
    stream = _stream(payloads)
    assert (stream.lost, stream.restarts, stream.duplicated, stream.reordered) == (1, 0, 0, 0)


def test_flows_of_mgen_are_numbered_each_by_itself() -> None:
    def flow(identifier: int, number: int) -> bytes:
        payload = mgen(0, number, number / 1000)
        return payload[:4] + struct.pack(">I", identifier) + payload[8:]

    payloads = [
        flow(identifier, number) for number in range(300) for identifier in (1, 2, 3) if number != 7 * identifier
    ]
    stream = _stream(payloads)
    assert (stream.lost, stream.restarts, stream.duplicated, stream.reordered) == (3, 0, 0, 0)


def test_the_loss_at_the_start_of_iperf_counts_as_iperf_counts_it() -> None:
    make = BY_NAME["iperf 2"]
    assert _stream([make(0, number, number / 1000) for number in range(2, 50)]).lost == 2
    assert _stream([make(0, number, number / 1000) for number in range(2000, 2050)]).lost == 0, "joined later"


def test_iperf_with_datagrams_too_small_for_its_header_is_counted_from_the_first() -> None:
    make = BY_NAME["iperf 2"]
    payloads = [make(0, 0, 0.0), *(make(0, number, number / 1000)[:16] for number in range(1, 40) if number != 30)]
    stream = _stream(payloads)
    assert (stream.payload, stream.packets, stream.lost, stream.foreign) == ("iperf 2", 39, 1, 0)


def test_the_negative_last_number_of_iperf_goes_on_with_the_others() -> None:
    make = BY_NAME["iperf 2"]
    payloads = [make(0, number, number / 1000) for number in range(20)]
    last = bytearray(make(0, 20, 0.02))
    last[0:4], last[12:16] = struct.pack(">i", -21), struct.pack(">i", -1)
    stream = _stream([*payloads, bytes(last)])
    assert (stream.lost, stream.foreign, stream.restarts) == (0, 0, 0)


def test_an_mpeg_transport_stream_is_counted_by_its_continuity_counters() -> None:
    datagrams = [cells(7, number * 7) for number in range(100)]
    stream = _stream(datagrams)
    assert (stream.payload, stream.lost, stream.continuity_errors, stream.reordered) == ("MPEG-TS", 0, 0, None)
    lossy = [*datagrams[:10], *datagrams[11:50], *datagrams[52:]]
    stream = _stream([*lossy[:30], lossy[29], *lossy[30:]], strips=True)
    assert (stream.lost, stream.continuity_errors, stream.duplicated, stream.foreign) == (3, 2, 1, 0)
    assert stream.strip is not None
    assert stream.strip.count("x") == 3


def test_padding_errors_standing_counters_and_announced_jumps_of_a_transport_stream_are_no_loss() -> None:
    def datagram(number: int) -> bytes:
        null = cells(1, 5, pid=0x1FFF)
        damaged = bytes((0x47, 0x81, 0x00, 0x19)) + bytes(184)
        standing = bytes((0x47, 0x01, 0x00, 0x20 | (number * 2 - 1) & 15)) + bytes(184)
        return cells(1, number * 2) + null + damaged + cells(1, number * 2 + 1) + standing

    jump = bytes((0x47, 0x01, 0x00, 0x3C, 1, 0x80)) + bytes(182)
    payloads = [datagram(number) for number in range(20)]
    assert _stream(payloads).continuity_errors == 0
    assert _stream([*payloads, jump + cells(3, 13)]).continuity_errors == 0
    assert _stream([*payloads, cells(4, 12)]).continuity_errors == 1


def test_short_datagrams_of_a_transport_stream_are_recognised_by_several() -> None:
    assert _stream([cells(1, number) for number in range(4)]).payload is None
    assert _stream([cells(1, number) for number in range(5)]).payload == "MPEG-TS"


def test_a_payload_that_does_not_fit_is_counted_as_foreign_and_the_counts_stay() -> None:
    payloads = [lanscout(1, number, 0.0) for number in range(50) if number != 30]
    stream = _stream([*payloads[:20], b"hello", b"", *payloads[20:]])
    assert (stream.packets, stream.foreign, stream.lost, stream.duplicated) == (51, 2, 1, 0)


def test_a_sender_that_goes_on_in_another_format_is_followed_and_nothing_counted_is_lost() -> None:
    counter = StreamCounter(IDENTITY, EPOCH)
    ours = [lanscout(1, number, 0.0) for number in range(50) if number != 30]
    theirs = [BY_NAME["mcjoin"](1, number, 0.0) for number in range(50) if number != 40]
    for payload in [*ours, *theirs[:MISFITS]]:
        counter.count(EPOCH, payload, 1)
    counter.rates(1.0)
    assert counter.record().payload == "lanscout numbers", "ours fitted within the second"
    for payload in theirs[MISFITS : 2 * MISFITS]:
        counter.count(EPOCH, payload, 1)
    counter.rates(1.0)
    for payload in theirs[2 * MISFITS :]:
        counter.count(EPOCH, payload, 1)
    stream = counter.record()
    assert (stream.payload, stream.lost, stream.restarts, stream.foreign) == ("mcjoin", 2, 1, 2 * MISFITS)


def test_a_format_is_also_found_when_the_numbers_begin_later() -> None:
    payloads = [lanscout(1, number, 0.0) for number in range(20)]
    assert _stream([b"text"] * (ATTEMPTS_FIRST - 1) + payloads).payload == "lanscout numbers"
    counter = StreamCounter(IDENTITY, EPOCH)
    for payload in [b"text"] * 1000 + payloads[:1]:
        counter.count(EPOCH, payload, 1)
    assert counter.record().payload is None, "after so many it is looked for only once a second"
    counter.rates(1.0)
    for payload in payloads[1:]:
        counter.count(EPOCH, payload, 1)
    assert counter.record().payload == "lanscout numbers"


@pytest.mark.parametrize("size", [1, 3, 4, 12, 16, 20, 28, 100, 188, 280, 376, 1316])
def test_random_bytes_are_never_taken_for_a_format(size: int) -> None:
    chance = random.Random(size)
    for _ in range(60):
        assert _stream([chance.randbytes(size) for _ in range(ATTEMPTS_FIRST)]).payload is None


@pytest.mark.parametrize("payload", [b"hello", b"12345", bytes(4), bytes(100), b"\x80" * 100, b"1", b"\x47" * 100, b""])
def test_a_payload_that_stays_the_same_is_never_taken_for_numbers(payload: bytes) -> None:
    stream = _stream([payload] * 300)
    assert (stream.payload, stream.lost, stream.foreign, stream.restarts, stream.strip) == (None,) * 5


@given(st.lists(st.binary(max_size=40) | st.sampled_from([make(1, 2, 3.0) for make in BY_NAME.values()]), max_size=80))
@settings(max_examples=50)
def test_no_stream_makes_the_counter_raise(payloads: list[bytes]) -> None:
    assert _stream(payloads).packets == len(payloads)


def test_a_sender_that_starts_anew_is_not_counted_as_loss() -> None:
    numbers = ((1, 0), (1, 1), (1, 3), (2, 0), (2, 1))
    stream = _stream([numbered_payload(run, number, 0.0, 60) for run, number in numbers])
    assert (stream.packets, stream.lost, stream.duplicated, stream.reordered) == (5, 1, 0, 0)
    assert stream.restarts == 1


def test_what_is_lost_at_the_start_of_a_new_run_is_counted() -> None:
    numbers = ((1, 5), (1, 6), (2, 2), (2, 3), (1, 7))
    stream = _stream([numbered_payload(run, number, 0.0, 60) for run, number in numbers])
    assert (stream.lost, stream.restarts) == (2, 1)


def test_a_stream_without_numbers_says_that_its_loss_is_unknown() -> None:
    counter = StreamCounter(IDENTITY, 0.0)
    counter.count(0.0, b"hello", 4)
    stream = counter.record()
    assert stream.lost is None
    assert stream.late is None
    assert stream.jitter_ms is None
    assert stream.mean_jitter_ms is None
    assert (stream.ttl, stream.ttl_min, stream.ttl_max) == (4, 4, 4)


def test_jitter_follows_rfc_3550_and_its_mean_iperf() -> None:
    delays = [0.010, 0.012, 0.009, 0.020] * 100
    for batch in (1, 3):
        counter = StreamCounter(IDENTITY, EPOCH)
        expected = total = 0.0
        for number, delay in enumerate(delays):
            counter.count(EPOCH + number + delay, numbered_payload(1, number, EPOCH + number, 60), 1)
            if number:
                expected += (abs(delay - delays[number - 1]) - expected) / 16
                total += expected
            if number % batch == 0:
                counter.record()
        stream = counter.record()
        assert stream.jitter_ms == pytest.approx(expected * 1000, abs=0.002)
        assert stream.mean_jitter_ms == pytest.approx(total / (len(delays) - 1) * 1000, abs=0.002)


def test_a_clock_that_is_set_is_no_jitter() -> None:
    counter = StreamCounter(IDENTITY, EPOCH)
    for number in range(10):
        counter.count(EPOCH + number, numbered_payload(1, number, EPOCH + number + 10**6 * (number > 4), 60), 1)
    assert counter.record().jitter_ms == 0.0


def test_rates_are_those_of_the_second_that_was_closed() -> None:
    counter = StreamCounter(IDENTITY, 0.0)
    for _ in range(10):
        counter.count(0.5, bytes(100), 1)
    assert counter.rates(2.0)
    assert (counter.record().packets_per_s, counter.record().bits_per_s) == (5.0, 4000.0)
    assert counter.rates(1.0), "the fall to zero is a change"
    assert not counter.rates(1.0)


def test_the_columns_of_bandwidth_count_frames_and_the_ttl_its_range() -> None:
    for group, overhead in (("224.224.0.77", 42), ("ff15::77", 62)):
        counter = StreamCounter((IDENTITY[0], 1, group, 2, "en0"), EPOCH)
        for number, ttl in enumerate((5, 3, 3, None, 7, 4)):
            counter.count(EPOCH + number * 0.5, bytes(1000), ttl)
        stream = counter.record()
        assert (stream.ttl_min, stream.ttl_max, stream.ttl) == (3, 7, 4)
        assert stream.average_bits_per_s == pytest.approx(6 * (1000 + overhead) * 8 / 2.5)
        assert stream.maximum_bits_per_s == (1000 + overhead) * 8 * 10
        assert (stream.max_burst, stream.longest_silence_s) == (1, 0.5)
        assert (stream.burst_alarms, stream.buffer_alarms, stream.max_buffer_bytes) == (0, 0, 1000 + overhead)


def test_the_strip_comes_only_when_asked_for() -> None:
    payloads = [lanscout(1, number, 0.0) for number in range(10) if number != 4]
    assert _stream(payloads).strip is None
    assert _stream(payloads, strips=True).strip == "....x....."
    restarted = [*payloads, *(lanscout(2, number, 0.0) for number in range(3))]
    assert _stream(restarted, strips=True).strip == "....x........"


@given(st.integers(1, 40), st.booleans())
@settings(max_examples=20)
def test_datagrams_counted_in_batches_give_the_same_record(size: int, numbered: bool) -> None:
    payloads = [lanscout(1, number, 0.0) if numbered else b"text" for number in range(BATCH + 50) if number % 7]
    payloads[100] = b"foreign"
    times = [EPOCH + number / 1000 for number in range(len(payloads))]
    ttls = [number // 100 for number in range(len(payloads))]
    single, batched = StreamCounter(IDENTITY, EPOCH), StreamCounter(IDENTITY, EPOCH)
    for arrived in zip(times, payloads, ttls, strict=True):
        single.count(*arrived)
    for at in range(0, len(payloads), size):
        batched.count_batch(times[at : at + size], payloads[at : at + size], ttls[at : at + size])
    assert batched.record() == single.record()
    assert batched.packets == single.packets == len(payloads)


@pytest.mark.parametrize(("times", "known"), [((0.0,), False), ((0.0, 0.012, 0.024), False), ((0.0, 0.15), True)])
def test_the_average_bandwidth_is_never_above_the_maximum(times: tuple[float, ...], known: bool) -> None:
    stream = StreamCounter(("192.0.2.1", 1, "239.1.1.1", 2, "en0"), 100.0)
    for time in times:
        stream.count(100.0 + time, bytes(1000), 1)
    record = stream.record()
    assert (record.average_bits_per_s is not None) is known
    assert (record.average_bits_per_s or 0.0) <= (record.maximum_bits_per_s or 0.0)
