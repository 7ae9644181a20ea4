"""Watches the routing socket of macOS for changes (route(4), xnu bsd/net/route.h)."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import aclosing

AF_ROUTE = 17
"""xnu bsd/sys/socket.h; Python's own AF_ROUTE has another value where the tests run."""
SETTLE = 0.05
"""Seconds in which a burst of messages counts as one change."""

RTM_ADD, RTM_DELETE, RTM_CHANGE, RTM_REDIRECT = 0x1, 0x2, 0x3, 0x6
RTM_NEWADDR, RTM_DELADDR, RTM_IFINFO, RTM_IFINFO2 = 0xC, 0xD, 0xE, 0x12
ROUTE_MESSAGES = frozenset((RTM_ADD, RTM_DELETE, RTM_CHANGE, RTM_REDIRECT))
LINK_MESSAGES = frozenset((RTM_NEWADDR, RTM_DELADDR, RTM_IFINFO, RTM_IFINFO2))
RTF_LLINFO, RTF_WASCLONED = 0x400, 0x20000
HEADER = struct.Struct("=HBBHxxi")
"""rtm_msglen, rtm_version, rtm_type, rtm_index, rtm_flags."""


async def changes() -> AsyncGenerator[None, None]:
    """One item at once, then one after each burst of changes of links, addresses or routes; needs no rights."""
    with socket.socket(AF_ROUTE, socket.SOCK_RAW, socket.AF_UNSPEC) as sock:
        async with aclosing(watch(sock)) as heard:
            async for _ in heard:
                yield


async def watch(sock: socket.socket) -> AsyncGenerator[None, None]:
    """The same on a routing socket that is open: each datagram is one message."""
    sock.setblocking(False)
    yield
    while True:
        if await _is_next_a_change(sock):
            await _settle(sock)
            yield


def is_change(message: bytes) -> bool:
    """Whether a routing message tells of links, addresses or routes.

    Not RTM_GET: each ``route get``, our own too, is echoed to all routing sockets. Not the host routes that neighbours
    come and go with (RTF_LLINFO, RTF_WASCLONED), not lookups that failed, not multicast memberships.
    """
    if len(message) < HEADER.size:
        return False
    _, _, kind, _, flags = HEADER.unpack_from(message)
    if kind in ROUTE_MESSAGES:
        return not flags & (RTF_LLINFO | RTF_WASCLONED)
    return kind in LINK_MESSAGES


async def _is_next_a_change(sock: socket.socket) -> bool:
    try:
        return is_change(await asyncio.get_running_loop().sock_recv(sock, 4096))
    except OSError as error:
        if error.errno != errno.ENOBUFS:
            raise
        # The kernel dropped messages, so something did change.
        return True


async def _settle(sock: socket.socket) -> None:
    try:
        async with asyncio.timeout(SETTLE):
            while True:
                await _is_next_a_change(sock)
    except TimeoutError:
        return
