"""This host's network interfaces: what they are, which roles they hold, and what changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import msgspec

from net.gathering import Gathered, gather, gathered
from net.kinds import Kind
from net.platform import this_platform
from net.platform.protocol import Link, RouteEntry
from net.problems import ProblemError, make_problem
from net.records import Interface, Removed
from net.requests import InterfaceRequest
from net.resolvers.records import Resolver
from net.roles import Situation, by_interface, owners, roles_of, with_owners
from net.routes import leaves_by

logger = logging.getLogger(__name__)

Reading = tuple[tuple[Interface, ...], tuple[RouteEntry, ...]]


async def snapshot() -> tuple[Interface, ...]:
    """All interfaces, usable ones first, then by index. Raises OSError if the kernel cannot be asked."""
    return await asyncio.to_thread(_snapshot)


async def watch(request: InterfaceRequest) -> AsyncGenerator[tuple[Interface | Removed, ...], None]:
    """All interfaces, then (follow) those that changed and a Removed for each that vanished.

    A batch follows a change in the kernel at once, and what it meant for resolvers as soon as the system tells; byte
    counters (net.traffic has them) and lifetimes alone are no change. An unknown name raises ProblemError; a known one
    may vanish and come back.
    """
    if not request.follow:
        yield await _chosen(request, await asyncio.to_thread(known_resolvers))
        return
    resolvers: tuple[Resolver, ...] = ()
    async with aclosing(this_platform().resolver_changes()) as changes:
        await anext(changes)
        # A name is refused only now; later it may vanish and come back.
        current = await _chosen(request, resolvers)
        yield current
        while True:
            if (fresh := await asyncio.to_thread(known_resolvers)) != resolvers:
                resolvers = fresh
            else:
                await anext(changes)
            before, current = current, await _wanted(request, resolvers)
            batch = _difference(before, current)
            if batch:
                yield batch


def known_resolvers() -> tuple[Resolver, ...]:
    """The system's resolvers, none where it cannot be asked; blocks."""
    try:
        return this_platform().resolvers()
    except OSError as error:
        logger.info("the resolvers are not known: %s", error)
        return ()


def _difference(before: Sequence[Interface], current: Sequence[Interface]) -> tuple[Interface | Removed, ...]:
    known = {face.name: settled(face) for face in before}
    changed = tuple(face for face in current if settled(face) != known.get(face.name))
    present = {face.name for face in current}
    return changed + tuple(Removed(of="interface", name=name) for name in known if name not in present)


async def find(names: Sequence[str]) -> tuple[Interface, ...]:
    """The interfaces of these names, in that order. An unknown name raises ProblemError that lists those there are."""
    return chosen(await snapshot(), names)


def chosen(interfaces: Sequence[Interface], names: Sequence[str]) -> tuple[Interface, ...]:
    """Those of ``interfaces`` with these names; see ``find``."""
    by_name = {interface.name: interface for interface in interfaces}
    for name in names:
        if name not in by_name:
            raise ProblemError(make_problem("interface_unknown", name, names=", ".join(by_name)))
    return tuple(by_name[name] for name in names)


def settled(interface: Interface) -> Interface:
    """Without what runs by itself: byte counters, and the lifetimes of addresses."""
    addresses = tuple(
        msgspec.structs.replace(address, valid_seconds=None, preferred_seconds=None) for address in interface.addresses
    )
    return msgspec.structs.replace(interface, rx_bytes=None, tx_bytes=None, addresses=addresses)


async def _chosen(request: InterfaceRequest, resolvers: Sequence[Resolver]) -> tuple[Interface, ...]:
    """Those asked for; an unknown name raises ProblemError."""
    found, _ = await reading(resolvers)
    return chosen(found, request.interfaces) if request.interfaces else found


async def _wanted(request: InterfaceRequest, resolvers: Sequence[Resolver]) -> tuple[Interface, ...]:
    """Those asked for that are there."""
    found, _ = await reading(resolvers)
    return tuple(face for face in found if not request.interfaces or face.name in request.interfaces)


def read(resolvers: Sequence[Resolver] = ()) -> Reading:
    """All interfaces as ``snapshot`` has them, with the role of those that lead to one of ``resolvers``; blocks.

    Beside them the routes that the roles were concluded from.
    """
    return _concluded(gather(), resolvers)


async def reading(resolvers: Sequence[Resolver] = ()) -> Reading:
    """As ``read``, from a reading of the kernel that is shared with all who ask at the same time."""
    return await asyncio.to_thread(_concluded, await gathered(), resolvers)


def _concluded(told: Gathered, resolvers: Sequence[Resolver]) -> Reading:
    situation = Situation(
        defaults=told.defaults,
        multicast=told.multicast,
        routes=by_interface(told.routes),
        owners=owners(told.links),
        forwarding=told.forwarding,
        resolvers=_by_way(resolvers),
        with_ports=frozenset(link.member_of for link in told.links if link.member_of is not None),
    )
    found = (_interface(link, told.kinds[link.name], situation) for link in told.links)
    return tuple(sorted(found, key=lambda interface: (not interface.usable, interface.index))), told.routes


def _by_way(resolvers: Sequence[Resolver]) -> dict[str, list[Resolver]]:
    """The resolvers by the interface that brings them or, where none does, by the one that leads there."""
    found: dict[str, list[Resolver]] = {}
    for resolver in resolvers:
        if resolver.scope == "stub":
            continue
        name = resolver.interface or leaves_by(resolver.server)
        if name is not None:
            found.setdefault(name, []).append(resolver)
    return found


def _snapshot() -> tuple[Interface, ...]:
    return read()[0]


def _interface(link: Link, kind: Kind, situation: Situation) -> Interface:
    gateways = (route.gateway for route in situation.routes.get(link.name, ()) if route.gateway)
    roles = roles_of(link, kind.type, situation)
    codes = {role.code for role in roles}
    as_port = next((role.text for role in roles if role.code == "port"), None)
    return Interface(
        name=link.name,
        index=link.index,
        type=kind.type,
        label=kind.label,
        meaning=kind.meaning,
        multicast_meaning=as_port or kind.multicast_meaning,
        type_evidence=kind.evidence,
        type_verified=kind.verified,
        up="UP" in link.flags,
        running="RUNNING" in link.flags,
        multicast="MULTICAST" in link.flags,
        point_to_point="POINTOPOINT" in link.flags,
        loopback="LOOPBACK" in link.flags,
        flags=tuple(sorted(link.flags)),
        mtu=link.mtu,
        speed_mbps=link.speed_mbps,
        mac=link.mac,
        addresses=with_owners(link, situation),
        gateways=tuple(dict.fromkeys(gateways)),
        default_v4="default_v4" in codes,
        default_v6="default_v6" in codes,
        takes_multicast_v4=situation.multicast[4] == link.name,
        takes_multicast_v6=situation.multicast[6] == link.name,
        friendly=link.friendly,
        roles=roles,
        rx_bytes=link.rx_bytes,
        tx_bytes=link.tx_bytes,
        member_of=link.member_of,
    )
