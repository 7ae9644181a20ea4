"""The last numbers of a stream, a sign each: which arrived, which are lost, which came twice or late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.pages.multicast.states import tr
from ui.text import count
from ui.theme import Tone, fixed_font, small_font, tokens, unit

LINE = 0.82
"""Height of a line of signs, of the font's own."""
LEAST_LINES = 4


class Sign(NamedTuple):
    """A letter of ``Stream.strip``, what is painted for it, and what it says."""

    letter: str
    glyph: str
    tone: Tone
    words: str


def signs() -> tuple[Sign, ...]:
    """In the person's language."""
    return (
        Sign(".", "·", Tone.NEUTRAL, tr("arrived")),
        Sign("x", "×", Tone.ERROR, tr("missing")),
        Sign(":", ":", Tone.INFO, tr("came twice")),
        Sign("<", "<", Tone.WARNING, tr("reordered")),
        Sign("_", "_", Tone.WARNING, tr("late")),
    )


class NumberStrip(QWidget):
    """Lines of signs, the oldest number first, with a legend that counts them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(small_font(fixed_font(self.font())))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(tr("The last numbers of the stream"))
        self._signs = signs()
        self._text = ""

    @property
    def legend(self) -> tuple[str, ...]:
        """What each sign says and how often it stands there."""
        return tuple(f"{sign.words} {count(self._text.count(sign.letter))}" for sign in self._signs)

    def show_strip(self, text: str) -> None:
        """``text``: as of ``Stream.strip``."""
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(", ".join(self.legend))
            self.updateGeometry()
            self.update()

    @property
    def lines(self) -> list[str]:
        """The signs as they are shown: the newest that there is room for."""
        wide = self._characters()
        lines = [self._text[start : start + wide] for start in range(0, len(self._text), wide)]
        room = max(1, (self.height() - self._legend_height()) // self._line_height())
        return lines[-room:]

    def sizeHint(self) -> QSize:
        lines = -(-len(self._text) // self._characters())
        return QSize(0, self._line_height() * lines + self._legend_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._line_height() * LEAST_LINES + self._legend_height())

    def _characters(self) -> int:
        """Signs in a line, a multiple of eight."""
        return max(8, self.width() // QFontMetrics(self.font()).horizontalAdvance("0") // 8 * 8)

    def _line_height(self) -> int:
        return max(6, round(QFontMetrics(self.font()).height() * LINE))

    def _legend_height(self) -> int:
        return self._legend_places()[-1][1] + QFontMetrics(self.font()).height()

    def _legend_places(self) -> Sequence[tuple[int, int]]:
        """Where each entry of the legend begins, from its own top left corner."""
        metrics = QFontMetrics(self.font())
        left, top, places = 0, unit(self.font()), []
        for words in self.legend:
            wide = metrics.horizontalAdvance(f"0 {words}")
            if left and left + wide > self.width():
                left, top = 0, top + metrics.height()
            places.append((left, top))
            left += wide + unit(self.font()) * 4
        return places

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        metrics, colours = QFontMetrics(self.font()), tokens(self.palette())
        advance, height = metrics.horizontalAdvance("0"), self._line_height()
        lines = self.lines
        for row, line in enumerate(lines):
            baseline = row * height + height - metrics.descent()
            for sign in self._signs:
                if sign.letter in line:
                    painter.setPen(colours.tone(sign.tone))
                    shown = (sign.glyph if letter == sign.letter else " " for letter in line)
                    painter.drawText(0, baseline, "".join(shown))
        top = height * len(lines) + metrics.ascent()
        for (left, below), sign, words in zip(self._legend_places(), self._signs, self.legend, strict=True):
            painter.setPen(colours.tone(sign.tone))
            painter.drawText(left, top + below, sign.glyph)
            painter.setPen(QColor(colours.text))
            painter.drawText(left + 2 * advance, top + below, words)
