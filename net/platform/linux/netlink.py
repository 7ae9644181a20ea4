"""Asks the kernel over a netlink socket (netlink(7)) and takes its answers apart."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP_INTR = 0x1, 0x4, 0x300, 0x10
HEADER = struct.Struct("=IHHII")
ATTRIBUTE = struct.Struct("=HH")
TYPE_MASK = 0x3FFF
"""Without NLA_F_NESTED and NLA_F_NET_BYTEORDER."""
ATTEMPTS = 3


class Message(NamedTuple):
    """A netlink message: its type and what follows the header."""

    type: int
    body: bytes


class InterruptedDumpError(Exception):
    """The kernel's table changed while it was being read."""


def dump(kind: int, body: bytes, protocol: int = socket.NETLINK_ROUTE) -> list[Message]:
    """All entries of a table; read again when it changed meanwhile. Raises OSError with the kernel's errno."""
    for attempt in range(ATTEMPTS):
        try:
            return list(_exchange(kind, NLM_F_REQUEST | NLM_F_DUMP, body, protocol))
        except InterruptedDumpError:
            if attempt == ATTEMPTS - 1:
                break
    # A table that never rests is better shown with a possible gap than not at all; the next change reads it again.
    return list(_exchange(kind, NLM_F_REQUEST | NLM_F_DUMP, body, protocol, strict=False))


def request(kind: int, body: bytes, protocol: int = socket.NETLINK_ROUTE) -> Message:
    """The answer to one question. Raises OSError with the kernel's errno."""
    return next(_exchange(kind, NLM_F_REQUEST, body, protocol))


def attributes(data: bytes, start: int) -> dict[int, bytes]:
    """The attributes (type to value) from offset ``start`` on; a truncated one ends the list."""
    found = {}
    while start + ATTRIBUTE.size <= len(data):
        length, kind = ATTRIBUTE.unpack_from(data, start)
        if length < ATTRIBUTE.size or start + length > len(data):
            break
        found[kind & TYPE_MASK] = data[start + ATTRIBUTE.size : start + length]
        start += (length + 3) & ~3
    return found


def messages(data: bytes, *, strict: bool = True) -> Iterator[Message]:
    """The messages of one datagram, the closing ones (NLMSG_DONE, NLMSG_ERROR) among them.

    Raises InterruptedDumpError where ``strict`` and the kernel says that its table changed while it was read.
    """
    position = 0
    while position + HEADER.size <= len(data):
        length, kind, flags, _, _ = HEADER.unpack_from(data, position)
        if length < HEADER.size:
            return
        if strict and flags & NLM_F_DUMP_INTR:
            raise InterruptedDumpError
        yield Message(kind, data[position + HEADER.size : position + length])
        position += (length + 3) & ~3


def _exchange(kind: int, flags: int, body: bytes, protocol: int, *, strict: bool = True) -> Iterator[Message]:
    with closing(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, protocol)) as sock:
        sock.bind((0, 0))
        sock.send(HEADER.pack(HEADER.size + len(body), kind, flags, 1, 0) + body)
        while True:
            for message in messages(sock.recv(1 << 18), strict=strict):
                if message.type == NLMSG_DONE:
                    return
                if message.type == NLMSG_ERROR:
                    number = -struct.unpack_from("=i", message.body)[0]
                    if number:
                        raise OSError(number, os.strerror(number))
                    return
                yield message
