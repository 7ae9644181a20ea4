"""A thin bar that moves while something is waited for."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import tokens, unit

STEPS = 60
FRAME_MS = 40


class BusyBar(QWidget):
    """Moves only while it is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = STEPS // 3
        self._timer = QTimer(self, interval=FRAME_MS)
        self._timer.timeout.connect(self._advance)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        gap = unit(self.font())
        return QSize(gap * 40, max(3, gap))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _advance(self) -> None:
        self._step = (self._step + 1) % STEPS
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(self.rect())
        radius = track.height() / 2
        painter.setBrush(QColor(colours.line))
        painter.drawRoundedRect(track, radius, radius)
        length = track.width() * 0.3
        left = -length + (track.width() + length) * self._step / STEPS
        painter.setBrush(QColor(colours.accent))
        painter.setClipRect(track)
        painter.drawRoundedRect(QRectF(left, track.top(), length, track.height()), radius, radius)
