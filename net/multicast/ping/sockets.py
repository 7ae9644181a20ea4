"""The two sockets of a ping: one that asks and hears unicast, one that hears the group at the same port."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import NamedTuple

from net.multicast.ping.target import Target
from net.multicast.receiving import batch_reader
from net.platform.options import OPTIONS
from net.problems import ProblemError, make_problem
from net.sockets import (
    IPAddress,
    bind_to_interface,
    granted_buffer,
    join,
    join_source,
    receiver,
    request_arrival,
    share_port,
)

BURST = 64
"""Datagrams read from one socket before the event loop gets its turn."""
BUFFER_BYTES = 256 * 1024
_ATTEMPTS = 2
"""The first may only bring the ICMP error for the datagram before."""


class Arrived(NamedTuple):
    """A datagram: by which way, from which address, and at which time (seconds since the epoch)."""

    multicast: bool
    payload: bytes
    source: str
    time: float
    ttl: int | None


class PingSockets:
    """Read by the event loop from ``open`` and ``join`` to ``close``; ``heard`` gets each datagram, ``failed`` each
    OSError of reading and sending."""

    def __init__(
        self, target: Target, port: int, heard: Callable[[Arrived], None], failed: Callable[[OSError], None]
    ) -> None:
        self._target = target
        self._port = port
        self._heard = heard
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._reader = batch_reader()
        self._unicast: socket.socket | None = None
        self._multicast: socket.socket | None = None
        self.group: IPAddress | None = None
        """The group that is joined."""
        self.source: str | None = None
        """The own address that asks."""
        self.port = 0
        """The own port, to which replies come both ways."""

    def open(self, *, bound: bool) -> None:
        """Open the socket that asks; ``bound``: it uses the target's interface and no other. Raises OSError."""
        address, interface = self._target.address, self._target.interface
        sock = socket.socket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
        self._unicast = sock
        sock.setblocking(False)
        if not OPTIONS.binds_to_group:
            # There the group's socket is bound to the wildcard address, and to the same port.
            share_port(sock)
        request_arrival(sock, address.version)
        if bound:
            bind_to_interface(sock, interface.name, interface.index)
        scope = interface.index if address.is_link_local else 0
        sock.connect((str(address), self._port) if address.version == 4 else (str(address), self._port, 0, scope))
        self.source, self.port = sock.getsockname()[:2]
        self._loop.add_reader(sock, self._readable, sock)

    def join(self, group: IPAddress, source: IPAddress | None) -> None:
        """Join ``group`` (``source``: only what this address sends) instead of the one before. Raises ProblemError."""
        self._leave()
        interface = self._target.interface
        subject = f"[{group}]:{self.port}" if group.version == 6 else f"{group}:{self.port}"
        try:
            sock = receiver(group, self.port, interface.index, buffer_bytes=BUFFER_BYTES)
        except OSError as error:
            raise ProblemError(make_problem("bind_refused", subject, error)) from error
        try:
            if source is None:
                join(sock, group, interface.index)
            else:
                join_source(sock, group, interface.index, source)
        except OSError as error:
            sock.close()
            raise ProblemError(make_problem("join_refused", subject, error, interface=interface.name)) from error
        self._multicast, self.group = sock, group
        self._loop.add_reader(sock, self._readable, sock)

    @property
    def buffer_bytes(self) -> int | None:
        """The receive buffer granted for the group."""
        return granted_buffer(self._multicast) if self._multicast is not None else None

    def send(self, payload: bytes) -> bool:
        """Send to the target; whether it left. Never before ``open`` and after ``close``."""
        if self._unicast is None:
            return False
        for _ in range(_ATTEMPTS):
            try:
                self._unicast.send(payload)
            except OSError as error:
                self._failed(error)
            else:
                return True
        return False

    def close(self) -> None:
        """Leave the group and close; may be called twice."""
        self._leave()
        if self._unicast is not None:
            self._loop.remove_reader(self._unicast)
            self._unicast.close()
            self._unicast = None

    def _leave(self) -> None:
        if self._multicast is not None:
            self._loop.remove_reader(self._multicast)
            self._multicast.close()
            self._multicast = self.group = None

    def _readable(self, sock: socket.socket) -> None:
        try:
            batch = self._reader.read(sock, BURST)
        except OSError as error:
            self._failed(error)
            return
        if batch is None:
            return
        now = time.time()
        for place, payload in enumerate(batch.payloads):
            arrival = now
            if batch.seconds is not None and batch.nanoseconds is not None:
                arrival = batch.seconds[place] + batch.nanoseconds[place] / 1e9
            ttl = batch.ttls[place] if batch.ttls is not None else None
            source, _port = self._reader.source(batch.sources[place])
            self._heard(Arrived(sock is self._multicast, payload, source, arrival, ttl))
