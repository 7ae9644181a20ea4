"""Stays joined to one group for minutes and finds what only time shows: a membership that a switch forgets."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Protocol

from msgspec.structs import replace

from net.interfaces import find
from net.multicast.course import Course, Timing
from net.multicast.endpoint import Endpoint, parse_endpoint
from net.multicast.endurance_verdict import Lost, conclude
from net.multicast.places import SourceFilter, check_filter
from net.multicast.queries import QueryCounter
from net.multicast.records import Endurance, EnduranceVerdict
from net.multicast.requests import EnduranceRequest
from net.multicast.scope import agreed_interfaces
from net.platform import this_platform
from net.platform.names import interface_names
from net.problems import ProblemError, make_problem
from net.records import Interface, Joined, Membership, Problem, Record
from net.sockets import ANCILLARY_BYTES, granted_buffer, join, leave, parse_arrival, receiver
from resources.groups import well_known

logger = logging.getLogger(__name__)

BUFFER_BYTES = 4 * 1024 * 1024
BURST = 512
"""Datagrams read before the event loop gets its turn."""
TICKS = 20
"""Looks at the time within the shortest silence, at most a second apart."""
SECOND = 1.0
"""Between two looks whether the join still stands in the kernel's table."""


class Timers(Protocol):
    """The time of a run."""

    def now(self) -> float:
        """Seconds since some fixed moment."""

    async def wait(self, seconds: float) -> None:
        """Return when that many seconds have passed."""


