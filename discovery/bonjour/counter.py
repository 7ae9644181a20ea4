"""Counts the mDNS packets from other hosts that arrive on one interface."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from discovery.bonjour.restricted import GROUPS, PORT, Place
from net import sockets
from net.platform.options import OPTIONS

logger = logging.getLogger(__name__)

_BUFFER_BYTES = 512 * 1024


class PacketCounter(asyncio.DatagramProtocol):
    """``packets`` counts what was heard from elsewhere; ``is_own`` tells this host's addresses, without scope."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self.packets = 0
        self._is_own = is_own
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, place: Place) -> bool:
        """Begin to count at ``place``; False where the system has no socket that hears only the group there.

        A socket bound to the wildcard address would take unicast answers away from those who asked.
        """
        if not OPTIONS.binds_to_group:
            return False
        group = GROUPS[place.family]
        try:
            sock = sockets.receiver(group, PORT, place.index, buffer_bytes=_BUFFER_BYTES)
        except OSError as error:
            logger.debug("no packets are counted on %s over %s: %s", place.interface, place.family, error)
            return False
        try:
            sockets.bind_to_interface(sock, place.interface, place.index)
            sockets.join(sock, group, place.index)
            await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=sock)
        except OSError as error:
            sock.close()
            logger.debug("no packets are counted on %s over %s: %s", place.interface, place.family, error)
            return False
        return True

    def close(self) -> None:
        """Stop counting; does nothing the second time."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:  # noqa: ARG002
        if not self._is_own(address[0].partition("%")[0]):
            self.packets += 1

    def error_received(self, error: Exception) -> None:
        logger.debug("while counting packets: %s", error)
