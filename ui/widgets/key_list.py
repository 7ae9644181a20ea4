"""The list of keys that F1 shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from ui.shortcuts import Key
from ui.theme import unit
from ui.widgets.labels import PlainLabel, Size


class KeyList(QDialog):
    """Every key of ui.shortcuts with what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        gap = unit(self.font())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(gap * 6, gap * 5, gap * 6, gap * 5)
        outer.setSpacing(gap * 3)
        outer.addWidget(PlainLabel(self.tr("Keys"), size=Size.TITLE))
        grid = QGridLayout()
        grid.setHorizontalSpacing(gap * 6)
        grid.setVerticalSpacing(gap)
        for row, key in enumerate(Key):
            names = " / ".join(sequence.toString(sequence.SequenceFormat.NativeText) for sequence in key.sequences)
            grid.addWidget(PlainLabel(names, size=Size.FIXED), row, 0)
            grid.addWidget(PlainLabel(key.says), row, 1)
        outer.addLayout(grid)
