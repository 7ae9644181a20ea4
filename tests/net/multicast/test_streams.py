"""Tests of net.multicast.streams against a model that keeps every number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.multicast.payloads import NUMBERED_BYTES, numbered_payload, recognise
from net.multicast.streams import WINDOW, Sequence, StreamCounter

IDENTITY = ("192.168.1.20", 40000, "224.224.0.77", 23019, "en0")


def _counts(numbers: list[int]) -> tuple[int, int, int]:
    sequence = Sequence()
    for number in numbers:
        sequence.count(number)
    return sequence.lost, sequence.duplicated, sequence.reordered


@pytest.mark.parametrize(
    ("numbers", "lost", "duplicated", "reordered"),
    [
        ([0, 1, 2, 3], 0, 0, 0),
        ([0, 1, 4, 5], 2, 0, 0),
        ([0, 1, 1, 2], 0, 1, 0),
        ([0, 2, 1, 3], 0, 0, 1),
        ([0, 2, 1, 1, 3], 0, 1, 1),
        ([5, 6, 9, 7, 10], 1, 0, 1),
        ([0, WINDOW + 5], WINDOW + 4, 0, 0),
        ([0, 3 * WINDOW, 3 * WINDOW], 3 * WINDOW - 1, 1, 0),
    ],
)
def test_loss_duplicates_and_reordering_of_known_patterns(
    numbers: list[int], lost: int, duplicated: int, reordered: int
) -> None:
    assert _counts(numbers) == (lost, duplicated, reordered)


@given(st.lists(st.integers(min_value=0, max_value=200), min_size=1, max_size=300))
def test_counts_agree_with_a_model_that_remembers_everything(numbers: list[int]) -> None:
    # The first number is where the stream begins; what came before it was never expected.
    first = numbers[0]
    numbers = [number for number in numbers if number >= first]
    seen: set[int] = set()
    duplicated = reordered = 0
    highest = -1
    for number in numbers:
        if number in seen:
            duplicated += 1
        elif number < highest:
            reordered += 1
        seen.add(number)
        highest = max(highest, number)
    lost = highest - first + 1 - len(seen)
    assert _counts(numbers) == (lost, duplicated, reordered)


@given(st.integers(0, 2**32 - 1), st.integers(0, 10**10 - 1), st.integers(NUMBERED_BYTES, 1400))
def test_a_numbered_payload_is_read_back(run: int, number: int, size: int) -> None:
    payload = numbered_payload(run, number, 1_700_000_000.25, size)
    read = recognise(payload)
    assert len(payload) == size
    assert read is not None
    assert (int(read.run, 16), read.number, read.sent) == (run, number, 1_700_000_000.25)


@given(st.binary(max_size=100))
def test_foreign_payloads_are_never_taken_for_numbers(payload: bytes) -> None:
    assert recognise(payload) is None
    assert recognise(b"lanscout " + payload[: NUMBERED_BYTES - 10]) is None


def test_a_sender_that_starts_anew_is_not_counted_as_loss() -> None:
    counter = StreamCounter(IDENTITY, 0.0)
    for run, number in ((1, 0), (1, 1), (1, 3), (2, 0), (2, 1)):
        counter.count(0.0, numbered_payload(run, number, 0.0, 60), 1)
    stream = counter.record()
    assert (stream.packets, stream.lost, stream.duplicated, stream.reordered) == (5, 1, 0, 0)


def test_a_stream_without_numbers_says_that_its_loss_is_unknown() -> None:
    counter = StreamCounter(IDENTITY, 0.0)
    counter.count(0.0, b"hello", 4)
    stream = counter.record()
    assert stream.lost is None
    assert stream.jitter_ms is None
    assert stream.ttl == 4


def test_jitter_follows_rfc_3550() -> None:
    counter = StreamCounter(IDENTITY, 0.0)
    expected = 0.0
    before = None
    for number, delay in enumerate((0.010, 0.012, 0.009, 0.020)):
        counter.count(number + delay, numbered_payload(1, number, float(number), 60), 1)
        if before is not None:
            expected += (abs(delay - before) - expected) / 16
        before = delay
    jitter = counter.record().jitter_ms
    assert jitter == pytest.approx(expected * 1000, abs=0.001)


def test_rates_are_those_of_the_second_that_was_closed() -> None:
    counter = StreamCounter(IDENTITY, 0.0)
    for _ in range(10):
        counter.count(0.5, bytes(100), 1)
    assert counter.rates(2.0)
    assert (counter.record().packets_per_s, counter.record().bits_per_s) == (5.0, 4000.0)
    assert counter.rates(1.0), "the fall to zero is a change"
    assert not counter.rates(1.0)
