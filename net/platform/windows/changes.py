"""Watches a Windows for changes by asking every two seconds: its callbacks need native threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

INTERVAL = 2.0
"""Seconds between two looks; so long a change may take to show."""


async def watch(look: Callable[[], object], interval: float = INTERVAL) -> AsyncGenerator[None, None]:
    """One item at once, then one after each ``look`` (run in a thread) whose answer differs from the one before."""
    seen = await asyncio.to_thread(look)
    yield
    while True:
        await asyncio.sleep(interval)
        now = await asyncio.to_thread(look)
        if now != seen:
            seen = now
            yield


def network_state() -> object:
    """Addresses, states and gateways, to be compared with what they were."""
    import netifaces
    import psutil

    return psutil.net_if_addrs(), psutil.net_if_stats(), netifaces.gateways()
