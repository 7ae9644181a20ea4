"""One question to one server by one way: what came back, on sockets of our own.

A connected UDP socket is told by the kernel where nothing listens (ICMP port unreachable becomes ECONNREFUSED) and
hears the server only; an unconnected one hears whoever answers instead, and no refusal (udp(7), ip(7)).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import closing
from typing import NamedTuple

import msgspec

from net.resolvers.address import ServerAddress
from net.resolvers.questions import Answer, Question, read_answer
from net.sockets import bind_to_interface
from net.text import endpoint_text

BUFFER = 65535


class Way(msgspec.Struct, frozen=True):
    """Bound to the interface ``name`` with ``index``."""

    name: str
    index: int


class Outcome(NamedTuple):
    """``answer`` after ``seconds``, or why there is none: ``errno`` (None: silence), and how much was no answer."""

    answer: Answer | None = None
    seconds: float | None = None
    errno: int | None = None
    malformed: int = 0


async def ask_udp(question: Question, server: ServerAddress, way: Way | None, seconds: float) -> Outcome:
    """By a connected UDP socket of its own; an answer that is none is counted, and waiting goes on."""
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()
    malformed = 0
    try:
        with closing(_socket(server, socket.SOCK_DGRAM, way)) as sock:
            sock.connect(_target(server))
            async with asyncio.timeout(seconds):
                await loop.sock_sendall(sock, question.wire)
                while True:
                    wire = await loop.sock_recv(sock, BUFFER)
                    answer = read_answer(question, wire)
                    if answer is not None:
                        return Outcome(answer, time.perf_counter() - begin, malformed=malformed)
                    malformed += 1
    except OSError as error:  # TimeoutError is one, without a number
        return Outcome(errno=error.errno, malformed=malformed)


async def ask_tcp(question: Question, server: ServerAddress, way: Way | None, seconds: float) -> Outcome:
    """By a TCP connection of its own, connecting included; RFC 7766 section 8: two bytes of length before a message."""
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()
    try:
        with closing(_socket(server, socket.SOCK_STREAM, way)) as sock:
            async with asyncio.timeout(seconds):
                await loop.sock_connect(sock, _target(server))
                await loop.sock_sendall(sock, struct.pack("!H", len(question.wire)) + question.wire)
                (length,) = struct.unpack("!H", await _exactly(loop, sock, 2))
                answer = read_answer(question, await _exactly(loop, sock, length))
    except EOFError:
        return Outcome(malformed=1)
    except OSError as error:
        return Outcome(errno=error.errno)
    if answer is None:
        return Outcome(malformed=1)
    return Outcome(answer, time.perf_counter() - begin)


async def other_source(question: Question, server: ServerAddress, way: Way | None, seconds: float) -> str | None:
    """The address that answers ``question`` in the server's place, None where none does within ``seconds``."""
    loop = asyncio.get_running_loop()
    target = _target(server)
    try:
        with closing(_socket(server, socket.SOCK_DGRAM, way)) as sock:
            async with asyncio.timeout(seconds):
                await loop.sock_sendto(sock, question.wire, target)
                while True:
                    wire, source = await loop.sock_recvfrom(sock, BUFFER)
                    if read_answer(question, wire) is None:
                        continue
                    return None if source[:2] == target[:2] else _unexpected(source, server)
    except OSError:  # what is refused here is refused to the connected sockets, too, and told there
        return None


def _socket(server: ServerAddress, kind: socket.SocketKind, way: Way | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in server.address else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        if way is not None:
            bind_to_interface(sock, way.name, way.index)
    except OSError:
        sock.close()
        raise
    return sock


def _target(server: ServerAddress) -> tuple[str, int] | tuple[str, int, int, int]:
    """The address for connect(); raises OSError for a scope that no interface has."""
    address = ipaddress.ip_address(server.address)
    if address.version == 4:
        return (server.address, server.port)
    scope = address.scope_id
    index = 0 if scope is None else int(scope) if scope.isdigit() else socket.if_nametoindex(scope)
    return (server.address.partition("%")[0], server.port, 0, index)


def _unexpected(source: Sequence[object], server: ServerAddress) -> str:
    """The address that answered, with its port where only that is another."""
    address, port = str(source[0]), source[1]
    return endpoint_text(address, int(str(port))) if address == server.address else address


async def _exactly(loop: asyncio.AbstractEventLoop, sock: socket.socket, size: int) -> bytes:
    """Raises EOFError where the stream ends before."""
    data = b""
    while len(data) < size:
        piece = await loop.sock_recv(sock, size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
