"""Linux: rtnetlink, sock_diag, /proc and /sys."""

from __future__ import annotations

import socket
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from typing import Literal

from net.platform.barriers import Found
from net.platform.batch import BatchReader
from net.platform.bind_limits import BindLimits
from net.platform.hold import Hold
from net.platform.linux import counters, forwarding, memberships, neighbours, rtnetlink
from net.platform.options import LINUX
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
from net.platform.tcp_sockets import TcpSocket
from net.ports.records import Connection, Listener, ProcessDetails
from net.records import Membership
from net.resolvers.records import Resolver

IFNAMSIZ = 16  # linux/if.h


class Linux:
    """See net.platform.protocol.Platform."""

    def links(self) -> tuple[Link, ...]:
        return rtnetlink.links()

    def routes(self) -> tuple[RouteEntry, ...]:
        return rtnetlink.routes()

    def lookup(self, address: str, interface: str | None = None) -> Egress:
        return rtnetlink.lookup(address, interface)

    def forwarding(self, bridges: Collection[str]) -> Forwarding:
        return forwarding.forwarding(bridges)

    def multicast_received(self) -> dict[str, int]:
        return counters.multicast_received()

    def memberships(self) -> tuple[Membership, ...]:
        return memberships.memberships()

    def neighbours(self) -> tuple[Neighbour, ...]:
        return neighbours.neighbours()

    def changes(self) -> AsyncGenerator[None, None]:
        return rtnetlink.changes()

    def resolvers(self) -> tuple[Resolver, ...]:
        from net.platform.linux import resolvers

        return resolvers.resolvers()

    def resolver_changes(self) -> AsyncGenerator[None, None]:
        from net.platform.linux import resolvers

        return resolvers.changes()

    def listeners(self) -> tuple[Listener, ...]:
        from net.platform.linux import listeners

        return listeners.listeners()

    def connections(self) -> tuple[Connection, ...]:
        from net.platform.linux import connections

        return connections.connections()

    def process(self, pid: int) -> ProcessDetails:
        from net.platform.linux import details

        return details.details(pid)

    def hold(self, pid: int, started: float) -> Hold:
        from net.platform.linux import pidfd

        return pidfd.hold(pid, started)

    def tcp_sockets(self, port: int) -> tuple[TcpSocket, ...]:
        from net.platform.linux import tcp_sockets

        return tcp_sockets.tcp_sockets(port)

    def bind_limits(self, protocol: Literal["tcp", "udp"]) -> BindLimits:
        from net.platform.linux import bind_limits

        return bind_limits.bind_limits(protocol)

    def bind_to_interface(self, sock: socket.socket, name: str, index: int) -> None:  # noqa: ARG002
        device = name.encode() + b"\0"
        try:
            sock.setsockopt(socket.SOL_SOCKET, LINUX.so_bindtodevice, device)
        except PermissionError:
            # Without CAP_NET_RAW no binding is changed, and bind() to a link-local address has made one already.
            if sock.getsockopt(socket.SOL_SOCKET, LINUX.so_bindtodevice, IFNAMSIZ) != device:
                raise

    def datagram_sockets(
        self, *, with_groups: bool, ended: Callable[[], bool] = lambda: False
    ) -> tuple[DatagramSocket, ...]:
        from net.platform.linux import datagrams

        return datagrams.datagram_sockets(with_groups=with_groups, ended=ended)

    def packet_socket(self, name: str) -> socket.socket | None:
        from net.platform.linux import packets

        return packets.packet_socket(name)

    def refusals(self, packets: Sequence[Arriving]) -> tuple[Refusal | None, ...] | None:
        from net.platform.linux import nftables

        return nftables.refusals(packets)

    def barriers(self) -> Iterator[Found]:
        from net.platform.linux import barriers

        return barriers.barriers()

    def batch_reader(self) -> BatchReader | None:
        from net.platform.linux import recvmmsg

        return recvmmsg.reader() if recvmmsg.supported() else None
