"""Who listens on this host: the rows, and what changes in them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from operator import attrgetter

import msgspec

from net.platform import this_platform
from net.platform.system import SYSTEM
from net.ports.conflicts import conflict_for, holder_text, several_programs, steps
from net.ports.connections import ConnectionTable
from net.ports.connections import Read as ReadConnections
from net.ports.records import Listener
from net.ports.registry import registered_name
from net.problems import ProblemError, make_problem
from net.records import Problem, Record, Removed
from net.requests import PortsRequest

Batch = tuple[Record, ...]
Read = Callable[[], tuple[Listener, ...]]

INTERVAL = 1.0
"""Seconds between two readings."""
REST = 3.0
"""A slow reading (lsof) is followed by a pause at least this many times as long."""
BATCH = 500
"""Rows of one batch at most, so that no line grows beyond what its reader takes."""


async def snapshot(request: PortsRequest) -> tuple[Listener, ...]:
    """The listeners asked for, by port, protocol and address. Raises ProblemError where they cannot be read."""
    return await asyncio.to_thread(Table(this_platform().listeners, request).first)


def watch(request: PortsRequest) -> AsyncGenerator[Batch, None]:
    """All listeners asked for, in batches of 500 (one empty batch if there are none); then, with ``follow``, what
    changes, looked at once a second: new and changed rows, and a Removed for each that is gone. With ``connections``
    those follow the listeners in the same way.

    Raises ProblemError where they cannot be read at all. Later a Problem is yielded instead, once, the rows stay, and
    its Removed follows when they can be read again.
    """
    platform = this_platform()
    return follow(request, platform.listeners, read_connections=platform.connections if request.connections else None)


async def follow(
    request: PortsRequest, read: Read, interval: float = INTERVAL, read_connections: ReadConnections | None = None
) -> AsyncGenerator[Batch, None]:
    """``watch`` of what ``read`` says, which may block, every ``interval`` seconds; None: without connections."""
    table = Table(read, request)
    connections = ConnectionTable(read_connections, request) if read_connections is not None else None
    for batch in _batches(await asyncio.to_thread(table.first)) or [()]:
        yield batch
    while True:
        if connections is not None:
            for batch in _batches(await asyncio.to_thread(connections.changes)):
                yield batch
        if not request.follow:
            return
        await asyncio.sleep(max(interval, REST * table.elapsed))
        for batch in _batches(await asyncio.to_thread(table.next)):
            yield batch


def _batches(records: Batch) -> list[Batch]:
    return [records[start : start + BATCH] for start in range(0, len(records), BATCH)]


class Table:
    """The rows last handed on, and what the next reading changes; blocks while it reads.

    A listener the platform did not make anew is not looked at again. ``elapsed`` is how long the last turn took.
    """

    def __init__(self, read: Read, request: PortsRequest) -> None:
        self._read = read
        self._request = request
        self._given: tuple[Listener, ...] = ()
        self._together: dict[tuple[str, int], tuple[Listener, ...]] = {}
        self._shown: dict[int, Listener] = {}
        self._problem: Problem | None = None
        self.elapsed = 0.0

    def first(self) -> tuple[Listener, ...]:
        """All rows, by port, protocol and address. Raises ProblemError."""
        try:
            changed, _ = self._turn()
        except OSError as error:
            raise ProblemError(_unreadable(error)) from error
        return tuple(sorted(changed, key=attrgetter("port", "protocol", "address")))

    def next(self) -> Batch:
        """What changed since the last turn, as ``watch`` yields it."""
        try:
            changed, gone = self._turn()
        except OSError as error:
            first_time = self._problem is None
            self._problem = _unreadable(error)
            return (self._problem,) if first_time else ()
        batch: list[Record] = [*changed, *(Removed(of="listener", name=name) for name in gone)]
        if self._problem is not None:
            batch.append(Removed(of="problem", name=self._problem.key().name))
            self._problem = None
        return tuple(batch)

    def _turn(self) -> tuple[list[Listener], set[str]]:
        begin = time.monotonic()
        given = self._read()
        if self._request.port is not None or self._request.protocol is not None:
            given = tuple(filter(self._asked, given))
        difference = self._compare(given) if given != self._given else ([], set[str]())
        self.elapsed = time.monotonic() - begin
        return difference

    def _compare(self, given: tuple[Listener, ...]) -> tuple[list[Listener], set[str]]:
        together = _held_together(given)
        moved = {port for port, _ in together.items() ^ self._together.items()}
        before, shown, fresh = self._shown, {}, []
        for listener in given:
            last = row = before.get(id(listener))
            if row is None or (moved and (listener.protocol, listener.port) in moved):
                row = _explained(listener, together.get((listener.protocol, listener.port), ()))
                if row is not last:
                    fresh.append(row)
            shown[id(listener)] = row
        replaced = {row.key().name: row for identity, row in before.items() if row is not shown.get(identity)}
        # An identity is not given to another listener, since those given are kept until the next comparison.
        self._given, self._together, self._shown = given, together, shown
        if not replaced:
            return fresh, set()
        gone = replaced.keys() - {row.key().name for row in shown.values()}
        return [row for row in fresh if replaced.get(row.key().name) != row], gone

    def _asked(self, listener: Listener) -> bool:
        request = self._request
        return request.port in (None, listener.port) and request.protocol in (None, listener.protocol)


def _held_together(listeners: Sequence[Listener]) -> dict[tuple[str, int], tuple[Listener, ...]]:
    """The listeners of each port that several programs hold at different addresses."""
    if len({(listener.protocol, listener.port) for listener in listeners}) == len(listeners):
        return {}
    ports: dict[tuple[str, int], list[Listener]] = {}
    for listener in listeners:
        ports.setdefault((listener.protocol, listener.port), []).append(listener)
    return {port: tuple(held) for port, held in ports.items() if len(held) > 1 and several_programs(held)}


def _explained(listener: Listener, together: tuple[Listener, ...]) -> Listener:
    """With the registered name of the port and what the conflict table knows."""
    conflict = conflict_for(listener, SYSTEM, together)
    name = registered_name(listener.port, listener.protocol)
    if conflict is None and name is None:
        return listener
    if conflict is None:
        return msgspec.structs.replace(listener, iana=name)
    return msgspec.structs.replace(
        listener,
        iana=name,
        known=holder_text(conflict, listener.port),
        known_source=conflict.source,
        known_verified=conflict.verified,
        free_it=steps(conflict, listener.port),
        end_useless=conflict.kill_useless,
    )


def _unreadable(error: OSError) -> Problem:
    return make_problem("listeners_unreadable", "listening sockets", error)
