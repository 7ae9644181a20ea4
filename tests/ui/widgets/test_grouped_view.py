from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.widgets.columns import Cell, Chip, Column
from ui.widgets.grouped_table import GroupedFilterProxy, GroupedTableModel
from ui.widgets.grouped_view import GroupedView

Item = tuple[str, str]
View = GroupedView[Item]


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[View]:
    columns: list[Column[Item]] = [
        Column("name", "Name", _cell, width=20),
        Column("more", "More", lambda item: Cell(item[1]), width=20),
    ]
    model: GroupedTableModel[Item] = GroupedTableModel(
        columns, head_key=lambda item: item[0], group_order=lambda item: item[0]
    )
    items = [(group, name) for group in "abc" for name in ("", f"{group}.1", f"{group}.2")]
    model.put((item[1] or item[0], item) for item in items)
    model.flush()
    proxy = GroupedFilterProxy(model)
    view: View = GroupedView(model, proxy, name="Groups")
    model.setParent(view)
    proxy.setParent(view)
    view.resize(600, 600)
    view.show()
    view.setFocus()
    yield view
    view.close()
    view.deleteLater()


def _cell(item: Item) -> Cell:
    if item[1]:
        return Cell(item[1])
    return Cell(f"Group {item[0]} <b>", detail=f"_{item[0]}._tcp", chips=(Chip("2 rows"), Chip("1 gone")))


def shown(view: View) -> str:
    return " ".join(item[1] or item[0] for item in view._groups.shown_items())


def current(view: View) -> str:
    item = view.current_item()
    return (item[1] or item[0]) if item is not None else ""


def press(view: View, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(view, key)


def click(view: View, row: int, x: int, *, double: bool = False) -> None:
    place = QPoint(x, view.rowViewportPosition(row) + view.rowHeight(row) // 2)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    if double:
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_left_and_right_walk_as_in_a_tree(view: View) -> None:
    view.select_key("a.2")
    press(view, Qt.Key.Key_Left)
    assert current(view) == "a"
    press(view, Qt.Key.Key_Left)
    assert shown(view) == "a b b.1 b.2 c c.1 c.2"
    press(view, Qt.Key.Key_Left)
    assert shown(view).startswith("a b b.1")
    press(view, Qt.Key.Key_Right)
    assert (shown(view), current(view)) == ("a a.1 a.2 b b.1 b.2 c c.1 c.2", "a")
    press(view, Qt.Key.Key_Right)
    assert current(view) == "a.1"
    press(view, Qt.Key.Key_Right)
    assert current(view) == "a.1"


def test_enter_opens_a_head_and_activates_a_row(view: View) -> None:
    activated: list[Item] = []
    view.row_activated.connect(activated.append)
    view.select_key("b")
    press(view, Qt.Key.Key_Return)
    assert shown(view) == "a a.1 a.2 b c c.1 c.2"
    press(view, Qt.Key.Key_Return)
    view.select_key("b.1")
    press(view, Qt.Key.Key_Return)
    assert activated == [("b", "b.1")]


def test_a_click_on_the_chevron_closes_and_one_beside_it_selects(view: View) -> None:
    click(view, 0, 200)
    assert current(view) == "a"
    assert not view._groups.closed
    click(view, 3, 5)
    assert view._groups.closed == {"b"}
    click(view, 3, 5)
    assert view._groups.closed == frozenset()
    click(view, 0, 200, double=True)
    assert view._groups.closed == {"a"}
    click(view, 2, 5)
    assert view._groups.closed == {"a"}, "a row has no chevron"


def test_the_row_that_becomes_current_with_the_focus_is_seen(view: View) -> None:
    view.clearFocus()
    view.selectionModel().clear()
    view.setFocus()
    assert current(view) == "a"
    assert view.selected_items() == [("a", "")]


def test_closing_a_group_takes_the_selection_to_its_head(view: View) -> None:
    view.select_key("b.2")
    view.toggle("b")
    assert [item[0] for item in view.selected_items()] == ["b"]
    assert current(view) == "b"
    view.select_key("c.1")
    view.close_all()
    assert (shown(view), current(view)) == ("a b c", "c")
    view.open_all()
    assert (shown(view), current(view)) == ("a a.1 a.2 b b.1 b.2 c c.1 c.2", "c")


def test_a_filter_holds_all_groups_open(view: View) -> None:
    view.toggle("a")
    view._groups.set_filter("a.1")
    view.toggle("a")
    assert shown(view) == "a a.1"
    assert view._groups.closed == {"a"}


def test_a_head_is_painted_across_all_columns(view: View) -> None:
    def ink(row: int, column: int) -> int:
        """How many colours there are in a cell."""
        image = view.viewport().grab(view.visualRect(view._groups.index(row, column))).toImage()
        return len({image.pixel(x, y) for x in range(image.width()) for y in range(image.height())})

    view.horizontalHeader().resizeSection(0, 60)
    assert ink(0, 1) > 3, "the head's text goes on in the second column"
    view.horizontalHeader().moveSection(1, 0)
    assert ink(0, 1) > 3, "the head begins in the first column shown"


@pytest.mark.parametrize("width", [40, 200, 900])
def test_heads_are_painted_at_every_width(view: View, width: int) -> None:
    view.resize(width, 300)
    view.select_key("a")
    assert not view.grab().isNull()
