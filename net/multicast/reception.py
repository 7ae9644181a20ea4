"""One joined group on one interface: its socket, what arrived, and what the kernel says of the join."""

from __future__ import annotations

import errno
import socket
import time
from collections import deque
from typing import NamedTuple

from net.multicast.endpoint import Endpoint
from net.multicast.streams import StreamCounter
from net.problems import ProblemError, make_problem
from net.records import Datagram, Joined, Problem, Reception, Stream
from net.sockets import ANCILLARY_BYTES, granted_buffer, join, parse_arrival, receiver
from net.text import visible
from resources.groups import well_known

PAYLOAD_KEPT = 1024
"""Bytes of a payload handed on; the size tells the rest."""
BURST = 512
"""Datagrams read before the event loop gets its turn."""
MAX_STREAMS = 1000
"""Senders told apart for one group; further ones are counted in the totals only."""


class Arrived(NamedTuple):
    """A datagram as it came, turned into a record only if it is handed on."""

    time: float
    source: tuple[str, int]
    ttl: int | None
    size: int
    payload: bytes


class GroupReception:
    """Receives one group on one interface from ``open`` to ``close``; both may be repeated."""

    def __init__(self, endpoint: Endpoint, interface: str, *, keep: int | None, buffer_bytes: int) -> None:
        self.endpoint = endpoint
        self.interface = interface
        self.socket: socket.socket | None = None
        self.index = 0
        self.received = self.bytes = 0
        self.arrived: deque[Arrived] = deque(maxlen=keep)
        self.unshown = 0
        self._buffer_bytes = buffer_bytes
        self._streams: dict[tuple[str, int], StreamCounter] = {}
        self._changed: set[tuple[str, int]] = set()
        self._last: Arrived | None = None
        self._told: Reception | None = None
        self._dropped_before = self._dropped = 0
        self._second = 0
        self._second_bytes = 0
        self._rates = (0.0, 0.0)
        self._group = str(endpoint.group)

    def open(self, index: int) -> None:
        """Join on the interface ``index``. Raises ProblemError, after which nothing is open."""
        self.close()
        try:
            sock = receiver(self.endpoint.group, self.endpoint.port, index, buffer_bytes=self._buffer_bytes)
        except OSError as error:
            raise ProblemError(make_problem("bind_refused", str(self.endpoint), error)) from error
        try:
            join(sock, self.endpoint.group, index)
        except OSError as error:
            sock.close()
            raise ProblemError(
                make_problem("join_refused", str(self.endpoint), error, interface=self.interface)
            ) from error
        self.socket, self.index = sock, index

    def close(self) -> None:
        """Leave and close; the counts stay."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None
            self._dropped_before, self._dropped = self._dropped_before + self._dropped, 0

    def drain(self, limit: int | None = None) -> None:
        """Read what waits, at most ``limit`` or BURST datagrams. Raises OSError other than EAGAIN."""
        if self.socket is None:
            return
        receive = self.socket.recvmsg
        for _ in range(BURST if limit is None else min(limit, BURST)):
            try:
                payload, ancillary, _flags, source = receive(65535, ANCILLARY_BYTES)
            except BlockingIOError:
                return
            arrival = parse_arrival(ancillary)
            if arrival.dropped is not None:
                self._dropped = arrival.dropped
            if arrival.interface is not None and arrival.interface != self.index:
                continue
            self._take(Arrived(arrival.time or time.time(), source[:2], arrival.ttl, len(payload), payload))

    def tick(self, elapsed: float) -> None:
        """Close a second: set the rates to those of the ``elapsed`` seconds since the last tick."""
        packets, octets = self.received - self._second, self.bytes - self._second_bytes
        self._second, self._second_bytes = self.received, self.bytes
        self._rates = (packets / elapsed, octets * 8 / elapsed)
        for source, counter in self._streams.items():
            if counter.rates(elapsed):
                self._changed.add(source)

    def datagrams(self) -> tuple[Datagram, ...]:
        """The datagrams kept since the last call, oldest first."""
        records = tuple(self._datagram(arrived) for arrived in self.arrived)
        self.arrived.clear()
        return records

    def skipped(self) -> int:
        """Datagrams counted but not kept since the last call."""
        count, self.unshown = self.unshown, 0
        return count

    def streams(self) -> tuple[Stream, ...]:
        """The streams that changed since the last call."""
        records = tuple(self._streams[source].record() for source in self._changed)
        self._changed.clear()
        return records

    def all_streams(self) -> tuple[Stream, ...]:
        """All streams as they stand."""
        return tuple(counter.record() for counter in self._streams.values())

    def changes(self) -> tuple[Reception, ...]:
        """The totals, if they changed since the last call."""
        record = self.reception()
        if record == self._told:
            return ()
        self._told = record
        return (record,)

    @property
    def dropped_here(self) -> int:
        """Datagrams lost because the receive buffer was full."""
        return self._dropped_before + self._dropped

    def reception(self) -> Reception:
        """The totals as they stand."""
        last = self._last
        return Reception(
            group=self._group,
            port=self.endpoint.port,
            interface=self.interface,
            received=self.received,
            bytes=self.bytes,
            packets_per_s=round(self._rates[0], 3),
            bits_per_s=round(self._rates[1], 1),
            dropped_here=self.dropped_here,
            last_source=f"{last.source[0]}:{last.source[1]}" if last is not None else None,
            last=last.time if last is not None else None,
        )

    def joined(self, *, in_kernel: bool | None) -> Joined:
        """The join; ``in_kernel`` says whether the kernel's table lists it."""
        row = well_known(self._group, self.endpoint.port)
        return Joined(
            group=self._group,
            port=self.endpoint.port,
            interface=self.interface,
            buffer_bytes=granted_buffer(self.socket) if self.socket is not None else None,
            in_kernel=in_kernel if self.socket is not None else False,
            name=row.name if row is not None else None,
        )

    def failed(self, error: OSError) -> Problem | None:
        """What a failed read means; None where the network being down for a moment is all there is to say."""
        if error.errno in (errno.ENETDOWN, errno.ECONNREFUSED):
            return None
        return make_problem("receive_failed", str(self.endpoint), error, interface=self.interface)

    def _take(self, arrived: Arrived) -> None:
        self.received += 1
        self.bytes += arrived.size
        self._last = arrived
        if self.arrived.maxlen is not None and len(self.arrived) == self.arrived.maxlen:
            self.unshown += 1
        self.arrived.append(arrived)
        counter = self._streams.get(arrived.source)
        if counter is None:
            if len(self._streams) >= MAX_STREAMS:
                return
            identity = (*arrived.source, self._group, self.endpoint.port, self.interface)
            counter = self._streams[arrived.source] = StreamCounter(identity, arrived.time)
        counter.count(arrived.time, arrived.payload, arrived.ttl)
        self._changed.add(arrived.source)

    def _datagram(self, arrived: Arrived) -> Datagram:
        payload = arrived.payload[:PAYLOAD_KEPT]
        return Datagram(
            time=arrived.time,
            interface=self.interface,
            source=arrived.source[0],
            source_port=arrived.source[1],
            group=self._group,
            port=self.endpoint.port,
            ttl=arrived.ttl,
            size=arrived.size,
            payload_hex=payload.hex(),
            payload_text=_text(payload),
        )


def _text(payload: bytes) -> str | None:
    try:
        return visible(payload.decode())
    except UnicodeDecodeError:
        return None
