from __future__ import annotations

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from ui import glyphs
from ui.glyphs import drawable, written_out
from ui.text import visible
from ui.widgets.labels import PlainLabel, ValueLabel


def test_each_control_character_has_its_name() -> None:
    assert written_out(visible("a\x00\n\x1b[0m\x7f")) == "a⟨NUL⟩⟨LF⟩⟨ESC⟩[0m⟨DEL⟩"


@pytest.mark.parametrize(("able", "shown"), [(True, "a␊b"), (False, "a⟨LF⟩b")])
def test_a_picture_no_font_has_is_written_out_where_it_is_drawn(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, able: bool, shown: str
) -> None:
    monkeypatch.setattr(glyphs, "_draws_pictures", lambda _font: able)
    assert drawable("a␊b", QFont()) == shown
    assert drawable("plain é", QFont()) == "plain é"
    value = ValueLabel("a␊b")
    assert (value.shown, value.value) == (shown, "a␊b")
    label = PlainLabel("a␊b")
    assert label.text() == "a␊b"
    assert super(PlainLabel, label).text() == shown
    for widget in (value, label):
        widget.deleteLater()
