"""UDP sockets of this host with their buffers, drops and, where rights allow, the groups each has joined.

Buffers and drops come from sock_diag (INET_DIAG_SKMEMINFO). No table lists whose a membership is; but a socket can be
asked whether it holds one (MCAST_MSFILTER, RFC 3678 section 5.2), and pidfd_getfd(2) gives a copy of another process's
descriptor to ask by. Asking changes nothing. A socket without memory for options has no membership and is not asked:
ip_mc_join_group and ipv6_sock_mc_join take each from there (net/ipv4/igmp.c, net/ipv6/mcast.c: sock_kmalloc).
"""

from __future__ import annotations

import ctypes
import ipaddress
import os
import socket
import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from net.platform.linux.memberships import memberships
from net.platform.linux.netlink import attributes
from net.platform.linux.sock_diag import NETLINK_SOCK_DIAG, answers
from net.platform.protocol import DatagramSocket, Held
from net.records import Membership

SYS_PIDFD_GETFD = 438  # asm-generic/unistd.h, the same on every architecture; Linux 5.6
MCAST_MSFILTER = 48  # linux/in.h
MOST_QUESTIONS = 200_000
"""Of one reading, each about a socket and a membership: about a second."""
INET_DIAG_SKMEMINFO = 7  # linux/inet_diag.h
# net/tcp_states.h: a UDP socket is in TCP_ESTABLISHED when it is connected, else in TCP_CLOSE
_STATES = 1 << 1 | 1 << 7
# struct inet_diag_req_v2 up to its idiag_sockid, which stays empty
_REQUEST = struct.Struct("=BBBBI48x")
# struct inet_diag_msg: family; port, address; inode after uid and four more words
_MESSAGE = struct.Struct("=B3x2s2x16s44xI")
# linux/sock_diag.h: SK_MEMINFO_RCVBUF is the second number, SK_MEMINFO_OPTMEM the seventh, SK_MEMINFO_DROPS the ninth
_MEMINFO = struct.Struct("=4xI16xI4xI")
# struct group_filter: interface, sockaddr_storage, mode, number of sources (the true one in the answer)
_FILTER = struct.Struct("=I4x128sII")


class _Question(NamedTuple):
    membership: Membership
    group: str
    level: int
    filter: bytes


def datagram_sockets(*, with_groups: bool, ended: Callable[[], bool] = lambda: False) -> tuple[DatagramSocket, ...]:
    """All UDP sockets of this network namespace; ``with_groups`` asks each for its memberships. Raises OSError.

    After MOST_QUESTIONS, or once ``ended`` says so, the others are ``unasked``.
    """
    found = {inode: (sock, options) for sock, inode, options in _sockets()}
    held = _descriptors(found)
    asking = _Asking(_questions(memberships()) if with_groups else (), ended)
    return tuple(asking.completed(sock, held.get(inode), options) for inode, (sock, options) in found.items())


def _sockets() -> Iterator[tuple[DatagramSocket, int, int | None]]:
    with closing(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) as sock:
        sock.bind((0, 0))
        for family in (socket.AF_INET, socket.AF_INET6):
            question = _REQUEST.pack(family, socket.IPPROTO_UDP, 1 << (INET_DIAG_SKMEMINFO - 1), 0, _STATES)
            for data, start, end in answers(sock, question):
                yield parse(data[start:end])


def parse(message: bytes) -> tuple[DatagramSocket, int, int | None]:
    """A struct inet_diag_msg of a UDP socket with its attributes; then its inode and its memory for options."""
    family, port, address, inode = _MESSAGE.unpack_from(message)
    memory = attributes(message[_MESSAGE.size :], 0).get(INET_DIAG_SKMEMINFO, b"")
    buffer, options, drops = _MEMINFO.unpack_from(memory) if len(memory) >= _MEMINFO.size else (None, None, None)
    packed = address[:4] if family == socket.AF_INET else address
    sock = DatagramSocket(
        identity=inode,
        address=str(ipaddress.ip_address(packed)),
        port=int.from_bytes(port, "big"),
        buffer_bytes=buffer,
        drops=drops,
    )
    return sock, inode, options


