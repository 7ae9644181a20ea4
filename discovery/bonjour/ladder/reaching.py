"""Asks single hosts of a link by unicast, to tell a link without mDNS from one that only keeps multicast back."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import secrets
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Literal, NamedTuple

from discovery.bonjour.compose import compose
from discovery.bonjour.ladder.facts import Reached, Refusal
from discovery.bonjour.names import parse_name
from discovery.bonjour.rdata import PTR
from discovery.bonjour.restricted import PORT
from discovery.bonjour.speaking import TTL
from discovery.bonjour.wire import Question, decode
from net import sockets
from net.platform import this_platform
from net.platform.protocol import Neighbour
from net.records import Interface

META = parse_name("_services._dns-sd._udp.local")
MOST_NEIGHBOURS = 3
"""Asked beside the host that was named, hosts that were heard and the gateways."""
_REFUSALS = {errno.ECONNREFUSED, errno.ECONNRESET}
"""With what a read tells that the host says its port is closed (ICMP port unreachable)."""
_LARGEST = 9000

What = Literal["named", "gateway", "heard", "neighbour"]


class Target(NamedTuple):
    """A host to ask."""

    address: str
    what: What


def targets(face: Interface, named: str | None, heard: Iterable[str], known: Iterable[Neighbour]) -> list[Target]:
    """Whom to ask on the interface: the named host, one that was heard, its gateways, a few neighbours."""
    own = {address.address for address in face.addresses}
    wished = [Target(named, "named")] if named is not None else []
    wished += [Target(host, "heard") for host in list(heard)[:1]]
    wished += [Target(gateway, "gateway") for gateway in face.gateways]
    neighbours = [each.address for each in known if each.interface == face.name and each.mac is not None]
    wished += [Target(address, "neighbour") for address in neighbours[:MOST_NEIGHBOURS]]
    first: dict[str, Target] = {}
    for target in wished:
        if target.address not in own:
            first.setdefault(target.address, target)
    return list(first.values())


def on_link(face: Interface, address: str) -> bool:
    """Whether the address is in a network of the interface."""
    plain, _, scope = address.partition("%")
    parsed = ipaddress.ip_address(plain)
    if parsed.version == 6 and parsed.is_link_local:
        return scope in ("", face.name)
    return any(
        own.prefix is not None
        and parsed in ipaddress.ip_network(f"{own.address.partition('%')[0]}/{own.prefix}", False)
        for own in face.addresses
        if (own.family == "ipv6") == (parsed.version == 6)
    )


async def neighbours() -> tuple[Neighbour, ...]:
    """The kernel's table; empty where it cannot be read."""
    with suppress(OSError):
        return await asyncio.to_thread(this_platform().neighbours)
    return ()


async def reach(
    face: Interface,
    asked: list[Target],
    seconds: float,
    tell: Callable[[Reached], None],
    enough: Callable[[], bool] = lambda: False,
) -> None:
    """Tell of each target what came of it: an answer at once, the rest when ``seconds`` are over.

    ``enough`` is asked after each answer: where it is, the rest is told nothing of, since it had no time to answer.
    """
    before = {each.address: each for each in await neighbours() if each.interface == face.name}
    begun = time.monotonic()
    ended = asyncio.Event()

    def told(reached: Reached) -> None:
        tell(reached)
        if enough() or all(inquiry.reached for inquiry in inquiries):
            ended.set()

    inquiries = [_Inquiry(face, target, told) for target in asked]
    try:
        for inquiry in inquiries:
            inquiry.open()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ended.wait()
    finally:
        for inquiry in inquiries:
            inquiry.close()
    if ended.is_set():
        return
    after = {each.address: each for each in await neighbours() if each.interface == face.name}
    passed = time.monotonic() - begun
    for inquiry in inquiries:
        if inquiry.reached is None:
            tell(_by_table(inquiry.target, before, after, passed))


def _by_table(target: Target, before: dict[str, Neighbour], after: dict[str, Neighbour], passed: float) -> Reached:
    """What the kernel's table tells of a host that did not answer, ``passed`` seconds after it was asked."""
    now, then = after.get(target.address), before.get(target.address)
    if now is None:
        return Reached(address=target.address, what=target.what, outcome="unknown")
    if now.mac is None:
        return Reached(address=target.address, what=target.what, outcome="unresolved")
    fresh = now.age <= passed if now.age is not None else then is None or then.mac is None
    return Reached(address=target.address, what=target.what, outcome="resolved" if fresh else "unknown")


class _Inquiry:
    """A connected socket of one target, so that its ICMP errors are told; ``tell`` gets ``reached``."""

    def __init__(self, face: Interface, target: Target, tell: Callable[[Reached], None]) -> None:
        self.target = target
        self.reached: Reached | None = None
        self._tell = tell
        self._face = face
        self._id = secrets.randbelow(0xFFFF) + 1
        self._begun = time.monotonic()
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Ask, or tell why not."""
        face, address = self._face, self.target.address
        if not on_link(face, address):
            self._conclude("elsewhere")
            return
        version = ipaddress.ip_address(address.partition("%")[0]).version
        try:
            sock = self._socket = sockets.sender(version, None, ttl=TTL, loop=False)
            sockets.send_unicast_with(sock, version, TTL)
            sockets.bind_to_interface(sock, face.name, face.index)
            plain = address.partition("%")[0]
            link_local = version == 6 and ipaddress.ip_address(plain).is_link_local
            sock.connect((plain, PORT) if version == 4 else (plain, PORT, 0, face.index if link_local else 0))
            self._begun = time.monotonic()
            asyncio.get_running_loop().add_reader(sock, self._readable, sock)
            for question in self._questions(plain):
                sock.send(compose(id=self._id, questions=(question,)))
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """Do nothing the second time."""
        sock, self._socket = self._socket, None
        if sock is not None:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()

    def _questions(self, plain: str) -> tuple[Question, ...]:
        """Its services, and the name of its address, which a responder without services knows too."""
        reverse = ipaddress.ip_address(plain).reverse_pointer
        return Question(META, PTR, False), Question(parse_name(reverse), PTR, False)

    def _readable(self, sock: socket.socket) -> None:
        try:
            payload = sock.recv(_LARGEST)
        except BlockingIOError:
            return
        except OSError as error:
            self._fail(error)
            return
        message = decode(payload)
        if message.response and message.id in (self._id, 0):
            self._conclude("answered")

    def _fail(self, error: OSError) -> None:
        if error.errno in _REFUSALS:
            self._conclude("refused")
        elif error.errno != errno.EHOSTUNREACH:  # that is for the neighbour table to say
            self._conclude("unsent", Refusal(error.errno, error.strerror or str(error)))

    def _conclude(
        self, outcome: Literal["answered", "refused", "unsent", "elsewhere"], refusal: Refusal | None = None
    ) -> None:
        if self.reached is None:
            ms = (time.monotonic() - self._begun) * 1000
            self.reached = Reached(
                address=self.target.address, what=self.target.what, outcome=outcome, ms=ms, refusal=refusal
            )
            self._tell(self.reached)
