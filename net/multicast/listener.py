"""Joins groups on chosen interfaces and hands on what arrives."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from operator import attrgetter

import msgspec

from net.ending import ending
from net.multicast.capture.recorder import Recorder, open_recorder
from net.multicast.endpoint import Endpoint
from net.multicast.join_warnings import address_warnings, interface_warnings, port_holders
from net.multicast.places import Place, SourceFilter, check_filter, parse_groups, places, source_filter
from net.multicast.reading import Reading
from net.multicast.reception import BURST, GroupReception
from net.multicast.room import Room
from net.multicast.shared import Join, shared
from net.multicast.summary import summarise
from net.platform.limits import allow_open_files
from net.platform.names import interface_names
from net.problems import ProblemError, make_problem
from net.records import Problem, Record, Skipped, Summary
from net.requests import ListenRequest
from net.tasks import start, stop

SECOND = 1.0
TABLE_AGE = 0.9
"""Seconds the kernel's table may be old when a listen looks into it each second: then one reading serves all."""
LAST_READ = 0.25
"""Seconds in which all that waits at the end is read; what then still comes faster than it is read does not count."""
FILES_BESIDE = 256
"""Files a process may need besides a socket for each join."""


async def listen(request: ListenRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Join and receive until closed, or until ``request.count`` datagrams have come or net.ending says so.

    First one Joined for each group and interface that could be joined, and a Problem for each that could not; if none
    could, the first ProblemError is raised. Then batches of Datagram (the newest ``keep``; Skipped counts the rest),
    Stream and Reception. A join is repeated when its interface vanishes and comes back. With ``record_to`` also
    Recording; that file is refused before anything is joined. At the end all groups are left at one moment, and what is
    told then agrees with each other and with the file: the newest records, and a Summary.
    """
    chosen = source_filter(request)
    wanted, problems = await places(parse_groups(request.groups), request.interfaces)
    listening = Listening(request, chosen)
    try:
        yield await listening.open(wanted, problems)
        async with aclosing(listening.batches()) as batches:
            async for batch in batches:
                yield batch
        yield await listening.end()
    finally:
        await listening.close()


class Listening:
    """The receptions of one listen, read by the event loop and gathered into batches."""

    def __init__(self, request: ListenRequest, chosen: SourceFilter = SourceFilter()) -> None:  # noqa: B008 - immutable
        self._request = request
        self._filter = chosen
        self._receptions: dict[tuple[Endpoint, str], GroupReception] = {}
        self._in_kernel: dict[Join, bool] = {}
        self._room = Room()
        self._pending: list[Record] = []
        # Those of which there is something new to tell, in the order in which it came.
        self._changed: dict[GroupReception, None] = {}
        self._received = 0
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._reading = Reading(self._drain)
        self._shared = shared()
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._recorder: Recorder | None = None
        self._ending = ending()

    async def open(self, wanted: Sequence[Place], problems: Sequence[Problem] = ()) -> tuple[Record, ...]:
        """Join everywhere and return how that went; raises ProblemError if nothing could be joined."""
        problems = list(problems)
        joined = []
        if self._request.record_to is not None:
            self._recorder = await open_recorder(self._request.record_to, self._tell)
        allow_open_files(self._shared.joins + len(wanted) + FILES_BESIDE)
        for place in wanted:
            try:
                problems.extend(self._open(place))
                joined.append(place)
            except ProblemError as failure:
                problems.append(await _with_holder(failure.problem, place.endpoint.port))
        if not self._receptions:
            raise ProblemError(problems[0])
        await self._read_kernel(self._loop.time())
        listed = await self._shared.memberships(self._loop.time() - TABLE_AGE)
        problems.extend(address_warnings(joined, listed))
        problems.extend(self._observing_warnings())
        self._tasks = (
            start(self._follow_interfaces(), "multicast.listen interfaces"),
            start(self._each_second(), "multicast.listen seconds"),
            start(self._await_end(), "multicast.listen end"),
        )
        records = tuple(self._joined(reception) for reception in self._receptions.values())
        self._pending.clear()
        return (*records, *problems)

    async def batches(self) -> AsyncGenerator[tuple[Record, ...], None]:
        """What arrived, gathered over a short time; ends after ``count`` datagrams, or when it is asked to."""
        while True:
            await self._wake.wait()
            if not self._enough():
                await asyncio.sleep(self._shared.flush)
            self._wake.clear()
            if self._ending.is_set():
                return
            enough = self._enough()
            batch = self._gather()
            if batch:
                yield batch
            if enough:
                return

    async def end(self) -> tuple[Record, ...]:
        """Leave all groups, and tell what was not told yet, how much was recorded, and the Summary."""
        await self._leave()
        recording = await self._end_recording()
        return (*self._gather(), *recording, self._summary())

    async def close(self) -> None:
        """Leave all groups; may be called twice."""
        await self._leave()
        await self._end_recording()

    async def _leave(self) -> None:
        """Afterwards nothing is counted nor recorded any more; what had arrived is."""
        tasks, self._tasks = self._tasks, ()
        await stop(*tasks)
        self._reading.stop_all()
        until = self._loop.time() + LAST_READ
        for reception in self._receptions.values():
            while not self._enough() and self._drain(reception) >= BURST and self._loop.time() < until:
                pass
            self._close(reception)

    def _summary(self) -> Summary:
        receptions = tuple(self._receptions.values())
        return summarise(
            [reception.reception() for reception in receptions],
            [stream for reception in receptions for stream in reception.all_streams()],
        )

    async def _end_recording(self) -> tuple[Record, ...]:
        """Write what is still to be written, if anything is recorded, and tell how much that was."""
        if self._recorder is None:
            return ()
        await self._recorder.close()
        return (self._recorder.record(),)

    async def _await_end(self) -> None:
        await self._ending.wait()
        self._wake.set()

    def _open(self, place: Place) -> list[Problem]:
        endpoint, interface = place
        if (endpoint, interface.name) in self._receptions:
            return [make_problem("joined_twice", str(endpoint), interface=interface.name)]
        check_filter(endpoint, self._filter)
        reception = GroupReception(
            endpoint,
            interface.name,
            keep=self._request.keep,
            buffer_bytes=self._request.buffer_bytes,
            chosen=self._filter,
            strips=self._request.strips,
            room=self._room,
        )
        reception.open(interface.index)
        self._receptions[endpoint, interface.name] = reception
        if self._recorder is not None:
            self._recorder.attach(reception)
        self._start_reading(reception)
        return interface_warnings(endpoint, interface)

    def _observing_warnings(self) -> list[Problem]:
        if not self._filter.observe:
            return []
        return [
            make_problem("observing_nothing", str(reception.endpoint), interface=reception.interface)
            for reception in self._receptions.values()
            if not self._in_kernel[_join(reception)]
        ]

    def _start_reading(self, reception: GroupReception) -> None:
        if reception.socket is not None:
            self._shared.joins += 1
            self._reading.start(reception)

    def _close(self, reception: GroupReception) -> None:
        if reception.socket is not None:
            self._shared.joins -= 1
            self._reading.stop(reception)
            reception.close()

    def _drain(self, reception: GroupReception) -> int:
        read = 0
        try:
            read = reception.drain(self._left())
        except OSError as error:
            problem = reception.failed(error)
            if problem is not None:
                self._pending.append(problem)
        if read or self._pending:
            self._received += read
            self._changed[reception] = None
            self._wake.set()
        if self._enough():
            self._reading.stop_all()
        return read

    def _left(self) -> int | None:
        return None if self._request.count is None else max(0, self._request.count - self._received)

    def _enough(self) -> bool:
        return self._request.count is not None and self._received >= self._request.count

    def _gather(self) -> tuple[Record, ...]:
        records, self._pending = self._pending, []
        changed, self._changed = self._changed, {}
        datagrams = [datagram for reception in changed for datagram in reception.datagrams()]
        # Those of several groups in the order in which they arrived.
        records.extend(sorted(datagrams, key=attrgetter("time")))
        for reception in changed:
            records.extend(reception.changes())
            skipped = reception.skipped()
            if skipped:
                records.append(Skipped(of="datagram", count=skipped))
        return tuple(records)

    async def _each_second(self) -> None:
        """Rates, and the kernel's own table: a join is believed only while it is listed there."""
        last = self._loop.time()
        while True:
            await asyncio.sleep(SECOND)
            now = self._loop.time()
            await self._read_kernel(now - TABLE_AGE)
            for reception in self._receptions.values():
                if reception.tick(now - last):
                    self._changed[reception] = None
            last = now
            if self._changed or self._pending:
                self._wake.set()

    async def _read_kernel(self, since: float) -> None:
        try:
            listed = await self._shared.memberships(since)
        except OSError as error:
            # What arrives is counted on; whether the joins stand is asked again in a second.
            self._pending.append(make_problem("groups_unreadable", "this host", error))
            return
        for reception in self._receptions.values():
            join = _join(reception)
            if self._in_kernel.get(join) != (join in listed):
                self._in_kernel[join] = join in listed
                self._pending.append(self._joined(reception))

    async def _follow_interfaces(self) -> None:
        async with aclosing(self._shared.changes()) as changes:
            async for _ in changes:
                indexes = {name: index for index, name in interface_names().items()}
                for reception in self._receptions.values():
                    self._follow(reception, indexes.get(reception.interface))
                await self._read_kernel(self._loop.time())
                if self._pending:
                    self._wake.set()

    def _follow(self, reception: GroupReception, index: int | None) -> None:
        """Close what stood on an interface that vanished, and join anew when it is back, with its new index."""
        if index == (reception.index if reception.socket is not None else None):
            return
        self._drain(reception)
        vanished = reception.socket is not None
        self._close(reception)
        self._in_kernel.pop(_join(reception), None)
        if index is None:
            if vanished:
                self._pending.append(
                    make_problem("interface_vanished", reception.interface, group=str(reception.endpoint))
                )
        else:
            try:
                reception.open(index)
            except ProblemError as failure:
                self._pending.append(failure.problem)
            else:
                self._start_reading(reception)

    def _tell(self, record: Record) -> None:
        self._pending.append(record)
        self._wake.set()

    def _joined(self, reception: GroupReception) -> Record:
        return reception.joined(in_kernel=self._in_kernel.get(_join(reception)))


def _join(reception: GroupReception) -> Join:
    return Join(reception.interface, reception.group)


async def _with_holder(problem: Problem, port: int) -> Problem:
    """Say who holds the port where that is why it was refused."""
    if problem.code != "bind_refused" or problem.errno != errno.EADDRINUSE:
        return problem
    return msgspec.structs.replace(problem, evidence=await asyncio.to_thread(port_holders, port))
