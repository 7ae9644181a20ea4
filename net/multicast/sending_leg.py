"""One interface of a send: its socket, what went out, how fast, and what was refused."""

from __future__ import annotations

import errno
import socket
from collections import deque

from net.multicast.endpoint import Endpoint
from net.multicast.send_warnings import interface_warnings
from net.platform.names import interface_names
from net.problems import ProblemError, make_problem
from net.records import Interface, Problem, Sent
from net.routes import egress
from net.sockets import local_address, sender

RECENT = 1.0
"""Seconds over which the achieved rate is told."""
ATTEMPTS = 100
"""Refusals for want of buffers (ENOBUFS) in a row before they are told."""


class Leg:
    """Sends to ``endpoint`` by ``interface`` (None: as the kernel routes) from ``open`` to ``close``.

    ``leaves_by`` is the interface's name and ``source`` the address datagrams leave from, None where nothing tells.
    """

    def __init__(self, endpoint: Endpoint, interface: Interface | None) -> None:
        self.sent = self.bytes = 0
        self.waiting: bytes | None = None
        self.source: str | None = None
        self.leaves_by = interface.name if interface is not None else None
        self._endpoint = endpoint
        self._interface = interface
        self._socket: socket.socket | None = None
        self._problems: dict[int | None, Problem] = {}
        # (time, sent, bytes) of each progress told within RECENT
        self._recent: deque[tuple[float, int, int]] = deque()
        self._begun = self._ended = 0.0
        self._attempts = 0

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is doubtful about the interface, known once it is open."""
        return () if self._interface is None else interface_warnings(self._endpoint, self._interface, self.source)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """One for each errno."""
        return tuple(self._problems.values())

    async def open(self, *, ttl: int, loop: bool, dscp: int | None) -> None:
        """Open and connect the socket; raises ProblemError, after which nothing is open."""
        version, interface = self._endpoint.group.version, self._interface
        try:
            self._socket = sender(
                version,
                interface.index if interface is not None else None,
                source=interface.ipv4 if interface is not None and version == 4 else None,
                ttl=ttl,
                loop=loop,
                dscp=dscp,
            )
            self._connect(self._socket)
        except OSError as error:
            self.close()
            raise ProblemError(self._refused(error)) from error
        if self.leaves_by is None:
            self.leaves_by = (await egress(str(self._endpoint.group))).interface

    def close(self) -> None:
        """May be called twice."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def begin(self, now: float) -> None:
        """The first datagram is about to be sent; ``now`` is the event loop's time."""
        self._begun = self._ended = now
        self._recent.append((now, 0, 0))

    def send(self, payload: bytes) -> None:
        """Send, or take note of the refusal; where there is no room now, ``waiting`` keeps it."""
        if self._socket is None:
            return
        try:
            self._socket.send(payload)
        except BlockingIOError:
            self.waiting = payload
        except OSError as error:
            # xnu: the queue of the interface is full, or stays so because nothing takes from it.
            if error.errno == errno.ENOBUFS and self._attempts < ATTEMPTS:
                self._attempts += 1
                self.waiting = payload
            elif error.errno not in self._problems:
                self._problems[error.errno] = self._refused(error)
        else:
            self._attempts = 0
            self.sent += 1
            self.bytes += len(payload)

    def retry(self) -> bool:
        """Send what waits; tells whether nothing waits any more."""
        if self.waiting is not None:
            payload, self.waiting = self.waiting, None
            self.send(payload)
        return self.waiting is None

    def progress(self, now: float) -> Sent:
        """Counts so far, and the rate achieved in the last second."""
        self._ended = now
        recent = self._recent
        recent.append((now, self.sent, self.bytes))
        while len(recent) > 2 and recent[1][0] <= now - RECENT:
            recent.popleft()
        since, sent, octets = recent[0]
        elapsed = now - since
        return Sent(
            group=str(self._endpoint.group),
            port=self._endpoint.port,
            interface=self.leaves_by or "",
            source=self.source or "",
            sent=self.sent,
            bytes=self.bytes,
            packets_per_s=round((self.sent - sent) / elapsed, 3) if elapsed > 0 else None,
            bits_per_s=round((self.bytes - octets) * 8 / elapsed, 1) if elapsed > 0 else None,
        )

    @property
    def average(self) -> tuple[float, float]:
        """Datagrams/s and bits/s of payload between the first and the last: those after the first, over that time."""
        elapsed = self._ended - self._begun
        if self.sent < 2 or elapsed <= 0:
            return 0.0, 0.0
        share = (self.sent - 1) / self.sent
        return self.sent * share / elapsed, self.bytes * 8 * share / elapsed

    def _connect(self, sock: socket.socket) -> None:
        group, port = str(self._endpoint.group), self._endpoint.port
        index = self._interface.index if self._interface is not None else 0
        sock.connect((group, port) if self._endpoint.group.version == 4 else (group, port, 0, index))
        self.source = local_address(sock)

    def _refused(self, error: OSError) -> Problem:
        interface, subject = self._interface, str(self._endpoint)
        if interface is None:
            code = "send_without_route" if error.errno == errno.ENETUNREACH else "send_refused"
            return make_problem(code, subject, error, interface="the default route")
        if interface.index not in interface_names():
            return make_problem("send_interface_gone", subject, error, interface=interface.name)
        code = "send_refused" if interface.up else "send_interface_down"
        return make_problem(code, subject, error, interface=interface.name)
