"""Writes what sockets receive to a pcapng file, beside the path on which it is received and counted."""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import repeat
from typing import Protocol, Self

from net.multicast.capture.datagrams import DatagramBlocks
from net.multicast.capture.pcapng import interface, section, statistics
from net.multicast.endpoint import Endpoint
from net.multicast.receiving import batch_reader
from net.multicast.records import Recording
from net.platform.batch import Batch
from net.platform.system import SYSTEM
from net.problems import ProblemError, make_problem
from net.records import Problem, Record
from net.tasks import start
from resources.version import VERSION

QUEUE_PACKETS = 100_000
QUEUE_BYTES = 64 * 1024 * 1024
"""What waits to be written at the most; beyond either it is counted as missed."""
WRITE_BYTES = 512 * 1024
"""Written at once. Each write is a turn of a thread, which waits up to 5 ms for the interpreter."""
OVERHEAD = 64
"""Bytes of block and headers around a payload, about."""
TURN_PACKETS = 256
"""Packets made into blocks before the event loop gets its turn: about 1 ms."""
BUSY = 512
"""Packets received during one such turn from which reception is behind, so that it is given all the time there is."""
REST = 0.005
"""Seconds for which nothing is written then."""
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


class Recorded(Protocol):
    """One group on one interface, which gives each of ``taps`` what it receives; ``index`` may change meanwhile.

    ``dropped_here`` is what this host lost of it so far, None where the system does not tell.
    """

    @property
    def endpoint(self) -> Endpoint: ...

    @property
    def interface(self) -> str: ...

    @property
    def index(self) -> int: ...

    @property
    def taps(self) -> list[Callable[[Self, Batch], None]]: ...

    @property
    def dropped_here(self) -> int | None: ...


