from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui.widgets.segments import Segments


def test_one_is_always_chosen_by_mouse_arrow_keys_and_code(qtbot: QtBot) -> None:
    segments = Segments([("a", "Alpha"), ("b", "Beta"), ("c", "Gamma")], name="Letter")
    qtbot.addWidget(segments)
    heard: list[str] = []
    segments.chosen.connect(heard.append)
    assert segments.current == "a"
    segments.show()
    qtbot.mouseClick(segments.button("b"), Qt.MouseButton.LeftButton)  # type: ignore[no-untyped-call]
    segments.button("b").setFocus()
    qtbot.keyClick(segments.button("b"), Qt.Key.Key_Right)  # type: ignore[no-untyped-call]
    segments.choose("a")
    segments.choose("nothing")
    segments.choose("a")
    assert heard == ["b", "c", "a"]
    assert [segments.button(name).isChecked() for name in "abc"] == [True, False, False]
