"""Table and details: side by side, or one above the other where the window is narrow, each arrangement remembered."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from ui.settings import Settings

NARROW = 1000
"""Width of the window below which the details go under the table."""
DETAILS_CHARACTERS = 39
DETAILS_LINES = 14


class DetailsSplitter(QSplitter):
    """Holds the stack of pages and the stack of their details."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._settings = settings
        self._arranged = False
        self.pages = QStackedWidget()
        self.details = QStackedWidget()
        self.details.setMinimumWidth(QFontMetrics(self.font()).averageCharWidth() * 30)
        self.setChildrenCollapsible(False)
        self.addWidget(self.pages)
        self.addWidget(self.details)
        self.setStretchFactor(0, 1)

    def arrange(self, window_width: int, *, details: bool) -> None:
        """Fit the arrangement to the width of the window, with or without the details."""
        self.details.setVisible(details)
        wanted = Qt.Orientation.Vertical if window_width < NARROW else Qt.Orientation.Horizontal
        if self._arranged and self.orientation() == wanted:
            return
        self.remember()
        self._arranged = True
        self.setOrientation(wanted)
        state = self._settings.splitter(self._name())
        if state.isEmpty() or not self.restoreState(state):
            metrics = QFontMetrics(self.font())
            if wanted == Qt.Orientation.Horizontal:
                wide = metrics.averageCharWidth() * DETAILS_CHARACTERS
            else:
                wide = metrics.height() * DETAILS_LINES
            self.setSizes([max(self.width(), window_width // 2) - wide, wide])
        self.setOrientation(wanted)

    def remember(self) -> None:
        """Keep the sizes of this arrangement."""
        if self._arranged:
            self._settings.set_splitter(self._name(), self.saveState())

    def _name(self) -> str:
        return "side by side" if self.orientation() == Qt.Orientation.Horizontal else "stacked"
