"""The log of changes: what happened to interfaces, addresses, routes, resolvers and unbound multicast."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from net.change_lines import State, concerns, entry
from net.interfaces import known_resolvers
from net.multicast.records import NetworkChange
from net.multicast.requests import ChangesRequest
from net.multicast.snapshot import take
from net.platform import this_platform


async def watch(request: ChangesRequest) -> AsyncGenerator[tuple[NetworkChange, ...], None]:
    """An empty batch once the watch stands, then a NetworkChange after each burst of changes that made a difference.

    Between the state before a burst and the one after it nothing is missed: a storm gives a few entries a second, the
    last of which ends with the state that stays. What came and went within a burst made no difference.
    """
    number = 0
    before: State | None = None
    async with aclosing(this_platform().resolver_changes()) as changes:
        async for _ in changes:
            now = await _state()
            if before is None:
                yield ()
            else:
                found = entry(before, now, number=number + 1, time=time.time())
                if found is not None and concerns(found, request.interfaces):
                    number += 1
                    yield (found,)
            before = now


async def _state() -> State:
    resolvers, snapshot = await asyncio.gather(asyncio.to_thread(known_resolvers), take(joined=False))
    return State(snapshot, resolvers)
