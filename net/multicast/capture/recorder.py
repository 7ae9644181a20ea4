"""Writes what a listen receives to a pcapng file, beside the path on which it is received and counted."""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import repeat

from net.multicast.capture.datagrams import DatagramBlocks
from net.multicast.capture.pcapng import interface, section, statistics
from net.multicast.receiving import batch_reader
from net.multicast.reception import GroupReception
from net.multicast.records import Recording
from net.platform.batch import Batch
from net.platform.system import SYSTEM
from net.problems import ProblemError, make_problem
from net.records import Problem, Record
from net.tasks import start
from resources.version import VERSION

QUEUE_PACKETS = 100_000
QUEUE_BYTES = 32 * 1024 * 1024
"""What waits to be written at the most; beyond either it is counted as missed."""
CHUNK_PACKETS = 256
"""Packets made into blocks before the event loop gets its turn: about 1 ms."""
GATHER = 0.02
"""Seconds in which packets are gathered before they are written."""
TELL = 0.5
"""Seconds between two records of the progress."""
PATIENCE = 5.0
"""Seconds that a disk is given at the end to take what waits."""
COMMENT = "The IP and UDP headers were made from what the receiving socket was told: addresses, ports, TTL and length."
_NANOSECONDS = 1_000_000_000
_COUNTER = 1 << 32
"""The kernel's counter of drops has 32 bits."""


