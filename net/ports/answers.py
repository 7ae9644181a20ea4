"""Who answers at a port of this host: each own address is connected to and asked, then a verdict is drawn."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from net.interfaces import snapshot as interfaces
from net.platform import this_platform
from net.platform.names import index_of_name
from net.platform.system import SYSTEM
from net.platform.tcp_sockets import TcpSocket
from net.ports.answers_verdict import conclude
from net.ports.fingerprints import identify
from net.ports.listeners import snapshot as listeners
from net.ports.peeking import Said, SocketAddress, connect, listen_to
from net.ports.reaching import reached
from net.ports.records import Answer, Listener
from net.records import Interface, Record
from net.requests import AnswersRequest, PortsRequest

Batch = tuple[Record, ...]

LOOPBACK = ("127.0.0.1", "::1")
AT_ONCE = 50
"""Addresses that are connected to at the same time."""
ACCEPTING = (0.0, 0.02, 0.1)
"""Seconds to wait before each look at who accepted: a program takes its connections when it gets to it."""


class Place(NamedTuple):
    """An own address, where it stands, and its place in what ``localhost`` resolves to (from 1)."""

    address: str
    interface: str | None
    localhost: int | None


class Open(NamedTuple):
    """A place that was connected to after so many milliseconds, or the refusal."""

    place: Place
    sock: socket.socket | None
    ms: float | None = None
    errno: int | None = None


async def watch(request: AnswersRequest) -> AsyncGenerator[Batch, None]:
    """An Answer for 127.0.0.1, ::1 and each own address, in batches, then the Verdict (about ``answers``).

    Nothing but own addresses is connected to, once in plain text and, where that is no answer, once over TLS; each
    step may take 300 ms. Raises ProblemError where the listeners cannot be read.
    """
    holding = await listeners(PortsRequest(port=request.port, protocol="tcp", follow=False))
    order = await asyncio.to_thread(resolve_localhost)
    found = places(await interfaces(), order)
    answers: list[Answer] = []
    for start in range(0, len(found), AT_ONCE):
        batch = await _ask(found[start : start + AT_ONCE], request.port, holding)
        answers += batch
        yield batch
    yield (conclude(request.port, answers, holding, order),)


def resolve_localhost() -> tuple[str, ...]:
    """What ``localhost`` resolves to, in the order in which programs try it; empty where it resolves to nothing."""
    try:
        found = socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return ()
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


def places(faces: Sequence[Interface], order: Sequence[str]) -> tuple[Place, ...]:
    """Loopback first, then the other own addresses; those that ``localhost`` leads to elsewhere are not asked."""
    owners: dict[str, str] = {}
    for face in faces:
        for each in face.addresses:
            scoped = each.scope == "link" and ":" in each.address and "%" not in each.address
            owners.setdefault(f"{each.address}%{face.name}" if scoped else each.address, face.name)
    own = dict.fromkeys((*LOOPBACK, *owners))
    ranks = {address: place for place, address in enumerate(order, 1)}
    return tuple(Place(address, owners.get(address), ranks.get(address)) for address in own)


async def _ask(asked: Sequence[Place], port: int, holding: Sequence[Listener]) -> tuple[Answer, ...]:
    opened: list[Open] = []
    try:
        opened += await asyncio.gather(*(_open(place, port) for place in asked))
        held = await _accepted(port, opened)
        said = await asyncio.gather(*(_listen(each, port) for each in opened))
    finally:
        for each in opened:
            if each.sock is not None:
                each.sock.close()
    return tuple(
        _answer(each, port, words, held.get(each.place.address), holding)
        for each, words in zip(opened, said, strict=True)
    )


async def _open(place: Place, port: int) -> Open:
    begin = time.monotonic()
    try:
        sock = await connect(_target(place.address, port))
    except OSError as error:
        return Open(place, None, errno=error.errno or errno.EIO)
    return Open(place, sock, (time.monotonic() - begin) * 1000)


async def _listen(opened: Open, port: int) -> Said:
    if opened.sock is None:
        return Said()
    return await listen_to(opened.sock, _target(opened.place.address, port))


async def _accepted(port: int, opened: Sequence[Open]) -> Mapping[str, TcpSocket]:
    """By address, the other end of each connection, once a program has taken it; empty where the system tells none."""
    ends = {_end(each.sock): each.place.address for each in opened if each.sock is not None}
    found: dict[str, TcpSocket] = {}
    for delay in ACCEPTING if ends else ():
        await asyncio.sleep(delay)
        with suppress(OSError):  # then the listener alone tells who it is
            for each in await asyncio.to_thread(this_platform().tcp_sockets, port):
                address = ends.get((each.remote_address, each.remote_port))
                if address is not None and each.accepted:
                    found[address] = each
        if len(found) == len(ends):
            break
    return found


def _end(sock: socket.socket) -> tuple[str, int]:
    name = sock.getsockname()
    return str(name[0]).partition("%")[0], int(name[1])


def _answer(opened: Open, port: int, said: Said, held: TcpSocket | None, holding: Sequence[Listener]) -> Answer:
    place = opened.place
    at = reached(holding, place.address, place.interface)
    owner = _owner(held, at) if opened.sock is not None else None
    process = owner.process if owner is not None else None
    sign = identify(said.lines, process, SYSTEM)
    return Answer(
        address=place.address,
        port=port,
        interface=place.interface,
        connected=opened.sock is not None,
        ms=opened.ms,
        pid=owner.pid if owner is not None else None,
        process=process,
        user=owner.user if owner is not None else None,
        owner=owner.owner if owner is not None else None,
        container=next((each.container for each in at if owner is not None and each.pid == owner.pid), None),
        fingerprint="; ".join(said.lines) or None,
        identity=sign.identity if sign is not None else None,
        tls=said.tls,
        reset=said.reset,
        status=said.status,
        localhost=place.localhost,
        errno=opened.errno,
    )


def _owner(held: TcpSocket | None, at: Sequence[Listener]) -> TcpSocket | Listener | None:
    """Who was seen holding the accepted socket, else who holds the listener it came by, as the kernel chooses it."""
    if held is not None and (held.process is not None or held.pid is not None):
        return held
    return at[0] if at else held


def _target(address: str, port: int) -> SocketAddress:
    if ":" not in address:
        return address, port
    bare, _, scope = address.partition("%")
    return bare, port, 0, index_of_name(scope) if scope else 0
