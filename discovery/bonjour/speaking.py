"""Sends mDNS messages from one address of one interface, and hears what is answered to that address alone."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from discovery.bonjour.hearing import HeardPacket, packets_of
from discovery.bonjour.restricted import GROUPS, PORT, Place
from net import sockets
from net.multicast.receiving import batch_reader
from net.records import Interface

logger = logging.getLogger(__name__)

TTL: Final = 255
"""RFC 6762 section 11: all responses are sent with it; queries, too, so that nobody doubts where they are from."""
_BURST = 64
_PASSING = {errno.ECONNREFUSED, errno.ECONNRESET, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH}
"""With what a read may fail because of an earlier message that did not arrive, or of a network that is down."""


class Speaker:
    """A socket of the place's address from ``open`` to ``close``, bound to its interface; ``heard`` gets its unicast.

    From ``port`` 5353 it is shared with the system's own responder. A unicast packet to that port goes to one socket
    only (RFC 6762 section 15.1): on Linux to this one, being bound to the address, and not to a responder that is bound
    to all; that is measured. Which one other systems choose is not known.
    """

    def __init__(self, place: Place, heard: Callable[[HeardPacket], None], *, port: int = PORT) -> None:
        self.place = place
        self._heard = heard
        self._port = port
        self._version = 4 if place.family == "ipv4" else 6
        self._reader = batch_reader()
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Bind and begin to hear. Raises OSError."""
        place = self.place
        sock = sockets.sender(self._version, place.index, ttl=TTL, loop=True)
        try:
            sockets.send_unicast_with(sock, self._version, TTL)
            sockets.bind_to_interface(sock, place.interface, place.index)
            sockets.request_arrival(sock, self._version)
            if self._port:
                sockets.share_port(sock)
            sock.bind(self._named(place.address, self._port))
        except OSError:
            sock.close()
            raise
        self._socket = sock
        asyncio.get_running_loop().add_reader(sock, self._readable)

    def send(self, payload: bytes) -> None:
        """To the group, on the place's interface. Raises OSError."""
        self.reply(payload, str(GROUPS[self.place.family]), PORT)

    def reply(self, payload: bytes, address: str, port: int) -> None:
        """To one host. Raises OSError; ENOTCONN once closed."""
        if self._socket is None:
            raise OSError(errno.ENOTCONN, "the socket is closed")
        self._socket.sendto(payload, self._named(address, port))

    def close(self) -> None:
        """Give the port back; does nothing the second time."""
        sock, self._socket = self._socket, None
        if sock is not None:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()

    def _named(self, address: str, port: int) -> tuple[str, int] | tuple[str, int, int, int]:
        """As a socket of the family names it: a link-local address goes with the interface."""
        plain = address.partition("%")[0]
        if self._version == 4:
            return plain, port
        return plain, port, 0, self.place.index if plain.lower().startswith(("fe8", "fe9", "fea", "feb", "ff")) else 0

    def _readable(self) -> None:
        if self._socket is None:
            return
        try:
            batch = self._reader.read(self._socket, _BURST)
        except OSError as error:
            if error.errno not in _PASSING:
                logger.warning("mDNS to %s on %s: %s", self.place.address, self.place.interface, error)
            return
        if batch is not None:
            for packet in packets_of(batch, self._reader, self.place, unicast=True):
                self._heard(packet)


def speaking_from(place: Place, interface: Interface) -> Place:
    """The place with the address that speaks for it: over IPv6 the link-local one, as responders do, if it has one."""
    if place.family == "ipv6":
        for address in interface.addresses:
            if address.family == "ipv6" and address.scope == "link":
                return replace(place, address=address.address)
    return place
