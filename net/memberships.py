"""The multicast groups the kernel has joined, named where they are well known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import msgspec

from net.interfaces import find
from net.platform import this_platform
from net.records import Membership, Removed
from net.requests import InterfaceRequest
from resources.groups import well_known

INTERVAL = 1.0
"""Seconds between two readings: no system tells of joins by itself."""


async def snapshot(interfaces: tuple[str, ...] = ()) -> tuple[Membership, ...]:
    """All memberships, or those of these interfaces. Raises ProblemError for an unknown interface."""
    if interfaces:
        await find(interfaces)
    found = await asyncio.to_thread(this_platform().memberships)
    return tuple(_named(membership) for membership in found if not interfaces or membership.interface in interfaces)


async def watch(request: InterfaceRequest) -> AsyncGenerator[tuple[Membership | Removed, ...], None]:
    """All memberships, then (follow) what was joined, left or changed."""
    known = {membership.key(): membership for membership in await snapshot(request.interfaces)}
    yield tuple(known.values())
    while request.follow:
        await asyncio.sleep(INTERVAL)
        found = await asyncio.to_thread(this_platform().memberships)
        current = {
            membership.key(): _named(membership)
            for membership in found
            if not request.interfaces or membership.interface in request.interfaces
        }
        changed = tuple(membership for key, membership in current.items() if known.get(key) != membership)
        gone = tuple(Removed(of=key.kind, name=key.name) for key in known.keys() - current.keys())
        known = current
        if changed or gone:
            yield changed + gone


def _named(membership: Membership) -> Membership:
    row = well_known(membership.group, None)
    return msgspec.structs.replace(membership, name=row.name) if row is not None else membership
