"""The two pictures of a record: how much of its TTL is left, and when it was there on an interface."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Tokens, small_font, tokens, unit

LOW = 0.2
"""From here on a record that nobody refreshes runs out; whoever wants it asks from 80 % on (RFC 6762 section 5.2)."""


class TtlBar(QWidget):
    """A track, filled by what is left of a TTL."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(small_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.part = 0.0

    def show_part(self, part: float) -> None:
        """From 0 to 1."""
        if part != self.part:
            self.part = part
            self.update()

    def sizeHint(self) -> QSize:
        gap = unit(self.font())
        return QSize(gap * 12, round(gap * 1.8))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = tokens(self.palette())
        track = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        _pill(painter, track, QColor(colours.side), QColor(colours.control_line))
        if self.part:
            filled = QRectF(track)
            filled.setWidth(max(track.height(), track.width() * min(1.0, self.part)))
            _pill(painter, filled, QColor(colours.warning if self.part <= LOW else colours.accent), None)


class Appearances(QWidget):
    """A line of time from the first sighting to now: where the service was there, when it was heard last, its end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(small_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._spans: tuple[tuple[float, float], ...] = ()
        self._last = 0.0
        self._ended = False

    def show_spans(self, spans: Sequence[tuple[float, float]], last: float, *, ended: bool) -> None:
        """``spans``: from when to when, ``last``: when it was heard last, all as parts of the width."""
        now = (tuple(spans), last, ended)
        if now != (self._spans, self._last, self._ended):
            self._spans, self._last, self._ended = now
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, round(unit(self.font()) * 3))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = tokens(self.palette())
        gap = unit(self.font())
        area = QRectF(self.rect()).adjusted(gap, 0, -gap, 0)
        middle = area.center().y()
        painter.setPen(QPen(QColor(colours.line), 1))
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
        for begin, end in self._spans:
            bar = QRectF(area.left() + area.width() * begin, middle - gap / 2, area.width() * (end - begin), gap)
            bar.setWidth(max(bar.width(), gap))
            _pill(painter, bar, QColor(colours.dim if self._ended else colours.accent), None)
        self._mark(painter, area, colours)

    def _mark(self, painter: QPainter, area: QRectF, colours: Tokens) -> None:
        """A dot where it was heard last, a cross where it ended."""
        gap = unit(self.font())
        dot = QPointF(area.left() + area.width() * self._last, area.center().y())
        painter.setPen(QPen(QColor(colours.base), 1))
        painter.setBrush(QColor(colours.dim if self._ended else colours.accent))
        painter.drawEllipse(dot, gap * 0.9, gap * 0.9)
        if self._ended and self._spans:
            end = QPointF(area.left() + area.width() * max(end for _, end in self._spans), area.center().y())
            painter.setPen(QPen(QColor(colours.error), QFontMetrics(self.font()).lineWidth() + 0.6))
            reach = gap * 0.9
            painter.drawLine(end + QPointF(-reach, -reach), end + QPointF(reach, reach))
            painter.drawLine(end + QPointF(-reach, reach), end + QPointF(reach, -reach))


def _pill(painter: QPainter, rect: QRectF, face: QColor | None, outline: QColor | None) -> None:
    painter.setPen(QPen(outline, 1) if outline is not None else Qt.PenStyle.NoPen)
    painter.setBrush(face if face is not None else Qt.BrushStyle.NoBrush)
    radius = rect.height() / 2
    painter.drawRoundedRect(rect, radius, radius)
