"""Calls for a reception to be drained when datagrams wait for it: few by the event loop, many by the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from net.multicast.reception import BURST, GroupReception

BUSY = 0.001
"""Seconds between two wake-ups within which a socket counts as busy."""
PAUSE = 0.002
"""Seconds a busy socket is left alone: one wake-up then takes what would else take one each.

At 100,000 datagrams/s that is 200 of them, where the buffer asked for has room for more than 5,000.
"""


class Reading:
    """``drain`` is called for each reception from ``start`` to ``stop`` and tells how many datagrams it read.

    It may stop any reception, its own as well.
    """

    def __init__(self, drain: Callable[[GroupReception], int]) -> None:
        self._drain = drain
        self._loop = asyncio.get_running_loop()
        # When each was woken last; those read by the clock have a handle as well, and are not watched meanwhile.
        self._woken: dict[GroupReception, float] = {}
        self._busy: dict[GroupReception, asyncio.Handle] = {}

    def start(self, reception: GroupReception) -> None:
        """Read its socket, if it has one, until ``stop``."""
        if reception.socket is not None:
            self._woken[reception] = float("-inf")
            self._loop.add_reader(reception.socket, self._readable, reception)

    def stop(self, reception: GroupReception) -> None:
        """To be called before its socket is closed; may be called twice."""
        if self._woken.pop(reception, None) is None:
            return
        handle = self._busy.pop(reception, None)
        if handle is not None:
            handle.cancel()
        elif reception.socket is not None:
            self._loop.remove_reader(reception.socket)

    def stop_all(self) -> None:
        """Read nothing any more."""
        for reception in tuple(self._woken):
            self.stop(reception)

    def _readable(self, reception: GroupReception) -> None:
        now = self._loop.time()
        read = self._drain(reception)
        before = self._woken.get(reception)
        if before is None or reception.socket is None:
            return
        self._woken[reception] = now
        if read and now - before < BUSY:
            self._loop.remove_reader(reception.socket)
            self._come_back(reception, read)

    def _poll(self, reception: GroupReception) -> None:
        read = self._drain(reception)
        if reception not in self._busy or reception.socket is None:
            return
        if read:
            self._come_back(reception, read)
        else:
            del self._busy[reception]
            self._loop.add_reader(reception.socket, self._readable, reception)

    def _come_back(self, reception: GroupReception, read: int) -> None:
        if read >= BURST:
            self._busy[reception] = self._loop.call_soon(self._poll, reception)
        else:
            self._busy[reception] = self._loop.call_later(PAUSE, self._poll, reception)