class LoopTimers:
    """The time of the event loop."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def run(request: EnduranceRequest, timers: Timers | None = None) -> AsyncGenerator[tuple[Record, ...], None]:
    """Joined, then an Endurance and the EnduranceVerdict so far at each look at the time, and the final verdict.

    When the stream falls silent the group is left and joined anew once; a run that ends meanwhile goes on until that
    shows. A Problem tells that a new join was refused, which is tried again each second, or that the interface
    vanished; then the verdict is of that, although the group is joined again when it is back. Raises ProblemError where
    the group cannot be joined.
    """
    endpoint = parse_endpoint(request.group)
    check_filter(endpoint, SourceFilter())
    (interface,) = await find(agreed_interfaces(endpoint, (request.interface,)))
    enduring = Enduring(endpoint, interface, _timing(request), timers or LoopTimers())
    try:
        enduring.open()
        yield (await enduring.first_join(),)
        while True:
            await enduring.wait()
            records = await enduring.look()
            if enduring.over():
                yield (*records, enduring.verdict(final=True))
                return
            yield (*records, enduring.verdict(final=False))
    finally:
        enduring.close()


class Enduring:
    """One run: the joined socket, the course of its arrivals, and the queries heard meanwhile."""

    def __init__(self, endpoint: Endpoint, interface: Interface, timing: Timing, timers: Timers) -> None:
        self._endpoint = endpoint
        self._interface = interface
        self._timers = timers
        self._tick = min(1.0, timing.silence / TICKS)
        self._course = Course(timing)
        self._queries = QueryCounter(interface, endpoint.group.version)
        self._socket: socket.socket | None = None
        self._begin = 0.0
        self._shared = False
        self._joined = True
        self._lost: tuple[Lost, float] | None = None
        self._looked = 0.0

    def open(self) -> None:
        """Join, and begin to count. Raises ProblemError."""
        endpoint, index = self._endpoint, self._interface.index
        try:
            sock = receiver(endpoint.group, endpoint.port, index, buffer_bytes=BUFFER_BYTES)
        except OSError as error:
            raise ProblemError(make_problem("bind_refused", str(endpoint), error)) from error
        self._socket = sock
        self._queries.open()
        try:
            join(sock, endpoint.group, index)
        except OSError as error:
            raise ProblemError(self._refused(error)) from error
        self._begin = self._timers.now()
        asyncio.get_running_loop().add_reader(sock, self._drain, sock)

    def close(self) -> None:
        """Leave the group; may be called twice."""
        self._queries.close()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    async def first_join(self) -> Joined:
        """The join as the kernel has it."""
        group, port = str(self._endpoint.group), self._endpoint.port
        row = well_known(group, port)
        return Joined(
            group=group,
            port=port,
            interface=self._interface.name,
            buffer_bytes=granted_buffer(self._socket) if self._socket is not None else None,
            in_kernel=await self._membership() is not None,
            name=row.name if row is not None else None,
        )

    async def wait(self) -> None:
        """Until the next look at the time."""
        await self._timers.wait(self._tick)

    async def look(self) -> tuple[Record, ...]:
        """How it stands; joins anew where a silence calls for it."""
        if self._socket is not None:
            self._drain(self._socket)
        problems = await self._check_join()
        if self._course.tick(self._now()) and self._joined:
            problems += await self._rejoin()
        now, course = self._now(), self._course
        last = course.last if course.last is not None else 0.0
        standing = Endurance(
            group=str(self._endpoint.group),
            port=self._endpoint.port,
            interface=self._interface.name,
            elapsed=round(now, 3),
            seconds=course.timing.seconds,
            state=course.state(now),
            arrived=course.arrived_in(int(now) - 1),
            received=course.received,
            silent_for=round(now - last, 3),
            joined=round(course.joins[-1], 3),
            rejoins=len(course.joins) - 1,
            silences=len(course.silences),
        )
        return (standing, *problems)

    def over(self) -> bool:
        """Whether the time is up, and nothing is left to be seen of a new join."""
        now = self._now()
        return now >= self._course.timing.seconds and not self._course.reviving(now)

    def verdict(self, *, final: bool) -> EnduranceVerdict:
        """The verdict so far."""
        name, queries = self._interface.name, self._queries.count()
        lost = self._lost
        if lost is None and not self._joined:
            lost = ("join", self._looked)
        return conclude(
            self._endpoint, name, self._course, self._now(), queries, shared=self._shared, final=final, lost=lost
        )

    async def _rejoin(self) -> tuple[Problem, ...]:
        membership = await self._membership()
        self._shared = membership is not None and (membership.users or 0) > 1
        return self._join_again()

    async def _check_join(self) -> tuple[Problem, ...]:
        """Look each second whether the interface and the join are still there; try again where they are not."""
        now = self._now()
        if now - self._looked < SECOND:
            return ()
        self._looked = now
        names = interface_names()
        if self._interface.index in names:
            if self._joined and not await self._listed():
                self._joined, self._lost = False, self._lost or ("join", now)
            return () if self._joined else self._join_again(told=True)
        problems: tuple[Problem, ...] = ()
        if self._joined:
            self._joined, self._lost = False, ("interface", now)
            vanished = make_problem("interface_vanished", self._interface.name, group=str(self._endpoint))
            problems = (vanished,)
        again = next((index for index, name in names.items() if name == self._interface.name), None)
        if again is not None:
            self._interface = replace(self._interface, index=again)
            problems += self._join_again(told=True)
        return problems

    def _join_again(self, *, told: bool = False) -> tuple[Problem, ...]:
        """``told``: that it is refused is known."""
        if self._socket is None:
            return ()
        # Where the interface took the membership with it, the join says whether it is back.
        with suppress(OSError):
            leave(self._socket, self._endpoint.group, self._interface.index)
        try:
            join(self._socket, self._endpoint.group, self._interface.index)
        except OSError as error:
            self._joined = False
            return () if told else (self._refused(error),)
        self._joined = True
        self._course.joined(self._now())
        return ()

    async def _listed(self) -> bool:
        """Whether the kernel's table has the join; where it cannot be read nothing says that it has not."""
        try:
            return await self._membership() is not None
        except OSError as error:
            logger.warning("the joined groups cannot be read: %s", error)
            return True

    async def _membership(self) -> Membership | None:
        listed = await asyncio.to_thread(this_platform().memberships)
        place = (self._interface.name, str(self._endpoint.group))
        return next((each for each in listed if (each.interface, each.group) == place), None)

    def _now(self) -> float:
        return self._timers.now() - self._begin

    def _drain(self, sock: socket.socket) -> None:
        count = 0
        for _ in range(BURST):
            try:
                _payload, ancillary, _flags, _source = sock.recvmsg(1, ANCILLARY_BYTES)
            except OSError:
                # Nothing waits (EAGAIN), or the interface is down: its silence is the result.
                break
            if parse_arrival(ancillary).interface in (None, self._interface.index):
                count += 1
        if count:
            self._course.arrived(self._now(), count)

    def _refused(self, error: OSError) -> Problem:
        return make_problem("join_refused", str(self._endpoint), error, interface=self._interface.name)


def _timing(request: EnduranceRequest) -> Timing:
    return Timing(
        seconds=request.seconds,
        membership=request.membership_seconds,
        tolerance=request.tolerance_seconds,
        silence=request.silence_seconds,
        revive=request.revive_seconds,
    )
