"""Remembers for three seconds what has just happened to a row."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from ui.pages.ports.columns import Mark

SECONDS = 3.0


class Marks:
    """Marks by row; ``clock`` gives seconds and is monotonic."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._marks: dict[str, tuple[Mark, float]] = {}

    def __len__(self) -> int:
        return len(self._marks)

    def of(self, key: str) -> Mark:
        """The mark of that row, NONE where it has none."""
        found = self._marks.get(key)
        return found[0] if found is not None else Mark.NONE

    def put(self, key: str, mark: Mark) -> None:
        """Mark it from now on; a row that is new stays new while it changes further."""
        if mark is Mark.CHANGED and self.of(key) is Mark.NEW:
            return
        self._marks.pop(key, None)  # the oldest come first
        self._marks[key] = (mark, self._clock() + SECONDS)

    def drop(self, key: str) -> None:
        """Forget its mark."""
        self._marks.pop(key, None)

    def take_expired(self) -> dict[str, Mark]:
        """The marks whose time is over, which are forgotten with this."""
        now = self._clock()
        expired = {}
        for key, (mark, until) in self._marks.items():
            if until > now:
                break
            expired[key] = mark
        for key in expired:
            del self._marks[key]
        return expired

    def clear(self) -> dict[str, Mark]:
        """All marks, which are forgotten with this."""
        marks = {key: mark for key, (mark, _) in self._marks.items()}
        self._marks.clear()
        return marks
