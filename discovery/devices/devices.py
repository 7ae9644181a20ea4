"""Tells the devices of the local network, one row each, as mDNS, SSDP, WS-Discovery and the kernel know them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Final

from msgspec.structs import replace

from discovery.bonjour.browser import browse
from discovery.devices.book import Book
from discovery.devices.callers import Callers
from discovery.devices.device import Ids, device
from discovery.devices.mdns import MdnsView
from discovery.devices.merge import merge
from discovery.devices.records import Device
from discovery.records import BrowseState
from discovery.requests import BrowseRequest, DevicesRequest
from net import interfaces, tasks
from net.platform import this_platform
from net.problems import make_problem
from net.records import Interface, Problem, Record, Removed
from net.requests import InterfaceRequest

Batch = tuple[Record, ...]

GATHER: Final = 0.25
"""Seconds in which news are gathered before devices are put together anew."""
NEIGHBOURS_EVERY: Final = 2.0
"""Seconds: not all systems tell when their table changes."""
MOST_DEVICES: Final = 2_000
_QUIETLY = 5.0
"""Seconds after which ``last`` alone is worth telling."""


async def devices(request: DevicesRequest) -> AsyncGenerator[Batch, None]:
    """Device, DeviceSearch, BrowseState, Problem and Removed records, until closed.

    Sends queries of mDNS, searches of SSDP and probes of WS-Discovery on the interfaces, unless ``quiet``. The places
    a device names for its description are never fetched: whoever answers chooses them. Raises ProblemError as
    ``browse`` does.
    """
    looking = _Looking(request)
    running = (
        tasks.start(looking.browse(), "mDNS of devices", log=False),
        tasks.start(looking.follow_interfaces(), "interfaces of devices", log=False),
        tasks.start(looking.read_neighbours(), "neighbours of devices", log=False),
    )
    for task in running:
        task.add_done_callback(lambda _: looking.news.set())
    try:
        while True:
            await looking.wait()
            for task in running:
                if task.done():
                    task.result()
            batch = looking.turn()
            if batch:
                yield batch
    finally:
        await tasks.stop(*running)
        looking.close()


class _Looking:
    """One call of ``devices``."""

    def __init__(self, request: DevicesRequest) -> None:
        self.news = asyncio.Event()
        self._look = asyncio.Event()
        self._request = request
        self._book = Book()
        self._mdns = MdnsView()
        self._ids = Ids()
        self._callers = Callers(request.interfaces, self._book, self.news.set, quiet=request.quiet)
        self._known: dict[str, Interface] = {}
        self._passed_on: list[Record] = []
        self._told: dict[str, Device] = {}
        self._told_left_out = 0
        self._over = 0
        self._unread: Problem | None = None

    async def browse(self) -> None:
        """What Bonjour tells, by its ledger."""
        request = BrowseRequest(interfaces=self._request.interfaces, ledger=True, quiet=self._request.quiet)
        async with aclosing(browse(request)) as batches:
            async for batch in batches:
                self._mdns.take(batch)
                for record in batch:
                    of = record.of if isinstance(record, Removed) else ""
                    if isinstance(record, BrowseState | Problem) or of in ("browse_state", "problem"):
                        self._passed_on.append(record)
                if self._mdns.changed or self._passed_on:
                    self.news.set()

    async def follow_interfaces(self) -> None:
        """Where to ask, which addresses are this host's and which its gateways'."""
        async with aclosing(interfaces.watch(InterfaceRequest())) as changes:
            async for batch in changes:
                for record in batch:
                    if isinstance(record, Removed):
                        self._known.pop(record.name, None)
                    else:
                        self._known[record.name] = record
                self._callers.reconcile(self._known)
                self._book.changed = True
                self._look.set()
                self.news.set()

    async def read_neighbours(self) -> None:
        """The table, again and again; what it cannot tell is told once."""
        while True:
            try:
                entries = await asyncio.to_thread(this_platform().neighbours)
            except OSError as error:
                entries = ()
                self._tell_unread(make_problem("neighbours_unread", "neighbours", evidence=error.strerror))
            else:
                self._tell_unread(None)
            self._book.take_neighbours(entries, self._callers.interfaces, time.time())
            if self._book.changed:
                self.news.set()
            self._look.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(NEIGHBOURS_EVERY):
                    await self._look.wait()

    async def wait(self) -> None:
        """Until there is news, or a search is due."""
        try:
            async with asyncio.timeout(min(NEIGHBOURS_EVERY, self._callers.due_in(time.monotonic()))):
                await self.news.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER)
        self.news.clear()

    def turn(self) -> Batch:
        """Search where it is due, and tell what is new."""
        now = time.monotonic()
        if self._known and self._callers.retry_due(now):
            self._callers.reconcile(self._known)
        self._callers.turn(now)
        passed_on, self._passed_on = self._passed_on, []
        return (*passed_on, *self._callers.states(), *self._device_news(), *self._limit())

    def close(self) -> None:
        self._callers.close()

    def _device_news(self) -> list[Record]:
        statements = list(self._book.statements(time.time()))
        if not self._book.changed and not self._mdns.changed:
            return []
        statements += self._mdns.statements()
        self._book.changed = False
        faces = self._known.values()
        own = frozenset(address.address for face in faces for address in face.addresses)
        gateways = frozenset(gateway for face in faces for gateway in face.gateways)
        named = self._ids.name(merge(statements, gateways))
        made = {name: device(name, cluster, own) for name, cluster in named[:MOST_DEVICES]}
        self._over = len(named) - len(made)
        news: list[Record] = [Removed(of="device", name=name) for name in self._told.keys() - made.keys()]
        for name, each in made.items():
            before = self._told.get(name)
            if before is not None and _alike(before, each):
                made[name] = before
            else:
                news.append(each)
        self._told = made
        return news

    def _limit(self) -> list[Record]:
        """What was left out, told anew only when it has doubled."""
        left_out = self._book.left_out + self._mdns.left_out + self._over
        if left_out < 2 * self._told_left_out or not left_out:
            return []
        self._told_left_out = left_out
        return [make_problem("devices_limit", "devices", left_out=f"{left_out:,}")]

    def _tell_unread(self, problem: Problem | None) -> None:
        if problem != self._unread:
            standing = problem or Removed(of="problem", name=self._unread.key().name if self._unread else "")
            self._passed_on.append(standing)
            self._unread = problem
            self.news.set()


def _alike(before: Device, now: Device) -> bool:
    """Whether only the time of the newest packet differs, and not by much."""
    return now.last - before.last < _QUIETLY and replace(now, last=before.last) == before
