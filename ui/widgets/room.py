"""Gives a widget all the room there is, and scroll bars where that is less than it needs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStyle, QWidget


class Room(QScrollArea):
    """Unlike a resizable QScrollArea it asks the widget for its least size only, not for what it would like."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._most = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(content)

    def set_most(self, height: int) -> None:
        """It asks for what its widget needs, but not for more than that height."""
        if height != self._most:
            self._most = height
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), min(self._most, self._content.minimumSizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        taken = super().eventFilter(watched, event)
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
            self.updateGeometry()
        return taken

    def _fit(self) -> None:
        room, least = self.maximumViewportSize(), self._content.minimumSizeHint()
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        below = room.height() - (bar if least.width() > room.width() else 0)
        beside = room.width() - (bar if least.height() > below else 0)
        if least.width() > beside:
            below = room.height() - bar
        self._content.resize(max(beside, least.width()), max(below, least.height()))
