"""Browses Bonjour on the chosen interfaces and follows what is announced, changed and withdrawn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from discovery.bonjour.catalogue import Catalogue
from discovery.bonjour.hearing import TURN
from discovery.bonjour.ledger import Ledger
from discovery.bonjour.station import Stations
from discovery.bonjour.types import BrowsedType, parse_types
from discovery.requests import BrowseRequest
from net import interfaces, tasks
from net.problems import ProblemError, make_problem
from net.records import Interface, Problem, Record, Removed
from net.requests import InterfaceRequest

Batch = tuple[Record, ...]

COALESCE = 0.05
"""Seconds in which news are gathered into one batch."""
_STATES_EVERY = 1.0


async def browse(request: BrowseRequest) -> AsyncGenerator[Batch, None]:
    """ServiceType, Service, BrowseState, Problem and Removed records (not of services), until closed.

    A Service comes once it is complete, or after 0.3 s with what is known; a BrowseState at the start and then at most
    once a second. Interfaces that appear are browsed from then on, and the services of one that vanishes lose it.
    With ``ledger`` also a HeardRecord for each resource record, at once when it is new and then at most once a second;
    ``quiet`` sends nothing, so that a service is complete only once somebody else has asked for it.
    Raises ProblemError ``service_type_invalid`` where no type is well formed and ``interface_unknown`` where none of
    the named interfaces exists; where only some are wrong, their Problems come first and the rest is browsed.
    """
    types, problems = parse_types(request.types)
    if problems:
        yield problems
    browsing = _Browsing(types, request)
    following = tasks.start(browsing.follow_interfaces(), "interfaces of bonjour browsing")
    try:
        while True:
            batch = await browsing.turn()
            if batch:
                yield batch
    finally:
        await tasks.stop(following)
        await browsing.close()


class _Browsing:
    """One call of ``browse``: everything happens in its turns, which the consumer's pace drives."""

    def __init__(self, types: tuple[BrowsedType, ...], request: BrowseRequest) -> None:
        self._named = request.interfaces
        self._news = asyncio.Event()
        self._catalogue = Catalogue()
        self._ledger = Ledger() if request.ledger else None
        self._stations = Stations(types, self._catalogue, self._news.set, ledger=self._ledger, quiet=request.quiet)
        self._interfaces: dict[str, Interface] | None = None
        self._interfaces_changed = False
        self._failure: Exception | None = None
        self._problems: dict[str, Problem] = {}
        self._states_due = 0.0

    async def follow_interfaces(self) -> None:
        """Keep the interfaces up to date; a failure is raised by the next turn."""
        try:
            async with aclosing(interfaces.watch(InterfaceRequest())) as changes:
                async for batch in changes:
                    self._take_interfaces(batch)
        except (OSError, ProblemError) as error:
            self._failure = error
            self._news.set()

    async def turn(self) -> Batch:
        """Wait for news or for the time of something due, and tell what there is to tell."""
        await self._wait()
        if self._failure is not None:
            raise self._failure
        now = time.monotonic()
        if self._interfaces is not None and (self._interfaces_changed or self._stations.retry_due(now)):
            self._interfaces_changed = False
            await self._stations.reconcile(self._interfaces, self._named)
        self._stations.turn(now)
        records = self._problem_news()
        if now >= self._states_due:
            self._states_due = now + _STATES_EVERY
            records += self._stations.states()
        records += self._catalogue.news(now)
        return (*records, *(self._ledger.news(time.time(), TURN) if self._ledger is not None else ()))

    async def close(self) -> None:
        await self._stations.close()

    async def _wait(self) -> None:
        more = self._ledger is not None and self._ledger.waiting
        soon = more or self._stations.waiting or self._catalogue.waiting
        try:
            async with asyncio.timeout(COALESCE if soon else _STATES_EVERY):
                await self._news.wait()
        except TimeoutError:
            return
        await asyncio.sleep(COALESCE)
        self._news.clear()

    def _take_interfaces(self, batch: tuple[Interface | Removed, ...]) -> None:
        known = dict(self._interfaces or {})
        for record in batch:
            if isinstance(record, Removed):
                known.pop(record.name, None)
            else:
                known[record.name] = record
        if self._interfaces is None and self._named and not any(name in known for name in self._named):
            names = ", ".join(known)
            raise ProblemError(make_problem("interface_unknown", self._named[0], names=names))
        self._interfaces = known
        self._interfaces_changed = True
        self._news.set()

    def _problem_news(self) -> list[Record]:
        current = {problem.key().name: problem for problem in self._stations.problems()}
        news: list[Record] = [problem for name, problem in current.items() if self._problems.get(name) != problem]
        news += [Removed(of="problem", name=name) for name in self._problems.keys() - current.keys()]
        self._problems = current
        return news