def _descriptors(inodes: Collection[int]) -> dict[int, tuple[int, int]]:
    """The first process and descriptor that holds each socket, as far as /proc may be read."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes if inode}
    found: dict[int, tuple[int, int]] = {}
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):  # noqa: PTH208
        with suppress(OSError):
            for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208
                with suppress(OSError):
                    inode = wanted.get(os.readlink(f"/proc/{pid}/fd/{name}"))  # noqa: PTH115
                    if inode is not None:
                        found.setdefault(inode, (pid, int(name)))
    return found


class _Asking:
    """One reading: what it asks each socket, and how many questions it may still ask."""

    def __init__(self, questions: Sequence[_Question], ended: Callable[[], bool]) -> None:
        self._questions, self._ended = questions, ended
        self._left = MOST_QUESTIONS
        self._names: dict[int, str | None] = {}

    def completed(self, sock: DatagramSocket, place: tuple[int, int] | None, options: int | None) -> DatagramSocket:
        """With its process and its groups; ``held`` stays None where the right to ask is missing."""
        if place is None:
            return sock
        pid, descriptor = place
        if pid not in self._names:
            self._names[pid] = _name(pid)
        held: tuple[Held, ...] | None = None
        unasked = False
        if self._questions and options == 0:
            held = ()
        elif self._questions:
            unasked = self._left < len(self._questions) or self._ended()
            if not unasked:
                self._left -= len(self._questions)
                with suppress(OSError):
                    held = _held(pid, descriptor, self._questions)
        return msgspec.structs.replace(sock, pid=pid, process=self._names[pid], held=held, unasked=unasked)


def _name(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
    except OSError:
        return None


def _held(pid: int, descriptor: int, questions: Iterable[_Question]) -> tuple[Held, ...]:
    """Raises OSError: EPERM without ptrace's right, ENOSYS before Linux 5.6, EBADF or ESRCH where it is gone."""
    process = os.pidfd_open(pid)
    try:
        copy = _libc().syscall(SYS_PIDFD_GETFD, process, descriptor, 0)
        if copy < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    finally:
        os.close(process)
    try:
        return tuple(held for question in questions if (held := _ask(copy, question)) is not None)
    finally:
        os.close(copy)


def _questions(listed: Iterable[Membership]) -> tuple[_Question, ...]:
    """One for each membership of an interface that is still there."""
    indexes = {name: index for index, name in socket.if_nameindex()}
    return tuple(
        _question(membership, index)
        for membership in listed
        if (index := indexes.get(membership.interface)) is not None
    )


def _question(membership: Membership, index: int) -> _Question:
    group = ipaddress.ip_address(membership.group.partition("%")[0])
    level, family = (
        (socket.IPPROTO_IP, socket.AF_INET) if group.version == 4 else (socket.IPPROTO_IPV6, socket.AF_INET6)
    )
    gap = b"" if group.version == 4 else bytes(4)
    storage = (struct.pack("=HH", family, 0) + gap + group.packed).ljust(128, b"\0")
    return _Question(membership, str(group), level, _FILTER.pack(index, storage, 0, 0))


def _ask(descriptor: int, question: _Question) -> Held | None:
    answer = ctypes.create_string_buffer(question.filter, _FILTER.size)
    length = ctypes.c_uint(_FILTER.size)
    if _libc().getsockopt(descriptor, question.level, MCAST_MSFILTER, answer, ctypes.byref(length)) != 0:
        return None  # EADDRNOTAVAIL: not a member
    sources = _FILTER.unpack(answer.raw)[3]
    return Held(interface=question.membership.interface, group=question.group, sources=sources)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
