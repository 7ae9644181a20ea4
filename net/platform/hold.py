"""A hold on one process that a later one of the same number cannot be mistaken for."""

from __future__ import annotations

import errno
import os
from typing import Protocol


class Hold(Protocol):
    """``close`` lets go and may be called again."""

    def send(self, *, kill: bool) -> None:
        """Send TERM, or KILL. Raises ProcessLookupError once it has ended, PermissionError without the right."""

    async def gone(self, seconds: float) -> bool:
        """Whether it ends within ``seconds``; told by the system, not looked for."""

    def close(self) -> None:
        """Let go of it; the process is left alone."""


def ended() -> ProcessLookupError:
    """The error for a process that is not there any more."""
    return ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH))


SAME = 0.001
"""Seconds; the system's own steps are longer (10 ms on Linux) or the values are given on as they were read."""


def same_start(one: float, other: float) -> bool:
    """Whether two start times are that of one process."""
    return abs(one - other) < SAME
