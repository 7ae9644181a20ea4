"""A process held by a file descriptor: signals through it never reach another one (pidfd_open(2), Linux 5.3)."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import time

from net.platform.hold import Hold, ended, same_start
from net.platform.linux.processes import Processes, unseen
from net.platform.psutil_hold import PsutilHold


class PidfdHold:
    """See net.platform.hold.Hold."""

    def __init__(self, pid: int, started: float) -> None:
        """Raises ProcessLookupError where no process ``pid`` began at ``started``, another OSError from old kernels."""
        self._descriptor = os.pidfd_open(pid)
        # Read after it was opened: whoever bears the number now and began then is the one that is held.
        process = Processes().get(pid, time.monotonic())
        if process is None or not same_start(process.started, started):
            self.close()
            raise ended() if process is not None else unseen(pid)

    def send(self, *, kill: bool) -> None:
        signal.pidfd_send_signal(self._descriptor, signal.SIGKILL if kill else signal.SIGTERM)

    async def gone(self, seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        told = asyncio.Event()
        # Readable once the process has ended, whether or not its parent has taken notice.
        loop.add_reader(self._descriptor, told.set)
        try:
            await asyncio.wait_for(told.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(self._descriptor)
        return True

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def hold(pid: int, started: float) -> Hold:
    """The process ``pid`` that began at ``started``.

    Raises ProcessLookupError where it has ended, PermissionError where hidepid hides which process it is.
    """
    try:
        return PidfdHold(pid, started)
    except OSError as error:
        if error.errno in (errno.ESRCH, errno.EPERM):
            raise
        return PsutilHold(pid, started)  # a kernel without pidfd
