"""What stands where a table is empty: why it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.text import visible
from ui.theme import unit
from ui.widgets.actions import Action, ActionButton
from ui.widgets.busy_bar import BusyBar
from ui.widgets.labels import PlainLabel, Size


class Why(Enum):
    """The reasons for an empty table; they look different from each other."""

    LISTENING = "listening"
    NOTHING_FOUND = "nothing found"
    FILTERED_OUT = "filtered out"
    CANNOT_WORK = "cannot work"
    NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Emptiness:
    """Why a table is empty: one sentence, then the likely reasons or steps, then what can be done."""

    why: Why
    title: str
    reasons: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()

    @property
    def shape(self) -> tuple[object, ...]:
        """What must be equal for the words to be changed in place, as a count of seconds does."""
        return (self.why, len(self.reasons), self.actions)


class EmptyPanel(QWidget):
    """Says one Emptiness in the middle of the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.emptiness: Emptiness | None = None
        self._words: list[PlainLabel] = []
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._gap = unit(self.font())
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        self._body = QVBoxLayout()
        self._body.setSpacing(self._gap * 2)
        centre = QHBoxLayout()
        centre.addStretch(1)
        centre.addLayout(self._body, 3)
        centre.addStretch(1)
        outer.addLayout(centre)
        outer.addStretch(3)

    def show_emptiness(self, emptiness: Emptiness) -> None:
        """Say this from now on."""
        if emptiness == self.emptiness:
            return
        before, self.emptiness = self.emptiness, emptiness
        if before is not None and before.shape == emptiness.shape:
            for label, text in zip(self._words, (emptiness.title, *emptiness.reasons), strict=True):
                label.setText(visible(text))
            self.setAccessibleName(visible(emptiness.title))
            return
        _clear(self._body)
        self.setAccessibleName(visible(emptiness.title))
        title = PlainLabel(visible(emptiness.title), size=Size.TITLE, wraps=True, selectable=True)
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words = [title]
        self._body.addWidget(title)
        if emptiness.why is Why.LISTENING:
            bar = BusyBar()
            bar.setAccessibleName(self.tr("Listening"))
            self._body.addWidget(bar, 0, Qt.AlignmentFlag.AlignHCenter)
        for reason in emptiness.reasons:
            label = PlainLabel(visible(reason), dim=True, wraps=True, selectable=True)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._words.append(label)
            self._body.addWidget(label)
        if emptiness.actions:
            self._body.addSpacing(self._gap * 2)
            self._body.addLayout(self._buttons(emptiness.actions))

    def _buttons(self, actions: tuple[Action, ...]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._gap * 2)
        row.addStretch(1)
        for action in actions:
            row.addWidget(ActionButton(action))
        row.addStretch(1)
        return row


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            _clear(inner)
            inner.deleteLater()
