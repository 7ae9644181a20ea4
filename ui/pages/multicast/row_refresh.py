"""When the rows of the groups are shown anew: states soon, numbers twice a second, many of them in portions."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from ui.pages.multicast.joins import JoinKey

REFRESH_MS = 500
"""Numbers change twice a second."""
STATES_MS = 100
"""With many rows, states that follow within this time are shown together."""
PORTION = 100
"""So many rows at once, and the next after STATES_MS: a window that formats 500 rows cannot be typed in."""


class RowRefresh(QObject):
    """The first change is shown at once, what follows is gathered.

    Attributes:
        paused: numbers wait; states do not, since they answer what the person did.
        many: there are more rows than a PORTION, so that states are gathered, too.

    Signals:
        due: tuple of JoinKeys whose rows are to be shown, and whether no further portion follows at once.
    """

    due = Signal(object, bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.paused = self.many = False
        # Dicts as sets that keep their order.
        self._counted: dict[JoinKey, None] = {}
        self._changed: dict[JoinKey, None] = {}
        self._numbers = QTimer(self, singleShot=True)
        self._numbers.timeout.connect(self._show_numbers)
        self._states = QTimer(self, singleShot=True, interval=STATES_MS)
        self._states.timeout.connect(self._show_states)

    def state_changed(self, keys: Iterable[JoinKey]) -> None:
        """These stand otherwise."""
        self._changed.update(dict.fromkeys(keys))
        if not self.many or not self._states.isActive():
            self._show_states()

    def counted(self, keys: Iterable[JoinKey]) -> None:
        """These have other numbers."""
        self._counted.update(dict.fromkeys(keys))
        if not self._numbers.isActive() and not self.paused:
            self._show_numbers()

    def stop(self) -> None:
        """Nothing more is shown."""
        self._numbers.stop()
        self._states.stop()

    def _show_states(self) -> None:
        changed, self._changed = self._changed, {}
        if changed:
            self.due.emit(tuple(changed), True)
            self._states.start()

    def _show_numbers(self) -> None:
        if not self._counted or self.paused:
            return
        keys = list(self._counted)
        portion, rest = keys[:PORTION], keys[PORTION:]
        self._counted = dict.fromkeys(rest)
        self.due.emit(tuple(portion), not rest)
        self._numbers.start(STATES_MS if rest else REFRESH_MS)
