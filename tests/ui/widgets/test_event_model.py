from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ui.widgets import event_model
from ui.widgets.columns import Cell, Column
from ui.widgets.event_model import EventModel, EventProxy


class Number(NamedTuple):
    """A held number; odd and even ones have two origins."""

    value: int

    @property
    def origin(self) -> Hashable:
        return self.value % 2

    def item(self) -> int:
        return self.value


def make() -> EventModel[int]:
    column: Column[int] = Column("number", "Number", lambda number: Cell(str(number)), sort=lambda number: -number)
    return EventModel((column,), hold=Number)


def odd(origin: Hashable) -> bool:
    return origin == 1


def shown(model: EventModel[int]) -> list[int]:
    return [model.row_at(place).item for place in range(model.rowCount())]


def test_the_model_keeps_its_promises(qtmodeltester: ModelTester) -> None:
    model = make()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    proxy = EventProxy(model)
    for start in range(0, 100, 7):
        model.append(range(start, start + 7), keep=20)
    proxy.set_condition(odd)
    for start in range(100, 150, 7):
        model.append(range(start, start + 7), keep=20)
    model.forget(odd)
    model.append([1, 2, 3], keep=20)
    assert shown(model) == [1, 3]


def test_the_newest_stay_in_order_and_the_oldest_go(qtbot: QtBot) -> None:
    model = make()
    for start in range(0, 30, 10):
        model.append(range(start, start + 10), keep=25)
    assert model.items() == shown(model) == list(range(5, 30))
    model.append(range(1000), keep=25)
    assert model.items() == list(range(975, 1000))


def test_a_batch_is_one_insertion_and_one_removal(qtbot: QtBot) -> None:
    model = make()
    model.append(range(20), keep=20)
    signals: list[tuple[str, int, int]] = []
    model.rowsInserted.connect(lambda _, first, last: signals.append(("in", first, last)))
    model.rowsRemoved.connect(lambda _, first, last: signals.append(("out", first, last)))
    model.modelReset.connect(lambda: signals.append(("reset", 0, 0)))
    model.append(range(5), keep=20)
    assert signals == [("out", 0, 4), ("in", 15, 19)]


def test_no_column_changes_the_order(qtbot: QtBot) -> None:
    model = make()
    model.append(range(5), keep=20)
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert shown(model) == [0, 1, 2, 3, 4]


def test_an_event_is_found_by_its_key(qtbot: QtBot) -> None:
    model = make()
    for _ in range(2):
        model.append(range(20), keep=20)
    keys = [model.row_at(place).key for place in range(20)]
    assert [model.row_of(key) for key in keys] == list(range(20))
    assert model.row_of(1) == -1
    EventProxy(model).set_condition(odd)
    assert [model.row_of(key) for key in keys[:4]] == [-1, 0, -1, 1]


def test_events_of_an_origin_are_taken_out_of_the_middle(qtbot: QtBot) -> None:
    model = make()
    model.append(range(10), keep=20)
    assert model.count(odd) == 5
    model.forget(odd)
    model.append([10, 11], keep=20)
    assert shown(model) == [0, 2, 4, 6, 8, 10, 11]
    assert [model.row_of(model.row_at(place).key) for place in range(7)] == list(range(7))


def test_the_oldest_go_from_what_a_filter_shows_as_well(qtbot: QtBot) -> None:
    model = make()
    proxy = EventProxy(model)
    proxy.set_filter("1 -11")
    model.append(range(20), keep=20)
    assert list(proxy.shown_items()) == [1, 10, 12, 13, 14, 15, 16, 17, 18, 19]
    model.append([21, 22], keep=10)
    assert model.items() == [12, 13, 14, 15, 16, 17, 18, 19, 21, 22]
    assert list(proxy.shown_items()) == [12, 13, 14, 15, 16, 17, 18, 19, 21]
    proxy.set_filter("number:22")
    assert list(proxy.shown_items()) == [22]
    proxy.set_filter("")
    assert list(proxy.shown_items()) == model.items()


def test_many_are_filtered_in_slices_while_more_come_and_old_ones_go(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_model, "SLICE_SECONDS", 0.0)
    model = make()
    proxy = EventProxy(model)
    model.append(range(5000), keep=5000)
    with qtbot.waitSignal(proxy.filter_changed):
        proxy.set_condition(odd)
        assert proxy.rowCount() == 5000
        model.append(range(5000, 5100), keep=5000)
        assert proxy.rowCount() == 5000
    assert list(proxy.shown_items()) == [number for number in range(100, 5100) if number % 2]


def test_what_is_looked_for_anew_replaces_what_was_looked_for(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_model, "SLICE_SECONDS", 0.0)
    model = make()
    proxy = EventProxy(model)
    model.append(range(1000), keep=1000)
    with qtbot.waitSignal(proxy.filter_changed):
        proxy.set_filter("99")
        proxy.set_filter("999")
    assert list(proxy.shown_items()) == [999]