class Recorder:
    """One file, of what the attached receptions receive; ``tell`` is called with a Recording about twice a second."""

    def __init__(self, path: str, file: io.FileIO, tell: Callable[[Record], None]) -> None:
        self._path = path
        self._file = file
        self._tell = tell
        self._source = batch_reader().source
        self._queue: deque[tuple[GroupReception, int, Batch]] = deque()
        self._attached: list[GroupReception] = []
        self._queued = self._queued_bytes = 0
        self._interfaces: dict[str, int] = {}
        self._unwritten_interfaces: list[bytes] = []
        self._received: dict[str, int] = {}
        self._delivered: dict[str, int] = {}
        self._blocks: dict[GroupReception, DatagramBlocks] = {}
        self._drops: dict[GroupReception, tuple[int, int]] = {}
        self._packets = self._bytes = self._missed = 0
        self._problem: Problem | None = None
        self._wake = asyncio.Event()
        self._ending = False
        self._told = 0.0
        self._writing: asyncio.Task[None] | None = start(self._write(), "multicast.listen recorder")

    def attach(self, reception: GroupReception) -> None:
        """Record what it receives from now on; its interface is in the file even if that is nothing."""
        if reception.interface not in self._interfaces:
            self._interfaces[reception.interface] = len(self._interfaces)
            self._unwritten_interfaces.append(interface(reception.interface))
        self._wake.set()
        self._attached.append(reception)
        reception.taps.append(self._tap)

    def record(self) -> Recording:
        """The recording as it stands."""
        return Recording(
            path=self._path, packets=self._packets, bytes=self._bytes, missed=self._missed, problem=self._problem
        )

    async def close(self) -> None:
        """Write what waits and the totals, and close; does nothing the second time."""
        if self._writing is None:
            return
        self._ending = True
        self._wake.set()
        writing, self._writing = self._writing, None
        done, _ = await asyncio.wait((writing,), timeout=PATIENCE)
        if not done:
            self._missed += self._queued
            writing.cancel()
            await asyncio.wait((writing,), timeout=PATIENCE)
        self._file.close()

    def _tap(self, reception: GroupReception, batch: Batch) -> None:
        """Take a batch over; what there is no room for is counted as missed."""
        count = len(batch.payloads)
        name = reception.interface
        self._received[name] = self._received.get(name, 0) + count
        size = sum(map(len, batch.payloads))
        full = self._queued + count > QUEUE_PACKETS or self._queued_bytes + size > QUEUE_BYTES
        if self._ending or full or self._problem is not None:
            self._missed += count
            return
        self._queue.append((reception, reception.index, batch))
        self._queued += count
        self._queued_bytes += size
        self._wake.set()

    async def _write(self) -> None:
        head = section(f"lanscout {VERSION}", SYSTEM, COMMENT)
        await self._put(head, 0)
        while not (self._ending and not self._queue) and self._problem is None:
            await self._wake.wait()
            self._wake.clear()
            if not self._ending:
                await asyncio.sleep(GATHER)
            while (self._queue or self._unwritten_interfaces) and self._problem is None:
                await self._put(*self._next_chunk())
                self._progress()
        if self._problem is None:
            await self._put(self._totals(), 0)
        self._tell(self.record())

    def _next_chunk(self) -> tuple[bytes, int]:
        """The blocks of the next packets, and how many they are."""
        parts, self._unwritten_interfaces = self._unwritten_interfaces, []
        packets = 0
        while self._queue and packets < CHUNK_PACKETS:
            reception, index, batch = self._queue.popleft()
            count = len(batch.payloads)
            self._queued -= count
            self._queued_bytes -= sum(map(len, batch.payloads))
            self._add(parts, reception, index, batch)
            packets += count
        return b"".join(parts), packets

    def _add(self, parts: list[bytes], reception: GroupReception, index: int, batch: Batch) -> None:
        number = self._interfaces[reception.interface]
        blocks = self._blocks.get(reception)
        if blocks is None:
            endpoint = reception.endpoint
            blocks = self._blocks[reception] = DatagramBlocks(endpoint.group, endpoint.port, self._source)
        count = len(batch.payloads)
        ttls: Sequence[int | None] = batch.ttls if batch.ttls is not None else (None,) * count
        drops = self._fresh_drops(reception, index, batch)
        rows = zip(_nanoseconds(batch), batch.sources, ttls, batch.payloads, drops, strict=True)
        for at, source, ttl, payload, dropped in rows:
            parts += blocks.block(number, at, source, ttl, payload, dropped)
        self._delivered[reception.interface] = self._delivered.get(reception.interface, 0) + count

    def _fresh_drops(self, reception: GroupReception, index: int, batch: Batch) -> Sequence[int]:
        """For each packet what was dropped since the one before. A socket that was opened anew counts from zero."""
        count = len(batch.payloads)
        if batch.drops is None:
            return (0,) * count
        index_before, before = self._drops.get(reception, (index, 0))
        if index_before != index or batch.drops[0] < before:
            before = 0
        self._drops[reception] = (index, batch.drops[-1])
        if batch.drops[-1] == before:
            return (0,) * count
        return [(now - then) % _COUNTER for then, now in zip((before, *batch.drops[:-1]), batch.drops, strict=True)]

    def _totals(self) -> bytes:
        now = time.time_ns()
        return b"".join(
            statistics(
                number,
                now,
                received=self._received.get(name, 0),
                dropped=self._dropped(name),
                delivered=self._delivered.get(name, 0),
            )
            for name, number in self._interfaces.items()
        )

    def _dropped(self, name: str) -> int | None:
        """What this host dropped of what came by the interface; None where the system does not tell."""
        told = [each.reception().dropped_here for each in self._attached if each.interface == name]
        return sum(count for count in told if count is not None) if None not in told else None

    async def _put(self, data: bytes, packets: int) -> None:
        try:
            await asyncio.to_thread(_write_all, self._file, data)
        except OSError as error:
            self._problem = make_problem("record_failed", self._path, error)
            self._missed += packets + self._queued
            self._queue.clear()
            self._queued = self._queued_bytes = 0
            return
        self._packets += packets
        self._bytes += len(data)

    def _progress(self) -> None:
        now = time.monotonic()
        if now - self._told >= TELL:
            self._told = now
            self._tell(self.record())


async def open_recorder(path: str, tell: Callable[[Record], None]) -> Recorder:
    """Create the file, or empty it. Raises ProblemError: record_refused."""
    try:
        file = await asyncio.to_thread(io.FileIO, path, "w")
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, OSError) else None
        raise ProblemError(make_problem("record_refused", path, reason, evidence=str(error))) from error
    return Recorder(path, file, tell)


def _nanoseconds(batch: Batch) -> Sequence[int]:
    if batch.seconds is None or batch.nanoseconds is None:
        return tuple(repeat(time.time_ns(), len(batch.payloads)))
    return [seconds * _NANOSECONDS + rest for seconds, rest in zip(batch.seconds, batch.nanoseconds, strict=True)]


def _write_all(file: io.FileIO, data: bytes) -> None:
    """All of ``data``, or none of it: what a full disk took of it is taken back, so that the file ends with a block."""
    begin = file.tell() if file.seekable() else None
    view = memoryview(data)
    try:
        while view:
            view = view[file.write(view) or 0 :]
    except OSError:
        if begin is not None:
            with suppress(OSError):
                os.ftruncate(file.fileno(), begin)
        raise
