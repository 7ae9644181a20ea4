from __future__ import annotations

from ui.widgets.runs import runs_of


def test_neighbours_are_one_run() -> None:
    assert runs_of([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
    assert runs_of([]) == []


def test_what_is_near_can_be_one_run_too() -> None:
    assert runs_of([1, 4, 7, 20], step=3) == [(1, 7), (20, 20)]
