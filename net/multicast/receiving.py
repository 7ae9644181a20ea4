"""Reads datagrams in batches, by the quickest call this system has."""

from __future__ import annotations

import socket
from typing import TypeVar, cast

from net.platform import this_platform
from net.platform.batch import BATCH, Batch, BatchReader, SourceKey
from net.platform.names import name_of_index
from net.sockets import ANCILLARY_BYTES, Arrival, parse_arrival

Value = TypeVar("Value", int, float)

_LARGEST = 65535
_NANOSECONDS = 1_000_000_000


def batch_reader() -> BatchReader:
    """The reader for this system; its memory may be shared, so a batch is used up before the next is read."""
    reader = this_platform().batch_reader()
    if reader is not None:
        return reader
    return MessageReader() if hasattr(socket.socket, "recvmsg") else PlainReader()


class MessageReader:
    """See net.platform.batch.BatchReader: recvmsg(2), a call for each datagram."""

    def read(self, sock: socket.socket, limit: int) -> Batch | None:
        """See net.platform.batch.BatchReader."""
        sources: list[SourceKey] = []
        payloads: list[bytes] = []
        arrivals: list[Arrival] = []
        for _ in range(min(limit, BATCH)):
            try:
                payload, ancillary, _flags, source = sock.recvmsg(_LARGEST, ANCILLARY_BYTES)
            except BlockingIOError:
                break
            sources.append(source)
            payloads.append(payload)
            arrivals.append(parse_arrival(ancillary))
        if not payloads:
            return None
        times = _known([arrival.time for arrival in arrivals])
        parts = [divmod(round(time * _NANOSECONDS), _NANOSECONDS) for time in times] if times is not None else None
        return Batch(
            sources=sources,
            payloads=payloads,
            seconds=[seconds for seconds, _ in parts] if parts is not None else None,
            nanoseconds=[nanoseconds for _, nanoseconds in parts] if parts is not None else None,
            ttls=_known([arrival.ttl for arrival in arrivals]),
            interfaces=_known([arrival.interface for arrival in arrivals]),
            drops=_known([arrival.dropped for arrival in arrivals]),
        )

    def source(self, key: SourceKey) -> tuple[str, int]:
        """See net.platform.batch.BatchReader."""
        return _address_and_port(key)


class PlainReader:
    """See net.platform.batch.BatchReader: recvfrom, where Python has nothing that tells more (Windows)."""

    def read(self, sock: socket.socket, limit: int) -> Batch | None:
        """See net.platform.batch.BatchReader."""
        sources: list[SourceKey] = []
        payloads = []
        for _ in range(min(limit, BATCH)):
            try:
                payload, source = sock.recvfrom(_LARGEST)
            except BlockingIOError:
                break
            sources.append(source)
            payloads.append(payload)
        return Batch(sources, payloads, None, None, None, None, None) if payloads else None

    def source(self, key: SourceKey) -> tuple[str, int]:
        """See net.platform.batch.BatchReader."""
        return _address_and_port(key)


def _known(column: list[Value | None]) -> list[Value] | None:
    """The column, None where the system did not tell one of its values."""
    known = [value for value in column if value is not None]
    return known if len(known) == len(column) else None


def _address_and_port(key: SourceKey) -> tuple[str, int]:
    address, port, *more = cast("tuple[str, int] | tuple[str, int, int, int]", key)
    scope = more[1] if len(more) == 2 else 0
    if not scope or "%" in address:
        return address, port
    try:
        return f"{address}%{name_of_index(scope)}", port
    except OSError:
        return f"{address}%{scope}", port
