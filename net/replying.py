"""Sockets that answer from the address and by the interface at which they were asked.

Layouts of the ancillary data: ip(7), ipv6(7), RFC 3542 section 6; struct in_pktinfo of Linux and macOS.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from typing import NamedTuple

from net.platform.options import OPTIONS, SocketOptions
from net.sockets import ANCILLARY_BYTES, IP, IPV6, IPAddress, parse_arrival, request_arrival, send_by

LARGEST = 65535


class Asked(NamedTuple):
    """A datagram that asks: who sent it (as the socket names it), to which own address, and where it arrived.

    ``at`` and ``interface`` (an index) are None where the system does not tell; ``at`` is the datagram's destination,
    so it may be a group or a broadcast address.
    """

    payload: bytes
    requester: tuple[str, int] | tuple[str, int, int, int]
    at: IPAddress | None
    interface: int | None

    @property
    def address(self) -> IPAddress:
        """The requester's, with the interface's index as scope where it is link-local."""
        scope = f"%{self.requester[3]}" if len(self.requester) == 4 and self.requester[3] else ""
        return ipaddress.ip_address(self.requester[0].partition("%")[0] + scope)

    @property
    def port(self) -> int:
        return self.requester[1]


def replier(version: int, port: int, *, ttl: int, options: SocketOptions = OPTIONS) -> socket.socket:
    """A non-blocking UDP socket on every address of this IP version, the port held alone. Raises OSError."""
    sock = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        if version == 4:
            sock.setsockopt(IP, socket.IP_TTL, ttl)
            sock.setsockopt(IP, options.ip_multicast_ttl, ttl)
            sock.bind(("", port))
        else:
            sock.setsockopt(IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(IPV6, socket.IPV6_UNICAST_HOPS, ttl)
            sock.setsockopt(IPV6, options.ipv6_multicast_hops, ttl)
            sock.bind(("::", port))
        request_arrival(sock, version, options)
    except OSError:
        sock.close()
        raise
    return sock


def receive(sock: socket.socket, options: SocketOptions = OPTIONS) -> Asked:
    """The next datagram. Raises BlockingIOError when there is none, OSError as recvmsg does."""
    if not hasattr(sock, "recvmsg"):
        payload, requester = sock.recvfrom(LARGEST)
        return Asked(payload, requester, None, None)
    payload, ancillary, _flags, requester = sock.recvmsg(LARGEST, ANCILLARY_BYTES)
    return Asked(payload, requester, _destination(ancillary, options), parse_arrival(ancillary, options).interface)


def reply(
    sock: socket.socket,
    payload: bytes,
    destination: IPAddress,
    port: int,
    *,
    source: IPAddress | None,
    interface: int | None,
    options: SocketOptions = OPTIONS,
) -> None:
    """Send to ``destination`` from the own address ``source`` by the interface of that index; None: as routed.

    Raises BlockingIOError when the send buffer is full, OSError as sendmsg does.
    """
    index = interface or 0
    if destination.version == 4:
        address: tuple[str, int] | tuple[str, int, int, int] = (str(destination), port)
    else:
        scope = index if destination.is_link_local or destination.is_multicast else 0
        address = (str(destination).partition("%")[0], port, 0, scope)
    if not hasattr(sock, "sendmsg"):
        if index and destination.is_multicast:
            send_by(sock, destination.version, index, options)
        sock.sendto(payload, address)
        return
    sock.sendmsg((payload,), _from(source, index, destination.version, options), 0, address)


def _from(source: IPAddress | None, index: int, version: int, options: SocketOptions) -> list[tuple[int, int, bytes]]:
    if source is None and not index:
        return []
    if version == 4:
        # struct in_pktinfo: index, the local address to send from, and the header's destination, which is not read.
        packed = source.packed if source is not None else bytes(4)
        return [(IP, options.ip_pktinfo_message, struct.pack("=I4s4x", index, packed))]
    packed = source.packed if source is not None else bytes(16)
    return [(IPV6, options.ipv6_pktinfo_message, packed + struct.pack("=I", index))]


def _destination(ancillary: list[tuple[int, int, bytes]], options: SocketOptions) -> IPAddress | None:
    for level, kind, data in ancillary:
        if level == IP and kind == options.ip_pktinfo_message and len(data) >= 12:
            return ipaddress.IPv4Address(data[8:12])
        if level == IPV6 and kind == options.ipv6_pktinfo_message and len(data) >= 16:
            return ipaddress.IPv6Address(data[:16])
    return None
