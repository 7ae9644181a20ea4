"""Could a program bind this port? It is tried in sockets that are thrown away at once, and explained."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from net.platform import this_platform
from net.platform.bind_limits import BindLimits
from net.platform.names import index_of_name
from net.platform.tcp_sockets import TcpSocket
from net.ports.bind_reasons import Attempt, Surroundings, caveats, holders_text, lent, refusal, unknown
from net.ports.listeners import snapshot
from net.ports.reaching import overlapping
from net.ports.records import Binding, Listener
from net.problems import ProblemError, make_problem
from net.requests import BindRequest, PortsRequest
from net.sockets import try_bind

WILDCARDS: dict[str, tuple[Literal["v4", "v6", "dual"], ...]] = {"0.0.0.0": ("v4",), "::": ("v6", "dual")}
"""How a socket for every address can be made."""

NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL, errno.ENODEV, errno.ENXIO)
"""What says that the address is the fault, which nobody holds."""


class Way(NamedTuple):
    """One way to bind: an address (a link-local one with ``%name``) and the stacks the socket takes."""

    address: str
    stack: Literal["v4", "v6", "dual"]


async def watch(request: BindRequest) -> AsyncGenerator[tuple[Binding, ...], None]:
    """A Binding for each way: one for an address, v4, v6 and both together for every address.

    Nothing listens meanwhile, and nothing is sent. Raises ProblemError: bind_address_invalid, or where the listeners
    cannot be read.
    """
    tried = ways(request.address)
    holding = await snapshot(PortsRequest(protocol=request.protocol, follow=False))
    yield await asyncio.to_thread(_check, request, tried, holding)


def ways(address: str | None) -> tuple[Way, ...]:
    """Raises ProblemError (bind_address_invalid)."""
    if address is None:
        return tuple(Way(each, stack) for each, stacks in WILDCARDS.items() for stack in stacks)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        raise ProblemError(make_problem("bind_address_invalid", address)) from None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    text = str(parsed)
    stacks: tuple[Literal["v4", "v6", "dual"], ...] = ("v4",) if parsed.version == 4 else ("v6",)
    return tuple(Way(text, stack) for stack in WILDCARDS.get(text, stacks))


def attempt(way: Way, port: int, protocol: str, *, reuse: bool = False) -> OSError | None:
    """The refusal of a bind, None where it was granted."""
    bare, _, scope = way.address.partition("%")
    try:
        index = _index(scope)
        try_bind(bare, port, stream=protocol == "tcp", scope=index, v6only=way.stack != "dual", reuse=reuse)
    except OSError as error:
        return error
    return None


def candidates(port: int) -> Iterator[int]:
    """The other ports by their distance, the higher one first."""
    for distance in range(1, 65535):
        for other in (port + distance, port - distance):
            if 0 < other < 65536:
                yield other


def nearest_free(port: int, limits: BindLimits, taken: set[int], possible: Callable[[int], bool]) -> int | None:
    """The nearest port that is nobody's, that the system does not keep back, and that ``possible`` says can be bound.

    Ports that need a right are left to those that have it, unless ``port`` itself is one, and the range of outgoing
    connections to them, unless there is no other.
    """

    def fits(other: int) -> bool:
        if other in taken or other in limits.restricted or limits.reserved(other) or limits.translated(other):
            return False
        if other < limits.privileged_below and (not limits.privileged or port >= limits.privileged_below):
            return False
        return possible(other)

    for in_range in (False, True):
        found = next((each for each in candidates(port) if limits.in_ephemeral(each) is in_range and fits(each)), None)
        if found is not None:
            return found
    return None


def _check(request: BindRequest, tried: Sequence[Way], holding: Sequence[Listener]) -> tuple[Binding, ...]:
    platform = this_platform()
    limits = platform.bind_limits(request.protocol)
    around = Surroundings(
        limits=limits,
        listeners=tuple(each for each in holding if each.port == request.port),
        sockets=_sockets(request),
    )
    attempts = [(way, attempt(way, request.port, request.protocol)) for way in tried]
    refused = [way for way, error in attempts if error is not None]
    # Where a way is refused for any port (no such address, no IPv6), no other port helps.
    helped = [way for way in refused if attempt(way, 0, request.protocol) is None]
    taken = {each.port for each in holding}

    def possible(port: int) -> bool:
        return all(attempt(way, port, request.protocol) is None for way in tried if way in helped or way not in refused)

    free = nearest_free(request.port, limits, taken, possible) if helped else None
    return tuple(_binding(request, way, error, around, free if way in helped else None) for way, error in attempts)


def _binding(request: BindRequest, way: Way, error: OSError | None, around: Surroundings, free: int | None) -> Binding:
    made = Attempt(way.address, request.port, request.protocol, way.stack)
    shared = error is None or _shareable(way, request.port, request.protocol)
    problem = refusal(made, error, around, shared=shared) if error is not None else None
    warnings = caveats(made, around) if error is None else ()
    unseen = unknown(made, around.limits) if error is None else None
    beware = lent(made, free, around.limits) if free is not None else None
    here = error is None or error.errno not in NOT_HERE
    return Binding(
        address=way.address,
        port=request.port,
        protocol=request.protocol,
        stack=way.stack,
        possible=error is None,
        with_reuse=shared,
        errno=error.errno if error is not None else None,
        reason=problem.text if problem is not None else None,
        remedy=problem.remedy if problem is not None else None,
        holder=(holders_text(overlapping(around.listeners, way.address, way.stack)) or None) if here else None,
        caveat=" ".join(f"{each.text} {each.remedy}" for each in warnings) or None,
        unknown=f"{unseen.text} {unseen.remedy}" if unseen is not None else None,
        free=free,
        free_caveat=beware.text if beware is not None else None,
    )


def _shareable(way: Way, port: int, protocol: str) -> bool:
    """Whether a bind is granted with the options for reuse.

    One that is granted without them is granted with them, too. Trying it would tell the kernel that the port is
    shared, and Linux believes that as long as any socket has the port (inet_csk_update_fastreuse): after one for IPv6
    it no longer looks what a socket for both stacks meets, which is therefore concluded from one for each.
    """
    if way.stack == "dual":
        return all(_shareable(Way(each, stacks[0]), port, protocol) for each, stacks in WILDCARDS.items())
    return attempt(way, port, protocol) is None or attempt(way, port, protocol, reuse=True) is None


def _sockets(request: BindRequest) -> tuple[TcpSocket, ...]:
    if request.protocol == "udp":
        return ()
    try:
        return this_platform().tcp_sockets(request.port)
    except OSError:  # then a port that no listener holds has no explanation from here
        return ()


def _index(scope: str) -> int:
    if not scope:
        return 0
    return int(scope) if scope.isdigit() else index_of_name(scope)
