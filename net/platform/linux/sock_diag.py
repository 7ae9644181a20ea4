"""Listening TCP and bound UDP sockets from the kernel by NETLINK_SOCK_DIAG (sock_diag(7))."""

from __future__ import annotations

import socket
import struct
from typing import Literal, NamedTuple

from net.platform.linux.netlink import dump

NETLINK_SOCK_DIAG = 4  # linux/netlink.h
SOCK_DIAG_BY_FAMILY = 20  # linux/sock_diag.h
# net/tcp_states.h: a UDP socket that is bound but not connected is in TCP_CLOSE
TCP_CLOSE, TCP_LISTEN = 7, 10
# linux/inet_diag.h: both attributes come without being asked for
INET_DIAG_SKV6ONLY, INET_DIAG_CGROUP_ID = 11, 21

# struct inet_diag_req_v2 up to its idiag_sockid, which stays empty
_REQUEST = struct.Struct("=BBBBI48x")
# struct inet_diag_msg: family, state, timer, retrans; sport and dport; src, dst; if, cookie; expires ... uid, inode
_MESSAGE = struct.Struct("=BBBB2s2s16s16sIQIIIII")
_ATTRIBUTE = struct.Struct("=HH")
_U64 = struct.Struct("=Q")

_QUESTIONS: tuple[tuple[Literal["tcp", "udp"], int, int], ...] = (
    ("tcp", socket.IPPROTO_TCP, TCP_LISTEN),
    ("udp", socket.IPPROTO_UDP, TCP_CLOSE),
)


class Socket(NamedTuple):
    """A socket as the kernel describes it.

    ``address`` has 4 or 16 bytes; ``device`` is the index of the interface it is bound to, 0 for none; ``cookie`` is
    its identity as long as the kernel runs; ``inode`` 0 where no file stands for it; ``cgroup`` is the inode of its
    cgroup's folder (version 2), None from a kernel that does not tell (before 5.10).
    """

    protocol: Literal["tcp", "udp"]
    address: bytes
    port: int
    device: int
    cookie: int
    uid: int
    inode: int
    v6only: bool | None
    cgroup: int | None


def sockets() -> tuple[Socket, ...]:
    """Every listening TCP and bound, unconnected UDP socket of this network namespace, both families, once each.

    Raises OSError where the kernel refuses (ENOENT without the inet_diag modules, EPERM or EACCES in a sandbox).
    """
    found: dict[int, Socket] = {}
    for protocol, number, state in _QUESTIONS:
        for family in (socket.AF_INET, socket.AF_INET6):
            question = _REQUEST.pack(family, number, 0, 0, 1 << state)
            for message in dump(SOCK_DIAG_BY_FAMILY, question, NETLINK_SOCK_DIAG):
                entry = _parse(protocol, message.body)
                found[entry.cookie] = entry
    return tuple(found.values())


def _parse(protocol: Literal["tcp", "udp"], body: bytes) -> Socket:
    family, _, _, _, port, _, source, _, device, cookie, _, _, _, uid, inode = _MESSAGE.unpack_from(body)
    v6only, cgroup = None, None
    position, end = _MESSAGE.size, len(body)
    while position + 4 <= end:
        length, kind = _ATTRIBUTE.unpack_from(body, position)
        if length < 4:
            break
        if kind == INET_DIAG_SKV6ONLY:
            v6only = body[position + 4] != 0
        elif kind == INET_DIAG_CGROUP_ID:
            cgroup = _U64.unpack_from(body, position + 4)[0]
        position += (length + 3) & ~3
    address = source[:4] if family == socket.AF_INET else source
    return Socket(protocol, address, int.from_bytes(port, "big"), device, cookie, uid, inode, v6only, cgroup)
