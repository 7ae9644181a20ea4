"""A line under a field: what the field takes, or why it was refused and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from net.records import Problem
from ui.text import visible
from ui.theme import Tone, unit
from ui.widgets.dot import Dot
from ui.widgets.labels import WrappedLabel

NOTE_CAP = 1000


class NoteLine(QWidget):
    """One sentence or two; a dot before them where something is wrong. ``vanishes``: empty it takes no room."""

    def __init__(self, parent: QWidget | None = None, *, vanishes: bool = False) -> None:
        super().__init__(parent)
        self._vanishes = vanishes
        gap = unit(self.font())
        self._dot = Dot()
        self._calm = WrappedLabel(dim=True)
        self._loud = WrappedLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(gap * 2)
        layout.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._calm, 1)
        layout.addWidget(self._loud, 1)
        self.show_text("")

    @property
    def text(self) -> str:
        """What it says now."""
        return self._loud.text() or self._calm.text()

    def show_text(self, text: str) -> None:
        """Something good to know."""
        self._show(text, "", None)

    def show_problem(self, problem: Problem) -> None:
        """What was refused, and the remedy."""
        self._show("", f"{problem.text} {problem.remedy}", Tone.ERROR)

    def show_state(self, text: str, tone: Tone) -> None:
        """How something goes on."""
        self._show("", text, tone)

    def _show(self, calm: str, loud: str, tone: Tone | None) -> None:
        self._calm.setText(visible(calm, NOTE_CAP))
        self._loud.setText(visible(loud, NOTE_CAP))
        self._calm.setVisible(not loud)
        self._loud.setVisible(bool(loud))
        self._dot.setVisible(tone is not None)
        if tone is not None:
            self._dot.set_tone(tone)
        if self._vanishes:
            self.setVisible(bool(calm or loud))
