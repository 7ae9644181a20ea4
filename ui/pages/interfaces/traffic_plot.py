"""The plot of an interface: what it received and sent in the last ten minutes, and where errors or drops were."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import text
from ui.pages.interfaces.traffic_history import GAP_SECONDS, SECONDS, Reading
from ui.pages.interfaces.words import tr
from ui.theme import Tokens, small_font, tokens

LINES = 4.0
"""Height of the upper part in lines of text; ``SENT_SHARE`` of that is the lower one's."""
SENT_SHARE = 0.6
CAPTION_LINES = 3.4


class TrafficPlot(QWidget):
    """Painted when it is told of other readings, and only while it is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(small_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Traffic of the last ten minutes"))
        self.readings: tuple[Reading, ...] = ()
        self.hide()

    def show_readings(self, readings: Sequence[Reading]) -> None:
        """Oldest first; the plot hides where there is none."""
        self.readings = tuple(readings)
        self.setVisible(bool(readings))
        self.setAccessibleDescription(", ".join(self.captions))
        self.update()

    @property
    def captions(self) -> tuple[str, str]:
        """What the two parts show, with the highest of each."""
        received = max((reading.received for reading in self.readings), default=0.0)
        sent = max((reading.sent for reading in self.readings), default=0.0)
        return (
            tr("received, at most %1").replace("%1", _rate(received)),
            tr("sent, at most %1").replace("%1", _rate(sent)),
        )

    def sizeHint(self) -> QSize:
        line = QFontMetrics(self.font()).height()
        return QSize(0, round(line * (LINES * (1 + SENT_SHARE) + CAPTION_LINES)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        colours, metrics = tokens(self.palette()), QFontMetrics(self.font())
        line = metrics.height()
        room = max(0.0, self.height() - line * CAPTION_LINES)
        part = 1 / (1 + SENT_SHARE)
        received = QRectF(0, line * 1.1, self.width() - 1, room * part)
        sent = QRectF(0, received.bottom() + line * 1.2, self.width() - 1, room * (1 - part))
        painter.setPen(QColor(colours.dim))
        for area, words in zip((received, sent), self.captions, strict=True):
            painter.drawText(0, round(area.top() - line * 0.25), words)
        painter.drawText(0, self.height() - metrics.descent(), tr("10 min ago"))
        now = tr("now")
        painter.drawText(self.width() - metrics.horizontalAdvance(now), self.height() - metrics.descent(), now)
        painter.setPen(QColor(colours.line))
        for area in (received, sent):
            painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._paint_rate(painter, received, colours, lambda reading: reading.received)
        self._paint_rate(painter, sent, colours, lambda reading: reading.sent)
        self._paint_bad(painter, received, colours)

    def _paint_bad(self, painter: QPainter, area: QRectF, colours: Tokens) -> None:
        """A mark under each second with errors or drops."""
        for reading in self.readings:
            if reading.bad:
                mark = QRectF(self._x(area, reading) - 1, area.bottom() - 4, 2, 5)
                painter.fillRect(mark, QColor(colours.error))

    def _paint_rate(self, painter: QPainter, area: QRectF, colours: Tokens, rate: Callable[[Reading], float]) -> None:
        most = max((rate(reading) for reading in self.readings), default=0.0)
        if not most:
            return
        fill = QColor(colours.accent)
        fill.setAlphaF(0.16)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for run in self._runs():
            points = [
                QPointF(self._x(area, reading), area.bottom() - area.height() * rate(reading) / most) for reading in run
            ]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            ends = [QPointF(points[0].x(), area.bottom()), *points, QPointF(points[-1].x(), area.bottom())]
            painter.drawPolygon(QPolygonF(ends))
            painter.setPen(QPen(QColor(colours.accent), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _x(self, area: QRectF, reading: Reading) -> float:
        return area.right() - area.width() * (self.readings[-1].time - reading.time) / SECONDS

    def _runs(self) -> Iterator[list[Reading]]:
        """Readings without a gap between them."""
        run: list[Reading] = []
        for reading in self.readings:
            if run and reading.time - run[-1].time > GAP_SECONDS:
                yield run
                run = []
            run.append(reading)
        if run:
            yield run


def _rate(bytes_per_second: float) -> str:
    """Without the blanks that set rates in a column below each other."""
    return " ".join(text.rate(bytes_per_second).split())
