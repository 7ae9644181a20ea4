"""What a read of many datagrams at once gives, and who can do it."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import NamedTuple, Protocol

BATCH = 64
"""Datagrams a read gives at most. More gave nothing when measured, and would keep the event loop longer."""

SourceKey = bytes | tuple[str, int] | tuple[str, int, int, int]
"""A sender's address as the system gave it: alike for alike senders, and made readable only when it is shown."""


class Batch(NamedTuple):
    """Datagrams in the order of their arrival, as columns of equal length.

    ``times`` are the kernel's receive times (seconds and nanoseconds since the epoch in two columns), None where it
    tells none. ``interfaces`` are the indexes they arrived by. ``drops`` counts what this socket had lost to its full
    receive buffer before each datagram, since it was opened. A column is None where the system does not tell.
    """

    sources: Sequence[SourceKey]
    payloads: Sequence[bytes]
    seconds: Sequence[int] | None
    nanoseconds: Sequence[int] | None
    ttls: Sequence[int] | None
    interfaces: Sequence[int] | None
    drops: Sequence[int] | None


class BatchReader(Protocol):
    """Reads what waits in a non-blocking UDP socket on which net.sockets.request_arrival was called."""

    def read(self, sock: socket.socket, limit: int) -> Batch | None:
        """At most ``limit`` datagrams and at most BATCH, fewer only where no more waited; None where none did.

        Raises OSError.
        """

    def source(self, key: SourceKey) -> tuple[str, int]:
        """Address (a link-local one with ``%name``) and port of a sender."""
