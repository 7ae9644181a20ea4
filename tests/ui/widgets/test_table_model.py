from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ui.widgets.columns import Cell, Column, none_last
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import MANY_MOVES, ROWS_A_TICK, KeyedTableModel, Role

DESCENDING = Qt.SortOrder.DescendingOrder


@dataclass(frozen=True)
class Thing:
    name: str
    number: int | None = None


def columns() -> list[Column[Thing]]:
    return [
        Column("name", "Name", lambda thing: Cell(thing.name)),
        Column("number", "Number", lambda thing: Cell(str(thing.number)), sort=lambda thing: none_last(thing.number)),
        Column("rate", "Rate", lambda thing: Cell("x"), sort=lambda thing: none_last(thing.number), moves=False),
    ]


def model_of(*things: Thing) -> KeyedTableModel[Thing]:
    model = KeyedTableModel(columns())
    model.put([(thing.name, thing) for thing in things])
    model.flush()
    return model


def names(model: KeyedTableModel[Thing]) -> list[str]:
    return [thing.name for thing in model.items()]


def signals(model: KeyedTableModel[Thing]) -> list[str]:
    told: list[str] = []
    model.rowsInserted.connect(lambda _parent, first, last: told.append(f"insert {first}-{last}"))
    model.rowsRemoved.connect(lambda _parent, first, last: told.append(f"remove {first}-{last}"))
    model.dataChanged.connect(lambda top, bottom: told.append(f"change {top.row()}-{bottom.row()}"))
    model.rowsMoved.connect(lambda _p, first, _last, _q, to: told.append(f"move {first}>{to}"))
    model.modelReset.connect(lambda: told.append("reset"))
    model.layoutChanged.connect(lambda: told.append("layout"))
    return told


def test_qt_finds_no_fault(qapp: QApplication, qtmodeltester: ModelTester) -> None:
    model = model_of(*(Thing(str(number), number) for number in range(20)))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    qtmodeltester.check(FilterProxy(model))  # type: ignore[no-untyped-call]


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_run_of_changes_keeps_order_and_qts_rules(qapp: QApplication, rng: random.Random) -> None:
    model = KeyedTableModel(columns(), natural=lambda thing: thing.name)
    proxy = FilterProxy(model)
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [QAbstractItemModelTester(model, fatal), QAbstractItemModelTester(proxy, fatal)]
    alive: dict[int, Thing] = {}
    for _ in range(15):
        put = {rng.randrange(16): Thing(str(rng.randrange(9)), rng.choice((None, *range(5)))) for _ in range(5)}
        gone = [rng.randrange(16) for _ in range(rng.randrange(4))]
        model.put(put.items())
        model.drop(gone)
        model.flush()
        alive = {key: thing for key, thing in (alive | put).items() if key not in gone}
        if rng.random() < 0.3:
            proxy.sort(rng.choice((-1, 0, 1)), rng.choice(list(Qt.SortOrder)))
        assert {row.key: row.item for row in model.rows} == alive
        assert model._order == sorted(model._order, reverse=model._descending)
        assert model._order == [model._key_of(row) for row in model.rows]
    del testers


def test_changes_are_told_as_ranges_and_never_as_a_reset(qapp: QApplication) -> None:
    model = model_of(*(Thing(str(number)) for number in range(6)))
    told = signals(model)
    model.put([("1", Thing("1", 5)), ("2", Thing("2", 5)), ("4", Thing("4", 5)), ("3", Thing("3"))])
    model.flush()
    assert told == ["change 1-2", "change 4-4"]
    told.clear()
    model.drop(["2", "3", "5", "nobody"])
    model.put([("a", Thing("a")), ("b", Thing("b"))])
    model.flush()
    assert told == ["remove 5-5", "remove 2-3", "insert 3-4"]


def test_only_the_columns_that_show_something_else_are_told(qapp: QApplication) -> None:
    model = model_of(*(Thing(str(number), 1) for number in range(6)))
    for row in model.rows:
        model.cell(row, 0), model.cell(row, 1), model.cell(row, 2)
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda top, bottom: told.append((top.column(), bottom.column())))
    model.put([("1", Thing("1", 5))])
    model.flush()
    model.put([("1", Thing("other", 6))])
    model.flush()
    assert told == [(1, 1), (0, 1)]


def test_an_equal_item_changes_nothing(qapp: QApplication) -> None:
    model = model_of(Thing("a", 1))
    told = signals(model)
    model.put([("a", Thing("a", 1))])
    model.flush()
    assert told == []


def test_changes_within_a_tick_are_shown_together(qtbot: QtBot) -> None:
    model = KeyedTableModel(columns())
    told = signals(model)
    for number in range(5):
        model.put([(str(number), Thing(str(number)))])
    assert told == ["insert 0-0"]
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == ["insert 0-0", "insert 1-4"]
    qtbot.waitUntil(lambda: not model._tick.isActive())


def test_put_then_drop_within_a_tick_shows_nothing(qapp: QApplication) -> None:
    model = model_of(Thing("a"))
    model.put([("b", Thing("b"))])
    model.drop(["b"])
    model.flush()
    assert names(model) == ["a"]
    assert model.item("b") is None


def test_new_rows_take_their_place_in_a_sorted_table(qapp: QApplication) -> None:
    model = model_of(Thing("b"), Thing("d"))
    model.sort(0, DESCENDING)
    model.put([(name, Thing(name)) for name in "aec"])
    model.flush()
    assert names(model) == list("edcba")


