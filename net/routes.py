"""Which way a datagram leaves: the kernel's route for an address, asked in two ways that send nothing."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing

from net.platform import this_platform
from net.platform.names import interface_names
from net.problems import ProblemError, make_problem
from net.records import Problem, Route
from net.requests import RouteRequest
from net.sockets import local_address

MULTICAST_PROBES = {4: "224.224.0.77", 6: "ff02::fb"}
"""A group without a route of its own, so that its way is the way of unbound multicast."""
FAR_PROBES = {4: "203.0.113.1", 6: "2001:db8::1"}
"""Addresses of the documentation blocks (RFC 5737, RFC 3849): never a neighbour, so their way is that of all others."""


async def watch(request: RouteRequest) -> AsyncGenerator[tuple[Route], None]:
    """The way out for ``request.address``; with ``follow`` again after each change of the network that moves it."""
    route = await egress(request.address)
    yield (route,)
    if not request.follow:
        return
    async with aclosing(this_platform().changes()) as changes:
        async for _ in changes:
            now = await egress(request.address)
            if now != route:
                route = now
                yield (route,)


async def egress(address: str) -> Route:
    """The interface, source and gateway an unbound datagram to ``address`` leaves by.

    The source is what connect() and getsockname() on a UDP socket tell (nothing is sent), the interface the kernel's
    route lookup. Where there is no way out, ``problem`` says why; an address that is none raises ProblemError.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        raise ProblemError(make_problem("address_invalid", address)) from None
    return await asyncio.to_thread(_egress, address, parsed)


def default_interface(version: int) -> str | None:
    """The interface by which traffic of this IP version to other networks leaves, None without one.

    By the kernel's lookup, so that it holds however a VPN takes the traffic: by the default route, by two halves of
    it, or by a rule to a table of its own.
    """
    return _leaves_by(FAR_PROBES[version])


def unbound_multicast(version: int) -> str | None:
    """The interface by which multicast of this IP version leaves when no interface was chosen, None without one."""
    return _leaves_by(MULTICAST_PROBES[version])


def _leaves_by(address: str) -> str | None:
    try:
        return this_platform().lookup(address).interface
    except OSError:
        return None


def _egress(address: str, parsed: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Route:
    try:
        found = this_platform().lookup(address)
    except OSError as error:
        return Route(address=address, problem=_no_way(address, error))
    source = found.source
    problem = None
    try:
        source = _source(address, parsed) or source
    except OSError as error:
        problem = _no_way(address, error)
    return Route(address=address, interface=found.interface, source=source, gateway=found.gateway, problem=problem)


def _source(address: str, parsed: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str | None:
    """What a UDP socket would use; None for a link-local address without scope, which connect() refuses as such."""
    needs_scope = parsed.version == 6 and (parsed.is_link_local or address.lower().startswith(("ff01:", "ff02:")))
    if needs_scope and not getattr(parsed, "scope_id", None):
        return None
    family = socket.AF_INET if parsed.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        # Without it a broadcast address is answered with EACCES, which would hide the route.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.connect(socket.getaddrinfo(address, 9, family, socket.SOCK_DGRAM)[0][4])
        return local_address(sock)


def _no_way(address: str, error: OSError) -> Problem:
    if error.errno in (errno.ENODEV, errno.ENXIO) and "%" in address:
        names = ", ".join(interface_names().values())
        return make_problem("interface_unknown", address.partition("%")[2], error, names=names)
    return make_problem("no_route", address, error)
