"""Asks the system's own mDNS responder and browses here at the same time, and tells where the two differ."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from discovery.bonjour.browser import browse
from discovery.bonjour.system.compare import Comparison
from discovery.bonjour.system.view import MOST_TOLD, Asking, SystemView
from discovery.bonjour.types import BrowsedType, parse_types
from discovery.records import Service, ServiceType
from discovery.requests import BrowseRequest, SystemRequest
from net.interfaces import snapshot
from net.platform.system import SYSTEM
from net.problems import make_problem
from net.records import Key, Problem, Record, Removed
from net.tasks import start, stop

Batch = tuple[Record, ...]

COALESCE = 0.05
"""Seconds in which news are gathered into one batch."""
_LOOK_AGAIN = 0.25
"""Seconds after which a difference that has not lasted long enough is looked at again."""


async def system(request: SystemRequest) -> AsyncGenerator[Batch, None]:
    """SystemResponder and SystemService, Problem and Removed records, until closed.

    A row comes once both sides know the instance on the interface, or when only one has known it for long enough
    (compare.SETTLED). The loopback, which reaches this computer only, is not compared. Both sides send questions.
    Raises ProblemError as ``browse`` does.
    """
    types, _ = parse_types(request.types)
    loopbacks = [face.name for face in await snapshot() if face.loopback and face.name not in request.interfaces]
    watching = _Watching(request, types, loopbacks)
    tasks = (
        start(watching.asking.run(), "asking the system's responder", log=False),
        start(watching.hear(), "browsing beside the system's responder", log=False),
    )
    for task in tasks:
        task.add_done_callback(lambda _: watching.news.set())
    try:
        while True:
            await watching.wait()
            for task in tasks:
                if task.done():
                    task.result()
            batch = watching.turn()
            if batch:
                yield batch
    finally:
        await stop(*tasks)


class _Watching:
    """One call of ``system``."""

    def __init__(self, request: SystemRequest, types: tuple[BrowsedType, ...], loopbacks: Iterable[str]) -> None:
        self.news = asyncio.Event()
        self._request = request
        self._view, self.asking = _responder(self.news, types)
        self._comparison = Comparison(self._view, only=request.interfaces, left_out=loopbacks)
        self._passed_on: list[Record] = []
        self._problems: dict[Key, Problem] = {}

    async def hear(self) -> None:
        """Browse here; what is heard of types is asked of the system, too."""
        request = BrowseRequest(types=self._request.types, interfaces=self._request.interfaces)
        async with aclosing(browse(request)) as batches:
            async for batch in batches:
                self._comparison.take(batch, time.monotonic())
                for record in batch:
                    if isinstance(record, Service | ServiceType):
                        self.asking.want(record.type)
                    elif isinstance(record, Problem) or (isinstance(record, Removed) and record.of == "problem"):
                        self._passed_on.append(record)
                self.news.set()

    async def wait(self) -> None:
        """Until there is news, or a difference may have lasted."""
        try:
            async with asyncio.timeout(_LOOK_AGAIN if self._comparison.waiting else None):
                await self.news.wait()
        except TimeoutError:
            return
        await asyncio.sleep(COALESCE)
        self.news.clear()

    def turn(self) -> Batch:
        """What there is to tell."""
        passed_on, self._passed_on = self._passed_on, []
        return (*passed_on, *self._system_problems(), *self._comparison.news(time.monotonic()))

    def _system_problems(self) -> list[Record]:
        problems = list(self._view.problems.values())
        if self._view.left_out:
            # Told anew only when it has doubled.
            least = 1 << (self._view.left_out.bit_length() - 1)
            problems.append(make_problem("system_limit", "system", limit=f"{MOST_TOLD:,}", left_out=f"{least:,}"))
        news: list[Record] = [problem for problem in problems if self._problems.get(problem.key()) != problem]
        self._problems = {problem.key(): problem for problem in problems}
        return news


def _responder(news: asyncio.Event, types: tuple[BrowsedType, ...]) -> tuple[SystemView, Asking]:
    """The view and the way to ask of this system; what is imported exists there only."""
    if SYSTEM == "macos":
        from discovery.bonjour.system.dns_sd import DnsSd

        view = SystemView("mdnsresponder", news.set)
        return view, DnsSd(view, types)
    if SYSTEM == "windows":
        from discovery.bonjour.system.dnsapi import DnsApi

        view = SystemView("dnsapi", news.set)
        return view, DnsApi(view, types)
    from discovery.bonjour.system.avahi import Avahi

    view = SystemView("avahi", news.set)
    return view, Avahi(view, types)
