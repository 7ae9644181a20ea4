"""Stands before zeroconf: lets in only what may change anything, and hands on the unicast answers to its questions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import cast

from zeroconf.asyncio import AsyncZeroconf

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.restricted import Place
from net.platform.options import OPTIONS

Hear = Callable[[HeardPacket], None]
Accept = Callable[[HeardPacket], bool]


def stand_before(zeroconf: AsyncZeroconf, place: Place, accepts: Accept, hear: Hear | None = None) -> None:
    """Let the ``zeroconf`` of ``place`` have only the packets that ``accepts`` takes, and ``hear`` those by unicast.

    The sockets by which it asks are bound to the interface's address, so what they get came by unicast; the one by
    which it listens is bound to the group. Where none can be (Windows) what that one gets is taken for multicast, and
    handed to ``hear`` as well.
    """
    engine = zeroconf.zeroconf.engine
    asking = [wrapped.transport for wrapped in engine.senders]
    for transport in [wrapped.transport for wrapped in engine.readers]:
        unicast = transport in asking
        theirs = cast("asyncio.DatagramProtocol", transport.get_protocol())
        heard = hear if unicast or not OPTIONS.binds_to_group else None
        transport.set_protocol(_Standing(theirs, place, accepts, heard, unicast=unicast))


class _Standing(asyncio.DatagramProtocol):
    def __init__(
        self, theirs: asyncio.DatagramProtocol, place: Place, accepts: Accept, hear: Hear | None, *, unicast: bool
    ) -> None:
        self._theirs = theirs
        self._place = place
        self._accepts = accepts
        self._hear = hear
        self._unicast = unicast

    def datagram_received(self, data: bytes, address: tuple[str, int] | tuple[str, int, int, int]) -> None:
        source = address[0]
        if len(address) == 4 and address[3] and "%" not in source:
            source = f"{source}%{self._place.interface}"
        place = self._place
        packet = HeardPacket(
            time.time(), place.interface, place.family, source, address[1], None, data, unicast=self._unicast
        )
        if self._hear is not None:
            self._hear(packet)
        if self._accepts(packet):
            self._theirs.datagram_received(data, cast("tuple[str, int]", address))

    def error_received(self, error: Exception) -> None:
        self._theirs.error_received(error)

    def connection_lost(self, error: Exception | None) -> None:
        self._theirs.connection_lost(error)
