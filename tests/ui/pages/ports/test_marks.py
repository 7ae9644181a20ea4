from __future__ import annotations

from ui.pages.ports.columns import Mark
from ui.pages.ports.marks import SECONDS, Marks


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_mark_lasts_three_seconds() -> None:
    clock = Clock()
    marks = Marks(clock)
    marks.put("a", Mark.NEW)
    clock.now += 1
    marks.put("b", Mark.CLOSED)
    clock.now += SECONDS - 1.01
    assert marks.take_expired() == {}
    clock.now += 0.01
    assert marks.take_expired() == {"a": Mark.NEW}
    assert (marks.of("a"), marks.of("b"), len(marks)) == (Mark.NONE, Mark.CLOSED, 1)
    clock.now += 1
    assert marks.take_expired() == {"b": Mark.CLOSED}


def test_a_new_row_stays_new_while_it_changes_but_can_close() -> None:
    marks = Marks(Clock())
    marks.put("a", Mark.NEW)
    marks.put("a", Mark.CHANGED)
    assert marks.of("a") is Mark.NEW
    marks.put("a", Mark.CLOSED)
    assert marks.of("a") is Mark.CLOSED


def test_a_mark_put_again_lasts_anew() -> None:
    clock = Clock()
    marks = Marks(clock)
    marks.put("a", Mark.CHANGED)
    marks.put("b", Mark.CHANGED)
    clock.now += 2
    marks.put("a", Mark.CHANGED)
    clock.now += 1
    assert marks.take_expired() == {"b": Mark.CHANGED}


def test_all_can_be_forgotten_at_once() -> None:
    marks = Marks(Clock())
    marks.put("a", Mark.NEW)
    marks.put("b", Mark.CLOSED)
    marks.drop("a")
    assert marks.clear() == {"b": Mark.CLOSED}
    assert len(marks) == 0
