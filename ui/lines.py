"""Cuts a byte stream into lines, with a cap on a line's length and no work done twice on a partial one."""

from __future__ import annotations

from collections import deque

LINE_CAP = 16 << 20
"""Bytes of the longest line kept: 5,000 listeners in one batch are 3 MB."""


class LineSplitter:
    """Bytes in, whole lines out; a line longer than ``cap`` is skipped to its end and reported by its head."""

    def __init__(self, cap: int = LINE_CAP) -> None:
        self._cap = cap
        self._lines: deque[bytes] = deque()
        self._partial: list[bytes] = []
        self._partial_size = 0
        self._skipping = False
        self._overlong: list[str] = []

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        head, *rest = data.split(b"\n")
        self._grow(head)
        if not rest:
            return
        self._finish()
        *whole, last = rest
        for line in whole:
            self._grow(line)
            self._finish()
        self._grow(last)

    def _grow(self, piece: bytes) -> None:
        if self._skipping or not piece:
            return
        self._partial.append(piece)
        self._partial_size += len(piece)
        if self._partial_size > self._cap:
            self._overlong.append(f"longer than {self._cap} bytes: {b''.join(self._partial)[:100]!r}")
            self._partial.clear()
            self._partial_size = 0
            self._skipping = True

    def _finish(self) -> None:
        if not self._skipping:
            self._lines.append(b"".join(self._partial))
        self._partial.clear()
        self._partial_size = 0
        self._skipping = False

    def next_line(self) -> bytes | None:
        """The oldest whole line, without its end; None if there is none yet."""
        return self._lines.popleft() if self._lines else None

    def take_overlong(self) -> list[str]:
        """The lines skipped since the last call, as text for a report."""
        taken, self._overlong = self._overlong, []
        return taken

    def clear(self) -> None:
        """Forget everything, as for a new stream."""
        self._lines.clear()
        self._partial.clear()
        self._partial_size = 0
        self._skipping = False
        self._overlong.clear()
