from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPalette, QPixmap
from pytestqt.qtbot import QtBot

from ui.theme import DARK, LIGHT, Tone, palette_of
from ui.widgets.columns import Cell, Column
from ui.widgets.filter_proxy import FilterProxy
from ui.widgets.line_view import LineView, Looks
from ui.widgets.table_model import KeyedTableModel


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[LineView[str]]:
    model: KeyedTableModel[str] = KeyedTableModel(
        (
            Column("text", "Text", Cell, width=20),
            Column("length", "Length", lambda text: Cell(str(len(text)), dim=True), right=True, width=8),
        )
    )
    view: LineView[str] = LineView(model, FilterProxy(model), name="Lines")
    model.setParent(view)
    view._shown.setParent(view)
    view.setPalette(palette_of(LIGHT))
    model.put((number, f"line {number}") for number in range(50))
    model.flush()
    view.resize(400, 200)
    view.show()
    yield view
    view.close()
    view.deleteLater()


def colours(picture: QPixmap, area: QRect) -> set[str]:
    image = picture.copy(area).toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def row_area(view: LineView[str], row: int, column: int) -> QRect:
    return view.visualRect(view.model().index(row, column))


def test_a_row_shows_its_texts_and_a_dim_one_dimly(view: LineView[str]) -> None:
    picture = view.viewport().grab()
    assert LIGHT.text in colours(picture, row_area(view, 0, 0))
    assert LIGHT.text not in colours(picture, row_area(view, 0, 1))
    assert LIGHT.dim in colours(picture, row_area(view, 0, 1))


def test_what_is_selected_stands_out(view: LineView[str]) -> None:
    view.selectRow(1)
    picture = view.viewport().grab()
    assert LIGHT.selection in colours(picture, row_area(view, 1, 0))
    assert LIGHT.selection not in colours(picture, row_area(view, 2, 0))


def test_it_follows_the_theme(view: LineView[str]) -> None:
    view.viewport().grab()
    view.setPalette(palette_of(DARK))
    assert DARK.text in colours(view.viewport().grab(), row_area(view, 0, 0))


def test_the_filter_decides_what_is_painted_where(view: LineView[str]) -> None:
    before = view.viewport().grab(row_area(view, 7, 0)).toImage()
    view._shown.set_filter('"line 7"')
    assert view.viewport().grab(row_area(view, 0, 0)).toImage() == before


def test_the_ground_under_the_last_row_is_empty(view: LineView[str]) -> None:
    view._shown.set_filter('"line 7"')
    below = view.viewport().rect().adjusted(0, row_area(view, 0, 0).bottom() + 1, 0, 0)
    assert colours(view.viewport().grab(), below) == {QColor(view.palette().color(QPalette.ColorRole.Base)).name()}


@pytest.mark.parametrize(
    "text", ["short", "a text that is much too long for its column", "大きすぎる文字列です、はみ出します", ""]
)
def test_what_does_not_fit_is_cut_and_says_so(view: LineView[str], text: str) -> None:
    looks = Looks(view)
    room = looks.advance * 12
    shown, width = looks.fitted(text, room)
    assert width <= room
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


def test_a_glyph_stands_before_its_text_in_its_tone(view: LineView[str]) -> None:
    plain = colours(view.viewport().grab(), row_area(view, 0, 0))
    row = view._model.row_at(0)
    row.cells[0] = Cell("line 0", glyph="✕", dot=Tone.ERROR)
    picture = view.viewport().grab()
    assert LIGHT.error not in plain
    assert {LIGHT.error, LIGHT.text} <= colours(picture, row_area(view, 0, 0))
