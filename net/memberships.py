"""The multicast groups the kernel has joined, named where they are well known."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator

import msgspec

from net.group_holders import holders
from net.interfaces import find
from net.platform import this_platform
from net.records import Membership, Removed
from net.requests import InterfaceRequest
from resources.groups import well_known

logger = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two readings: no system tells of joins by itself."""


async def snapshot(interfaces: tuple[str, ...] = ()) -> tuple[Membership, ...]:
    """All memberships, or those of these interfaces. Raises ProblemError for an unknown interface."""
    if interfaces:
        await find(interfaces)
    return await _read(interfaces)


async def watch(request: InterfaceRequest) -> AsyncGenerator[tuple[Membership | Removed, ...], None]:
    """All memberships, then (follow) what was joined, left or changed.

    With follow the first batch does not wait for the processes: to find them takes a second on some systems. They are
    looked for again after each change.
    """
    listed = await snapshot(request.interfaces)
    known = {membership.key(): membership for membership in listed}
    if not request.follow:
        yield await asyncio.to_thread(_with_holders, tuple(known.values()))
        return
    yield tuple(known.values())
    named = await asyncio.to_thread(_with_holders, tuple(known.values()))
    while True:
        held = tuple(membership for membership in named if membership.processes)
        if held:
            yield held
        before = listed
        while listed == before:
            await asyncio.sleep(INTERVAL)
            listed = await _read(request.interfaces)
        found = {membership.key(): membership for membership in listed}
        changed = tuple(membership for key, membership in found.items() if known.get(key) != membership)
        gone = tuple(Removed(of=key.kind, name=key.name) for key in known.keys() - found.keys())
        known = found
        yield changed + gone
        named = await asyncio.to_thread(_with_holders, changed)


async def _read(interfaces: tuple[str, ...]) -> tuple[Membership, ...]:
    found = await asyncio.to_thread(this_platform().memberships)
    return tuple(_named(membership) for membership in found if not interfaces or membership.interface in interfaces)


def _with_holders(memberships: tuple[Membership, ...]) -> tuple[Membership, ...]:
    try:
        listeners = this_platform().listeners()
    except OSError as error:
        logger.info("who holds the groups is not known: %s", error)
        return memberships
    return tuple(
        msgspec.structs.replace(membership, processes=holders(membership.group, listeners))
        for membership in memberships
    )


def _named(membership: Membership) -> Membership:
    row = well_known(membership.group, None)
    return msgspec.structs.replace(membership, name=row.name) if row is not None else membership
