"""Opens zeroconf on one interface and in one address family, so that nothing from elsewhere reaches it."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import os
import socket
from contextlib import suppress
from typing import Final

import msgspec
from zeroconf import IPVersion, NotRunningException
from zeroconf.asyncio import AsyncZeroconf

from net.platform.options import OPTIONS
from net.records import Family
from net.sockets import IPAddress, bind_to_interface, join, receiver

logger = logging.getLogger(__name__)

PORT: Final = 5353
GROUPS: Final[dict[Family, IPAddress]] = {
    "ipv4": ipaddress.IPv4Address("224.0.0.251"),
    "ipv6": ipaddress.IPv6Address("ff02::fb"),
}
_MOST_QUEUED = 10_000
_START_SECONDS = 1.0
_BUFFER_BYTES = 1024 * 1024


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where to ask: an interface of this host, the family, and the interface's address that asks."""

    interface: str
    index: int
    family: Family
    address: str


async def open_restricted(place: Place, *, quiet: bool = False) -> AsyncZeroconf:
    """A zeroconf instance whose sockets receive only what arrives on the interface of ``place``.

    A ``quiet`` one has no socket to send by.

    One per family: macOS and the BSDs deliver no IPv4 multicast to a dual-stack socket. IPv6 asks from the address
    that the system lists first for the interface. Raises OSError; EADDRNOTAVAIL where zeroconf joined nothing.
    """
    _keep_zeroconf_quiet()
    interface = place.address if place.family == "ipv4" else place.index
    version = IPVersion.V4Only if place.family == "ipv4" else IPVersion.V6Only
    try:
        zeroconf = AsyncZeroconf(interfaces=[interface], ip_version=version)
    except RuntimeError as error:  # zeroconf found no adapter of that index
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV)) from error
    except UnicodeDecodeError as error:  # ifaddr reads the names of all interfaces as UTF-8, which Linux does not ask
        raise OSError(errno.EILSEQ, os.strerror(errno.EILSEQ)) from error
    try:
        listening, asking = _unread_sockets(zeroconf)
        for sock in (*listening, *asking):
            bind_to_interface(sock, place.interface, place.index)
            _drain(sock)
        if not asking:
            _raise_refusal(place)
        if OPTIONS.binds_to_group:
            _listen_to_group_alone(zeroconf, place)
        if quiet:
            _silence(zeroconf)
    except OSError:
        await zeroconf.async_close()
        raise
    return zeroconf


async def started(zeroconf: AsyncZeroconf) -> None:
    """Wait until the sockets are read. Raises OSError where they cannot be.

    Who is cancelled while zeroconf waits takes the future with it on which its closing waits, too: hence the shield.
    """
    try:
        await asyncio.shield(zeroconf.zeroconf.async_wait_for_start(timeout=_START_SECONDS))
    except NotRunningException as error:
        raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL)) from error


def _unread_sockets(zeroconf: AsyncZeroconf) -> tuple[list[socket.socket], list[socket.socket]]:
    """The sockets of a new instance, that which listens and those that ask; here and in the two functions below are
    the only uses of zeroconf's private names.

    Until the next step of the event loop they wait in these attributes and nothing has been read from them; then
    transports take them over. zeroconf has no public way to bind them to an interface, and its listening socket is
    bound to the wildcard address, so that on Linux it would receive the group from every interface on which any
    process of this host has joined it.
    """
    engine = zeroconf.zeroconf.engine
    listening = engine._listen_socket  # noqa: SLF001
    return [listening] if listening is not None else [], list(engine._respond_sockets)  # noqa: SLF001


def _listen_to_group_alone(zeroconf: AsyncZeroconf, place: Place) -> None:
    """Replace the instance's ear by one that gets no unicast, of which it could not be told. Raises OSError."""
    engine = zeroconf.zeroconf.engine
    ear = listen(place, buffer_bytes=_BUFFER_BYTES)
    if engine._listen_socket is not None:  # noqa: SLF001
        engine._listen_socket.close()  # noqa: SLF001
    engine._listen_socket = ear  # noqa: SLF001


def _silence(zeroconf: AsyncZeroconf) -> None:
    """Leave the instance its ear and nothing else.

    Its other sockets are bound to port 5353 on this interface, and would take the unicast answers that others on this
    host have asked for.
    """
    engine = zeroconf.zeroconf.engine
    for sock in engine._respond_sockets:  # noqa: SLF001
        sock.close()
    engine._respond_sockets.clear()  # noqa: SLF001


def listen(place: Place, *, buffer_bytes: int) -> socket.socket:
    """A socket that hears what reaches the group on the interface of ``place`` and nothing else. Raises OSError.

    Where a socket cannot be bound to the group (Windows) it is bound to the wildcard address, and may then take
    unicast answers away from the other sockets of the port (RFC 6762 section 15.1).
    """
    group = GROUPS[place.family]
    sock = receiver(group, PORT, place.index, buffer_bytes=buffer_bytes)
    try:
        bind_to_interface(sock, place.interface, place.index)
        join(sock, group, place.index)
    except OSError:
        sock.close()
        raise
    return sock


def _drain(sock: socket.socket) -> None:
    """Throw away what arrived before the socket was bound to its interface."""
    sock.setblocking(False)
    with suppress(OSError):
        for _ in range(_MOST_QUEUED):
            sock.recv(1)


def _raise_refusal(place: Place) -> None:
    """Raise the OSError with which the system refuses the place; zeroconf only logs it."""
    family = socket.AF_INET if place.family == "ipv4" else socket.AF_INET6
    scope = (0, place.index) if place.family == "ipv6" else ()
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.bind((place.address.partition("%")[0], 0, *scope))
        join(sock, GROUPS[place.family], place.index)
    raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))


class _Forward(logging.Handler):
    """Hands on what zeroconf logs as details: a malformed packet or a vanished network is no failure here."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.debug("zeroconf: %s", record.getMessage(), exc_info=record.exc_info)


def _keep_zeroconf_quiet() -> None:
    """Let zeroconf's warnings and their tracebacks go to this module's logger at DEBUG instead of to stderr."""
    theirs = logging.getLogger("zeroconf")
    if not any(isinstance(handler, _Forward) for handler in theirs.handlers):
        theirs.addHandler(_Forward())
        theirs.propagate = False
