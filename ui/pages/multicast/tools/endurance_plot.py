"""The plot of an endurance run: arrivals of each second, the silences, the joins, and when a switch would forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from net.multicast.records import Silence
from ui.pages.multicast.states import tr
from ui.text import count, stopwatch
from ui.theme import Tokens, Tone, small_font, tokens, unit

LINES = 9
"""The height, in lines of text."""
THIN = 6
"""Pixels of a bar from which on a gap is left to the next."""


@dataclass(frozen=True, slots=True)
class Course:
    """What the plot shows; times in seconds since the run began.

    ``arrivals``: datagrams by second. ``joins``: when the group was joined. ``forgets``: how long after a join a
    snooping switch without a querier stops.
    """

    seconds: float
    elapsed: float = 0.0
    arrivals: Mapping[int, int] = field(default_factory=dict)
    silences: Sequence[Silence] = ()
    joins: Sequence[float] = (0.0,)
    forgets: float = 260.0

    @property
    def forgotten(self) -> tuple[float, ...]:
        """When such a switch stops; a join made anew before that puts it off."""
        following = (*self.joins[1:], float("inf"))
        times = ((joined + self.forgets, anew) for joined, anew in zip(self.joins, following, strict=True))
        return tuple(time for time, anew in times if time <= anew)


class EndurancePlot(QWidget):
    """Its length is the run's, so that what is not painted yet is what is still to come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.course = Course(seconds=300.0)
        self.setFont(small_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Arrivals over the run"))

    def show_course(self, course: Course) -> None:
        """Paint that."""
        self.course = course
        words = (
            tr("%1 of %2, %3 silences")
            .replace("%1", stopwatch(course.elapsed))
            .replace("%2", stopwatch(course.seconds))
        )
        self.setAccessibleDescription(words.replace("%3", str(len(course.silences))))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, QFontMetrics(self.font()).height() * LINES)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, QFontMetrics(self.font()).height() * 6)

    @property
    def span(self) -> float:
        """Seconds from the left edge to the right."""
        return max(self.course.seconds, self.course.elapsed, 1.0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        colours, line, gap = tokens(self.palette()), QFontMetrics(self.font()).height(), unit(self.font())
        painter.fillRect(self.rect(), QColor(colours.base))
        area = QRectF(gap * 4, line * 2.2, self.width() - gap * 8, self.height() - line * 4.2)
        if area.width() < gap * 20 or area.height() < line:
            return
        self._paint_silences(painter, area, colours)
        self._paint_arrivals(painter, area, colours)
        self._paint_joins(painter, area, colours, line)
        painter.setPen(QColor(colours.line))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._paint_words(painter, area, colours, line)

    def _x(self, area: QRectF, second: float) -> float:
        return area.left() + area.width() * min(second, self.span) / self.span

    def _paint_silences(self, painter: QPainter, area: QRectF, colours: Tokens) -> None:
        for silence in self.course.silences:
            left = self._x(area, silence.begin)
            right = self._x(area, silence.end if silence.end is not None else self.course.elapsed)
            painter.fillRect(
                QRectF(left, area.top(), max(2.0, right - left), area.height()), colours.tint(Tone.ERROR, 0.2)
            )

    def _paint_arrivals(self, painter: QPainter, area: QRectF, colours: Tokens) -> None:
        """The highest of the seconds that share a pixel."""
        most = max(self.course.arrivals.values(), default=0)
        if not most:
            return
        step = max(1.0, area.width() / self.span)
        columns: dict[int, int] = {}
        for second, arrived in self.course.arrivals.items():
            place = int(self._x(area, second))
            columns[place] = max(columns.get(place, 0), arrived)
        colour = QColor(colours.accent)
        for place, arrived in columns.items():
            if arrived:
                high = max(1.0, area.height() * arrived / most)
                wide = min(max(1.0, step - (step > THIN)), area.right() - place)
                painter.fillRect(QRectF(place, area.bottom() - high, wide, high), colour)

    def _paint_joins(self, painter: QPainter, area: QRectF, colours: Tokens, line: int) -> None:
        """A line up for each join; where a switch would forget it, a broken one."""
        metrics = painter.fontMetrics()
        right = -1.0
        for number, joined in enumerate(self.course.joins):
            words = tr("joined") if number == 0 else tr("joined anew")
            at = self._x(area, joined)
            painter.setPen(QPen(QColor(colours.text), 1.2))
            painter.drawLine(QPointF(at, area.top() - line * 0.4), QPointF(at, area.bottom()))
            left = min(at, area.right() - metrics.horizontalAdvance(words))
            if left > right:
                painter.drawText(QPointF(left, area.top() - line * 0.6), words)
                right = left + metrics.horizontalAdvance(words) + line
        for forgets in (time for time in self.course.forgotten if time < self.span):
            painter.setPen(QPen(colours.tone(Tone.WARNING), 1.2, Qt.PenStyle.DashLine))
            at = self._x(area, forgets)
            painter.drawLine(QPointF(at, area.top() - line * 0.4), QPointF(at, area.bottom()))
            words = tr("a switch without querier forgets")
            left = min(at, area.right() - metrics.horizontalAdvance(words))
            if left > right:
                painter.setPen(QColor(colours.dim))
                painter.drawText(QPointF(left, area.top() - line * 0.6), words)

    def _paint_words(self, painter: QPainter, area: QRectF, colours: Tokens, line: int) -> None:
        painter.setPen(QColor(colours.dim))
        metrics, baseline = painter.fontMetrics(), area.bottom() + line
        most = max(self.course.arrivals.values(), default=0)
        painter.drawText(
            QPointF(area.left(), area.bottom() + line * 1.9), tr("at most %1 in a second").replace("%1", count(most))
        )
        ends = area.right()
        steps = 6 if area.width() > line * 40 else 3
        for step in range(steps + 1):
            words = stopwatch(self.span * step / steps)
            wide = metrics.horizontalAdvance(words)
            left = area.left() + area.width() * step / steps - wide / 2
            painter.drawText(QPointF(min(max(left, area.left()), ends - wide), baseline), words)
        if self.course.elapsed < self.course.seconds:
            at = self._x(area, self.course.elapsed)
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.drawLine(QPointF(at, area.bottom()), QPointF(at, area.bottom() + line * 0.3))
