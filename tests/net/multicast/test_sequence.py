"""Tests of net.multicast.sequence: known patterns, and a model that keeps every number."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from net.multicast.room import Room
from net.multicast.sequence import FEW_GAPS, LEAD, LOW, LOW_BEHIND, MAX_GAPS, MISORDER, Counts, Numbers
from net.multicast.strip import CELLS, Strip

BITS_16, BITS_32, BITS_64 = 1 << 16, 1 << 32, 1 << 64


def _counts(numbers: Iterable[int], modulus: int | None = None) -> dict[str, int]:
    """What was counted, without the zeros."""
    counts = Counts()
    sequence = Numbers(counts, modulus=modulus)
    for number in numbers:
        sequence.count(number)
    return _told(counts)


def _told(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in Counts.__slots__ if getattr(counts, name)}


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([0, 1, 2, 3], {}),
        ([7], {}),
        ([0, 1, 4, 5], {"lost": 2}),
        ([0, 1, 1, 2], {"duplicated": 1}),
        ([0, 2, 1, 3], {"reordered": 1, "distance": 1}),
        ([0, 2, 1, 1, 3], {"reordered": 1, "distance": 1, "duplicated": 1}),
        ([5, 6, 9, 7, 10], {"lost": 1, "reordered": 1, "distance": 2}),
        ([0, 1, 5, 3, 4, 2, 6], {"reordered": 3, "distance": 3}),
        ([0, 51, *range(52, 60), 25], {"lost": 49, "reordered": 1, "distance": 34}),
        ([0, *range(2, 103), 1], {"late": 1, "distance": 101}),
        ([0, *range(2, 102), 1], {"reordered": 1, "distance": 100}),
        ([0, 50_000], {"lost": 49_999}),
        ([0, 50_000, 50_000], {"lost": 49_999, "duplicated": 1}),
        # The first number is where the stream begins; what came before it was never expected.
        ([10, 8, 9, 11], {"reordered": 2, "distance": 2}),
        ([10, 8, 8, 11], {"reordered": 1, "distance": 2, "duplicated": 1}),
    ],
)
def test_known_patterns_are_counted_exactly(numbers: list[int], expected: dict[str, int]) -> None:
    assert _counts(numbers) == expected


@pytest.mark.parametrize("modulus", [BITS_16, BITS_32, BITS_64])
def test_a_wrap_is_neither_loss_nor_a_new_beginning(modulus: int) -> None:
    around = [(modulus - 50 + number) % modulus for number in range(100)]
    assert _counts(around, modulus) == {"wraps": 1}
    lossy = [number for number in around if number not in (modulus - 1, 0, 1)]
    assert _counts(lossy, modulus) == {"wraps": 1, "lost": 3}
    swapped = [*around[:49], around[51], around[49], around[50], *around[52:]]
    assert _counts(swapped, modulus) == {"wraps": 1, "reordered": 2, "distance": 2}
    assert _counts([*around, around[40]], modulus) == {"wraps": 1, "duplicated": 1}


def test_every_wrap_of_16_bits_is_counted() -> None:
    assert _counts((number % BITS_16 for number in range(5 * BITS_16)), BITS_16) == {"wraps": 4}


def test_a_gap_of_nearly_half_the_modulus_is_loss() -> None:
    assert _counts([0, 32_768], BITS_16) == {"lost": 32_767}


@pytest.mark.parametrize("modulus", [None, BITS_16, BITS_32])
def test_a_sender_that_begins_anew_is_a_restart_and_no_loss(modulus: int | None) -> None:
    assert _counts([*range(500), *range(300)], modulus) == {"restarts": 1}
    assert _counts([*range(1, 50), *range(1, 30), *range(1, 60)], modulus) == {"restarts": 2}
    assert _counts([*range(57, 100), *range(20)], modulus) == {"restarts": 1}
    assert _counts([*range(500), 0, 1, 2, 5, 6], modulus) == {"restarts": 1, "lost": 2}


def test_a_burst_of_old_numbers_that_were_lost_is_late_and_no_restart() -> None:
    numbers = [*range(100), *range(600, 800), *range(100, 600), *range(800, 900)]
    assert _counts(numbers) == {"late": 500, "distance": 699}


def test_a_single_old_number_is_no_restart() -> None:
    assert _counts([*range(500), 3, *range(500, 600), 7]) == {"duplicated": 2}


def test_the_clock_of_the_sender_tells_duplicates_from_a_restart() -> None:
    first = [(number, number / 10) for number in range(1, 300)]
    for again, expected in (
        ([(number, number / 10) for number in range(1, 50)], {"duplicated": 49}),
        ([(number, 100 + number / 10) for number in range(1, 50)], {"restarts": 1}),
        ([(number, 100 + number / 10) for number in range(150, 170)], {"restarts": 1}),
        ([(20, 100.0), (290, 101.0), (290, 102.0)], {"duplicated": 3}),
    ):
        counts = Counts()
        sequence = Numbers(counts, first=1)
        for number, sent in [*first, *again]:
            sequence.count(number, sent)
        assert _told(counts) == expected


def test_a_sequence_whose_sender_names_its_runs_knows_no_restart() -> None:
    counts = Counts()
    sequence = Numbers(counts, unique=True)
    for number in [*range(300), *range(50)]:
        sequence.count(number)
    assert _told(counts) == {"duplicated": 50}


def test_numbers_before_the_first_seen_are_lost_only_where_the_beginning_was_expected() -> None:
    for first, number, whole, lost in (
        (1, 3, True, 2),
        (1, 3, False, 0),
        (0, LEAD, True, LEAD),
        (0, LEAD + 1, True, 0),
        (None, 3, True, 0),
    ):
        counts = Counts()
        Numbers(counts, first=first, whole=whole).count(number)
        assert counts.lost == lost, (first, number, whole)


def test_more_gaps_than_are_remembered_still_count_as_lost_and_then_as_late() -> None:
    counts = Counts()
    sequence = Numbers(counts)
    for number in range(0, 4 * MAX_GAPS, 2):
        sequence.count(number)
    lost = 2 * MAX_GAPS - 1
    assert counts.lost == lost
    for number in range(1, 4 * MAX_GAPS - 2, 4):
        sequence.count(number)
    found = len(range(1, 4 * MAX_GAPS - 2, 4))
    assert counts.lost == lost - found
    assert counts.late + counts.reordered == found
    assert counts.duplicated == 0


class Model:
    """The same rules over sets that keep every number."""

    def __init__(self, modulus: int | None) -> None:
        self.modulus = modulus
        self.lost_before = self.restarts = self.wraps = 0
        self.verdicts: list[tuple[str, int]] = []
        self.suspect: int | None = None
        self.base: int | None = None
        self.highest = 0
        self.seen: set[int] = set()

    def position(self, number: int) -> int:
        if self.modulus is None:
            return number
        cycle = self.highest // self.modulus
        # Of the same distance up and down, up.
        near = [number + (cycle + shift) * self.modulus for shift in (2, 1, 0, -1)]
        return min(near, key=lambda position: abs(position - self.highest - 1))

    def begin(self, number: int) -> None:
        if self.base is not None:
            self.lost_before += self.missing()
            self.restarts += 1
        self.base = self.highest = number
        self.seen = {number}
        self.suspect = None

    def missing(self) -> int:
        assert self.base is not None
        return self.highest - self.base + 1 - sum(position >= self.base for position in self.seen)

    def count(self, number: int) -> None:
        if self.base is None:
            self.begin(number)
            return
        suspect, self.suspect = self.suspect, None
        position, behind = self.position(number), 0
        if position <= self.highest:
            behind = self.highest - position
            following = None if suspect is None else suspect + 1
            if following is not None and number == (following % self.modulus if self.modulus else following):
                assert suspect is not None
                self.verdicts.pop()
                self.begin(suspect)
                self.count(number)
                return
            verdict = self.verdict(position, behind)
            self.verdicts.append((verdict, behind))
            far = behind > MISORDER or (number <= LOW and behind >= LOW_BEHIND)
            if far and (verdict in ("duplicated", "unexpected") or position < self.base):
                self.suspect = number
            return
        if self.modulus is not None:
            self.wraps += position // self.modulus - self.highest // self.modulus
        self.highest = position
        self.seen.add(position)

    def verdict(self, position: int, behind: int) -> str:
        assert self.base is not None
        if position in self.seen:
            return "duplicated"
        if position < self.base - MISORDER:
            return "unexpected"
        self.seen.add(position)
        return "reordered" if behind <= MISORDER else "late"

    def told(self) -> dict[str, int]:
        kinds = [kind for kind, _ in self.verdicts]
        told = {
            "lost": self.lost_before + (self.missing() if self.base is not None else 0),
            "duplicated": kinds.count("duplicated"),
            "reordered": kinds.count("reordered"),
            "late": kinds.count("late") + kinds.count("unexpected"),
            "distance": max((behind for kind, behind in self.verdicts if kind in ("reordered", "late")), default=0),
            "restarts": self.restarts,
            "wraps": self.wraps,
        }
        return {name: value for name, value in told.items() if value}


@st.composite
def _stream(draw: st.DrawFn) -> list[int]:
    """Runs that begin low or somewhere, with numbers left out, moved and repeated."""
    numbers: list[int] = []
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.sampled_from([0, 1, 57, 3000, BITS_16 - 40]))
        run = list(range(begin, begin + draw(st.integers(1, 400))))
        for _ in range(draw(st.integers(0, 6))):
            start = draw(st.integers(0, len(run) - 1))
            end = min(len(run), start + draw(st.integers(1, 150)))
            part, to = run[start:end], draw(st.integers(0, len(run)))
            action = draw(st.sampled_from(["drop", "move", "repeat", "reverse"]))
            if action in ("drop", "move") and end - start < len(run):
                del run[start:end]
            if action in ("move", "repeat"):
                run[to:to] = part
            if action == "reverse":
                run[start:end] = reversed(run[start:end])
        numbers += run
    return numbers


@given(_stream(), st.booleans())
def test_counts_agree_with_a_model_that_remembers_everything(numbers: list[int], wrapping: bool) -> None:
    modulus = BITS_16 if wrapping else None
    if modulus is not None:
        numbers = [number % modulus for number in numbers]
    model = Model(modulus)
    for number in numbers:
        model.count(number)
    assert _counts(numbers, modulus) == model.told()


@given(st.lists(st.integers(min_value=0, max_value=200), min_size=1, max_size=300), st.sampled_from([None, 64, 256]))
@example([0, 2, 1, 1, 3], None)
def test_counts_agree_with_the_model_on_any_numbers(numbers: list[int], modulus: int | None) -> None:
    if modulus is not None:
        numbers = [number % modulus for number in numbers]
    model = Model(modulus)
    for number in numbers:
        model.count(number)
    assert _counts(numbers, modulus) == model.told()


@given(_stream())
def test_the_strip_shows_what_became_of_the_last_numbers(numbers: list[int]) -> None:
    counts, strip = Counts(), Strip()
    sequence = Numbers(counts, strip=strip)
    for number in numbers:
        sequence.count(number)
    text = strip.text()
    assert len(text) == min(CELLS, len(strip))
    if not counts.restarts and len(strip) <= CELLS:
        assert text.count("x") == counts.lost


def test_the_strip_has_a_letter_for_each_fate() -> None:
    strip = Strip()
    sequence = Numbers(Counts(), strip=strip)
    for number in (0, 1, 1, 4, 3, *range(6, 120), 2):
        sequence.count(number)
    assert strip.text() == ".:_<.x" + "." * 114
    for number in range(120, 3000):
        sequence.count(number)
    assert strip.text() == "." * CELLS
    sequence.count(10**15)
    assert strip.text() == "x" * (CELLS - 1) + "."


def test_sequences_share_the_room_of_their_gaps_and_each_keeps_a_few() -> None:
    room = Room(gaps=100)
    sequences = [Numbers(Counts(), room=room) for _ in range(4)]
    for sequence in sequences:
        for number in range(0, 200, 2):
            sequence.count(number)
    assert room.gaps >= -4 * FEW_GAPS
    assert [sequence.counts.lost for sequence in sequences] == [99] * 4, "counts do not depend on it"
    # The newest gaps are those remembered.
    sequences[3].count(197)
    assert (sequences[3].counts.lost, sequences[3].counts.reordered) == (98, 1)
    for sequence in sequences:
        sequence.release()
    assert room.gaps == 100


def test_a_gap_that_is_filled_here_and_there_stays_within_the_limit() -> None:
    room = Room(gaps=1_000_000)
    sequence = Numbers(Counts(), room=room)
    sequence.count(0)
    sequence.count(10 * MAX_GAPS)
    for number in range(2, 10 * MAX_GAPS, 2):
        sequence.count(number)
    assert room.gaps >= 1_000_000 - MAX_GAPS
