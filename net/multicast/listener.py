"""Joins groups on chosen interfaces and hands on what arrives."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from net.interfaces import find
from net.multicast.endpoint import Endpoint, parse_endpoint
from net.multicast.reception import GroupReception
from net.multicast.summary import summarise
from net.platform import this_platform
from net.problems import ProblemError, make_problem
from net.records import Interface, Problem, Record, Skipped, Summary
from net.requests import ListenRequest
from net.routes import egress
from net.tasks import start, stop

FLUSH = 0.04
"""Seconds in which arrivals are gathered into one batch."""
SECOND = 1.0


async def listen(request: ListenRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Join and receive until closed, or until ``request.count`` datagrams have come, then a Summary.

    First one Joined for each group and interface that could be joined, and a Problem for each that could not; if none
    could, the first ProblemError is raised. Then batches of Datagram (the newest ``keep``; Skipped counts the rest),
    Stream and Reception. A join is repeated when its interface vanishes and comes back.
    """
    endpoints = [parse_endpoint(text) for text in request.groups]
    places = [(endpoint, face) for endpoint in endpoints for face in await _interfaces(endpoint, request.interfaces)]
    listening = Listening(request)
    try:
        opened = await listening.open(places)
        yield opened
        async for batch in listening.batches():
            yield batch
        yield (listening.summary(),)
    finally:
        await listening.close()


class Listening:
    """The receptions of one listen, read by the event loop and gathered into batches."""

    def __init__(self, request: ListenRequest) -> None:
        self._request = request
        self._receptions: dict[tuple[Endpoint, str], GroupReception] = {}
        self._in_kernel: dict[tuple[str, str], bool] = {}
        self._pending: list[Record] = []
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def open(self, places: Sequence[tuple[Endpoint, Interface]]) -> tuple[Record, ...]:
        """Join everywhere and return how that went; raises ProblemError if nothing could be joined."""
        problems = []
        for endpoint, interface in places:
            try:
                problems.extend(self._open(endpoint, interface))
            except ProblemError as failure:
                problems.append(failure.problem)
        if not self._receptions:
            raise ProblemError(problems[0])
        await self._read_kernel()
        self._tasks = (
            start(self._follow_interfaces(), "multicast.listen interfaces"),
            start(self._each_second(), "multicast.listen seconds"),
        )
        joined = tuple(self._joined(reception) for reception in self._receptions.values())
        self._pending.clear()
        return (*joined, *problems)

    async def batches(self) -> AsyncGenerator[tuple[Record, ...], None]:
        """What arrived, gathered over FLUSH seconds; ends after ``count`` datagrams."""
        while True:
            await self._wake.wait()
            if not self._enough():
                await asyncio.sleep(FLUSH)
            self._wake.clear()
            enough = self._enough()
            batch = self._gather()
            if batch:
                yield batch
            if enough:
                return

    def summary(self) -> Summary:
        """Totals over all receptions."""
        receptions = tuple(self._receptions.values())
        return summarise(
            [reception.reception() for reception in receptions],
            [stream for reception in receptions for stream in reception.all_streams()],
        )

    async def close(self) -> None:
        """Leave all groups; may be called twice."""
        await stop(*self._tasks)
        for reception in self._receptions.values():
            self._stop_reading(reception)
            reception.close()

    def _open(self, endpoint: Endpoint, interface: Interface) -> list[Problem]:
        place = (endpoint, interface.name)
        if place in self._receptions:
            return [make_problem("joined_twice", str(endpoint), interface=interface.name)]
        reception = GroupReception(
            endpoint, interface.name, keep=self._request.keep, buffer_bytes=self._request.buffer_bytes
        )
        reception.open(interface.index)
        self._receptions[place] = reception
        self._start_reading(reception)
        return _warnings(endpoint, interface)

    def _start_reading(self, reception: GroupReception) -> None:
        if reception.socket is not None:
            self._loop.add_reader(reception.socket, self._readable, reception)

    def _stop_reading(self, reception: GroupReception) -> None:
        if reception.socket is not None:
            self._loop.remove_reader(reception.socket)

    def _readable(self, reception: GroupReception) -> None:
        try:
            reception.drain(self._left())
        except OSError as error:
            problem = reception.failed(error)
            if problem is not None:
                self._pending.append(problem)
        self._wake.set()
        if self._enough():
            for each in self._receptions.values():
                self._stop_reading(each)

    def _left(self) -> int | None:
        if self._request.count is None:
            return None
        return max(0, self._request.count - sum(each.received for each in self._receptions.values()))

    def _enough(self) -> bool:
        return self._left() == 0

    def _gather(self) -> tuple[Record, ...]:
        records: list[Record] = self._pending
        self._pending = []
        for reception in self._receptions.values():
            records.extend(reception.datagrams())
            records.extend(reception.streams())
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
            await self._read_kernel()
            for reception in self._receptions.values():
                reception.tick(now - last)
            last = now
            self._wake.set()

    async def _read_kernel(self) -> None:
        listed = {
            (membership.interface, membership.group)
            for membership in await asyncio.to_thread(this_platform().memberships)
        }
        for reception in self._receptions.values():
            place = (reception.interface, str(reception.endpoint.group))
            if self._in_kernel.get(place) != (place in listed):
                self._in_kernel[place] = place in listed
                self._pending.append(self._joined(reception))

    async def _follow_interfaces(self) -> None:
        async with aclosing(this_platform().changes()) as changes:
            async for _ in changes:
                indexes = {name: index for index, name in socket.if_nameindex()}
                for reception in self._receptions.values():
                    self._follow(reception, indexes.get(reception.interface))
                await self._read_kernel()
                if self._pending:
                    self._wake.set()

    def _follow(self, reception: GroupReception, index: int | None) -> None:
        """Close what stood on an interface that vanished, and join anew when it is back, with its new index."""
        if index == (reception.index if reception.socket is not None else None):
            return
        self._readable(reception)
        self._stop_reading(reception)
        vanished = reception.socket is not None
        reception.close()
        self._in_kernel.pop((reception.interface, str(reception.endpoint.group)), None)
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

    def _joined(self, reception: GroupReception) -> Record:
        return reception.joined(in_kernel=self._in_kernel.get((reception.interface, str(reception.endpoint.group))))


async def _interfaces(endpoint: Endpoint, names: Sequence[str]) -> tuple[Interface, ...]:
    """Where to join: the chosen interfaces, else the scope of the group, else where unbound traffic would go."""
    if names:
        return await find(names)
    if endpoint.scope is not None:
        return await find((endpoint.scope,))
    route = await egress(str(endpoint.group))
    if route.interface is None:
        problem = route.problem or make_problem("no_route", str(endpoint.group))
        raise ProblemError(problem)
    return await find((route.interface,))


def _warnings(endpoint: Endpoint, interface: Interface) -> list[Problem]:
    """What makes a join that the kernel accepted useless."""
    subject = str(endpoint)
    version = "IPv6" if endpoint.group.version == 6 else "IPv4"
    if not interface.up:
        return [make_problem("joined_but_down", subject, interface=interface.name)]
    if not interface.multicast and not interface.loopback:
        return [make_problem("joined_without_multicast", subject, interface=interface.name)]
    if not any((":" in address.address) == (endpoint.group.version == 6) for address in interface.addresses):
        return [make_problem("joined_without_address", subject, interface=interface.name, version=version)]
    return []
