"""The TCP sockets of one port by NETLINK_SOCK_DIAG, in every state but listening, with their owners."""

from __future__ import annotations

import ipaddress
import socket
import struct
import time

from net.platform.linux.netlink import dump
from net.platform.linux.owners import Owner, Owners
from net.platform.linux.sock_diag import NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, TCP_LISTEN, Socket
from net.platform.tcp_sockets import TcpSocket

# net/tcp_states.h, which numbers them from 1 and calls what has a port but no peer TCP_CLOSE. Such a socket is told of
# only by Linux 6.8 and later, asked for by a state of its own, the last (TCP_BOUND_INACTIVE).
STATES = (
    "established",
    "syn_sent",
    "syn_recv",
    "fin_wait1",
    "fin_wait2",
    "time_wait",
    "bound",
    "close_wait",
    "last_ack",
    "listen",
    "closing",
    "new_syn_recv",
    "bound",
)
ALL_STATES = (1 << len(STATES) + 1) - 2
# struct inet_diag_req_v2: family, protocol, ext, pad, states; of its idiag_sockid only the source port is filled in
REQUEST = struct.Struct("=BBBBI")
_SOURCE_PORT = struct.Struct("!H46x")
# struct inet_diag_msg: state; ports, addresses, interface, cookie; uid and inode after three counters
_MESSAGE = struct.Struct("=xBxx2s2s16s16sIQ12xII")


def tcp_sockets(port: int) -> tuple[TcpSocket, ...]:
    """Every TCP socket of this network namespace with this port of its own. Raises OSError where that is refused."""
    found: list[tuple[int, str, int, Socket]] = []
    for family in (socket.AF_INET, socket.AF_INET6):
        question = REQUEST.pack(family, socket.IPPROTO_TCP, 0, 0, ALL_STATES & ~(1 << TCP_LISTEN)) + _SOURCE_PORT.pack(
            port
        )
        answers = dump(SOCK_DIAG_BY_FAMILY, question, NETLINK_SOCK_DIAG)
        found.extend(parse(family, message.body) for message in answers)
    # One that nobody has taken or that was given up has no file, and so no owner.
    owned = Owners().find([entry for _, _, _, entry in found if entry.inode], time.monotonic())
    return tuple(_socket(each, owned.get(each[3].cookie)) for each in found)


def parse(family: int, body: bytes) -> tuple[int, str, int, Socket]:
    """Of an inet_diag_msg: state, peer and port of the peer, and the socket as its owner is looked for."""
    state, own, peer, source, destination, device, cookie, uid, inode = _MESSAGE.unpack_from(body)
    size = 4 if family == socket.AF_INET else 16
    entry = Socket(
        protocol="tcp",
        address=source[:size],
        port=int.from_bytes(own, "big"),
        device=device,
        cookie=cookie,
        uid=uid,
        inode=inode,
        v6only=None,
        more=body[_MESSAGE.size :],
    )
    return state, plain(destination[:size]), int.from_bytes(peer, "big"), entry


def _socket(found: tuple[int, str, int, Socket], owner: Owner | None) -> TcpSocket:
    state, remote_address, remote_port, entry = found
    return TcpSocket(
        state=STATES[state - 1],
        address=plain(entry.address),
        port=entry.port,
        remote_address=remote_address,
        remote_port=remote_port,
        accepted=bool(entry.inode),
        owner="hidden" if owner is None else owner.grade,
        pid=owner.pid if owner is not None else None,
        process=owner.process if owner is not None else None,
        user=owner.user if owner is not None else None,
    )


def plain(packed: bytes) -> str:
    """An address of 4 or 16 bytes; IPv4-mapped ones as IPv4."""
    address = ipaddress.ip_address(packed)
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
