"""Which way a datagram leaves: the kernel's route for an address, asked in two ways that send nothing."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

import msgspec

from net.destination import DISCARD, Destination, find_destination
from net.platform import this_platform
from net.platform.names import interface_names
from net.platform.protocol import Link
from net.problems import ProblemError, make_problem
from net.records import Problem, Route
from net.requests import RouteRequest
from net.route_cautions import caution_of
from net.sockets import bind_to_interface, local_address

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
MULTICAST_PROBES = {4: "224.224.0.77", 6: "ff02::fb"}
"""A group without a route of its own, so that its way is the way of unbound multicast."""
FAR_PROBES = {4: "203.0.113.1", 6: "2001:db8::1"}
"""Addresses of the documentation blocks (RFC 5737, RFC 3849): never a neighbour, so their way is that of all others."""


async def watch(request: RouteRequest) -> AsyncGenerator[tuple[Route, ...], None]:
    """The ways out for ``request.address``; with ``follow`` again those that a change of the network moved.

    The first is the way that chooses no interface. A name is looked up once. An unknown interface raises ProblemError,
    as does a destination that is none.
    """
    to = await find_destination(request.address)
    known = await asyncio.to_thread(_ways, request, to)
    _scope_refused(known)
    yield known
    if not request.follow:
        return
    async with aclosing(this_platform().changes()) as changes:
        async for _ in changes:
            now = await asyncio.to_thread(_ways, request, to, present_only=True)
            moved = tuple(route for route in now if route not in known)
            known = now
            if moved:
                yield moved


async def egress(address: str) -> Route:
    """The interface, source and gateway an unbound datagram to ``address`` leaves by.

    The source is what connect() and getsockname() on a UDP socket tell (nothing is sent), the interface the kernel's
    route lookup. Where there is no way out, ``problem`` says why; an address that is none raises ProblemError.
    """
    return await asyncio.to_thread(_egress, address, _parsed(address))


def default_interface(version: int) -> str | None:
    """The interface by which traffic of this IP version to other networks leaves, None without one.

    By the kernel's lookup, so that it holds however a VPN takes the traffic: by the default route, by two halves of
    it, or by a rule to a table of its own.
    """
    return leaves_by(FAR_PROBES[version])


def unbound_multicast(version: int) -> str | None:
    """The interface by which multicast of this IP version leaves when no interface was chosen, None without one."""
    return leaves_by(MULTICAST_PROBES[version])


def leaves_by(address: str) -> str | None:
    """The interface by which an unbound datagram to ``address`` leaves, None without a route."""
    try:
        return this_platform().lookup(address).interface
    except OSError:
        return None


def _parsed(address: str) -> IPAddress:
    try:
        return ipaddress.ip_address(address)
    except ValueError:
        raise ProblemError(make_problem("address_invalid", address)) from None


def _scope_refused(ways: Sequence[Route]) -> None:
    """A scope that is no interface is wrong use, no answer."""
    problem = ways[0].problem
    if problem is not None and problem.code == "interface_unknown":
        raise ProblemError(problem)


def _ways(request: RouteRequest, to: Destination, *, present_only: bool = False) -> tuple[Route, ...]:
    """Unbound, then bound to each interface that is asked for; ``present_only``: those that are gone are left out."""
    links, routes = this_platform().links(), this_platform().routes()
    present = {link.name: link for link in links}
    for name in request.interfaces:
        if name not in present and not present_only:
            raise ProblemError(make_problem("interface_unknown", name, names=", ".join(present)))
    wanted = [name for name, link in present.items() if name in request.interfaces or (request.each and _is_up(link))]
    owners: dict[str, list[str]] = {}
    for link in links:
        for address in link.addresses:
            owners.setdefault(address.address, []).append(link.name)
    parsed = _parsed(to.address)
    ways = [_egress(to.address, parsed, port=to.port)]
    ways += [_egress(to.address, parsed, present[name], to.port) for name in wanted]
    ways = [_compared(way, owners) for way in ways]
    asked_port = to.port if to.port != DISCARD else None
    return tuple(
        msgspec.structs.replace(
            way,
            name=to.name,
            port=asked_port,
            caution=caution_of(way, present, routes),
        )
        for way in ways
    )


def _is_up(link: Link) -> bool:
    return "UP" in link.flags


def _compared(route: Route, owners: Mapping[str, Sequence[str]]) -> Route:
    """With the owners of its source, and whether the two ways of asking agree."""
    if route.source is None or route.interface is None:
        return route
    owning = tuple(owners.get(route.source, ()))
    agrees = route.looked_up_source == route.source or route.interface in owning
    difference = None
    if not agrees:
        difference = make_problem(
            "route_differs" if route.bound is None else "route_differs_bound",
            route.address,
            interface=route.interface,
            looked_up=route.looked_up_source or "not told",
            source=route.source,
            owner=", ".join(owning) or "no interface",
        )
    return msgspec.structs.replace(route, source_of=owning, agrees=agrees, difference=difference)


def _egress(address: str, parsed: IPAddress, bound: Link | None = None, port: int = DISCARD) -> Route:
    """The way of a socket that is bound to ``bound``, or to none."""
    name = bound.name if bound is not None else None
    try:
        found = this_platform().lookup(address, name)
    except OSError as error:
        return Route(address=address, bound=name, problem=_no_way(address, error, name))
    if name is not None and found.assumed:
        return Route(address=address, bound=name, problem=make_problem("route_assumed", address, interface=name))
    source = found.source
    problem = None
    try:
        source = _source(address, parsed, bound, port) or source
    except OSError as error:
        problem = _no_way(address, error, name)
    return Route(
        address=address,
        interface=found.interface,
        source=source,
        gateway=found.gateway,
        problem=problem,
        bound=name,
        looked_up_source=found.source,
    )


def _source(address: str, parsed: IPAddress, bound: Link | None, port: int) -> str | None:
    """What a UDP socket would use; None for a link-local address without scope, which connect() refuses as such."""
    needs_scope = parsed.version == 6 and (parsed.is_link_local or address.lower().startswith(("ff01:", "ff02:")))
    if needs_scope and not getattr(parsed, "scope_id", None):
        if bound is None:
            return None
        address = f"{address}%{bound.index}"
    family = socket.AF_INET if parsed.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        # Without it a broadcast address is answered with EACCES, which would hide the route.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if bound is not None:
            bind_to_interface(sock, bound.name, bound.index)
        sock.connect(socket.getaddrinfo(address, port, family, socket.SOCK_DGRAM)[0][4])
        return local_address(sock)


def _no_way(address: str, error: OSError, bound: str | None) -> Problem:
    scope = address.partition("%")[2]
    if bound is None and scope and error.errno in (errno.ENODEV, errno.ENXIO):
        return make_problem("interface_unknown", scope, error, names=", ".join(interface_names().values()))
    if bound is None and ":" in address and not _has_ipv6():
        return make_problem("no_route_ipv6", address, error)
    if bound is not None or scope:
        return make_problem("no_route_bound", address, error, interface=bound or scope)
    if error.errno == errno.ENETUNREACH and not _parsed(address).is_multicast:
        return make_problem("no_route_host", address, error)
    return make_problem("no_route", address, error)


def _has_ipv6() -> bool:
    return any(":" in each.address for link in this_platform().links() for each in link.addresses)
