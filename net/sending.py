"""Does this host let a program send to the LAN of an interface it chose? Tried, and the refusals told."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import NamedTuple

from net.platform import this_platform
from net.records import Interface
from net.routes import MULTICAST_PROBES
from net.sockets import bind_to_interface, sender

DISCARD = 9
"""RFC 863: what is sent there is thrown away."""
MDNS = 5353
MDNS_GROUPS = {4: "224.0.0.251", 6: "ff02::fb"}
ALL_HOSTS = {4: "224.0.0.1", 6: "ff02::1"}
REFUSALS = (errno.EPERM, errno.EACCES, errno.EHOSTUNREACH, errno.ENETUNREACH)
"""What a rule, a policy or a route that forbids says; anything else is about the interface itself."""


class Refused(NamedTuple):
    """What was tried, as a clause, and the errno it was refused with; not ``sent``: a connect()."""

    tried: str
    errno: int
    sent: bool = True

    def __str__(self) -> str:
        return f"{self.tried} was refused: {errno.errorcode.get(self.errno, 'errno')} ({self.errno})."


def refusals(face: Interface) -> tuple[Refused, ...]:
    """The ways to send to the LAN of ``face`` that are refused though it was chosen by its index.

    One datagram without content goes to all hosts of the link with TTL 1, another to a routable group with TTL 0, which
    does not leave this host but is routed and filtered, and a socket is connected to a host of the LAN, which sends
    nothing. Blocks for no longer than a few system calls.
    """
    version = 4 if face.ipv4 is not None else 6
    return tuple(found for each in _attempts(face, version) if (found := _tried(*each)) is not None)


def bonjour_refusal(face: Interface) -> Refused | None:
    """Whether a datagram to mDNS by ``face`` is refused, as rules that allow some ports do not; sent with TTL 0."""
    version = 4 if face.ipv4 is not None else 6
    group = MDNS_GROUPS[version]
    tried = f"a datagram to {group} port {MDNS} by {face.name} (TTL 0)"
    return _tried(tried, lambda: _send(face, version, group, 0, MDNS))


def _tried(what: str, attempt: Callable[[], None], sent: bool = True) -> Refused | None:  # noqa: FBT001, FBT002
    try:
        attempt()
    except OSError as error:
        return Refused(what, error.errno, sent) if error.errno in REFUSALS else None
    return None


def loopback_works() -> bool:
    """Whether a datagram to this host itself is let through."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(b"", ("127.0.0.1", DISCARD))
    except OSError:
        return False
    return True


def bound_way(face: Interface) -> str | None:
    """The interface that a datagram to a group leaves by from a socket that is bound to ``face``, None without one."""
    version = 4 if face.ipv4 is not None else 6
    try:
        return this_platform().lookup(MULTICAST_PROBES[version], face.name).interface
    except OSError:
        return None


def _attempts(face: Interface, version: int) -> Iterator[tuple[str, Callable[[], None], bool]]:
    link, routable = ALL_HOSTS[version], MULTICAST_PROBES[version]
    yield f"a datagram to {link} by {face.name} (its index chosen, TTL 1)", lambda: _send(face, version, link, 1), True
    yield f"a datagram to {routable} by {face.name} (TTL 0)", lambda: _send(face, version, routable, 0), True
    host = neighbour_of(face)
    if host is not None:
        yield f"connect() of a UDP socket bound to {face.name} to {host}", lambda: _connect(face, host), False


def _send(face: Interface, version: int, group: str, ttl: int, port: int = DISCARD) -> None:
    with sender(version, face.index, ttl=ttl, loop=False) as sock:
        sock.sendto(b"", (group, port) if version == 4 else (group, port, 0, face.index))


def _connect(face: Interface, host: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            bind_to_interface(sock, face.name, face.index)
        except OSError:  # Linux before 5.7 lets root only
            return
        sock.connect((host, DISCARD))


def neighbour_of(face: Interface) -> str | None:
    """An address of the LAN that is not this host's: the gateway, else the first of the network; None where none is."""
    for each in face.addresses:
        if each.family == "ipv4" and each.prefix is not None and each.prefix < 31:
            network = ipaddress.IPv4Network(f"{each.address}/{each.prefix}", strict=False)
            for gateway in face.gateways:
                if ":" not in gateway and ipaddress.IPv4Address(gateway) in network:
                    return gateway
            first = network.network_address + 1
            return str(first if str(first) != each.address else first + 1)
    return None