def test_no_sorted_column_is_the_natural_order_again(qapp: QApplication) -> None:
    model = model_of(Thing("c"), Thing("a"), Thing("b"))
    model.sort(0)
    assert names(model) == list("abc")
    model.sort(-1)
    assert names(model) == list("cab")


def test_none_sorts_behind_everything(qapp: QApplication) -> None:
    model = model_of(Thing("a", None), Thing("b", 2), Thing("c", 1))
    model.sort(1)
    assert names(model) == list("cba")


def test_a_row_moves_when_its_sort_key_changes(qapp: QApplication) -> None:
    model = model_of(Thing("a", 1), Thing("b", 2), Thing("c", 3))
    model.sort(1)
    mark = QPersistentModelIndex(model.index(0, 0))
    told = signals(model)
    model.put([("a", Thing("a", 9))])
    model.flush()
    assert names(model) == list("bca")
    assert told == ["change 0-0", "move 0>3"]
    assert mark.row() == 2


def test_a_row_stays_when_a_number_changes_every_second(qapp: QApplication) -> None:
    model = model_of(Thing("a", 1), Thing("b", 2), Thing("c", 3))
    model.sort(2)
    model.put([("a", Thing("a", 9))])
    model.flush()
    assert names(model) == list("abc")
    model.sort(2)
    assert names(model) == list("bca")


def test_many_moves_are_one_layout_change_that_keeps_marks(qapp: QApplication) -> None:
    things = [Thing(f"{number:03}", number) for number in range(MANY_MOVES * 2)]
    model = model_of(*things)
    model.sort(1)
    mark = QPersistentModelIndex(model.index(0, 0))
    told = signals(model)
    model.put([(thing.name, replace(thing, number=-(thing.number or 0))) for thing in things])
    model.flush()
    assert [word for word in told if not word.startswith("change")] == ["layout"]
    assert names(model) == sorted(names(model), reverse=True)
    assert mark.data() == "000"


def test_only_a_new_answers_rows_are_kept(qapp: QApplication) -> None:
    model = model_of(Thing("a"), Thing("b"), Thing("c"))
    model.keep_only(["b"])
    model.flush()
    assert names(model) == ["b"]


def test_a_cell_is_formatted_once_until_its_item_changes(qapp: QApplication) -> None:
    formatted: list[str] = []

    def cell(thing: Thing) -> Cell:
        formatted.append(thing.name)
        return Cell(thing.name)

    model = KeyedTableModel([Column("name", "Name", cell)])
    model.put([("a", Thing("a"))])
    model.flush()
    for _ in range(5):
        model.data(model.index(0, 0), Role.CELL)
    assert formatted == ["a"]
    model.refresh_column("name")
    model.data(model.index(0, 0), Role.CELL)
    assert formatted == ["a", "a"]


@pytest.mark.parametrize("role", [Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.FontRole])
def test_roles_not_served_cost_no_formatting(qapp: QApplication, role: Qt.ItemDataRole) -> None:
    model: KeyedTableModel[Thing] = KeyedTableModel([Column("name", "Name", lambda _thing: pytest.fail("formatted"))])
    model.put([("a", Thing("a"))])
    model.flush()
    assert model.data(model.index(0, 0), role) is None


def test_a_screen_reader_is_told_what_is_only_drawn(qapp: QApplication) -> None:
    cell = Cell("1.4 MB/s", spark=(1.0,), spoken="1.4 megabytes")
    model: KeyedTableModel[Thing] = KeyedTableModel([Column("x", "X", lambda _thing: cell)])
    model.put([("a", Thing("a"))])
    model.flush()
    assert model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "1.4 megabytes"


def test_rows_scattered_over_the_table_are_put_in_at_once_and_stand_in_order(qapp: QApplication) -> None:
    model = KeyedTableModel(columns(), natural=lambda thing: thing.number)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.put([(str(number), Thing(str(number), number)) for number in range(0, 400, 2)])
    model.flush()
    kept = QPersistentModelIndex(model.index(100, 0))
    told = signals(model)
    model.put([(str(number), Thing(str(number), number)) for number in range(1, 400, 2)])
    model.flush()
    assert told == ["insert 200-399", "layout"]
    assert names(model) == [str(number) for number in range(400)]
    assert kept.row() == 200


def test_a_great_change_is_shown_in_parts(qtbot: QtBot) -> None:
    model = KeyedTableModel(columns())
    model.put([(str(number), Thing(str(number))) for number in range(ROWS_A_TICK * 2 + 1)])
    assert len(model.rows) == ROWS_A_TICK
    assert model.item(str(ROWS_A_TICK * 2)) is not None, "what waits is known"
    qtbot.waitUntil(lambda: len(model.rows) == ROWS_A_TICK * 2 + 1)
    model.drop(str(number) for number in range(ROWS_A_TICK * 2 + 1))
    model.flush()
    assert model.rows == []


def test_many_changes_near_each_other_are_told_as_one(qapp: QApplication) -> None:
    model = model_of(*(Thing(f"{number:04}", 0) for number in range(1000)))
    told = signals(model)
    model.put([(f"{number:04}", Thing(f"{number:04}", 1)) for number in range(0, 400, 4)])
    model.flush()
    assert told == ["change 0-396"]


def test_words_of_its_own_are_what_the_filter_searches(qapp: QApplication) -> None:
    model = model_of(Thing("a", 1))
    model.words = lambda thing: f"WORDS of {thing.name}"
    model.put([("a", Thing("a", 2))])
    model.flush()
    assert model.haystack(model.rows[0]) == "words of a"
    assert model.rows[0].cells == [None, None, None]
