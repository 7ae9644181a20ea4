"""Keeps the rows of a table that counts up, and says at most once a second of each that it changed."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

_BETWEEN = 1.0

KeyType = TypeVar("KeyType", bound=Hashable)
RowType = TypeVar("RowType")


class Rows(Generic[KeyType, RowType]):
    """At most ``limit`` rows; what finds no room is counted in ``left_out``."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.left_out = 0
        self._rows: dict[KeyType, RowType] = {}
        self._told: dict[KeyType, float] = {}
        self._changed: dict[KeyType, None] = {}

    def get(self, key: KeyType) -> RowType | None:
        """The row, unchanged."""
        return self._rows.get(key)

    def add(self, key: KeyType, row: RowType) -> bool:
        """A new row, if there is room."""
        if len(self._rows) >= self.limit:
            self.left_out += 1
            return False
        self._rows[key] = row
        self._changed[key] = None
        return True

    def change(self, key: KeyType) -> None:
        """The row of the key is no longer as it was told."""
        self._changed[key] = None

    def due(self, now: float) -> Iterator[RowType]:
        """Rows that changed and were not told within the last second; they count as told now."""
        for key in list(self._changed):
            # A clock that was set back must not silence a row.
            if not 0 <= now - self._told.get(key, now - _BETWEEN) < _BETWEEN:
                del self._changed[key]
                self._told[key] = now
                yield self._rows[key]

    def __len__(self) -> int:
        return len(self._rows)
