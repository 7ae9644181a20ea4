"""A snapshot of what decides where multicast goes on this host, to be compared with an earlier one."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence

from net import interfaces, memberships
from net.multicast.difference import GENERAL, difference
from net.multicast.records import Snapshot
from net.multicast.requests import SnapshotRequest
from net.records import Record
from net.routes import egress


async def snapshot(request: SnapshotRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """One Snapshot, followed by its Changes against ``request.before`` where that is given."""
    now = await take(request.groups)
    yield (now, *(difference(request.before, now) if request.before is not None else ()))


async def take(groups: Sequence[str] = (), *, joined: bool = True) -> Snapshot:
    """The state now, with the way out of ``groups`` (addresses) beside that of unbound multicast as a whole.

    Without ``joined`` the memberships are left out.

    Raises ProblemError for a group that is no address, OSError if the kernel cannot be asked.
    """
    begin = time.time()
    faces, routes = await interfaces.reading()
    unbound = [await egress(group) for group in dict.fromkeys((*GENERAL, *groups))]
    return Snapshot(
        time=begin,
        interfaces=tuple(map(interfaces.settled, faces)),
        routes=routes,
        memberships=await memberships.snapshot() if joined else (),
        unbound=tuple(unbound),
    )
