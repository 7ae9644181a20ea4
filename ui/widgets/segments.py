"""A choice of one among a few, as buttons side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from ui.theme import unit

STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class Segments(QWidget):
    """One of its buttons is always chosen; the arrow keys go from one to the next.

    Signals:
        chosen: the name of another choice, made by the person or by ``choose``.
    """

    chosen = Signal(str)

    def __init__(self, choices: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None) -> None:
        """``choices``: (name, words) each, the first is chosen; ``name``: what they choose, for screen readers."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(max(1, unit(self.font()) // 2))
        for key, words in choices:
            layout.addWidget(self._button(key, words))
        self.current = choices[0][0]
        self._buttons[self.current].setChecked(True)
        self._group.buttonToggled.connect(self._toggled)

    def button(self, name: str) -> QToolButton:
        """The button of that choice."""
        return self._buttons[name]

    def choose(self, name: str) -> None:
        """Make that choice; an unknown name changes nothing."""
        if name in self._buttons:
            self._buttons[name].setChecked(True)

    def set_words(self, name: str, words: str) -> None:
        """Other words for a choice, such as with a count."""
        button = self._buttons[name]
        if button.text() != words:
            button.setText(words)
            button.setAccessibleName(words)

    def _button(self, key: str, words: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(key)
        button.setText(words)
        button.setAccessibleName(words)
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.installEventFilter(self)
        self._group.addButton(button)
        self._buttons[key] = button
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """An arrow key chooses the neighbour, as it does among radio buttons."""
        step = STEPS.get(Qt.Key(event.key())) if isinstance(event, QKeyEvent) else None
        if step is None:
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.KeyPress:
            names = list(self._buttons)
            at = min(max(names.index(self.current) + step, 0), len(names) - 1)
            self.choose(names[at])
            self._buttons[names[at]].setFocus()
        return True

    def _toggled(self, button: QToolButton, checked: bool) -> None:  # noqa: FBT001 - Qt's signal
        if checked and button.objectName() != self.current:
            self.current = button.objectName()
            self.chosen.emit(self.current)
