from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui.widgets.actions import Action, ActionButton
from ui.widgets.busy_bar import BusyBar
from ui.widgets.empty_panel import Emptiness, EmptyPanel, Why


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[EmptyPanel]:
    panel = EmptyPanel()
    panel.resize(600, 400)
    panel.show()
    yield panel
    panel.close()
    panel.deleteLater()


def texts(panel: EmptyPanel) -> list[str]:
    QCoreApplication.processEvents()
    return [label.text() for label in panel.findChildren(QLabel) if not label.isHidden()]


@pytest.mark.parametrize("why", list(Why))
def test_each_reason_is_said_with_what_to_do(panel: EmptyPanel, why: Why) -> None:
    done: list[int] = []
    panel.show_emptiness(Emptiness(why, "Title.", ("One.", "Two."), (Action("Rescan", lambda: done.append(1)),)))
    assert texts(panel) == ["Title.", "One.", "Two."]
    panel.findChildren(ActionButton)[0].click()
    assert done == [1]
    assert panel.accessibleName() == "Title."


def test_listening_looks_different_from_nothing_found(panel: EmptyPanel, qtbot: QtBot) -> None:
    panel.show_emptiness(Emptiness(Why.LISTENING, "Listening."))
    QCoreApplication.processEvents()
    assert [bar for bar in panel.findChildren(BusyBar) if not bar.isHidden()]
    panel.show_emptiness(Emptiness(Why.NOTHING_FOUND, "Nothing."))
    assert not [bar for bar in panel.findChildren(BusyBar) if not bar.isHidden()]


def test_the_bar_moves_only_while_it_is_seen(panel: EmptyPanel) -> None:
    panel.show_emptiness(Emptiness(Why.LISTENING, "Listening."))
    bar = panel.findChildren(BusyBar)[0]
    bar.show()
    assert bar._timer.isActive()
    panel.hide()
    assert not bar._timer.isActive()
