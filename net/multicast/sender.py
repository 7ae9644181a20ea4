"""Sends datagrams to a group by chosen interfaces, at a steady rate."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, closing

from net.interfaces import find
from net.multicast.endpoint import Endpoint, parse_endpoint
from net.multicast.outgoing import Payload, outgoing
from net.multicast.pace import Pace, check_rate
from net.multicast.scope import agreed_interfaces, needs_scope
from net.multicast.send_warnings import group_warnings
from net.multicast.sending_leg import Leg
from net.problems import ProblemError, make_problem
from net.records import Interface, Problem, Record, Summary
from net.requests import SendRequest

TELL = 0.1
"""Seconds between two progress records."""
BURST = 64
"""Datagrams sent before the event loop gets its turn."""
NO_ROOM = 0.001
"""Seconds to wait where a socket's or an interface's queue is full: for the latter no event tells when it is not."""


async def send(request: SendRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Send as asked; yields Sent for each interface while it goes on and a Summary at the end.

    Without interface the kernel routes, and the records say where to. Where all interfaces refuse the first datagram
    the refusal is raised as ProblemError; any other is a Problem in the summary, one for each errno and interface, and
    sending goes on. What is doubtful, but is sent all the same, is a Problem before all else.
    """
    endpoint = parse_endpoint(request.group)
    interfaces = await _interfaces(request, endpoint)
    with await asyncio.to_thread(outgoing, request) as payload:
        check_rate(request, len(interfaces), len(payload(0)))
        warnings = group_warnings(endpoint, request.ttl)
        if warnings:
            yield warnings
        sending = Sending(request, endpoint, payload)
        with closing(sending):
            await sending.open(interfaces)
            if sending.warnings:
                yield sending.warnings
                warnings += sending.warnings
            async with aclosing(sending.run()) as batches:
                async for batch in batches:
                    yield batch
            yield (sending.summary(warnings),)


class Sending:
    """One run of datagrams, each sent by every leg (interface)."""

    def __init__(self, request: SendRequest, endpoint: Endpoint, payload: Payload) -> None:
        self._request = request
        self._endpoint = endpoint
        self._payload = payload
        self._legs: list[Leg] = []
        self._refused: list[Problem] = []
        self._number = 0
        self._count = request.count or None

    async def open(self, interfaces: Sequence[Interface | None]) -> None:
        """Open a socket for each interface. Raises ProblemError if none could be opened."""
        for interface in interfaces:
            leg = Leg(self._endpoint, interface)
            try:
                await leg.open(ttl=self._request.ttl, loop=self._request.loop, dscp=self._request.dscp)
            except ProblemError as failure:
                self._refused.append(failure.problem)
            else:
                self._legs.append(leg)
        if not self._legs:
            raise ProblemError(self._refused[0])

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is doubtful about the interfaces that are open."""
        return tuple(problem for leg in self._legs for problem in leg.warnings)

    def close(self) -> None:
        """Close the sockets."""
        for leg in self._legs:
            leg.close()

    async def run(self) -> AsyncGenerator[tuple[Record, ...], None]:
        """Send datagram after datagram when it is due, catching up after a delay."""
        now = asyncio.get_running_loop().time
        pace = Pace(self._request, now(), len(self._legs))
        for leg in self._legs:
            leg.begin(now())
        told = now()
        while True:
            room = self._burst(pace, now())
            if not self._left():
                break
            wait = max(0.0, pace.due - now()) if room else NO_ROOM
            # Before a long wait, too: what was sent is known while it lasts.
            if wait >= TELL or now() - told >= TELL:
                told = now()
                yield tuple(leg.progress(told) for leg in self._legs)
            # sleep(0) gives the loop its turn where datagrams are due all the time.
            await asyncio.sleep(max(0.0, pace.due - now()) if room else NO_ROOM)
        yield tuple(leg.progress(now()) for leg in self._legs)

    def summary(self, warnings: Sequence[Problem] = ()) -> Summary:
        """Totals so far."""
        legs = self._legs
        rates = [leg.average for leg in legs]
        sources = [leg.source for leg in legs if leg.source is not None]
        return Summary(
            sent=sum(leg.sent for leg in legs),
            bytes=sum(leg.bytes for leg in legs),
            interface=", ".join(leg.leaves_by for leg in legs if leg.leaves_by is not None) or None,
            source=", ".join(sources) or None,
            problems=(*warnings, *self._refused, *(problem for leg in legs for problem in leg.problems)),
            packets_per_s=round(sum(packets for packets, _ in rates), 3),
            bits_per_s=round(sum(bits for _, bits in rates), 1),
        )

    def _left(self) -> bool:
        return self._count is None or self._number < self._count or any(leg.waiting is not None for leg in self._legs)

    def _burst(self, pace: Pace, now: float) -> bool:
        """Send what is due, at most BURST; False where a leg has no room and nothing further can be sent yet."""
        for _ in range(BURST):
            if not all(leg.retry() for leg in self._legs):
                return False
            if pace.due > now or self._number == self._count:
                break
            payload = self._payload(self._number)
            for leg in self._legs:
                leg.send(payload)
            if not self._number:
                self._check_first()
            pace.sent(len(payload), now)
            self._number += 1
        return True

    def _check_first(self) -> None:
        """Raise what kept every leg from sending: more of it would hardly go better."""
        if any(leg.sent or leg.waiting is not None for leg in self._legs):
            return
        problems = [problem for leg in self._legs for problem in leg.problems]
        # A connected socket is told of an ICMP error for a datagram before.
        if problems and problems[0].errno != errno.ECONNREFUSED:
            raise ProblemError(problems[0])


async def _interfaces(request: SendRequest, endpoint: Endpoint) -> Sequence[Interface | None]:
    named = (*request.interfaces, *((request.interface,) if request.interface else ()))
    names = agreed_interfaces(endpoint, named)
    if not names and needs_scope(endpoint.group):
        raise ProblemError(make_problem("scope_missing", str(endpoint)))
    return await find(names) if names else (None,)
