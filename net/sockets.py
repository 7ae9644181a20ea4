"""Multicast sockets bound to one interface: the only user of socket option numbers.

Join and send go by interface index, never by address: an address can stand on two interfaces, and INADDR_ANY follows
the default route into a tunnel. Layouts: ip(7), ipv6(7), xnu bsd/netinet/in.h; per system in net.platform.options.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import struct
from contextlib import suppress
from typing import NamedTuple

from net.platform import this_platform
from net.platform.names import name_of_index
from net.platform.options import OPTIONS, SocketOptions

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IP, IPV6, SOCKET = socket.IPPROTO_IP, socket.IPPROTO_IPV6, socket.SOL_SOCKET
ANCILLARY_BYTES = 256
"""Room for arrival interface, TTL, time and drop counter."""
_MEMINFO = struct.Struct("=32xI")


class Arrival(NamedTuple):
    """What the ancillary data of a datagram told; None where the system does not say.

    ``interface`` is an index, ``time`` the kernel's receive time in seconds since the epoch, ``dropped`` the number of
    datagrams this socket has lost so far because its buffer was full.
    """

    interface: int | None
    ttl: int | None
    time: float | None
    dropped: int | None


def receiver(
    group: IPAddress,
    port: int,
    index: int,
    *,
    buffer_bytes: int,
    own_groups: bool = True,
    options: SocketOptions = OPTIONS,
) -> socket.socket:
    """A non-blocking socket that hears only ``group``:``port``, once joined on the interface ``index``. Raises OSError.

    Linux hands a socket every group that any process joined on any interface until IP_MULTICAST_ALL is 0. Without
    ``own_groups`` it stays 1: the socket hears what others joined, without a join of its own.
    """
    version = group.version
    sock = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        share_port(sock)
        if version == 6:
            sock.setsockopt(IPV6, socket.IPV6_V6ONLY, 1)
        if own_groups:
            only_own_groups(sock, version, options)
        request_arrival(sock, version, options)
        _request_buffer(sock, buffer_bytes, options)
        address = str(group) if options.binds_to_group else "" if version == 4 else "::"
        # A link-local group can only be bound with the interface as its scope.
        sock.bind((address, port) if version == 4 else (address, port, 0, index if options.binds_to_group else 0))
    except OSError:
        sock.close()
        raise
    return sock


def sender(
    version: int,
    index: int | None,
    *,
    source: str | None = None,
    ttl: int,
    loop: bool,
    dscp: int | None = None,
    options: SocketOptions = OPTIONS,
) -> socket.socket:
    """A non-blocking socket whose multicast leaves by the interface ``index`` (None: as the kernel routes).

    ``source`` is the IPv4 address to send from; it alone would not choose the interface. ``dscp`` is the code point
    (RFC 2474 section 3: the upper six bits of TOS or traffic class); Windows ignores it. Raises OSError.
    """
    sock = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        if index is not None:
            send_by(sock, version, index, options)
        if source is not None:
            sock.bind((source, 0))
        level, hops, looped = (
            (IP, options.ip_multicast_ttl, options.ip_multicast_loop)
            if version == 4
            else (IPV6, options.ipv6_multicast_hops, options.ipv6_multicast_loop)
        )
        sock.setsockopt(level, hops, ttl)
        sock.setsockopt(level, looped, int(loop))
        if dscp is not None:
            sock.setsockopt(*((IP, socket.IP_TOS) if version == 4 else (IPV6, options.ipv6_tclass)), dscp << 2)
    except OSError:
        sock.close()
        raise
    return sock


def send_unicast_with(sock: socket.socket, version: int, ttl: int) -> None:
    """What this socket sends to one host has this TTL or hop limit, which ``sender`` sets for groups only."""
    sock.setsockopt(*((IP, socket.IP_TTL) if version == 4 else (IPV6, socket.IPV6_UNICAST_HOPS)), ttl)


def share_port(sock: socket.socket) -> None:
    """Let other processes bind the same port, as every multicast receiver must."""
    sock.setsockopt(SOCKET, socket.SO_REUSEADDR, 1)
    reuse_port = getattr(socket, "SO_REUSEPORT", None)
    # With SO_REUSEPORT Linux spreads unicast over the sockets and, with IP_MULTICAST_ALL=0, even misses groups.
    if reuse_port is not None and OPTIONS.ip_multicast_all is None:
        sock.setsockopt(SOCKET, reuse_port, 1)


def try_bind(
    address: str, port: int, *, stream: bool, scope: int = 0, v6only: bool = True, reuse: bool = False
) -> None:
    """Bind a socket that is closed at once, and never listens. Raises OSError where that is refused.

    ``scope`` is the index of a link-local address's interface. ``reuse`` sets SO_REUSEADDR and, where there is one,
    SO_REUSEPORT.
    """
    version = 6 if ":" in address else 4
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM) as sock:
        if version == 6:
            sock.setsockopt(IPV6, socket.IPV6_V6ONLY, int(v6only))
        if reuse:
            sock.setsockopt(SOCKET, socket.SO_REUSEADDR, 1)
            reuse_port = getattr(socket, "SO_REUSEPORT", None)
            if reuse_port is not None:
                sock.setsockopt(SOCKET, reuse_port, 1)
        sock.bind((address, port) if version == 4 else (address, port, 0, scope))


def only_own_groups(sock: socket.socket, version: int, options: SocketOptions = OPTIONS) -> None:
    """Refuse groups that other sockets of this host joined; systems without the option filter by themselves."""
    level, option = (IP, options.ip_multicast_all) if version == 4 else (IPV6, options.ipv6_multicast_all)
    if option is not None:
        sock.setsockopt(level, option, 0)


def join(sock: socket.socket, group: IPAddress, index: int, options: SocketOptions = OPTIONS) -> None:
    """Join any source of ``group`` on the interface ``index``. Raises OSError."""
    sock.setsockopt(*_membership(group, index, options, join=True))


def leave(sock: socket.socket, group: IPAddress, index: int, options: SocketOptions = OPTIONS) -> None:
    """Undo ``join``. Raises OSError, EADDRNOTAVAIL when the interface took the membership with it."""
    sock.setsockopt(*_membership(group, index, options, join=False))


def join_source(
    sock: socket.socket, group: IPAddress, index: int, source: IPAddress, options: SocketOptions = OPTIONS
) -> None:
    """Join ``group`` on the interface ``index`` for what ``source`` sends, beside sources joined so before.

    RFC 3678 section 5.1.2: struct ip_mreq_source would name the interface by an address, group_source_req by index.
    Raises OSError.
    """
    level = IP if group.version == 4 else IPV6
    sock.setsockopt(level, options.mcast_join_source_group, _source_request(group, index, source, options))


def block_source(
    sock: socket.socket, group: IPAddress, index: int, source: IPAddress, options: SocketOptions = OPTIONS
) -> None:
    """Refuse what ``source`` sends to ``group``, joined before by ``join`` on the interface ``index``.

    RFC 3678 section 5.1.1. Raises OSError.
    """
    level = IP if group.version == 4 else IPV6
    sock.setsockopt(level, options.mcast_block_source, _source_request(group, index, source, options))


def send_by(sock: socket.socket, version: int, index: int, options: SocketOptions = OPTIONS) -> None:
    """Multicast of this socket leaves by the interface ``index``. Raises OSError."""
    if version == 6:
        sock.setsockopt(IPV6, options.ipv6_multicast_if, index)
    elif options.joins_with_mreqn:
        sock.setsockopt(IP, options.ip_multicast_if, struct.pack("=4s4si", bytes(4), bytes(4), index))
    else:
        sock.setsockopt(IP, options.ip_multicast_if, struct.pack("!I", index))


def bind_to_interface(sock: socket.socket, name: str, index: int) -> None:
    """Let ``sock`` receive only what arrives on this interface. Raises OSError."""
    this_platform().bind_to_interface(sock, name, index)


def request_arrival(sock: socket.socket, version: int, options: SocketOptions = OPTIONS) -> None:
    """Ask for interface, TTL, kernel time and drop counter with each datagram."""
    if version == 4:
        sock.setsockopt(IP, options.ip_pktinfo, 1)
        sock.setsockopt(IP, options.ip_recvttl, 1)
    else:
        sock.setsockopt(IPV6, options.ipv6_recvpktinfo, 1)
        sock.setsockopt(IPV6, options.ipv6_recvhoplimit, 1)
    if options.so_timestamp is not None:
        sock.setsockopt(SOCKET, options.so_timestamp, 1)
    if options.so_rxq_ovfl is not None:
        sock.setsockopt(SOCKET, options.so_rxq_ovfl, 1)


def parse_arrival(ancillary: list[tuple[int, int, bytes]], options: SocketOptions = OPTIONS) -> Arrival:
    """Read what ``request_arrival`` asked for out of recvmsg's ancillary data; what is missing or cut is None."""
    interface = ttl = time = dropped = None
    for level, kind, data in ancillary:
        if level == IP and kind == options.ip_pktinfo_message and len(data) >= 4:
            interface = struct.unpack_from("=I", data)[0]
        elif level == IPV6 and kind == options.ipv6_pktinfo_message and len(data) >= 20:
            interface = struct.unpack_from("=I", data, 16)[0]
        elif (level == IP and kind == options.ip_ttl_message) or (
            level == IPV6 and kind == options.ipv6_hoplimit_message
        ):
            # An int on Linux and Windows, one byte on macOS.
            ttl = int.from_bytes(data[:4], "little") if len(data) >= 4 else data[0] if data else None
        elif level == SOCKET and kind == options.so_timestamp_message and len(data) >= 16:
            seconds, fraction = struct.unpack_from("=qq" if options.timestamp_in_nanoseconds else "=qi4x", data)
            time = seconds + fraction / (1e9 if options.timestamp_in_nanoseconds else 1e6)
        elif level == SOCKET and kind == options.so_rxq_ovfl and len(data) >= 4:
            dropped = struct.unpack_from("=I", data)[0]
    return Arrival(interface, ttl, time, dropped)


