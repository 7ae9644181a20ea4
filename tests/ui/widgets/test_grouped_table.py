from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QPersistentModelIndex, Qt
from pytestqt.modeltest import ModelTester

from ui.widgets.columns import Cell, Column
from ui.widgets.grouped_table import GroupedFilterProxy, GroupedTableModel

Item = tuple[str, str]
"""A group's name and a row's name, "" for the head."""


def columns() -> list[Column[Item]]:
    return [
        Column("name", "Name", lambda item: Cell(item[1] or item[0]), sort=_sort_key),
        Column("size", "Size", lambda item: Cell(str(len(item[1]))), sort=lambda item: len(item[1])),
    ]


def _sort_key(item: Item) -> str:
    assert item[1], "a head is not sorted by a column"
    return item[1]


@pytest.fixture
def parent(qapp: QObject) -> Iterator[QObject]:
    parent = QObject()
    yield parent
    parent.deleteLater()


@pytest.fixture
def model(parent: QObject) -> GroupedTableModel[Item]:
    return GroupedTableModel(
        columns(), head_key=lambda item: item[0], group_order=lambda item: item[0], natural=lambda item: item[1],
        parent=parent,
    )  # fmt: skip


@pytest.fixture
def proxy(model: GroupedTableModel[Item], parent: QObject) -> GroupedFilterProxy[Item]:
    return GroupedFilterProxy(model, parent)


def put(model: GroupedTableModel[Item], *names: str) -> None:
    """``a`` is the head of a group, ``a.1`` a row in it."""
    items = [(name.partition(".")[0], name if "." in name else "") for name in names]
    model.put((item[1] or item[0], item) for item in items)
    model.flush()


def shown(proxy: GroupedFilterProxy[Item]) -> str:
    return " ".join(item[1] or item[0] for item in proxy.shown_items())


def test_rows_stand_behind_their_head_in_whatever_order_they_come(
    model: GroupedTableModel[Item], proxy: GroupedFilterProxy[Item], qtmodeltester: ModelTester
) -> None:
    put(model, "b.2", "a", "a.3")
    put(model, "a.1", "b", "b.1", "c", "c.1")
    assert shown(proxy) == "a a.1 a.3 b b.1 b.2 c c.1"
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    qtmodeltester.check(proxy)  # type: ignore[no-untyped-call]


def test_groups_keep_their_order_where_rows_are_sorted_from_the_end(
    model: GroupedTableModel[Item], proxy: GroupedFilterProxy[Item], qtmodeltester: ModelTester
) -> None:
    put(model, "a", "a.1", "a.22", "b", "b.333", "b.1")
    model.sort(0, Qt.SortOrder.DescendingOrder)
    put(model, "a.15", "c", "c.1", "b.2")
    assert shown(proxy) == "a a.22 a.15 a.1 b b.333 b.2 b.1 c c.1"
    model.sort(1, Qt.SortOrder.AscendingOrder)
    assert shown(proxy) == "a a.1 a.15 a.22 b b.1 b.2 b.333 c c.1"
    model.sort(-1)
    assert shown(proxy) == "a a.1 a.15 a.22 b b.1 b.2 b.333 c c.1"
    qtmodeltester.check(proxy)  # type: ignore[no-untyped-call]


def test_a_head_stays_while_one_of_its_rows_fits(
    model: GroupedTableModel[Item], proxy: GroupedFilterProxy[Item]
) -> None:
    put(model, "a", "a.1", "a.2", "b", "b.1")
    proxy.set_filter("a.2")
    assert shown(proxy) == "a a.2"
    put(model, "b.a.2")
    assert shown(proxy) == "a a.2 b b.a.2"
    model.drop(["a.2"])
    model.flush()
    assert shown(proxy) == "b b.a.2"
    proxy.set_filter("")
    assert shown(proxy) == "a a.1 b b.1 b.a.2"


def test_a_head_without_rows_is_shown_unless_something_is_looked_for(
    model: GroupedTableModel[Item], proxy: GroupedFilterProxy[Item]
) -> None:
    put(model, "a")
    assert shown(proxy) == "a"
    proxy.set_filter("a")
    assert shown(proxy) == ""
    proxy.set_filter("")
    proxy.set_condition(lambda item: True)
    assert shown(proxy) == ""
    proxy.set_condition(None)
    assert shown(proxy) == "a"


def test_a_closed_group_shows_its_head_only_and_a_filter_opens_it(
    model: GroupedTableModel[Item], proxy: GroupedFilterProxy[Item]
) -> None:
    told: list[None] = []
    proxy.closed_changed.connect(lambda: told.append(None))
    put(model, "a", "a.1", "b", "b.1")
    proxy.set_closed(frozenset("a"))
    assert shown(proxy) == "a b b.1"
    put(model, "a.2")
    assert shown(proxy) == "a b b.1"
    proxy.set_filter("a.")
    assert shown(proxy) == "a a.1 a.2"
    proxy.set_filter("")
    assert shown(proxy) == "a b b.1"
    assert proxy.fitting_items() == [("a", "a.1"), ("a", "a.2"), ("b", "b.1")]
    proxy.set_closed(frozenset())
    assert shown(proxy) == "a a.1 a.2 b b.1"
    assert len(told) == 2


def test_a_row_that_changes_so_that_it_fits_brings_its_head(
    model: GroupedTableModel[Item], proxy: GroupedFilterProxy[Item]
) -> None:
    wanted = {"a.1": False}
    put(model, "a", "a.1")
    proxy.set_condition(lambda item: wanted[item[1]])
    assert shown(proxy) == ""
    wanted["a.1"] = True
    model.put([("a.1", ("a", "a.1 "))])
    wanted["a.1 "] = True
    model.flush()
    assert shown(proxy) == "a a.1 "


def test_grouped_by_something_else_the_heads_of_before_are_gone_and_the_rows_keep_their_places_in_indexes(
    model: GroupedTableModel[Item], proxy: GroupedFilterProxy[Item], qtmodeltester: ModelTester
) -> None:
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    put(model, "a", "a.1", "a.2", "b", "b.1")
    proxy.set_closed(frozenset("b"))
    watched = QPersistentModelIndex(model.index(model.row_of("a.2"), 0))
    model.regroup(lambda _item: None, lambda _item: 0)
    assert shown(proxy) == "a.1 a.2 b.1"
    assert model.rows[watched.row()].item == ("a", "a.2")
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert shown(proxy) == "b.1 a.2 a.1"
    model.regroup(lambda item: item[1][-1:] if item[1] else item[0], lambda item: item[1][-1:] or item[0])
    put(model, "1", "2")
    assert shown(proxy) == "1 b.1 a.1 2 a.2"
    assert model.rows[watched.row()].item == ("a", "a.2")
