from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from ui.pages.multicast.join_strip import JoinStrip
from ui.problems import told


def test_that_a_group_needs_a_source_is_said_before_enter(qtbot: QtBot) -> None:
    strip = JoinStrip()
    strip.field.setText("232.1.1.1:5000")
    assert strip.note.text.startswith("Needs a source: in Options")
    strip.options.mode.setCurrentIndex(1)
    assert strip.note.text.startswith("Needs a source: in Options")
    strip.options.sources.setText("192.168.1.20")
    assert "Enter joins" in strip.note.text
    assert "Needs a source" not in strip.note.text
    strip.close()
    strip.deleteLater()


def test_a_refusal_goes_with_the_next_edit_and_with_the_page(qtbot: QtBot) -> None:
    strip = JoinStrip()
    strip.show()
    refusal = told("joined_twice", "224.224.0.77:23019", interface="en0")
    ways: list[Callable[[], None]] = [lambda: strip.field.insert("2"), strip.hide, strip.calm_down]
    for over in ways:
        strip.refuse(refusal)
        assert strip.note.text.startswith(refusal.text)
        over()
        assert not strip.note.text.startswith(refusal.text)
    strip.close()
    strip.deleteLater()
