"""What all listens of a process share: the kernel's table of joins, the changes of the network, and their pace.

A window asks one listen for each row. Five hundred of them, each reading the same table and each with a netlink socket
of its own, would cost more than what they receive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import NamedTuple
from weakref import WeakKeyDictionary

from net.platform import this_platform
from net.records import Membership
from net.tasks import start, stop

logger = logging.getLogger(__name__)

FLUSH = 0.04
"""Seconds in which arrivals are gathered into one batch while few groups are joined."""
SLOWEST_FLUSH = 0.25
JOINS_AT_FLUSH = 100
"""For so many joins the batches come half as often, for twice as many a third as often, and so on."""


class Join(NamedTuple):
    """A group on an interface, both as the kernel's table has them."""

    interface: str
    group: str


class Shared:
    """One for each event loop; see ``shared``. ``joins`` counts the open receptions."""

    def __init__(self) -> None:
        self.joins = 0
        self._loop = asyncio.get_running_loop()
        self._listed: Mapping[Join, Membership] = {}
        self._read_begun = float("-inf")
        self._reading: asyncio.Task[None] | None = None
        self._readers = 0
        self._followers: set[asyncio.Event] = set()
        self._following: asyncio.Task[None] | None = None
        self._follows = False

    @property
    def flush(self) -> float:
        """Seconds in which each listen gathers arrivals into one batch."""
        return min(SLOWEST_FLUSH, FLUSH * (1 + self.joins / JOINS_AT_FLUSH))

    async def memberships(self, since: float) -> Mapping[Join, Membership]:
        """The kernel's table, read at the loop's time ``since`` or later; who asks meanwhile shares the reading.

        Where the system cannot be asked it stays as it was.
        """
        self._readers += 1
        try:
            while self._read_begun < since:
                if self._reading is None:
                    self._reading = start(self._read(), "multicast memberships")
                await asyncio.wait((self._reading,))
            return self._listed
        finally:
            self._readers -= 1
            if not self._readers and self._reading is not None:
                await stop(self._reading)

    async def changes(self) -> AsyncGenerator[None, None]:
        """See net.platform.protocol.Platform.changes; all who follow share one watch."""
        changed = asyncio.Event()
        self._followers.add(changed)
        if self._following is None:
            self._following = start(self._follow(), "multicast changes")
        elif self._follows:
            changed.set()
        try:
            while True:
                await changed.wait()
                changed.clear()
                yield
        finally:
            self._followers.discard(changed)
            if not self._followers and self._following is not None:
                following, self._following, self._follows = self._following, None, False
                await stop(following)

    async def _read(self) -> None:
        begun = self._loop.time()
        try:
            found = await asyncio.to_thread(this_platform().memberships)
            self._listed = {Join(membership.interface, membership.group): membership for membership in found}
        except OSError as error:
            logger.warning("the joined groups cannot be read: %s", error)
        finally:
            self._reading = None
        self._read_begun = begun

    async def _follow(self) -> None:
        async with aclosing(this_platform().changes()) as changes:
            async for _ in changes:
                self._follows = True
                for changed in self._followers:
                    changed.set()


def shared() -> Shared:
    """The one of the running event loop."""
    loop = asyncio.get_running_loop()
    found = _of_loop.get(loop)
    if found is None:
        found = _of_loop[loop] = Shared()
    return found


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Shared] = WeakKeyDictionary()
