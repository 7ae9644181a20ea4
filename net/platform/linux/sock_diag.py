"""Listening TCP and bound UDP sockets from the kernel by NETLINK_SOCK_DIAG (sock_diag(7))."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Literal, NamedTuple

from net.platform.linux.netlink import HEADER, NLM_F_DUMP, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR, attributes

NETLINK_SOCK_DIAG = 4  # linux/netlink.h
SOCK_DIAG_BY_FAMILY = 20  # linux/sock_diag.h
# net/tcp_states.h: a UDP socket that is bound but not connected is in TCP_CLOSE
TCP_CLOSE, TCP_LISTEN = 7, 10
# linux/inet_diag.h: both attributes come without being asked for
INET_DIAG_SKV6ONLY, INET_DIAG_CGROUP_ID = 11, 21

# struct inet_diag_req_v2 up to its idiag_sockid, which stays empty
_REQUEST = struct.Struct("=BBBBI48x")
# struct inet_diag_msg: sport of 4 bytes of ports; src, dst; if, cookie; uid and inode after three counters
_MESSAGE = struct.Struct("=4x2s2x16s16xIQ12xII")
_ERRNO = struct.Struct("=i")

_QUESTIONS: tuple[tuple[Literal["tcp", "udp"], int, int], ...] = (
    ("tcp", socket.IPPROTO_TCP, TCP_LISTEN),
    ("udp", socket.IPPROTO_UDP, TCP_CLOSE),
)


class Socket(NamedTuple):
    """A socket as the kernel describes it.

    ``address`` has 4 or 16 bytes; ``device`` is the index of the interface it is bound to, 0 for none; ``cookie`` is
    its identity as long as the kernel runs; ``inode`` is 0 where no file stands for it. ``more`` are the attributes of
    the answer as they came.
    """

    protocol: Literal["tcp", "udp"]
    address: bytes
    port: int
    device: int
    cookie: int
    uid: int
    inode: int
    v6only: bool | None
    more: bytes

    @property
    def cgroup(self) -> int | None:
        """The inode number of its cgroup's folder (version 2); None from a kernel that does not tell (before 5.10)."""
        value = attributes(self.more, 0).get(INET_DIAG_CGROUP_ID)
        return int.from_bytes(value, sys.byteorder) if value is not None else None


class SockDiag:
    """Asks again and again; what the kernel describes as before is the same object as before."""

    def __init__(self) -> None:
        self._parsed: dict[bytes, Socket] = {}

    def __call__(self) -> tuple[Socket, ...]:
        """Every listening TCP and bound, unconnected UDP socket of this network namespace, both families, once each.

        Raises OSError where the kernel refuses (ENOENT without the inet_diag modules, EPERM or EACCES in a sandbox).
        """
        before = self._parsed
        parsed: dict[bytes, Socket] = {}
        with closing(
            socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_SOCK_DIAG)
        ) as sock:
            sock.bind((0, 0))
            for protocol, number, state in _QUESTIONS:
                for family in (socket.AF_INET, socket.AF_INET6):
                    question = _REQUEST.pack(family, number, 0, 0, 1 << state)
                    for data, start, end in answers(sock, question):
                        # The identity with its addresses and cookie; the queues and timers after it always change.
                        key = data[start + 4 : start + 52]
                        parsed[key] = before.get(key) or _parse(protocol, family, data, start, end)
        self._parsed = parsed
        return tuple(parsed.values())


def answers(sock: socket.socket, question: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Each inet_diag_msg as its place in what was received: thousands a second, so nothing is cut out and copied.

    Raises OSError where the kernel refuses.
    """
    flags = NLM_F_REQUEST | NLM_F_DUMP
    sock.send(HEADER.pack(HEADER.size + len(question), SOCK_DIAG_BY_FAMILY, flags, 1, 0) + question)
    while True:
        data = sock.recv(1 << 18)
        position = 0
        while position + HEADER.size <= len(data):
            length, kind, _, _, _ = HEADER.unpack_from(data, position)
            start = position + HEADER.size
            if kind in (NLMSG_DONE, NLMSG_ERROR):
                (number,) = _ERRNO.unpack_from(data, start)
                if number < 0:
                    raise OSError(-number, os.strerror(-number))
                return
            yield data, start, position + length
            position += (length + 3) & ~3


def _parse(protocol: Literal["tcp", "udp"], family: int, data: bytes, start: int, end: int) -> Socket:
    port, source, device, cookie, uid, inode = _MESSAGE.unpack_from(data, start)
    more = data[start + _MESSAGE.size : end]
    v6only = None
    if family == socket.AF_INET:
        source = source[:4]
    else:
        told = attributes(more, 0).get(INET_DIAG_SKV6ONLY)
        v6only = told != b"\0" if told is not None else None
    return Socket(protocol, source, int.from_bytes(port, "big"), device, cookie, uid, inode, v6only, more)
