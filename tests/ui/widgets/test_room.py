from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.current_stack import CurrentStack
from ui.widgets.room import Room


def test_content_fills_the_room_and_is_scrolled_where_it_needs_more(qtbot: QtBot) -> None:
    content = QWidget()
    layout = QVBoxLayout(content)
    layout.setContentsMargins(0, 0, 0, 0)
    part = QLabel()
    part.setMinimumSize(100, 200)
    layout.addWidget(part)
    room = Room(content)
    room.resize(300, 400)
    room.show()
    assert content.size() == QSize(300, 400)
    part.setMinimumHeight(600)
    qtbot.waitUntil(lambda: content.height() == 600)
    qtbot.waitUntil(lambda: content.width() == room.viewport().width())
    assert content.width() < 300
    room.set_most(350)
    assert room.minimumSizeHint().height() == 350
    room.set_most(900)
    assert room.minimumSizeHint().height() == 600
    room.close()
    room.deleteLater()


def test_only_the_widget_in_front_asks_for_room(qtbot: QtBot) -> None:
    stack = CurrentStack()
    for height in (100, 500):
        part = QWidget()
        part.setMinimumSize(50, height)
        stack.addWidget(part)
    assert stack.minimumSizeHint().height() == 100
    stack.setCurrentIndex(1)
    assert stack.minimumSizeHint().height() == 500
    stack.deleteLater()