def local_address(sock: socket.socket) -> str:
    """The address ``sock`` sends from, a link-local one with its scope as ``%name``."""
    name = sock.getsockname()
    scoped = len(name) == 4 and name[3]
    return f"{name[0].partition('%')[0]}%{name_of_index(name[3])}" if scoped else str(name[0])


def granted_buffer(sock: socket.socket) -> int:
    """Bytes of receive buffer the kernel granted; Linux counts its own overhead too and tells twice the number."""
    return sock.getsockopt(SOCKET, socket.SO_RCVBUF)


def full_buffer(size: int, options: SocketOptions = OPTIONS) -> int:
    """What ``granted_buffer`` tells where all of a receive buffer of ``size`` bytes was granted."""
    return 2 * size if options.buffer_doubled else size


def dropped(sock: socket.socket, options: SocketOptions = OPTIONS) -> int | None:
    """Datagrams this socket has lost to its full receive buffer; None where the system does not tell.

    SO_MEMINFO (linux/sock_diag.h: SK_MEMINFO_DROPS is the ninth number) tells it at once and for the one socket what
    /proc/net/udp lists for all; RXQ_OVFL in the ancillary data comes only with the next datagram.
    """
    if options.so_meminfo is None:
        return None
    try:
        told = sock.getsockopt(SOCKET, options.so_meminfo, _MEMINFO.size)
    except OSError:  # Linux before 4.12
        return None
    return int(_MEMINFO.unpack(told)[0]) if len(told) == _MEMINFO.size else None


