"""Groups above, packets below: the border between them follows the number of groups until the person moves it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from ui.settings import Settings

NAME = "multicast"


class GroupsSplitter(QSplitter):
    """The lower part is hidden while there is no group. ``least``: the heights that they keep."""

    def __init__(self, upper: QWidget, lower: QWidget, settings: Settings, *, least: tuple[int, int]) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._lower = lower
        self._settings = settings
        self._fitted = -1
        self.setChildrenCollapsible(False)
        for part, height in zip((upper, lower), least, strict=True):
            # Else the empty panel behind a table would say how small the table can be.
            part.setMinimumHeight(height)
            self.addWidget(part)
        self.setStretchFactor(1, 1)
        state = settings.splitter(NAME)
        self._by_hand = not state.isEmpty() and self.restoreState(state)
        self.splitterMoved.connect(self._moved)

    def fit(self, wanted: int, *, rows: int) -> None:
        """``wanted``: the height for ``rows`` groups; it is given once for each number of rows."""
        self._lower.setVisible(bool(rows))
        if rows and not self._by_hand and wanted != self._fitted and self.isVisible():
            self._fitted = wanted
            self.setSizes([wanted, max(wanted, self.height() - wanted)])

    def remember(self) -> None:
        """For the next start."""
        if self._by_hand:
            self._settings.set_splitter(NAME, self.saveState())

    def _moved(self) -> None:
        self._by_hand = True
