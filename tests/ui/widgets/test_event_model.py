from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ui.widgets.columns import Cell, Column
from ui.widgets.event_model import EventModel
from ui.widgets.filter_proxy import FilterProxy


def make() -> EventModel[int]:
    return EventModel((Column("number", "Number", lambda number: Cell(str(number)), sort=lambda number: -number),))


def test_the_model_keeps_its_promises(qtmodeltester: ModelTester) -> None:
    model = make()
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    for start in range(0, 100, 7):
        model.append(range(start, start + 7), keep=20)
    model.drop([row.key for row in model.rows if row.item % 2])
    model.flush()
    model.append([1, 2, 3], keep=20)


def test_the_newest_stay_in_order_and_the_oldest_go(qtbot: QtBot) -> None:
    model = make()
    for start in range(0, 30, 10):
        model.append(range(start, start + 10), keep=25)
    assert model.items() == list(range(5, 30))
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
    assert model.items() == [0, 1, 2, 3, 4]


def test_an_event_is_found_by_its_key(qtbot: QtBot) -> None:
    model = make()
    for _ in range(2):
        model.append(range(20), keep=20)
    keys = [row.key for row in model.rows]
    assert [model.row_of(key) for key in keys] == list(range(20))
    assert model.row_of(1) == -1


def test_events_can_be_taken_out_of_the_middle(qtbot: QtBot) -> None:
    model = make()
    proxy = FilterProxy(model)
    model.append(range(10), keep=20)
    model.drop([row.key for row in model.rows if 2 <= row.item < 6])
    model.flush()
    model.append([10, 11], keep=20)
    assert proxy.shown_items() == [0, 1, 6, 7, 8, 9, 10, 11]
    assert [model.row_of(row.key) for row in model.rows] == list(range(8))
