"""Table and details: side by side, or one above the other where the window is narrow, each arrangement remembered."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from ui.settings import Settings
from ui.widgets.current_stack import CurrentStack
from ui.widgets.details_form import DetailsForm
from ui.widgets.room import Room

NARROW = 1000
"""Width of the window below which the details go under the table."""
DETAILS_CHARACTERS = 39
DETAILS_LINES = 12
DETAILS_LEAST = (30, 5)
"""Average characters across beside the table, lines under it: title, state and buttons; the facts can be scrolled."""


class DetailsSplitter(QSplitter):
    """Holds the stack of pages and the stack of their details; a page that needs more than there is can be scrolled."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._settings = settings
        self._arranged = False
        self.pages = CurrentStack()
        self.details = QStackedWidget()
        self._room = Room(self.pages)
        self.setChildrenCollapsible(False)
        self.addWidget(self._room)
        self.addWidget(self.details)
        self.setStretchFactor(0, 1)

    def arrange(self, window_width: int, *, details: bool) -> None:
        """Fit the arrangement to the width of the window, with or without the details.

        Under the table they take room only while there is something to show: an invitation is not worth half the rows.
        """
        wanted = Qt.Orientation.Vertical if window_width < NARROW else Qt.Orientation.Horizontal
        shown = details and (wanted == Qt.Orientation.Horizontal or self._has_something())
        self.details.setVisible(shown)
        if self._arranged and self.orientation() == wanted:
            return
        self.remember()
        self._arranged = True
        self._set_least(wanted)
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

    def _has_something(self) -> bool:
        front = self.details.currentWidget()
        while isinstance(front, QStackedWidget):
            front = front.currentWidget()
        return not isinstance(front, DetailsForm) or front.details is not None or front.keeps_room

    def _set_least(self, wanted: Qt.Orientation) -> None:
        metrics, (characters, lines) = QFontMetrics(self.font()), DETAILS_LEAST
        beside = wanted == Qt.Orientation.Horizontal
        self.details.setMinimumWidth(metrics.averageCharWidth() * characters if beside else 0)
        self.details.setMinimumHeight(0 if beside else metrics.height() * lines)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._room.set_most(self.height() - self.details.minimumHeight() - self.handleWidth())

    def remember(self) -> None:
        """Keep the sizes of this arrangement."""
        if self._arranged:
            self._settings.set_splitter(self._name(), self.saveState())

    def _name(self) -> str:
        return "side by side" if self.orientation() == Qt.Orientation.Horizontal else "stacked"
