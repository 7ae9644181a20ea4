"""Windows: psutil, netifaces, and what route, netsh and PowerShell print."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from typing import Literal

from net.platform.barriers import Found
from net.platform.batch import BatchReader
from net.platform.bind_limits import BindLimits
from net.platform.commands import output
from net.platform.hold import Hold
from net.platform.options import WINDOWS
from net.platform.protocol import (
    Arriving,
    DatagramSocket,
    Egress,
    Forwarding,
    Link,
    Neighbour,
    Refusal,
    RouteEntry,
)
from net.platform.psutil_hold import PsutilHold
from net.platform.tcp_sockets import TcpSocket
from net.platform.windows import adapters, changes, dns_servers, gateways, ipconfig, joins, links, lookup, routeprint
from net.ports.records import Connection, Listener, ProcessDetails
from net.records import Membership
from net.resolvers.records import Resolver

logger = logging.getLogger(__name__)


class Windows:
    """See net.platform.protocol.Platform. None of it needs an administrator's rights."""

    def __init__(self) -> None:
        self._adapters_of: frozenset[str] = frozenset()
        self._adapters: tuple[adapters.Adapter, ...] = ()

    def links(self) -> tuple[Link, ...]:
        return self._links(routeprint.parse(output(routeprint.COMMAND)), _lives())

    def routes(self) -> tuple[RouteEntry, ...]:
        printed = routeprint.parse(output(routeprint.COMMAND))
        return _routes(printed, self._links(printed))

    def lookup(self, address: str, interface: str | None = None) -> Egress:
        printed = routeprint.parse(output(routeprint.COMMAND))
        found = self._links(printed)
        bound_to = next((link for link in found if link.name == interface), None)
        bind = None
        if bound_to is not None:
            bind = lambda sock: self.bind_to_interface(sock, bound_to.name, bound_to.index)  # noqa: E731
        source = lookup.source_towards(address, {link.name: link.index for link in found}, bind)
        return lookup.egress(address, source, links.by_address(found), _routes(printed, found))

    def forwarding(self, bridges: Collection[str]) -> Forwarding:  # noqa: ARG002
        return Forwarding()

    def multicast_received(self) -> dict[str, int]:
        return {}

    def memberships(self) -> tuple[Membership, ...]:
        return tuple(membership for command in joins.COMMANDS for membership in joins.parse(output(command)))

    def neighbours(self) -> tuple[Neighbour, ...]:
        from net.platform.windows import neighbours

        return tuple(each for command in neighbours.COMMANDS for each in neighbours.parse(output(command)))

    def changes(self) -> AsyncGenerator[None, None]:
        return changes.watch(changes.network_state)

    def resolvers(self) -> tuple[Resolver, ...]:
        try:
            return dns_servers.parse(output(dns_servers.COMMAND, dns_servers.TIMEOUT))
        except (OSError, ValueError) as error:
            logger.info("PowerShell did not tell the resolvers: %s", error)
            return dns_servers.parse_ipconfig(output(dns_servers.IPCONFIG))

    def resolver_changes(self) -> AsyncGenerator[None, None]:
        return changes.watch(changes.network_state)

    def listeners(self) -> tuple[Listener, ...]:
        from net.platform.windows.netstat import listeners

        return listeners()

    def connections(self) -> tuple[Connection, ...]:
        from net.platform.windows import connections

        return connections.connections()

    def process(self, pid: int) -> ProcessDetails:
        from net.platform.windows import details

        return details.details(pid)

    def hold(self, pid: int, started: float) -> Hold:
        return PsutilHold(pid, started)

    def tcp_sockets(self, port: int) -> tuple[TcpSocket, ...]:
        from net.platform.windows import tcp_sockets

        return tcp_sockets.tcp_sockets(port)

    def bind_limits(self, protocol: Literal["tcp", "udp"]) -> BindLimits:
        from net.platform.windows import bind_limits

        return bind_limits.bind_limits(protocol)

    def bind_to_interface(self, sock: socket.socket, name: str, index: int) -> None:  # noqa: ARG002
        """Send from that interface (ws2ipdef.h): IP_UNICAST_IF takes the index in network order, IPV6_UNICAST_IF not.

        Windows has no option that filters what arrives; a receiver must look at the interface each datagram names.
        """
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, WINDOWS.ip_unicast_if, index)
        else:
            sock.setsockopt(socket.IPPROTO_IP, WINDOWS.ip_unicast_if, struct.pack("!I", index))

    def datagram_sockets(
        self,
        *,
        with_groups: bool,  # noqa: ARG002
        ended: Callable[[], bool] = lambda: False,  # noqa: ARG002
    ) -> tuple[DatagramSocket, ...]:
        return ()

    def packet_socket(self, name: str) -> socket.socket | None:  # noqa: ARG002
        return None

    def refusals(self, packets: Sequence[Arriving]) -> tuple[Refusal | None, ...] | None:  # noqa: ARG002
        return None

    def barriers(self) -> Iterator[Found]:
        from net.platform.windows import barriers

        return barriers.barriers()

    def batch_reader(self) -> BatchReader | None:
        return None

    def _links(self, printed: routeprint.Printed, lives: Mapping[str, ipconfig.Life] | None = None) -> tuple[Link, ...]:
        present = links.seen()
        adapters_known = self._known_adapters(frozenset(one.name for one in present))
        return links.build(present, printed, adapters_known, lives)

    def _known_adapters(self, names: frozenset[str]) -> tuple[adapters.Adapter, ...]:
        """Asked anew only when an interface came or went: PowerShell takes a second to start."""
        if names != self._adapters_of:
            try:
                self._adapters = adapters.parse(output(adapters.COMMAND, adapters.TIMEOUT))
            except OSError as error:
                logger.info("types of the adapters are not known: %s", error)
                self._adapters = ()
            self._adapters_of = names
        return self._adapters


def _lives() -> dict[str, ipconfig.Life]:
    try:
        return ipconfig.parse(output(ipconfig.COMMAND))
    except OSError as error:
        logger.info("lives of addresses are not known: %s", error)
        return {}


def _routes(printed: routeprint.Printed, found: tuple[Link, ...]) -> tuple[RouteEntry, ...]:
    names = links.by_address(found)
    routes = routeprint.entries(printed, names, {link.index: link.name for link in found})
    return routes or gateways.default_routes(names)
