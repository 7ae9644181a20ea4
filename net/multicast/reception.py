"""One group on one interface: its socket, what arrived, and what the kernel says of the join."""

from __future__ import annotations

import errno
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat

from net.multicast.drops import Drops
from net.multicast.endpoint import Endpoint
from net.multicast.places import SourceFilter
from net.multicast.receiving import batch_reader
from net.multicast.room import Room
from net.multicast.streams import StreamCounter
from net.platform.batch import BATCH, Batch, SourceKey
from net.platform.options import OPTIONS
from net.problems import ProblemError, make_problem
from net.records import Datagram, Joined, Problem, Reception, Stream
from net.sockets import bind_to_interface, block_source, full_buffer, granted_buffer, join, join_source, receiver
from net.text import endpoint_text, visible
from resources.groups import well_known

PAYLOAD_KEPT = 1024
"""Bytes of a payload handed on; the size tells the rest."""
BURST = 512
"""Datagrams read before the event loop gets its turn."""
MAX_STREAMS = 1000
"""Senders told apart for one group; further ones are counted in the totals only."""

Arrived = tuple[float, SourceKey, int | None, bytes]
"""Time, source, TTL and payload of a datagram, made a record only if it is handed on."""
Tap = Callable[["GroupReception", Batch], None]


class GroupReception:
    """Receives one group on one interface from ``open`` to ``close``; both may be repeated.

    Each of ``taps`` is given every batch that was counted, with all that the system told of it. ``room`` is shared by
    the receptions of a listen.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        interface: str,
        *,
        keep: int | None,
        buffer_bytes: int,
        chosen: SourceFilter = SourceFilter(),  # noqa: B008 - immutable
        strips: bool = False,
        room: Room | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.interface = interface
        self.group = str(endpoint.group)
        self.socket: socket.socket | None = None
        self.index = 0
        self.received = self.bytes = 0
        self.taps: list[Tap] = []
        self._filter = chosen
        self._buffer_bytes = buffer_bytes
        self._strips = strips
        self._room = room if room is not None else Room()
        self._reader = batch_reader()
        self._arrived: deque[Arrived] = deque(maxlen=keep)
        self._skipped = 0
        self._streams: dict[SourceKey, StreamCounter] = {}
        self._changed: set[SourceKey] = set()
        self._drops = Drops()
        self._last: tuple[float, SourceKey] | None = None
        self._told: Reception | None = None
        self._second = self._second_bytes = 0
        self._second_dropped = self._drops.total
        self._rates = (0.0, 0.0)

    def open(self, index: int) -> None:
        """Join on the interface ``index``, or observe there. Raises ProblemError, after which nothing is open."""
        self.close()
        subject = str(self.endpoint)
        group, observing = self.endpoint.group, self._filter.observe
        try:
            sock = receiver(group, self.endpoint.port, index, buffer_bytes=self._buffer_bytes, own_groups=not observing)
        except OSError as error:
            raise ProblemError(make_problem("bind_refused", subject, error)) from error
        try:
            if observing:
                bind_to_interface(sock, self.interface, index)
            else:
                self._join(sock, index)
        except OSError as error:
            sock.close()
            code = "observe_refused" if observing else "sources_refused" if self._filter.included else "join_refused"
            raise ProblemError(make_problem(code, subject, error, interface=self.interface)) from error
        self.socket, self.index = sock, index

    def close(self) -> None:
        """Leave and close; the counts stay."""
        if self.socket is not None:
            self._drops.ended(self.socket)
            self.socket.close()
            self.socket = None

    def drain(self, limit: int | None = None) -> int:
        """Read what waits, at most ``limit`` or BURST datagrams; tells how many count. Raises OSError."""
        sock = self.socket
        if sock is None:
            return 0
        before = self.received
        left = BURST if limit is None else min(limit, BURST)
        while left > 0:
            asked = min(left, BATCH)
            batch = self._reader.read(sock, asked)
            if batch is None:
                break
            read = len(batch.payloads)
            self._take(batch)
            if read < asked:
                break
            left -= read
        return self.received - before

    def tick(self, elapsed: float) -> bool:
        """Set the rates to those of the ``elapsed`` seconds since the last tick; tells whether anything changed."""
        packets, octets = self.received - self._second, self.bytes - self._second_bytes
        self._second, self._second_bytes = self.received, self.bytes
        rates = (packets / elapsed, octets * 8 / elapsed)
        self._read_drops()
        # Of several senders each may become one of whom it is unknown how much was dropped.
        if self._drops.total != self._second_dropped:
            self._second_dropped = self._drops.total
            self._changed.update(self._streams)
        changed = rates != self._rates
        self._rates = rates
        for source, counter in self._streams.items():
            if counter.rates(elapsed):
                self._changed.add(source)
        self._drops.settle(self._streams)
        return changed or bool(self._changed)

    @property
    def dropped_here(self) -> int | None:
        """Datagrams this host lost of it so far; None where the system does not tell."""
        return self._drops.total

    def datagrams(self) -> tuple[Datagram, ...]:
        """The datagrams kept since the last call, oldest first."""
        records = tuple(self._datagram(*arrived) for arrived in self._arrived)
        self._arrived.clear()
        return records

    def skipped(self) -> int:
        """Datagrams counted but not kept since the last call."""
        count, self._skipped = self._skipped, 0
        return count

    def changes(self) -> tuple[Stream | Reception, ...]:
        """The streams and the totals that changed since the last call, at one moment: they agree with each other."""
        self._read_drops()
        streams = tuple(self._stream_record(source) for source in self._changed)
        self._changed.clear()
        record = self.reception()
        if record == self._told:
            return streams
        self._told = record
        return (*streams, record)

    def all_streams(self) -> tuple[Stream, ...]:
        """All streams as they stand."""
        return tuple(self._stream_record(source) for source in self._streams)

    def reception(self) -> Reception:
        """The totals as they stand."""
        at, source = self._last if self._last is not None else (None, None)
        address, port = self._reader.source(source) if source is not None else (None, None)
        return Reception(
            group=self.group,
            port=self.endpoint.port,
            interface=self.interface,
            received=self.received,
            bytes=self.bytes,
            packets_per_s=round(self._rates[0], 3),
            bits_per_s=round(self._rates[1], 1),
            dropped_here=self._drops.total,
            last_source=endpoint_text(address, port) if address is not None else None,
            last=at,
        )

    def joined(self, *, in_kernel: bool | None) -> Joined:
        """The join; ``in_kernel`` says whether the kernel's table lists it."""
        row = well_known(self.group, self.endpoint.port)
        granted = granted_buffer(self.socket) if self.socket is not None else None
        capped = granted is not None and granted < full_buffer(self._buffer_bytes)
        return Joined(
            group=self.group,
            port=self.endpoint.port,
            interface=self.interface,
            source_filter=tuple(str(source) for source in self._filter.included),
            buffer_bytes=granted,
            in_kernel=in_kernel if self.socket is not None else False,
            name=row.name if row is not None else None,
            excluded=tuple(str(source) for source in self._filter.excluded),
            observing=self._filter.observe,
            buffer_asked=self._buffer_bytes,
            buffer_limit=OPTIONS.buffer_limit if capped else None,
        )

    def failed(self, error: OSError) -> Problem | None:
        """What a failed read means; None where the network being down for a moment is all there is to say."""
        if error.errno in (errno.ENETDOWN, errno.ECONNREFUSED):
            return None
        return make_problem("receive_failed", str(self.endpoint), error, interface=self.interface)

    def _join(self, sock: socket.socket, index: int) -> None:
        group = self.endpoint.group
        for source in self._filter.included:
            join_source(sock, group, index, source)
        if not self._filter.included:
            join(sock, group, index)
        for source in self._filter.excluded:
            block_source(sock, group, index, source)
        if self._filter.excluded:
            # A source can be kept out only of what is joined, so something of it may have come in between.
            while self._reader.read(sock, BATCH):
                pass

    def _take(self, batch: Batch) -> None:
        count = len(batch.payloads)
        if batch.interfaces is not None and batch.interfaces.count(self.index) != count:
            batch = only_of(batch, self.index)
            count = len(batch.payloads)
            if not count:
                return
        self.received += count
        self.bytes += sum(map(len, batch.payloads))
        times = _times(batch)
        ttls: Sequence[int | None] = batch.ttls if batch.ttls is not None else (None,) * count
        self._last = (times[-1], batch.sources[-1])
        arrived = self._arrived
        if arrived.maxlen is not None:
            self._skipped += max(0, len(arrived) + count - arrived.maxlen)
        arrived.extend(zip(times, batch.sources, ttls, batch.payloads, strict=True))
        self._count(batch, times, ttls)
        for tap in self.taps:
            tap(self, batch)

    def _count(self, batch: Batch, times: Sequence[float], ttls: Sequence[int | None]) -> None:
        sources = batch.sources
        if batch.drops is not None and self._drops.matter(batch.drops[-1]):
            for arrived in zip(sources, batch.drops, times, batch.payloads, ttls, strict=True):
                self._count_after_drops(*arrived)
        elif sources.count(sources[0]) == len(sources):
            counter = self._counter(sources[0], times[0])
            if counter is not None:
                self._changed.add(sources[0])
                counter.count_batch(times, batch.payloads, ttls)
        else:
            for source, time_, payload, ttl in zip(sources, times, batch.payloads, ttls, strict=True):
                counter = self._streams.get(source) or self._counter(source, time_)
                if counter is not None:
                    counter.count(time_, payload, ttl)
            self._changed.update(self._streams.keys() & sources)

    def _count_after_drops(self, source: SourceKey, drops: int, at: float, payload: bytes, ttl: int | None) -> None:
        counter = self._counter(source, at)
        if counter is None:
            return
        self._changed.add(source)
        lost = counter.lost
        counter.count(at, payload, ttl)
        self._drops.arrived(source, drops, counter.lost - lost)

    def _counter(self, source: SourceKey, at: float) -> StreamCounter | None:
        counter = self._streams.get(source)
        if counter is None and len(self._streams) == 1:
            self._drops.no_longer_alone(next(iter(self._streams)))
        if counter is None and len(self._streams) < MAX_STREAMS:
            identity = (*self._reader.source(source), self.group, self.endpoint.port, self.interface)
            counter = self._streams[source] = StreamCounter(identity, at, strips=self._strips, room=self._room)
        return counter

    def _stream_record(self, source: SourceKey) -> Stream:
        return self._drops.told(source, self._streams[source].record(), alone=len(self._streams) == 1)

    def _read_drops(self) -> bool:
        """Ask the kernel; tells whether there are more, which change the only stream as well."""
        more = self._drops.read(self.socket)
        if more and len(self._streams) == 1:
            self._changed.update(self._streams)
        return more

    def _datagram(self, at: float, source: SourceKey, ttl: int | None, payload: bytes) -> Datagram:
        address, port = self._address(source)
        shown = payload[:PAYLOAD_KEPT]
        return Datagram(
            time=at,
            interface=self.interface,
            source=address,
            source_port=port,
            group=self.group,
            port=self.endpoint.port,
            ttl=ttl,
            size=len(payload),
            payload_hex=shown.hex(),
            payload_text=_text(shown),
        )

    def _address(self, source: SourceKey) -> tuple[str, int]:
        counter = self._streams.get(source)
        return counter.identity[:2] if counter is not None else self._reader.source(source)


def only_of(batch: Batch, index: int) -> Batch:
    """The datagrams of ``batch`` that arrived by the interface ``index``."""
    wanted = [place for place, interface in enumerate(batch.interfaces or ()) if interface == index]
    return Batch(*(None if column is None else [column[place] for place in wanted] for column in batch))  # type: ignore[arg-type]


def _times(batch: Batch) -> list[float]:
    if batch.seconds is None or batch.nanoseconds is None:
        return list(repeat(time.time(), len(batch.payloads)))
    first = batch.seconds[0]
    if batch.seconds.count(first) == len(batch.seconds):
        return [first + nanoseconds * 1e-9 for nanoseconds in batch.nanoseconds]
    return [second + nanoseconds * 1e-9 for second, nanoseconds in zip(batch.seconds, batch.nanoseconds, strict=True)]


def _text(payload: bytes) -> str | None:
    try:
        return visible(payload.decode())
    except UnicodeDecodeError:
        return None
