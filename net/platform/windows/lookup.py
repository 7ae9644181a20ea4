"""Asks a Windows which way a datagram leaves: by connecting a UDP socket, which sends nothing."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from collections.abc import Callable, Iterable, Mapping

from net.platform.protocol import Egress, RouteEntry

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def source_towards(
    address: str, indices: Mapping[str, int], bind: Callable[[socket.socket], None] | None = None
) -> str:
    """The source address, without scope, that a UDP socket would use towards ``address`` after ``bind``, if any.

    A scope is a name of ``indices`` or a number. Raises OSError where there is no route, EINVAL for what is no address.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), address) from None
    host, _, scope = address.partition("%")
    index = int(scope) if scope.isdigit() else indices.get(scope, 0)
    family = socket.AF_INET if parsed.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        # A broadcast address is refused without it.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if bind is not None:
            bind(sock)
        sock.connect((host, 9) if parsed.version == 4 else (host, 9, 0, index))
        return str(sock.getsockname()[0]).partition("%")[0]


def egress(address: str, source: str, by_address: Mapping[str, str], routes: Iterable[RouteEntry]) -> Egress:
    """The way by the interface that owns ``source``, through the gateway of its most specific route."""
    interface = by_address.get(source)
    if interface is None:
        raise OSError(errno.ENETUNREACH, f"no interface has the source address {source}", address)
    target = ipaddress.ip_address(address.partition("%")[0])
    best = min(
        (route for route in routes if route.interface == interface and _holds(route, target)),
        key=lambda route: (-int(route.destination.rpartition("/")[2]), route.metric or 0),
        default=None,
    )
    return Egress(interface=interface, source=source, gateway=best.gateway if best else None)


def _holds(route: RouteEntry, target: IPAddress) -> bool:
    block = ipaddress.ip_network(route.destination)
    return block.version == target.version and target in block
