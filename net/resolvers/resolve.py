"""The resolver matrix: every server by UDP and TCP, as routed and bound to its interface, beside getaddrinfo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

import dns.name

from net.platform import this_platform
from net.problems import ProblemError, make_problem
from net.record import Record
from net.requests import ResolveRequest
from net.resolvers import cells
from net.resolvers.address import ServerAddress, lacks_zone, server_address
from net.resolvers.cells import Asked
from net.resolvers.queries import Way
from net.resolvers.questions import parse_name
from net.resolvers.records import Resolution, Resolver, SystemResolution
from net.resolvers.servers import missing, snapshot
from net.resolvers.system_answer import ask_system
from net.resolvers.verdict import conclude
from net.tasks import start, stop

AT_ONCE = 36
"""Cells asked at a time: of 6 servers by both paths. They take 132 sockets; a Mac gives a process 256 files."""


class Target(NamedTuple):
    """A server and the interface to be bound to, None for the default path."""

    server: ServerAddress
    interface: str | None


async def resolve(request: ResolveRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """The Resolvers, each Resolution as it is known, the SystemResolution, and at the end a Verdict for each fault.

    All servers are asked for the name, also those that are responsible for other domains only. Where nothing is wrong,
    the one Verdict is resolve_healthy. Raises ProblemError for a name, a server or an interface that is none, and where
    there is no server to ask.
    """
    name = parse_name(request.name)
    asked_servers = [_server(text, request.interfaces) for text in request.servers]
    used = await snapshot(request.interfaces)
    own = await snapshot() if request.interfaces else used
    targets = _targets(asked_servers, used, request.interfaces)
    if not targets:
        raise ProblemError(missing(request.interfaces))
    asked = await asyncio.to_thread(_all_asked, name, targets, request)
    if used:
        yield used
    resolutions: list[Resolution] = []
    system: SystemResolution | None = None
    limit = asyncio.Semaphore(AT_ONCE)
    text = name.to_text(omit_final_dot=True)
    waiting: set[asyncio.Task[Resolution | SystemResolution]] = {
        start(ask_system(text, request.system_timeout_s), "getaddrinfo", log=False)
    }
    for each in asked:
        for cell in (cells.udp, cells.udp_large, cells.tcp):
            waiting.add(start(_limited(limit, cell, each), f"ask {each.server.address}", log=False))
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            answers = [task.result() for task in done]
            resolutions += [each for each in answers if isinstance(each, Resolution)]
            system = next((each for each in answers if isinstance(each, SystemResolution)), system)
            yield tuple(answers)
    finally:
        await stop(*waiting)
    if system is not None:
        yield conclude(text, own, resolutions, system)


def _server(text: str, interfaces: Sequence[str]) -> ServerAddress:
    """On the one interface that was chosen, where the address needs one and names none."""
    found = server_address(text, interfaces[0] if len(interfaces) == 1 else None)
    if found is None:
        raise ProblemError(make_problem("resolve_server_invalid", text))
    if lacks_zone(found.address):
        raise ProblemError(make_problem("resolve_server_zone", text))
    return found


def _targets(asked: Sequence[ServerAddress], used: Sequence[Resolver], interfaces: Sequence[str]) -> tuple[Target, ...]:
    """Each server once by the default path, and once bound to each interface it is a server of.

    ``asked`` replaces the system's. A server of no interface in particular is bound to each of ``interfaces``.
    """
    homes: dict[ServerAddress, list[str]] = {server: [] for server in asked}
    for each in used:
        server = ServerAddress(each.server, each.port)
        if each.interface is not None and (server in homes or not asked):
            homes.setdefault(server, []).append(each.interface)
        elif not asked:
            homes.setdefault(server, [])
    found = []
    for server, home in homes.items():
        found.append(Target(server, None))
        found += [Target(server, name) for name in dict.fromkeys(home or interfaces)]
    return tuple(found)


def _all_asked(name: dns.name.Name, targets: Sequence[Target], request: ResolveRequest) -> list[Asked]:
    """Blocks: the interfaces' indices and the routes are asked of the kernel."""
    indices = {link.name: link.index for link in this_platform().links()}
    return [_asked(name, target, request, indices) for target in targets]


def _asked(name: dns.name.Name, target: Target, request: ResolveRequest, indices: Mapping[str, int]) -> Asked:
    bound = target.interface
    return Asked(
        name=name,
        server=target.server,
        interface=_routed(target.server.address) if bound is None else bound,
        # An interface that is gone has no index; binding to it then says so.
        way=None if bound is None else Way(bound, indices.get(bound, 0)),
        tries=request.tries,
        seconds=request.timeout_s,
    )


def _routed(address: str) -> str | None:
    try:
        return this_platform().lookup(address).interface
    except OSError:  # the questions themselves are refused for the same reason, and tell it
        return None


async def _limited(
    limit: asyncio.Semaphore, cell: Callable[[Asked], Awaitable[Resolution]], asked: Asked
) -> Resolution:
    async with limit:
        return await cell(asked)
