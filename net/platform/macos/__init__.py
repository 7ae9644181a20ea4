"""macOS: ifconfig, networksetup, netstat, route and the routing socket."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from typing import Literal

import msgspec

from net.platform.barriers import Found
from net.platform.batch import BatchReader
from net.platform.bind_limits import BindLimits
from net.platform.commands import CommandError, output
from net.platform.hold import Hold
from net.platform.macos import arp, changes, forwarding, ifconfig, ndp, netstat, networksetup, route, scutil
from net.platform.options import MACOS
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
from net.ports.records import Connection, Listener, ProcessDetails
from net.records import Membership
from net.resolvers.records import Resolver

logger = logging.getLogger(__name__)


class Macos:
    """See net.platform.protocol.Platform. None of it needs an administrator's rights."""

    def __init__(self) -> None:
        self._ports_of: frozenset[tuple[str, str | None]] = frozenset()
        self._ports: dict[str, str] = {}
        self._services: dict[str, str] = {}

    def links(self) -> tuple[Link, ...]:
        import psutil

        found = ifconfig.parse(_interface_list())
        indices = {name: index for index, name in socket.if_nameindex()}
        counters = psutil.net_io_counters(pernic=True)
        ports = self._hardware_ports(found)
        return tuple(
            sorted(
                (
                    complete(
                        link,
                        index=link.index or indices.get(link.name, 0),
                        port=ports.get(link.name),
                        service=self._services.get(link.name),
                        received=counters[link.name].bytes_recv if link.name in counters else None,
                        sent=counters[link.name].bytes_sent if link.name in counters else None,
                    )
                    for link in found
                ),
                key=lambda link: link.index,
            )
        )

    def routes(self) -> tuple[RouteEntry, ...]:
        return netstat.parse_routes(output(netstat.ROUTES))

    def lookup(self, address: str, interface: str | None = None) -> Egress:
        return route.lookup(address, interface)

    def forwarding(self, bridges: Collection[str]) -> Forwarding:
        return forwarding.forwarding(bridges)

    def multicast_received(self) -> dict[str, int]:
        return {}

    def memberships(self) -> tuple[Membership, ...]:
        return netstat.parse_groups(output(netstat.GROUPS))

    def neighbours(self) -> tuple[Neighbour, ...]:
        found = arp.parse(output(arp.COMMAND))
        try:
            return (*found, *ndp.parse(output(ndp.COMMAND)))
        except OSError as error:
            logger.info("ndp did not tell the IPv6 neighbours: %s", error)
            return found

    def changes(self) -> AsyncGenerator[None, None]:
        return changes.changes()

    def resolvers(self) -> tuple[Resolver, ...]:
        return scutil.parse(output(scutil.COMMAND))

    def resolver_changes(self) -> AsyncGenerator[None, None]:
        return changes.changes()

    def listeners(self) -> tuple[Listener, ...]:
        from net.platform.macos.lsof import listeners

        return listeners()

    def connections(self) -> tuple[Connection, ...]:
        from net.platform.macos import connections

        return connections.connections()

    def process(self, pid: int) -> ProcessDetails:
        from net.platform.macos import details

        return details.details(pid)

    def hold(self, pid: int, started: float) -> Hold:
        return PsutilHold(pid, started)

    def tcp_sockets(self, port: int) -> tuple[TcpSocket, ...]:
        from net.platform.macos import tcp_sockets

        return tcp_sockets.tcp_sockets(port)

    def bind_limits(self, protocol: Literal["tcp", "udp"]) -> BindLimits:
        from net.platform.macos import bind_limits

        return bind_limits.bind_limits(protocol)

    def bind_to_interface(self, sock: socket.socket, name: str, index: int) -> None:  # noqa: ARG002
        """Scope ``sock`` to the interface (xnu bsd/netinet/in.h, bsd/netinet6/in6.h).

        On ordinary interfaces this chooses the way out only; what arrives is filtered by the membership, which macOS
        keeps for each socket and interface.
        """
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, MACOS.ipv6_bound_if, index)
        else:
            sock.setsockopt(socket.IPPROTO_IP, MACOS.ip_bound_if, index)

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
        from net.platform.macos import barriers

        return barriers.barriers()

    def batch_reader(self) -> BatchReader | None:
        return None

    def _hardware_ports(self, links: tuple[Link, ...]) -> dict[str, str]:
        """Asked anew only when an interface came or went: networksetup takes longer than all else together."""
        present = frozenset((link.name, link.mac) for link in links)
        if present != self._ports_of:
            self._ports, self._services = {}, {}
            try:
                self._ports = networksetup.parse(output(networksetup.COMMAND))
                services = networksetup.parse_order(output(networksetup.ORDER))
                self._services = {service.device: service.name for service in services if service.device}
            except OSError as error:
                logger.info("hardware ports or services are not known: %s", error)
            self._ports_of = present
        return self._ports


def _interface_list() -> str:
    try:
        return output(ifconfig.VERBOSE)
    except CommandError as error:
        logger.info("the plain list has to do: %s", error)
        return output(ifconfig.PLAIN)


def complete(
    link: Link, *, index: int, port: str | None, received: int | None, sent: int | None, service: str | None = None
) -> Link:
    """``link`` as ifconfig gave it, with what other sources tell."""
    facts = link.facts | ({"darwin.port": (port,)} if port else {})
    return msgspec.structs.replace(
        link, index=index, facts=facts, friendly=service or port, rx_bytes=received, tx_bytes=sent
    )
