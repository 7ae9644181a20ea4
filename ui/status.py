"""The status bar: one fact a slot, a message that never destroys them, and the problems."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui.glyphs import drawable
from ui.text import plural, tooltip, visible
from ui.theme import Tone, tokens, unit
from ui.widgets.dot import Dot
from ui.widgets.labels import PlainLabel

MESSAGE_MS = 5000
SLOTS = 5


class StatusStrip(QWidget):
    """State, chosen interface and the facts of the page at the left; a passing message; problems at the right.

    Signals:
        problems_wanted: the person asks for the problems.
    """

    problems_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        gap = unit(self.font())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(gap * 3, gap, gap * 2, gap)
        layout.setSpacing(gap * 2)
        self._dot = Dot()
        self._state = PlainLabel()
        self._interface = PlainLabel(dim=True)
        self._facts = [PlainLabel(dim=True) for _ in range(SLOTS)]
        self._message = _Passing()
        self._problems = QPushButton()
        self._problems.setFlat(True)
        self._problems.setAutoDefault(False)
        self._problems.clicked.connect(self.problems_wanted)
        layout.addWidget(self._dot)
        layout.addWidget(self._state)
        for label in (self._interface, *self._facts):
            layout.addSpacing(gap * 2)
            layout.addWidget(label)
        layout.addStretch(1)
        layout.addWidget(self._message, 1000)
        layout.addWidget(self._problems)
        self._clear = QTimer(self, singleShot=True, interval=MESSAGE_MS)
        self._clear.timeout.connect(self._clear_message)
        self.set_problems(0, 0)
        self.set_facts(())

    def set_state(self, text: str, tone: Tone) -> None:
        """What the window does now."""
        self._dot.set_tone(tone)
        self._state.setText(text)

    def set_interface(self, text: str) -> None:
        self._interface.setText(visible(text, 60))

    def set_facts(self, facts: tuple[str, ...]) -> None:
        """At most five; each keeps its slot."""
        for place, label in enumerate(self._facts):
            text = visible(facts[place], 80) if place < len(facts) else ""
            if label.text() != text:
                label.setText(text)
            label.setVisible(bool(text))

    def show_message(self, text: str) -> None:
        """A sentence that goes away by itself."""
        self._message.setText(visible(text, 160))
        self._message.setToolTip(tooltip(visible(text, 160)))
        self._clear.start()

    def set_problems(self, found: int, banners: int) -> None:
        """``found``: the errors and warnings among the findings of Diagnosis; while there are none, the ``banners``
        that warn stand for what may be wrong."""
        if found:
            text = plural(found, self.tr("%n problem found"), self.tr("%n problems found"))
            tip = self.tr("The errors and warnings among the findings; show them in Diagnosis")
        elif banners:
            text = plural(banners, self.tr("%n warning"), self.tr("%n warnings"))
            tip = self.tr("Banners on the pages that warn; look in Diagnosis for what is behind them")
        else:
            text, tip = self.tr("no problems"), ""
        self._problems.setText(text)
        self._problems.setAccessibleName(text)
        self._problems.setEnabled(bool(tip))
        self._problems.setToolTip(tip)

    def facts(self) -> tuple[str, ...]:
        """The texts shown, state first."""
        return tuple(label.text() for label in (self._state, self._interface, *self._facts) if label.text())

    @property
    def message(self) -> str:
        return self._message.text()

    def _clear_message(self) -> None:
        self._message.setText("")
        self._message.setToolTip("")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(tokens(self.palette()).line))


class _Passing(PlainLabel):
    """Right-aligned in the room that the facts leave, elided where that is too little."""

    def __init__(self) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = drawable(self.text(), self.font())
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self.alignment(), shown)
