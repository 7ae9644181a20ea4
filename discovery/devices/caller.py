"""Asks a group on one interface, and hears what is answered to it alone and what others tell the group."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Callable
from typing import Final, NamedTuple

from discovery.bonjour.restricted import Place
from net import sockets
from net.multicast.receiving import batch_reader

logger = logging.getLogger(__name__)

_BUFFER_BYTES: Final = 1024 * 1024
_BURST = 64


class Protocol(NamedTuple):
    """Where devices are asked by a protocol: ``group`` and ``port``, and the TTL of what is sent."""

    group: str
    port: int
    ttl: int


class Caller:
    """From ``open`` to ``close`` joined on the place's interface alone, as ``net.sockets`` joins.

    ``heard`` gets payload, source address (a link-local one with its scope). A ``quiet`` one has no socket to send by.
    """

    def __init__(self, place: Place, protocol: Protocol, heard: Callable[[bytes, str], None], *, quiet: bool) -> None:
        self.place = place
        self.protocol = protocol
        self._heard = heard
        self._quiet = quiet
        self._reader = batch_reader()
        self._version = 4 if place.family == "ipv4" else 6
        self._sockets: list[socket.socket] = []
        self._asking: socket.socket | None = None

    def open(self) -> None:
        """Join, and get ready to ask. Raises OSError, and then nothing stays open."""
        try:
            self._sockets.append(self._ear())
            if not self._quiet:
                self._asking = self._mouth()
                self._sockets.append(self._asking)
        except OSError:
            self.close()
            raise
        loop = asyncio.get_running_loop()
        for sock in self._sockets:
            loop.add_reader(sock, self._readable, sock)

    def send(self, payload: bytes) -> None:
        """To the group. Raises OSError; does nothing where quiet or closed."""
        if self._asking is not None:
            scope = (0, self.place.index) if self._version == 6 else ()
            self._asking.sendto(payload, (self.protocol.group, self.protocol.port, *scope))

    def close(self) -> None:
        """Leave the group; does nothing the second time."""
        self._asking = None
        while self._sockets:
            sock = self._sockets.pop()
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()

    def _ear(self) -> socket.socket:
        group, place = ipaddress.ip_address(self.protocol.group), self.place
        sock = sockets.receiver(group, self.protocol.port, place.index, buffer_bytes=_BUFFER_BYTES)
        try:
            sockets.bind_to_interface(sock, place.interface, place.index)
            sockets.join(sock, group, place.index)
        except OSError:
            sock.close()
            raise
        return sock

    def _mouth(self) -> socket.socket:
        """Answers come by unicast to its port."""
        place = self.place
        sock = sockets.sender(self._version, place.index, ttl=self.protocol.ttl, loop=True)
        try:
            sockets.request_arrival(sock, self._version)
            sockets.bind_to_interface(sock, place.interface, place.index)
            sock.bind((place.address, 0) if self._version == 4 else ("::", 0, 0, 0))
        except OSError:
            sock.close()
            raise
        return sock

    def _readable(self, sock: socket.socket) -> None:
        try:
            batch = self._reader.read(sock, _BURST)
        except OSError as error:
            # ENETDOWN when the interface goes, ECONNREFUSED for an earlier packet: who follows the interfaces closes.
            logger.debug("while hearing devices on %s: %s", self.place.interface, error)
            return
        if batch is None:
            return
        here = self.place.index
        for at, payload in enumerate(batch.payloads):
            # A socket that is bound to an interface filters what arrives on Linux only.
            if batch.interfaces is None or batch.interfaces[at] == here:
                self._heard(payload, self._reader.source(batch.sources[at])[0])
