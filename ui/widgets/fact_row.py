"""A fact of the details: its label, and its value beside it or, where that has no room, beneath."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import unit
from ui.widgets.labels import PlainLabel, Size, ValueLabel, WrappedLabel

LABEL_SHARE = 0.45
"""Of the width, what labels take at most."""
PROSE_LEAST = 16
"""Average characters a sentence wants beside its label."""


class FactRow(QWidget):
    """``label_width``: that of the widest label of all, so that the values stand in one column.

    A value in the fixed font is broken only where the whole width is too little for it; a sentence may break at spaces
    beside its label. What stood beneath stays there until the width changes, so that numbers do not jump.
    """

    def __init__(self, label: str, *, fixed: bool, note: str, label_width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label_width = label_width
        self._fixed = fixed
        self._beneath_at = -1
        self._gap = unit(self.font())
        self.label = PlainLabel(label, dim=True, parent=self)
        self.value = ValueLabel(fixed=fixed, parent=self)
        self.value.setAccessibleName(label)
        self.note = WrappedLabel(note, size=Size.SMALL, dim=True, parent=self) if note else None
        for part in (self.label, self.value, self.note):
            if part is not None:
                part.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        # One baseline for label and value, whose fonts differ.
        self._drop = max(0, self.fontMetrics().ascent() - self.value.fontMetrics().ascent())
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_value(self, value: str) -> None:
        """Show it; a selection stays if the value does."""
        if value != self.value.value:
            self.value.set_value(value)
            self._place(self.width(), move=True)
            self.updateGeometry()

    @property
    def beneath(self) -> bool:
        """Whether the value stands under its label now."""
        return self.value.y() >= self.label.height()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        return QSize(self._label_width + self._gap * 3 + self.value.natural_width, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._beneath_at = -1
        self._place(self.width(), move=True)

    def _fits_beside(self, room: int) -> bool:
        if self.value.natural_width <= room:
            return True
        prose_least = self.fontMetrics().averageCharWidth() * PROSE_LEAST
        return not self._fixed and self.value.least_width <= room and room >= prose_least

    def _place(self, width: int, *, move: bool) -> int:
        """The height in that width; with ``move`` everything is put there."""
        column = min(self._label_width, int(width * LABEL_SHARE)) + self._gap * 3
        label = self.label.sizeHint()
        beside = label.width() + self._gap <= column and self._beneath_at != width and self._fits_beside(width - column)
        left = column if beside else 0
        top = self._drop if beside else label.height()
        if move and not beside:
            self._beneath_at = width
        room = width - left
        high = self.value.heightForWidth(room)
        if move:
            self.label.setGeometry(0, 0, min(label.width(), width), label.height())
            self.value.setGeometry(left, top, room, high)
        bottom = max(label.height(), top + high)
        if self.note is not None:
            note = self.note.heightForWidth(room)
            if move:
                self.note.setGeometry(left, bottom + self._gap, room, note)
            bottom += self._gap + note
        return bottom
