"""A hold on a process by psutil, for systems without a handle of their own for processes."""

from __future__ import annotations

import asyncio
import errno

from net.platform.hold import ended, same_start


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
