"""The head of a tool's result: the one sentence to read, large, with a line of facts under it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.text import visible
from ui.theme import Tone, tokens, unit
from ui.widgets.busy_bar import BusyBar
from ui.widgets.dot import Dot
from ui.widgets.labels import Size, WrappedLabel

SENTENCE_CAP = 1000


class Head(QWidget):
    """Calm while something runs, coloured by what came out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        gap = unit(self.font())
        self._tone = Tone.NEUTRAL
        self._dot = Dot()
        self._busy = BusyBar()
        self._sentence = WrappedLabel(size=Size.TITLE)
        self._remedy = WrappedLabel()
        self._facts = WrappedLabel(dim=True)
        upper = QHBoxLayout()
        upper.setSpacing(gap * 3)
        beside = QVBoxLayout()
        beside.addSpacing((self._sentence.fontMetrics().height() - self._dot.height()) // 2)
        beside.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignTop)
        beside.addStretch(1)
        upper.addLayout(beside)
        upper.addWidget(self._sentence, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(gap * 4, gap * 3, gap * 4, gap * 3)
        layout.setSpacing(gap)
        layout.addLayout(upper)
        layout.addWidget(self._remedy)
        layout.addWidget(self._facts)
        layout.addWidget(self._busy)
        self.say("", Tone.NEUTRAL)

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    @property
    def remedy(self) -> str:
        return self._remedy.text()

    @property
    def facts(self) -> str:
        return self._facts.text()

    def say(
        self, sentence: str, tone: Tone, facts: tuple[str, ...] = (), *, remedy: str = "", busy: bool = False
    ) -> None:
        """Show that; ``remedy``: what to do about it; ``busy``: something is waited for."""
        self._tone = tone
        self._dot.set_tone(tone)
        self._sentence.setText(visible(sentence, SENTENCE_CAP))
        self._facts.setText(visible("  ·  ".join(facts), SENTENCE_CAP))
        self._facts.setVisible(bool(facts))
        self._remedy.setText(visible(remedy, SENTENCE_CAP))
        self._remedy.setVisible(bool(remedy))
        self._busy.setVisible(busy)
        self.setAccessibleName(visible(sentence, SENTENCE_CAP))

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.base))
        painter.fillRect(0, 0, unit(self.font()), self.height(), colours.tone(self._tone))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(colours.line))
