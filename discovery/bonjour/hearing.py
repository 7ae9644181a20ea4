"""Hears every mDNS packet that reaches the group on one interface, and asks nothing."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from discovery.bonjour.restricted import Place, listen
from net import sockets
from net.multicast.receiving import batch_reader
from net.platform.batch import Batch, BatchReader
from net.records import Family

logger = logging.getLogger(__name__)

_BUFFER_BYTES = 1024 * 1024
_BURST = 64
"""Packets read at once."""
TURN: Final = 0.01
"""Seconds of work on packets before the event loop gets its turn: a hostile packet may cost as much as hundreds."""


class HeardPacket(NamedTuple):
    """A packet as it was heard: ``time`` is the kernel's, seconds since the epoch; ``ttl`` the IP TTL or hop limit,
    None where the system does not tell. ``unicast``: it came to an address of this host, not to the group."""

    time: float
    interface: str
    family: Family
    source: str
    source_port: int
    ttl: int | None
    payload: bytes
    unicast: bool = False


class Hearing:
    """Joined and read by the event loop from ``open`` to ``close``; ``heard`` gets each packet, this host's own too.

    ``tap`` gets the packets as they were read, with all that the system told of them.
    """

    def __init__(
        self, place: Place, heard: Callable[[HeardPacket], None], tap: Callable[[Batch], None] | None = None
    ) -> None:
        self.place = place
        self.packets = 0
        self._heard = heard
        self._tap = tap
        self._reader = batch_reader()
        self._socket: socket.socket | None = None
        self._waiting: Iterator[HeardPacket] | None = None

    def open(self) -> None:
        """Join the group on the place's interface alone; see ``restricted.listen``. Raises OSError."""
        sock = listen(self.place, buffer_bytes=_BUFFER_BYTES)
        self._socket = sock
        asyncio.get_running_loop().add_reader(sock, self._readable)

    @property
    def dropped(self) -> int | None:
        """Packets lost because this program did not read them in time; None where the system does not tell."""
        return sockets.dropped(self._socket) if self._socket is not None else None

    def close(self) -> None:
        """Leave the group; does nothing the second time."""
        sock, self._socket = self._socket, None
        self._waiting = None
        if sock is not None:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()

    def _readable(self) -> None:
        if self._socket is None or self._waiting is not None:
            return
        try:
            batch = self._reader.read(self._socket, _BURST)
        except OSError as error:
            # ENETDOWN when the interface goes; the one who follows the interfaces closes then.
            logger.debug("while hearing mDNS on %s: %s", self.place.interface, error)
            return
        if batch is None:
            return
        if self._tap is not None:
            self._tap(batch)
        self._waiting = packets_of(batch, self._reader, self.place)
        self._hand_on()

    def _hand_on(self) -> None:
        """The packets that were read, for the time of a turn; the next turn has the rest."""
        until = time.monotonic() + TURN
        for packet in self._waiting or ():
            self.packets += 1
            self._heard(packet)
            if self._socket is None:
                break
            if time.monotonic() >= until:
                asyncio.get_running_loop().call_soon(self._hand_on)
                return
        self._waiting = None


def packets_of(batch: Batch, reader: BatchReader, place: Place, *, unicast: bool = False) -> Iterator[HeardPacket]:
    """What ``reader`` read at ``place``, packet by packet; this computer's time where the kernel told none."""
    now = time.time()
    for at, payload in enumerate(batch.payloads):
        arrival = now
        if batch.seconds is not None and batch.nanoseconds is not None:
            arrival = batch.seconds[at] + batch.nanoseconds[at] / 1e9
        ttl = batch.ttls[at] if batch.ttls is not None else None
        source, port = reader.source(batch.sources[at])
        yield HeardPacket(arrival, place.interface, place.family, source, port, ttl, payload, unicast)
