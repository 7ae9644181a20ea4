"""The plot of a stream: packets a second as a line, what was lost in each second as bars under it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import text
from ui.pages.multicast.history import SECONDS, Sample
from ui.pages.multicast.states import tr
from ui.text import count
from ui.theme import Tokens, small_font, tokens

RATE_LINES = 5.0
LOSS_LINES = 2.5
"""Heights of the two parts, in lines of text; what more there is they share."""
CAPTION_LINES = 3.4


class RatePlot(QWidget):
    """Painted when it is told of other samples, and only while it is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(small_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Rate and loss of the last two minutes"))
        self.samples: tuple[Sample, ...] = ()

    def show_samples(self, samples: Sequence[Sample]) -> None:
        """One a second, the newest last."""
        self.samples = tuple(samples)
        self.setAccessibleDescription(", ".join(self.captions))
        self.update()

    @property
    def captions(self) -> tuple[str, str]:
        """What the two parts show, with the highest of each."""
        rate = max((sample.packets_per_s for sample in self.samples), default=0.0)
        lost = max((sample.lost + sample.dropped for sample in self.samples), default=0)
        return (
            tr("packets a second, at most %1").replace("%1", text.packet_rate(rate).replace("/s", "").strip()),
            tr("lost or dropped in a second, at most %1").replace("%1", count(lost)) if lost else tr("nothing lost"),
        )

    def sizeHint(self) -> QSize:
        line = QFontMetrics(self.font()).height()
        return QSize(0, round(line * (RATE_LINES + LOSS_LINES + CAPTION_LINES)))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, round(QFontMetrics(self.font()).height() * (CAPTION_LINES + 2)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        colours, metrics = tokens(self.palette()), QFontMetrics(self.font())
        line = metrics.height()
        room = max(0.0, self.height() - line * CAPTION_LINES)
        part = RATE_LINES / (RATE_LINES + LOSS_LINES)
        rate = QRectF(0, line * 1.1, self.width() - 1, room * part)
        loss = QRectF(0, rate.bottom() + line * 1.2, self.width() - 1, room * (1 - part))
        painter.setPen(QColor(colours.dim))
        for area, words in zip((rate, loss), self.captions, strict=True):
            painter.drawText(0, round(area.top() - line * 0.25), words)
        painter.drawText(0, self.height() - metrics.descent(), tr("2 min ago"))
        now = tr("now")
        painter.drawText(self.width() - metrics.horizontalAdvance(now), self.height() - metrics.descent(), now)
        painter.setPen(QColor(colours.line))
        for area in (rate, loss):
            painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._paint_loss(painter, loss, colours)
        self._paint_rate(painter, rate, colours)

    def _paint_loss(self, painter: QPainter, area: QRectF, colours: Tokens) -> None:
        most = max((sample.lost + sample.dropped for sample in self.samples), default=0)
        if not most:
            return
        step = area.width() / SECONDS
        left = area.right() - step * len(self.samples)
        for at, sample in enumerate(self.samples):
            bottom = area.bottom()
            for number, colour in ((sample.lost, colours.error), (sample.dropped, colours.warning)):
                high = area.height() * number / most
                bar = QRectF(left + at * step, bottom - high, max(1.0, step - 0.5), high)
                painter.fillRect(bar, QColor(colour))
                bottom -= high

    def _paint_rate(self, painter: QPainter, area: QRectF, colours: Tokens) -> None:
        if len(self.samples) < 2:
            return
        most = max(1.0, *(sample.packets_per_s for sample in self.samples))
        step = area.width() / (SECONDS - 1)
        left = area.right() - step * (len(self.samples) - 1)
        points = [
            QPointF(left + at * step, area.bottom() - area.height() * sample.packets_per_s / most)
            for at, sample in enumerate(self.samples)
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = QColor(colours.accent)
        fill.setAlphaF(0.16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        ends = [QPointF(points[0].x(), area.bottom()), *points, QPointF(points[-1].x(), area.bottom())]
        painter.drawPolygon(QPolygonF(ends))
        painter.setPen(QPen(QColor(colours.accent), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
