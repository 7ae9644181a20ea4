"""A thing that can be done, and the button for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtWidgets import QPushButton, QWidget


@dataclass(frozen=True)
class Action:
    """A button: its word and what it does, called without arguments. Two with the same word count as equal."""

    text: str
    run: Callable[[], object] = field(compare=False)
    tip: str = ""


class ActionButton(QPushButton):
    """Runs its action when clicked; never becomes a default button."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(action.text, parent)
        self._action = action
        self.setAutoDefault(False)
        self.setAccessibleName(action.text)
        if action.tip:
            self.setToolTip(action.tip)
        self.clicked.connect(self._run)

    def _run(self) -> None:
        self._action.run()
