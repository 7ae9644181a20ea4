"""The VPN watch: says at once when joins and sends that choose no interface go another way, and why."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from typing import NamedTuple

from net.multicast.causes import Cause, cause
from net.multicast.difference import GENERAL, difference, ip_version, way
from net.multicast.endpoint import parse_endpoint
from net.multicast.records import Change, EgressChange, RunningJoin, Snapshot
from net.multicast.requests import DriftRequest
from net.multicast.scope import scope_name
from net.multicast.snapshot import take
from net.platform import this_platform
from net.problems import ProblemError, make_problem
from net.records import Interface, Record, Route
from resources.loader import change_rows

RECENT = 3.0
"""Seconds in which a change still explains the next: a VPN comes up first and takes the route a moment later."""
PLACES = 3
"""Groups of one interface named in a sentence; the rest is counted."""
OWN_GROUPS = ("224.0.0.1", "ff01::1", "ff02::1")
"""All hosts: every interface holds them by itself (RFC 1112 section 4, RFC 4291 section 2.8)."""
SOLICITED_NODE = ipaddress.ip_network("ff02::1:ff00:0/104")


class Watched(NamedTuple):
    """An address asked about, and the group or range it stands for."""

    address: str
    group: str


async def watch(request: DriftRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """A Route for each group watched, then after each change that moves it a new Route and an EgressChange.

    A change of interfaces, addresses or routes is seen as soon as the kernel tells it. Raises ProblemError for a
    group that is none.
    """
    watched = _watched(request)
    addresses = tuple(each.address for each in watched)
    recent: deque[tuple[float, tuple[Change, ...]]] = deque()
    loop = asyncio.get_running_loop()
    before: Snapshot | None = None
    async with aclosing(this_platform().changes()) as changes:
        async for _ in changes:
            now = await take(addresses)
            if before is None:
                yield tuple(route for route in now.unbound if route.address in addresses)
            else:
                while recent and recent[0][0] < loop.time() - RECENT:
                    recent.popleft()
                earlier = [change for _, some in recent for change in some]
                found = difference(before, now)
                recent.append((loop.time(), found))
                records = drifted(watched, before, now, found, earlier)
                if records:
                    yield records
            before = now


def drifted(
    watched: Iterable[Watched], before: Snapshot, now: Snapshot, changes: Sequence[Change], earlier: Sequence[Change]
) -> tuple[Route | EgressChange, ...]:
    """A Route and an EgressChange for each group whose way out moved between two snapshots.

    ``changes`` are those between the two, ``earlier`` the ones shortly before, oldest first.
    """
    records: list[Route | EgressChange] = []
    for each in watched:
        old, new = _route(before, each.address), _route(now, each.address)
        if way(old) != way(new):
            why = cause(old, new, changes, earlier)
            records.append(new)
            records.append(_egress_change(each, before, now, why, changes))
    return tuple(dict.fromkeys(records))


def _egress_change(
    watched: Watched, before: Snapshot, now: Snapshot, why: Cause, changes: Sequence[Change]
) -> EgressChange:
    old, new = _route(before, watched.address), _route(now, watched.address)
    faces = {face.name: face for face in now.interfaces}
    face = faces.get(new.interface or "")
    tunnel = face is not None and face.tunnel
    running = _running(watched, before, now, new, faces)
    return EgressChange(
        time=time.time(),
        group=watched.group,
        interface=new.interface,
        source=new.source,
        interface_before=old.interface,
        source_before=old.source,
        code=why.code,
        cause=why.text,
        text=_sentence(_unbound_code(old, new, tunnel=tunnel), group=watched.group, old=way(old), new=way(new)),
        running_text=_running_text(running, old.interface, new.interface),
        running=running,
        changes=tuple(changes),
        tunnel=tunnel,
        problem=new.problem if new.interface is None else None,
    )


def _route(snapshot: Snapshot, address: str) -> Route:
    return next(route for route in snapshot.unbound if route.address == address)


def _watched(request: DriftRequest) -> tuple[Watched, ...]:
    general = [Watched(address, group) for address, group in GENERAL.items()] if request.general else []
    return (*general, *(Watched(address, address) for address in dict.fromkeys(map(_address, request.groups))))


def _address(text: str) -> str:
    """The group of an address (with its scope), or of GROUP:PORT."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        endpoint = parse_endpoint(text)
        return f"{endpoint.group}%{scope_name(endpoint.scope)}" if endpoint.scope is not None else str(endpoint.group)
    if not address.is_multicast:
        raise ProblemError(make_problem("group_not_multicast", text))
    return str(address)


def _running(
    watched: Watched, before: Snapshot, now: Snapshot, new: Route, faces: dict[str, Interface]
) -> tuple[RunningJoin, ...]:
    """The joins of all programs to the group or range, those that were lost last."""
    old, current = (
        {(joined.interface, joined.group) for joined in snapshot.memberships if _concerns(joined.group, watched.group)}
        for snapshot in (before, now)
    )
    joins = []
    for interface, group in (*sorted(current), *sorted(old - current)):
        face = faces.get(interface)
        joins.append(
            RunningJoin(
                group=group,
                interface=interface,
                kept=(interface, group) in current,
                elsewhere=interface != new.interface,
                up=face is not None and face.up and face.running,
            )
        )
    return tuple(joins)


def _concerns(group: str, watched: str) -> bool:
    if "/" not in watched:
        return group == watched.partition("%")[0]
    address = ipaddress.ip_address(group)
    return (
        ip_version(group) == ip_version(watched)
        and address in ipaddress.ip_network(watched)
        and group not in OWN_GROUPS
        and not (address.version == 6 and address in SOLICITED_NODE)
    )


def _unbound_code(old: Route, new: Route, *, tunnel: bool) -> str:
    if new.interface is None:
        return "unbound_refused"
    if old.interface is None:
        return "unbound_found_a_way"
    if old.interface == new.interface:
        return "unbound_same_interface"
    return "unbound_moved_into_tunnel" if tunnel else "unbound_moved"


def _running_text(running: Sequence[RunningJoin], old: str | None, new: str | None) -> str:
    kept = [join for join in running if join.kept]
    sentences = []
    lost = [join for join in running if not join.kept]
    if lost:
        sentences.append(_sentence("running_lost", places=_places(lost)))
    behind = [join for join in kept if join.interface == old != new]
    if behind:
        code = "running_stay_behind_down"
        if behind[0].up:
            code = "running_stay_behind" if new is not None else "running_kept"
        sentences.append(_sentence(code, old=old, new=new, places=_places(behind)))
    elif kept:
        sentences.append(_sentence("running_kept", places=_places(kept)))
    return " ".join(sentences) or _sentence("running_none")


def _places(joins: Iterable[RunningJoin]) -> str:
    """``224.0.0.251, 239.1.1.1 and 3 more on en0; 224.0.0.251 on en5``."""
    by_interface: dict[str, list[str]] = {}
    for join in joins:
        by_interface.setdefault(join.interface, []).append(join.group)
    return "; ".join(
        ", ".join(groups[:PLACES])
        + (f" and {len(groups) - PLACES} more" if len(groups) > PLACES else "")
        + f" on {interface}"
        for interface, groups in by_interface.items()
    )


def _sentence(code: str, **facts: str | None) -> str:
    return change_rows()[code].text.format(**facts)
