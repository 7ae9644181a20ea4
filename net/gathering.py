"""What the kernel tells of interfaces and routes at one moment, asked once for all who want it at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple
from weakref import WeakKeyDictionary

from net.kinds import Kind, kind_of
from net.platform import this_platform
from net.platform.protocol import Forwarding, Link, RouteEntry
from net.platform.system import SYSTEM
from net.roles import VERSIONS, Version
from net.routes import default_interface, unbound_multicast

JOIN_SECONDS = 0.005
"""So long a reading waits for others to join: several watches hear of the same change within a millisecond."""


class Gathered(NamedTuple):
    """``defaults`` and ``multicast``: the interface of the kernel's lookup, by IP version."""

    links: tuple[Link, ...]
    routes: tuple[RouteEntry, ...]
    kinds: Mapping[str, Kind]
    defaults: Mapping[Version, str | None]
    multicast: Mapping[Version, str | None]
    forwarding: Forwarding


def gather() -> Gathered:
    """Ask the kernel; blocks. Raises OSError."""
    platform = this_platform()
    links, routes = platform.links(), platform.routes()
    kinds = {link.name: kind_of(link, SYSTEM) for link in links}
    return Gathered(
        links,
        routes,
        kinds,
        defaults={version: default_interface(version) for version in VERSIONS},
        multicast={version: unbound_multicast(version) for version in VERSIONS},
        forwarding=platform.forwarding([name for name, kind in kinds.items() if kind.type == "bridge"]),
    )


_joinable: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Future[Gathered]] = WeakKeyDictionary()


async def gathered() -> Gathered:
    """As ``gather``, in a thread; the reading begins after this call, so that it knows what changed before."""
    loop = asyncio.get_running_loop()
    while (reading := _joinable.get(loop)) is not None:
        # Who began it may be cancelled or meet an OSError; then the others ask for themselves.
        await asyncio.wait((reading,))
        if not reading.cancelled():
            return reading.result()
    reading = _joinable[loop] = loop.create_future()
    try:
        try:
            await asyncio.sleep(JOIN_SECONDS)
        finally:
            del _joinable[loop]  # who comes now needs a later one
        reading.set_result(await asyncio.to_thread(gather))
    finally:
        reading.cancel()  # no change to one that has its result
    return reading.result()
