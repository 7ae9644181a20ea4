"""Hears what zeroconf's sockets receive besides: the unicast answers to its questions."""

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


def overhear(zeroconf: AsyncZeroconf, place: Place, hear: Hear) -> None:
    """Let ``hear`` have the packets, too, that reach the sockets by which ``zeroconf`` asks at ``place``.

    They are bound to the interface's address, so what they get came by unicast. Where no other socket can be bound to
    the group (Windows), what zeroconf's listening socket gets is handed on as well.
    """
    engine = zeroconf.zeroconf.engine
    asking = [wrapped.transport for wrapped in engine.senders]
    heard = asking if OPTIONS.binds_to_group else [wrapped.transport for wrapped in engine.readers]
    for transport in heard:
        theirs = cast("asyncio.DatagramProtocol", transport.get_protocol())
        transport.set_protocol(_Overhearing(theirs, place, hear, unicast=transport in asking))


class _Overhearing(asyncio.DatagramProtocol):
    """Stands before zeroconf's protocol."""

    def __init__(self, theirs: asyncio.DatagramProtocol, place: Place, hear: Hear, *, unicast: bool) -> None:
        self._theirs = theirs
        self._place = place
        self._hear = hear
        self._unicast = unicast

    def datagram_received(self, data: bytes, address: tuple[str, int] | tuple[str, int, int, int]) -> None:
        source = address[0]
        if len(address) == 4 and address[3] and "%" not in source:
            source = f"{source}%{self._place.interface}"
        place = self._place
        self._hear(
            HeardPacket(
                time.time(), place.interface, place.family, source, address[1], None, data, unicast=self._unicast
            )
        )
        self._theirs.datagram_received(data, cast("tuple[str, int]", address))

    def error_received(self, error: Exception) -> None:
        self._theirs.error_received(error)

    def connection_lost(self, error: Exception | None) -> None:
        self._theirs.connection_lost(error)
