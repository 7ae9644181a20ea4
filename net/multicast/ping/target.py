"""Finds whom a multicast ping is for: the host's address, and the interface on which its group is joined."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from typing import NamedTuple

from net.interfaces import find, snapshot
from net.multicast.ping.policy import OWN_GROUPS, parse_group
from net.multicast.requests import PingRequest
from net.multicast.scope import scope_name
from net.problems import ProblemError, make_problem
from net.records import Interface
from net.routes import egress
from net.sockets import IPAddress

_LIMITED_BROADCAST = ipaddress.IPv4Address("255.255.255.255")


class Target(NamedTuple):
    """``group_asked``: the person chose the group; else it is the protocol's own, and the responder may name another.

    ``address`` has no scope: a link-local one is that of ``interface``.
    """

    address: IPAddress
    interface: Interface
    group: IPAddress
    group_asked: bool


async def find_target(request: PingRequest) -> Target:
    """Read the request and ask the resolver and the routing table.

    Raises ProblemError: address_invalid, group_not_multicast, ping_group_reserved, ping_host_unknown,
    ping_host_multicast, ping_family, ping_scope_missing, scope_contradicts, interface_unknown, no_route.
    """
    group, group_scope = parse_group(request.group) if request.group is not None else (None, None)
    address, host_scope = await _address(request.host, group)
    if address.is_multicast or address.is_unspecified or address == _LIMITED_BROADCAST:
        raise ProblemError(make_problem("ping_host_multicast", request.host))
    if group is not None and group.version != address.version:
        family = f"IPv{group.version}"
        raise ProblemError(make_problem("ping_family", request.host, group=str(group), group_family=family))
    interface = await _interface(request.interface, (host_scope, group_scope), request.host, address)
    return Target(address, interface, group or OWN_GROUPS[address.version], group is not None)


async def _address(host: str, group: IPAddress | None) -> tuple[IPAddress, str | None]:
    """The address and the scope written with it; a name is looked up as the system does it."""
    text, _, scope = host.strip().removeprefix("[").removesuffix("]").partition("%")
    try:
        return ipaddress.ip_address(text), scope or None
    except ValueError:
        pass
    families = {None: socket.AF_UNSPEC, 4: socket.AF_INET, 6: socket.AF_INET6}
    family = families[group.version if group is not None else None]
    try:
        found = await asyncio.to_thread(socket.getaddrinfo, host.strip(), None, family, socket.SOCK_DGRAM)
    except (socket.gaierror, UnicodeError, ValueError) as error:
        # A gaierror's number is none of errno's.
        reason = error.strerror if isinstance(error, socket.gaierror) else str(error)
        raise ProblemError(make_problem("ping_host_unknown", host, evidence=reason or str(error))) from None
    name, *_rest = found[0][4]
    text, _, scope = str(name).partition("%")
    index = found[0][4][3] if len(found[0][4]) == 4 else 0
    return ipaddress.ip_address(text), scope or (str(index) if index else None)


async def _interface(asked: str | None, scopes: Iterable[str | None], host: str, address: IPAddress) -> Interface:
    """The one asked for or written behind an address, else the one by which the kernel routes to ``address``.

    For a link-local address the kernel would take any interface that has such a network (RFC 4007 section 6).
    """
    names = dict.fromkeys(scope_name(name) for name in (asked, *scopes) if name is not None)
    if not names and address.version == 6 and address.is_link_local:
        links = ", ".join(await _with_link_local())
        raise ProblemError(make_problem("ping_scope_missing", host, names=links))
    if not names:
        route = await egress(str(address))
        if route.interface is None:
            raise ProblemError(route.problem or make_problem("no_route", str(address)))
        names = {route.interface: None}
    found = await find(tuple(names))
    if len(found) > 1:
        raise ProblemError(make_problem("scope_contradicts", host, names=", ".join(names)))
    return found[0]


async def _with_link_local() -> list[str]:
    """The interfaces on which a link-local host can be."""
    return [face.name for face in await snapshot() if any(each.address.startswith("fe80:") for each in face.addresses)]
