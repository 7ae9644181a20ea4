"""Asks for the path of a file where the probe runs, which may be another computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QInputDialog, QWidget

CHARACTERS = 70


def ask_for_path(parent: QWidget, title: str, label: str, path: str, then: Callable[[str], None]) -> None:
    """Opens the dialog with ``path`` typed in; ``then`` gets what it was changed to."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(path)
    dialog.setMinimumWidth(QFontMetrics(dialog.font()).averageCharWidth() * CHARACTERS)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.textValueSelected.connect(then)
    dialog.open()
