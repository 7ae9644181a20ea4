"""A thing that can be done, and the button for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QStyleOptionButton, QWidget

from ui.text import tooltip, visible


@dataclass(frozen=True)
class Action:
    """A button: its word and what it does, called without arguments. Two with the same word count as equal.

    ``choices``: what its menu offers; the button then only opens the menu. ``enabled``: False for what is refused here,
    which its text or tip explains.
    """

    text: str
    run: Callable[[], object] = field(compare=False)
    tip: str = ""
    choices: tuple[Action, ...] = ()
    enabled: bool = True


class ActionButton(QPushButton):
    """Runs its action when clicked; never becomes a default button. Its word is elided where it has no room."""

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        self._missing = 0
        super().__init__(action.text, parent)
        self._action = action
        self.setAutoDefault(False)
        self.setAccessibleName(action.text)
        self.setEnabled(action.enabled)
        if action.tip:
            self.setToolTip(tooltip(visible(action.tip)))
        if action.choices:
            menu = QMenu(self)
            add_choices(menu, action.choices)
            self.setMenu(menu)
        else:
            self.clicked.connect(self._run)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._missing = 0  # the size hint is that of the option
        self._missing = max(0, self.sizeHint().width() - self.width())

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        if self._missing:
            room = self.fontMetrics().horizontalAdvance(self.text()) - self._missing
            option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, max(0, room))

    def _run(self) -> None:
        self._action.run()


def add_choices(menu: QMenu, choices: Sequence[Action]) -> None:
    """Actions as entries of a menu."""
    for choice in choices:
        entry = menu.addAction(choice.text.replace("&", "&&"))
        entry.setEnabled(choice.enabled)
        entry.triggered.connect(lambda _checked=False, choice=choice: choice.run())
