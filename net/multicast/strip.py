"""The last 1,024 numbers of a stream as text, a letter each: what became of them."""

from __future__ import annotations

ARRIVED, LOST, DUPLICATED, REORDERED, LATE = ".", "x", ":", "<", "_"
CELLS = 1024


class Strip:
    """A ring of letters, the newest number last; mcjoin's plot of the same length, with a letter for what is lost."""

    __slots__ = ("_cells", "_end")

    def __init__(self) -> None:
        self._cells = bytearray(CELLS)
        self._end = 0

    def arrived(self) -> None:
        """The next number came."""
        self._cells[self._end % CELLS] = 46
        self._end += 1

    def lost(self, count: int) -> None:
        """The next ``count`` numbers did not come (yet)."""
        for cell in range(self._end + max(0, count - CELLS), self._end + count):
            self._cells[cell % CELLS] = ord(LOST)
        self._end += count

    def mark(self, behind: int, letter: str) -> None:
        """The number ``behind`` the newest one came after all, or came again; too far back, it has no letter here."""
        if behind < min(CELLS, self._end):
            self._cells[(self._end - 1 - behind) % CELLS] = ord(letter)

    def __len__(self) -> int:
        """Numbers taken so far, also those that have left the ring."""
        return self._end

    def text(self) -> str:
        """The letters, oldest first, at most CELLS."""
        start = self._end % CELLS
        if self._end < CELLS:
            return self._cells[:start].decode("ascii")
        return (self._cells[start:] + self._cells[:start]).decode("ascii")
