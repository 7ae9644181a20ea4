"""A hold on one process that a later one of the same number cannot be mistaken for."""

from __future__ import annotations

import asyncio
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


class PsutilHold:
    """By psutil, which compares the start time again before each signal; for systems without a handle for processes.

    Windows knows no TERM: both signals end a process at once there (psutil.Process.terminate).
    """

    def __init__(self, pid: int, started: float) -> None:
        """Raises ProcessLookupError where no process ``pid`` began at ``started``."""
        import psutil

        try:
            self._process = psutil.Process(pid)
            began = self._process.create_time()
        except psutil.NoSuchProcess:
            raise ended() from None
        except psutil.AccessDenied as error:
            raise PermissionError(errno.EPERM, str(error)) from error
        if not same_start(began, started):
            raise ended()

    def send(self, *, kill: bool) -> None:
        import psutil

        try:
            if kill:
                self._process.kill()
            else:
                self._process.terminate()
        except psutil.NoSuchProcess:
            raise ended() from None
        except psutil.AccessDenied as error:
            raise PermissionError(errno.EPERM, str(error)) from error

    async def gone(self, seconds: float) -> bool:
        return await asyncio.to_thread(self._wait, seconds)

    def close(self) -> None:
        """Nothing is held open."""

    def _wait(self, seconds: float) -> bool:
        import psutil

        try:
            self._process.wait(seconds)
        except psutil.TimeoutExpired:
            return False
        except psutil.NoSuchProcess:
            return True
        return True


SAME = 0.001
"""Seconds; the system's own steps are longer (10 ms on Linux) or the values are given on as they were read."""


def same_start(one: float, other: float) -> bool:
    """Whether two start times are that of one process."""
    return abs(one - other) < SAME