class Recorder:
    """One file, of what the attached receptions receive; ``tell`` is called with a Recording about twice a second."""

    def __init__(self, path: str, file: io.FileIO, tell: Callable[[Record], None]) -> None:
        self._path = path
        self._file = file
        self._tell = tell
        self._source = batch_reader().source
        self._queue: deque[tuple[Recorded, int, int, Batch]] = deque()
        self._attached: list[Recorded] = []
        self._queued = self._queued_bytes = 0
        self._interfaces: dict[str, int] = {}
        self._unwritten_interfaces: list[bytes] = []
        self._received: dict[str, int] = {}
        self._delivered: dict[str, int] = {}
        self._blocks: dict[Recorded, DatagramBlocks] = {}
        self._drops: dict[Recorded, tuple[int, int]] = {}
        self._gaps: dict[Recorded, int] = {}
        self._packets = self._bytes = self._missed = self._arrived = self._being_written = 0
        self._problem: Problem | None = None
        self._wake = asyncio.Event()
        self._ending = False
        self._told = 0.0
        self._writing = start(self._write(), "multicast recorder")
        self._closing: asyncio.Task[None] | None = None

    def attach(self, reception: Recorded) -> None:
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
        """Write what waits and the totals, and close. May be called again, and then waits for the same end: whose
        waiting is cancelled interrupts nothing."""
        if self._closing is None:
            self._ending = True
            self._wake.set()
            self._closing = start(self._close(), "multicast recorder end")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        writing = self._writing
        done, _ = await asyncio.wait((writing,), timeout=PATIENCE)
        if not done:
            # What is being written now is either in the file or not once that call returns.
            self._give_up()
            done, _ = await asyncio.wait((writing,), timeout=PATIENCE)
        if not done:
            self._missed += self._being_written
            writing.cancel()
            await asyncio.wait((writing,), timeout=PATIENCE)
        self._file.close()

    def _give_up(self) -> None:
        self._missed += self._queued
        self._queue.clear()
        self._queued = self._queued_bytes = 0

    def _tap(self, reception: Recorded, batch: Batch) -> None:
        """Take a batch over; what there is no room for is counted as missed."""
        count = len(batch.payloads)
        self._arrived += count
        name = reception.interface
        self._received[name] = self._received.get(name, 0) + count
        size = sum(map(len, batch.payloads))
        full = self._queued + count > QUEUE_PACKETS or self._queued_bytes + size > QUEUE_BYTES
        if self._ending or full or self._problem is not None:
            self._missed += count
            self._gaps[reception] = self._gaps.get(reception, 0) + count
            return
        self._queue.append((reception, reception.index, self._gaps.pop(reception, 0), batch))
        self._queued += count
        self._queued_bytes += size
        self._wake.set()

    async def _write(self) -> None:
        head = section(f"lanscout {VERSION}", SYSTEM, COMMENT)
        await self._put(head, 0)
        while not (self._ending and not self._something_waits) and self._problem is None:
            await self._wake.wait()
            self._wake.clear()
            if not self._ending:
                await asyncio.sleep(GATHER)
            while self._something_waits and self._problem is None:
                await self._put(*await self._gather())
                self._progress()
        if self._problem is None:
            await self._put(self._totals(), 0)
        self._tell(self.record())

    @property
    def _something_waits(self) -> bool:
        return bool(self._queue or self._unwritten_interfaces)

    async def _gather(self) -> tuple[bytes, int]:
        """The blocks of the next packets, as much as is worth a write, and how many they are."""
        parts, self._unwritten_interfaces = self._unwritten_interfaces, []
        packets = size = 0
        while self._queue and size < WRITE_BYTES:
            self._arrived = 0
            turn = 0
            while self._queue and turn < TURN_PACKETS:
                reception, index, gap, batch = self._queue.popleft()
                turn += len(batch.payloads)
                octets = sum(map(len, batch.payloads))
                self._queued_bytes -= octets
                size += octets + OVERHEAD * len(batch.payloads)
                self._add(parts, reception, self._lost_before(reception, index, gap, batch), batch)
            self._queued -= turn
            packets += turn
            await asyncio.sleep(REST if self._arrived >= BUSY and not self._ending else 0)
        return b"".join(parts), packets

    def _add(self, parts: list[bytes], reception: Recorded, lost: Sequence[int] | None, batch: Batch) -> None:
        blocks = self._blocks.get(reception)
        if blocks is None:
            endpoint, number = reception.endpoint, self._interfaces[reception.interface]
            blocks = self._blocks[reception] = DatagramBlocks(number, endpoint.group, endpoint.port, self._source)
        count = len(batch.payloads)
        ttls: Sequence[int | None] = batch.ttls if batch.ttls is not None else (None,) * count
        rows = zip(_nanoseconds(batch), batch.sources, ttls, batch.payloads, strict=True)
        if lost is None:
            for row in rows:
                parts += blocks.block(*row)
        else:
            for drops, row in zip(lost, rows, strict=True):
                parts += blocks.block_after_drops(drops, *row) if drops else blocks.block(*row)
        self._delivered[reception.interface] = self._delivered.get(reception.interface, 0) + count

    def _lost_before(self, reception: Recorded, index: int, gap: int, batch: Batch) -> Sequence[int] | None:
        """For each packet how many this host lost since the one before, None where that is nothing for all of them.

        ``gap`` is what was missed here. The socket's own counter begins at zero when it is opened anew.
        """
        drops = batch.drops if batch.drops is not None else (0,) * len(batch.payloads)
        index_before, before = self._drops.get(reception, (index, 0))
        if index_before != index or drops[0] < before:
            before = 0
        self._drops[reception] = (index, drops[-1])
        if drops[-1] == before and not gap:
            return None
        lost = [(now - then) % _COUNTER for then, now in zip((before, *drops[:-1]), drops, strict=True)]
        lost[0] += gap
        return lost

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
        told = [each.dropped_here for each in self._attached if each.interface == name]
        return sum(count for count in told if count is not None) if None not in told else None

    async def _put(self, data: bytes, packets: int) -> None:
        self._being_written = packets
        try:
            await asyncio.to_thread(_write_all, self._file, data)
        except OSError as error:
            self._problem = make_problem("record_failed", self._path, error)
            self._missed += packets
            self._give_up()
            return
        finally:
            self._being_written = 0
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
        file = await asyncio.to_thread(_create, path)
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, OSError) else None
        raise ProblemError(make_problem("record_refused", path, reason, evidence=str(error))) from error
    return Recorder(path, file, tell)


def _create(path: str) -> io.FileIO:
    """Without waiting: a named pipe that nobody reads is refused (ENXIO, fifo(7)), else this thread would be lost."""
    at_once = getattr(os, "O_NONBLOCK", 0)
    file = io.FileIO(path, "w", opener=lambda name, flags: os.open(name, flags | at_once, 0o666))
    if at_once:
        os.set_blocking(file.fileno(), True)
    return file


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
