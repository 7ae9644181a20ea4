"""The strip above a tool of a page: its fields and buttons, and a line for what is wrong with them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget

from net.records import Problem
from ui.theme import Tone, tokens, unit
from ui.widgets.labels import PlainLabel
from ui.widgets.note_line import NoteLine

WIDE = 1000
"""Against the 1 of the empty room in a row."""


class Strip(QWidget):
    """Fields from the left, buttons at the right of the first row.

    Signals:
        submitted: Enter was pressed in a field.
    """

    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gap = unit(self.font())
        self.note = NoteLine(vanishes=True)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(self._gap * 3, self._gap * 2, self._gap * 3, self._gap * 2)
        self._layout.setSpacing(self._gap * 2)
        self._row = self._new_row()
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(self._gap * 2)
        self._row.addStretch(1)
        self._row.addLayout(self._buttons)
        self._layout.addWidget(self.note)

    def say(self, text: str) -> None:
        """Something good to know; the line goes where there is nothing."""
        self.note.show_text(text)

    def say_problem(self, problem: Problem) -> None:
        """What was refused, and the remedy."""
        self.note.show_problem(problem)

    def say_state(self, text: str, tone: Tone) -> None:
        """How something goes on."""
        self.note.show_state(text, tone)

    def add_row(self) -> None:
        """What is added from now on stands in another row."""
        self._row = self._new_row()
        self._row.addStretch(1)

    def add(self, label: str, widget: QWidget, *, wide: bool = False) -> None:
        """A field with its word before it; without a word it stands alone. ``wide``: it takes what room is left."""
        for each in (*((PlainLabel(label, dim=True),) if label else ()), widget):
            self._row.insertWidget(self._place, each, WIDE if wide and each is widget else 0)
            self._place += 1

    def add_text(self, label: str, name: str, example: str, characters: int) -> QLineEdit:
        """A field for text."""
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setPlaceholderText(example)
        field.setFixedWidth(QFontMetrics(self.font()).averageCharWidth() * characters)
        field.returnPressed.connect(self.submitted)
        self.add(label, field)
        return field

    def add_number(self, label: str, name: str, least: int, most: int, value: int, suffix: str = "") -> QSpinBox:
        """A field for a number."""
        box = QSpinBox()
        box.setRange(least, most)
        box.setValue(value)
        box.setSuffix(suffix)
        box.setAccessibleName(name)
        self.add(label, box)
        return box

    def add_button(self, text: str, tip: str = "") -> QPushButton:
        """A button of the first row."""
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        set_words(button, text)
        self._buttons.addWidget(button)
        return button

    def add_end(self, widget: QWidget) -> None:
        """A widget at the right of the first row."""
        self._buttons.addWidget(widget)

    def add_layout(self, layout: QLayout) -> None:
        """A row of its own, under those there are."""
        self._layout.insertLayout(self._layout.count() - 1, layout)

    def _new_row(self) -> QHBoxLayout:
        self._place = 0
        row = QHBoxLayout()
        row.setSpacing(self._gap * 2)
        self._layout.insertLayout(max(0, self._layout.count() - 1), row)
        return row

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens(self.palette()).line))


def set_words(button: QPushButton, text: str) -> None:
    """The words of a button, in which an ampersand is no shortcut."""
    button.setText(text.replace("&", "&&"))
    button.setAccessibleName(text)