def _request_buffer(sock: socket.socket, size: int, options: SocketOptions) -> None:
    asked = size
    while asked:
        try:
            sock.setsockopt(SOCKET, socket.SO_RCVBUF, asked)
            break
        except OSError as error:
            # macOS refuses what is beyond kern.ipc.maxsockbuf; Linux grants what it may.
            if error.errno != errno.ENOBUFS:
                raise
            asked //= 2
    if options.so_rcvbufforce is not None and granted_buffer(sock) < full_buffer(size, options):
        # Beyond net.core.rmem_max; it needs CAP_NET_ADMIN, and without it the smaller buffer stays.
        with suppress(PermissionError):
            sock.setsockopt(SOCKET, options.so_rcvbufforce, size)


def _membership(group: IPAddress, index: int, options: SocketOptions, *, join: bool) -> tuple[int, int, bytes]:
    if group.version == 6:
        option = options.ipv6_join_group if join else options.ipv6_leave_group
        return IPV6, option, group.packed + struct.pack("=I", index)
    option = options.ip_add_membership if join else options.ip_drop_membership
    if options.joins_with_mreqn:
        return IP, option, struct.pack("=4s4si", group.packed, bytes(4), index)
    # struct ip_mreq whose interface is 0.0.0.index: xnu ip_multicast_if() and Windows take it as an index.
    return IP, option, struct.pack("!4sI", group.packed, index)


def _source_request(group: IPAddress, index: int, source: IPAddress, options: SocketOptions) -> bytes:
    head = struct.pack("=I" if options.sockaddr_has_length else "=I4x", index)
    return head + _sockaddr_storage(group, options) + _sockaddr_storage(source, options)


def _sockaddr_storage(address: IPAddress, options: SocketOptions) -> bytes:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    if options.sockaddr_has_length:
        head = struct.pack("=BBH", 16 if address.version == 4 else 28, family, 0)
    else:
        head = struct.pack("=HH", family, 0)
    flow = b"" if address.version == 4 else bytes(4)
    return (head + flow + address.packed).ljust(128, b"\0")
