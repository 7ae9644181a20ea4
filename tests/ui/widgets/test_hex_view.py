from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
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
