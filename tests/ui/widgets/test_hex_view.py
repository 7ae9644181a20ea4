from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.widgets.hex_view import HexView, hex_lines, line_width


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[HexView]:
    view = HexView()
    view.resize(900, 300)
    view.show()
    yield view
    view.close()
    view.deleteLater()


def test_lines_have_offset_hex_and_text() -> None:
    assert hex_lines(b"Hello,\x00\xff world. 1") == [
        "0000  48 65 6c 6c 6f 2c 00 ff 20 77 6f 72 6c 64 2e 20  Hello,·· world. ",
        "0010  31                                               1",
    ]
    assert max(map(len, hex_lines(bytes(range(64))))) == line_width(16)


def test_a_narrow_view_shows_half_the_bytes_a_line(view: HexView) -> None:
    view.set_data(bytes(32))
    assert view.blockCount() == 2
    view.resize(320, 300)
    assert view.blockCount() == 4


def test_what_is_selected_is_copied(view: HexView) -> None:
    view.set_data(b"lanscout")
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text().startswith("0000  6c 61 6e")
    view.copy_hex()
    assert QGuiApplication.clipboard().text() == "6c 61 6e 73 63 6f 75 74"


def test_the_same_bytes_again_keep_the_selection(view: HexView) -> None:
    view.set_data(b"lanscout")
    view.selectAll()
    view.set_data(b"lanscout")
    assert view.textCursor().hasSelection()


# What is marked


def test_marked_bytes_are_marked_as_hex_and_as_text(view: HexView) -> None:
    view.set_data(bytes(range(40)))
    view.mark(14, 18)
    assert view.mark_areas() == [(0, 48, 53), (0, 69, 71), (1, 6, 11), (1, 55, 57)]
    selected = [selection.cursor.selectedText() for selection in view.extraSelections()]
    assert selected == ["0e 0f", "··", "10 11", "··"]


def test_the_mark_goes_where_its_bytes_go(view: HexView) -> None:
    view.set_data(bytes(range(40)))
    view.mark(14, 18)
    view.resize(320, 300)
    assert [line for line, _, _ in view.mark_areas()] == [1, 1, 2, 2]
    view.set_data(bytes(40))
    assert (view.marked, view.mark_areas()) == (range(0), [])


def test_what_lies_beyond_the_bytes_is_not_marked(view: HexView) -> None:
    view.set_data(bytes(10))
    view.mark(8, 4000)
    assert view.marked == range(8, 10)
    view.mark(20, 30)
    assert view.mark_areas() == []


def test_marking_brings_the_bytes_in_sight(view: HexView) -> None:
    view.set_data(bytes(9000))
    view.mark(6000, 6010)
    bar = view.verticalScrollBar()
    assert bar.value() <= 6000 // 16 < bar.value() + bar.pageStep()
    view.mark(0, 2)
    assert bar.value() == 0


def test_a_place_in_the_view_is_a_byte_or_none(view: HexView) -> None:
    view.set_data(bytes(range(20)))
    assert [view.byte_at(0, column) for column in (0, 6, 8, 9, 55, 70, 71)] == [None, 0, 0, 1, 0, 15, None]
    assert [view.byte_at(1, column) for column in (6, 15, 18, 58, 59)] == [16, 19, None, 19, None]


def test_a_click_chooses_a_byte(view: HexView, qtbot: QtBot) -> None:
    view.set_data(bytes(range(40)))
    advance = view.fontMetrics().horizontalAdvance("0")
    at = QPoint(
        int(view.document().documentMargin()) + advance * (6 + 3 * 5) + advance // 2, view.fontMetrics().height()
    )
    with qtbot.waitSignal(view.byte_chosen) as chosen:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [5]
