"""What all listens of a process share: the kernel's tables, the changes of the network, and their pace.

A window asks one listen for each row. Five hundred of them, each reading the same tables and each with a netlink socket
of its own, would cost more than what they receive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from net.interfaces import chosen, snapshot
from net.platform import this_platform
from net.records import Interface, Membership
from net.tasks import start, stop

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

FLUSH = 0.04
"""Seconds in which arrivals are gathered into one batch while few groups are joined."""
SLOWEST_FLUSH = 0.25
JOINS_AT_FLUSH = 100
"""For so many joins the batches come half as often, for twice as many a third as often, and so on."""


class Join(NamedTuple):
    """A group on an interface, both as the kernel's table has them."""

    interface: str
    group: str


class Reading(Generic[Result]):
    """Something that takes time to read, read once for all who want it at the same time."""

    def __init__(self, read: Callable[[], Coroutine[object, object, Result]], name: str) -> None:
        self._read = read
        self._name = name
        self._newest: tuple[float, Result] | None = None
        self._task: asyncio.Task[tuple[float, Result]] | None = None
        self._waiting = 0

    async def since(self, time: float) -> Result:
        """What was read, the reading having begun at the loop's ``time`` or later. Raises what ``read`` does."""
        self._waiting += 1
        try:
            while self._newest is None or self._newest[0] < time:
                task = self._task = self._task or start(self._take(), self._name, log=False)
                await asyncio.wait((task,))
                if self._task is task:
                    self._task = None
                self._newest = task.result()
            return self._newest[1]
        finally:
            self._waiting -= 1
            if not self._waiting and self._task is not None:
                task, self._task = self._task, None
                await stop(task)

    async def _take(self) -> tuple[float, Result]:
        begun = asyncio.get_running_loop().time()
        return begun, await self._read()


class Shared:
    """One for each event loop; see ``shared``. ``joins`` counts the open receptions."""

    def __init__(self) -> None:
        self.joins = 0
        self._loop = asyncio.get_running_loop()
        self._memberships = Reading(_memberships, "multicast memberships")
        self._interfaces = Reading(snapshot, "multicast interfaces")
        self._listed: Mapping[Join, Membership] = {}
        self._followers: set[asyncio.Event] = set()
        self._following: asyncio.Task[None] | None = None
        self._follows = False

    @property
    def flush(self) -> float:
        """Seconds in which each listen gathers arrivals into one batch."""
        return min(SLOWEST_FLUSH, FLUSH * (1 + self.joins / JOINS_AT_FLUSH))

    async def memberships(self, since: float) -> Mapping[Join, Membership]:
        """The kernel's table, read at the loop's time ``since`` or later; it stays as it was where that fails."""
        try:
            self._listed = await self._memberships.since(since)
        except OSError as error:
            logger.warning("the joined groups cannot be read: %s", error)
        return self._listed

    async def find(self, names: Sequence[str]) -> tuple[Interface, ...]:
        """See net.interfaces.find."""
        return chosen(await self._interfaces.since(self._loop.time()), names)

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

    async def _follow(self) -> None:
        async with aclosing(this_platform().changes()) as changes:
            async for _ in changes:
                self._follows = True
                for changed in self._followers:
                    changed.set()


async def _memberships() -> Mapping[Join, Membership]:
    found = await asyncio.to_thread(this_platform().memberships)
    return {Join(membership.interface, membership.group): membership for membership in found}


def shared() -> Shared:
    """The one of the running event loop."""
    loop = asyncio.get_running_loop()
    found = _of_loop.get(loop)
    if found is None:
        found = _of_loop[loop] = Shared()
    return found


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Shared] = WeakKeyDictionary()
