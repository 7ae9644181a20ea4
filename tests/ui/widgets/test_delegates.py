from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.theme import LIGHT, Tone
from ui.widgets.columns import Cell, Chip, Column
from ui.widgets.delegates import draw_spark
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.table_model import KeyedTableModel
from ui.widgets.table_view import TableView

CELLS = [
    Cell("plain"),
    Cell("en0", detail="Wi-Fi · up", dot=Tone.OK),
    Cell("<b>bold</b>", detail="<img src=x>", tip="<i>tip</i>"),
    Cell("x" * 600),
    Cell(chips=tuple(Chip(f"role {number}", Tone.WARNING) for number in range(20))),
    Cell(chips=(Chip("w" * 300),)),
    Cell("1.4 MB/s", spark=tuple(float(number % 7) * 1e6 for number in range(200))),
    Cell("0  B/s", spark=()),
    Cell("\u0301" * 400),
    Cell(),
]


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[TableView[Cell]]:
    model: KeyedTableModel[Cell] = KeyedTableModel([Column("a", "A", lambda cell: cell), Column("b", "B", lambda c: c)])
    model.put(enumerate(CELLS))
    model.flush()
    proxy = FilterProxy(model)
    view = TableView(model, proxy, name="Cells")
    model.setParent(view)
    proxy.setParent(view)
    view.show()
    yield view
    view.close()
    view.deleteLater()


@pytest.mark.parametrize("width", [60, 300, 900])
def test_every_kind_of_cell_is_painted_at_every_width(view: TableView[Cell], width: int) -> None:
    view.resize(width, 500)
    view.selectRow(1)
    assert not view.grab().isNull()


def test_chips_that_find_no_room_are_counted(view: TableView[Cell]) -> None:
    from ui.widgets.delegates import _Pen

    painter = QPainter()
    pen = _Pen(painter, view._delegate.fonts(), LIGHT, selected=False)
    chips = tuple(Chip(f"role {number}") for number in range(12))
    lines = pen._with_count(pen._arrange(200, chips), 2, 200)
    assert len(lines) == 2
    shown = [chip.text for line in lines for chip in line]
    assert shown[-1] == f"+{len(chips) - len(shown) + 1}"
    assert sum(pen._chip_width(chip, 200) + pen.fonts.gap for chip in lines[-1]) <= 200 + pen.fonts.gap


def test_a_stray_packet_does_not_look_like_a_flood(qapp: QApplication) -> None:
    def ink(samples: tuple[float, ...]) -> int:
        image = QImage(100, 40, QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        draw_spark(painter, QRectF(0, 0, 100, 40), samples, LIGHT)
        painter.end()
        return sum(image.pixelColor(x, y) != QColor("white") for x in range(100) for y in range(20))

    assert ink((0.0, 60.0, 0.0)) == 0
    assert ink((0.0, 60_000.0, 0.0)) > 0


def test_what_is_cut_is_in_the_tooltip_beside_what_the_cell_says(view: TableView[Cell]) -> None:
    delegate = view._delegate
    cell = Cell(chips=(Chip("joined, but en5 has no address"),), tip="Give it one.")
    assert delegate.tip_of(cell, 0, 90) == "joined, but en5 has no address\nGive it one."
    assert delegate.tip_of(Cell("short", tip="why"), 0, 500) == "why"
    assert delegate.tip_of(Cell("short"), 0, 500) == ""
