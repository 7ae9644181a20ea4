"""The DNS servers this system uses, live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from net.interfaces import find
from net.platform import this_platform
from net.problems import ProblemError, make_problem
from net.records import Key, Problem, Removed
from net.requests import ResolversRequest
from net.resolvers.records import Resolver

HERE = "resolvers"
"""The subject of what is said of all of them."""


async def snapshot(interfaces: Sequence[str] = ()) -> tuple[Resolver, ...]:
    """The servers in the system's order, all or those of these interfaces.

    Those of no interface are asked by any, so they are always among them. Raises ProblemError for an unknown interface
    and where the system cannot be asked.
    """
    if interfaces:
        await find(interfaces)
    try:
        found = await asyncio.to_thread(this_platform().resolvers)
    except OSError as error:
        raise ProblemError(make_problem("resolvers_unreadable", HERE, error)) from error
    unique = {each.key(): each for each in found}
    return tuple(each for each in unique.values() if not interfaces or each.interface in (None, *interfaces))


async def watch(request: ResolversRequest) -> AsyncGenerator[tuple[Resolver | Removed | Problem, ...], None]:
    """All servers, then (follow) those that changed and a Removed for each that is gone.

    While there is none, the Problem resolvers_missing says so.
    """
    known: dict[Key, Resolver | Problem] = {}
    first = True
    async with aclosing(this_platform().resolver_changes()) as changes:
        async for _ in changes:
            # A name is refused only when asked for; later it may vanish and come back.
            current = await _rows(request, refuse=first)
            changed = tuple(row for key, row in current.items() if known.get(key) != row)
            gone = tuple(Removed(of=key.kind, name=key.name) for key in known.keys() - current.keys())
            known = current
            if changed or gone:
                yield changed + gone
            if not request.follow:
                return
            first = False


def missing(interfaces: Sequence[str]) -> Problem:
    """There is no server."""
    where = f" on {', '.join(interfaces)}" if interfaces else ""
    return make_problem("resolvers_missing", HERE, where=where)


async def _rows(request: ResolversRequest, *, refuse: bool) -> dict[Key, Resolver | Problem]:
    if refuse:
        found = await snapshot(request.interfaces)
    else:
        found = tuple(
            each for each in await snapshot() if not request.interfaces or each.interface in (None, *request.interfaces)
        )
    if not found:
        problem = missing(request.interfaces)
        return {problem.key(): problem}
    return {each.key(): each for each in found}
