from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.pages.interfaces.columns import columns as interface_columns
from ui.pages.multicast.packet_columns import packet_columns
from ui.pages.ports.columns import columns as port_columns
from ui.widgets.columns import Cell, Chip, Column
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import Index, KeyedTableModel
from ui.widgets.table_view import TableView

Row = tuple[str, int]


def columns() -> list[Column[Row]]:
    return [
        Column("name", "Name", lambda row: Cell(row[0], detail="more"), width=20),
        Column("number", "Number", lambda row: Cell(str(row[1])), sort=lambda row: row[1], width=10),
        Column("role", "Role", lambda row: Cell(chips=(Chip("LAN"), Chip("VPN"))), width=10),
    ]


class CountingModel(KeyedTableModel[Row]):
    """Counts what a view asks."""

    asked = 0

    def data(self, index: Index, role: int = 0) -> object:
        self.asked += 1
        return super().data(index, role)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[TableView[Row]]:
    model = CountingModel(columns())
    model.put([(f"row {number:03}", (f"row {number:03}", number)) for number in range(200)])
    model.flush()
    proxy = FilterProxy(model)
    view = TableView(model, proxy, name="Things")
    model.setParent(view)
    proxy.setParent(view)
    view.resize(700, 400)
    view.show()
    yield view
    view.close()
    view.deleteLater()


def put(view: TableView[Row], *rows: Row) -> None:
    view._source.put([(row[0], row) for row in rows])
    view._source.flush()


def selected(view: TableView[Row]) -> list[str]:
    return [row[0] for row in view.selected_items()]


def test_selection_and_current_row_survive_a_refresh_and_a_sort(view: TableView[Row]) -> None:
    view.select_key("row 100")
    put(view, *((f"row {number:03}", number + 1000) for number in range(200)))
    assert selected(view) == ["row 100"]
    view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert selected(view) == ["row 100"]
    assert view.current_item() == ("row 100", 1100)
    put(view, ("row 100", 0))
    assert selected(view) == ["row 100"]
    assert view.currentIndex().row() == 199


def test_scroll_position_survives_a_refresh(view: TableView[Row]) -> None:
    view.select_key("row 000")
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    at = bar.value()
    put(view, *((f"row {number:03}", number + 1000) for number in range(200)))
    view._source.drop(["row 199"])
    view._source.flush()
    assert bar.value() == at
    assert selected(view) == ["row 000"]


def test_a_removed_current_row_leaves_the_details(view: TableView[Row]) -> None:
    told: list[object] = []
    view.select_key("row 005")
    view.current_item_changed.connect(told.append)
    view._source.drop(["row 005"])
    view._source.flush()
    assert told
    assert told[-1] != ("row 005", 5)


def test_rows_are_copied_as_text_in_the_order_shown(view: TableView[Row]) -> None:
    view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    view.selectAll()
    view.copy_rows()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 200
    assert lines[0] == "row 199 · more\t199\tLAN · VPN"


def test_keys_copy_rows_and_the_cell(view: TableView[Row]) -> None:
    view.activateWindow()
    view.setFocus()
    view.select_key("row 007")
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "row 007 · more\t7\tLAN · VPN\n"
    view.setCurrentIndex(view.model().index(7, 1))
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().text() == "7"


def test_hidden_columns_are_not_exported(view: TableView[Row]) -> None:
    view.setColumnHidden(1, True)
    assert view.rows_as_text(selected=False)[0] == ("Name", "Role")


def test_enter_activates_the_current_row(view: TableView[Row]) -> None:
    told: list[object] = []
    view.row_activated.connect(told.append)
    view.select_key("row 003")
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert told == [("row 003", 3)]


def test_columns_fill_the_width_until_the_person_sets_one(view: TableView[Row]) -> None:
    header = view.horizontalHeader()
    assert header.length() == view.viewport().width()
    view.resize(900, 400)
    assert header.length() == view.viewport().width()
    assert view.header_state().isEmpty()
    header.resizeSection(0, 50)
    view.resize(700, 400)
    assert header.sectionSize(0) == 50
    assert not view.header_state().isEmpty()
    view.reset_columns()
    assert header.length() == view.viewport().width()
    assert view.header_state().isEmpty()


def test_a_remembered_header_is_taken_up(view: TableView[Row], qtbot: QtBot) -> None:
    view.horizontalHeader().resizeSection(1, 222)
    state = view.header_state()
    view.reset_columns()
    view.restore_header(state)
    assert view.horizontalHeader().sectionSize(1) == 222


def test_a_third_click_on_a_title_gives_the_natural_order(view: TableView[Row]) -> None:
    header = view.horizontalHeader()
    put(view, ("aaa", 500))
    assert view.model().index(0, 0).data() == "row 000"
    header.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    assert view.model().index(0, 0).data() == "aaa"
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    assert view.model().index(0, 0).data() == "row 000"


def test_painting_asks_for_each_cell_once(view: TableView[Row]) -> None:
    model = view._source
    assert isinstance(model, CountingModel)
    view.grab()
    model.asked = 0
    view.grab()
    cells = 3 * (view.viewport().height() // view.rowHeight(0) + 2)
    assert 0 < model.asked <= cells


def test_a_column_without_use_gives_its_room_to_the_others_until_the_person_sets_widths(view: TableView[Row]) -> None:
    header = view.horizontalHeader()

    def filled() -> bool:
        return sum(header.sectionSize(column) for column in range(3)) == view.viewport().width()

    view.show_column("role", shown=False)
    assert header.isSectionHidden(2)
    assert filled()
    view.show_column("role", shown=True)
    assert not header.isSectionHidden(2)
    assert filled()
    assert view.header_state().isEmpty()
    header.resizeSection(0, 50)
    view.show_column("role", shown=False)
    assert not header.isSectionHidden(2)


def test_the_height_of_some_rows_shows_just_those(view: TableView[Row]) -> None:
    view.resize(700, view.height_of(4))
    assert view.rowAt(view.viewport().height() - 1) == 3


@pytest.mark.parametrize("family", ["", "DejaVu Sans"])
def test_typical_cells_are_never_cut_however_narrow_the_view(qapp: QApplication, qtbot: QtBot, family: str) -> None:
    before = qapp.font()
    if family:
        qapp.setFont(QFont(family, 10))
    tables: list[tuple[Column[Any], ...]] = [packet_columns(), interface_columns(), port_columns()]
    for made in tables:
        view = _narrow_view(made)
        fonts = view._delegate.fonts()
        pads = fonts.gap * 4
        for number, column in enumerate(made):
            for cell in column.typical:
                room = view.columnWidth(number) - pads
                assert fonts.metrics(fonts.of(column.face)).horizontalAdvance(cell.text) <= room, column.key
                assert all(fonts.chip_width(chip) <= room for chip in cell.chips), column.key
        view.close()
        view.deleteLater()
    qapp.setFont(before)


def _narrow_view(made: tuple[Column[Any], ...]) -> TableView[Any]:
    model: KeyedTableModel[Any] = KeyedTableModel(made)
    proxy = FilterProxy(model)
    view = TableView(model, proxy, name="Things")
    model.setParent(view)
    proxy.setParent(view)
    view.resize(300, 200)
    view.show()
    return view
