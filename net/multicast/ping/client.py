"""Pings a responder: queries go by unicast, replies come by unicast and by multicast, and both are counted."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import time
from collections.abc import AsyncGenerator
from contextlib import suppress

from net.multicast.ping.conversation import Conversation, Heard, hops
from net.multicast.ping.counts import PingCounts
from net.multicast.ping.messages import MalformedError, Message, decode
from net.multicast.ping.sockets import Arrived, PingSockets
from net.multicast.ping.summary import summarise
from net.multicast.ping.tally import Tally, Way
from net.multicast.ping.target import Target, find_target
from net.multicast.places import source_specific
from net.multicast.records import Pinging, Reply
from net.multicast.requests import PingRequest
from net.platform import this_platform
from net.problems import ProblemError, make_problem
from net.records import Joined, Problem, Record, Summary
from net.tasks import start, stop

FLUSH = 0.04
"""Seconds in which replies are gathered into one batch."""
FEWEST_INITS = 3
"""Inits of a ping that may speak v2 only, before it gives up, however few queries it is to send."""


async def ping(request: PingRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Ping until closed or ``request.count`` queries were sent and waited for, then a Summary.

    Batches of Joined (the group, when it is joined: right before the first query), Reply (one a probe), Pinging (the
    counts) and Problem. Raises ProblemError as ``find_target`` does, and ping_bind_refused, bind_refused, join_refused.
    """
    target = await find_target(request)
    pinger = Pinger(request, target)
    try:
        pinger.open()
        async for batch in pinger.batches():
            yield batch
        yield (pinger.summary(),)
    finally:
        await pinger.close()


class Pinger:
    """One ping: the task that sends, and what comes back."""

    def __init__(self, request: PingRequest, target: Target) -> None:
        self._request = request
        self._target = target
        self._conversation = Conversation(
            request.host, target.group, group_asked=target.group_asked, dialect=request.dialect
        )
        self._tally = Tally(request.host)
        self._loop = asyncio.get_running_loop()
        self._sockets = PingSockets(target, request.port, self._take, self._refused)
        self._pending: list[Record] = []
        self._problems: dict[int | None, Problem] = {}
        self._deadlines: dict[int, asyncio.TimerHandle] = {}
        self._sequence = self._inits = 0
        self._wake = asyncio.Event()
        self._due = asyncio.Event()
        self._told: PingCounts | None = None
        self._sending: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Open the socket that asks, and begin. Raises ProblemError."""
        try:
            self._sockets.open(bound=self._request.interface is not None)
        except OSError as error:
            problem = make_problem(
                "ping_bind_refused", self._request.host, error, interface=self._target.interface.name
            )
            raise ProblemError(problem) from error
        self._sending = start(self._converse(), "multicast.ping queries", log=False)
        self._sending.add_done_callback(lambda _: self._wake.set())

    async def batches(self) -> AsyncGenerator[tuple[Record, ...], None]:
        """What came back, gathered over FLUSH seconds; ends when all that was sent is answered or lost."""
        while True:
            await self._wake.wait()
            if self._sending is not None and not self._sending.done():
                await asyncio.sleep(FLUSH)
            self._wake.clear()
            ended = self._sending is not None and self._sending.done()
            batch = self._gather()
            if batch:
                yield batch
            if ended and self._sending is not None:
                self._sending.result()
                return

    def summary(self) -> Summary:
        """Totals so far, and what they mean."""
        refusal = self._conversation.refusal
        return summarise(self._counts(), (*self._problems.values(), *((refusal,) if refusal is not None else ())))

    async def close(self) -> None:
        """Leave the group and close; may be called twice."""
        if self._sending is not None:
            await stop(self._sending)
        for deadline in self._deadlines.values():
            deadline.cancel()
        self._deadlines.clear()
        self._sockets.close()

    async def _converse(self) -> None:
        """Take turn after turn at the interval asked for, then wait for the last replies."""
        due = self._loop.time()
        while not self._said_all():
            self._due.clear()
            turn = self._conversation.turn(self._sequence + 1, time.time())
            if turn.query and self._sockets.group != self._conversation.group:
                self._join()
                turn = self._conversation.turn(self._sequence + 1, time.time())
                self._send(turn.messages, query=turn.query)
                await self._tell_joined()
            else:
                self._send(turn.messages, query=turn.query)
            due += self._request.interval_ms / 1000 if turn.pause is None else turn.pause
            due = max(due, self._loop.time())
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._due.wait()
                due = self._loop.time()
        while self._tally.waiting and self._conversation.refusal is None:
            self._due.clear()
            await self._due.wait()

    def _said_all(self) -> bool:
        if self._conversation.refusal is not None:
            return True
        count = self._request.count
        return count is not None and (self._sequence >= count or self._inits >= max(count, FEWEST_INITS))

    def _send(self, messages: tuple[Message, ...], *, query: bool) -> None:
        """Send the messages of a turn; where there is a query, it is the last."""
        sent = time.time()
        left = [self._sockets.send(message.encode()) for message in messages]
        if not query:
            self._inits += 1
            return
        self._inits = 0
        self._sequence += 1
        if left[-1]:
            self._tally.sent(self._sequence, sent)
            self._deadlines[self._sequence] = self._loop.call_later(
                self._request.wait_ms / 1000, self._expire, self._sequence
            )
            self._wake.set()

    def _join(self) -> None:
        """Right before the query whose reply shall come through: what is joined earlier looks slow to set up."""
        self._sockets.join(self._conversation.group, self._target.address if self._source_specific() else None)
        self._tally.joined(time.time())

    async def _tell_joined(self) -> None:
        group, interface = str(self._conversation.group), self._target.interface.name
        listed = await asyncio.to_thread(this_platform().memberships)
        self._pending.insert(
            0,
            Joined(
                group=group,
                port=self._sockets.port,
                interface=interface,
                source_filter=(str(self._target.address),) if self._source_specific() else (),
                buffer_bytes=self._sockets.buffer_bytes,
                in_kernel=any((each.interface, each.group) == (interface, group) for each in listed),
            ),
        )
        self._wake.set()

    def _source_specific(self) -> bool:
        asked = self._request.source_specific
        return source_specific(self._conversation.group) if asked is None else asked

    def _take(self, arrived: Arrived) -> None:
        self._wake.set()
        if ipaddress.ip_address(arrived.source.partition("%")[0]) != self._target.address:
            self._tally.foreign += 1
            return
        try:
            message = decode(arrived.payload)
        except MalformedError as error:
            self._malformed(arrived, str(error))
            return
        heard = self._conversation.hear(message)
        if heard == Heard.ANSWER and message.sequence is not None:
            self._answered(message.sequence, arrived, hops(message, arrived.ttl))
        elif heard in (Heard.AGREED, Heard.MOVED, Heard.REFUSED):
            self._due.set()
        elif heard != Heard.FORGOTTEN:
            self._tally.foreign += 1

    def _malformed(self, arrived: Arrived, reason: str) -> None:
        """Tell of the first; all are counted."""
        self._tally.malformed += 1
        if self._tally.malformed == 1:
            port = self._request.port
            self._pending.append(make_problem("ping_malformed", arrived.source, evidence=reason, port=port))

    def _answered(self, sequence: int, arrived: Arrived, distance: int | None) -> None:
        way: Way = "multicast" if arrived.multicast else "unicast"
        group, size = str(self._conversation.group), len(arrived.payload)
        told = self._tally.arrived(sequence, way, time=arrived.time, hops=distance, size=size, group=group)
        if told is not None:
            deadline = self._deadlines.pop(sequence, None)
            if deadline is not None:
                deadline.cancel()
            self._tell(told)

    def _expire(self, sequence: int) -> None:
        self._deadlines.pop(sequence, None)
        told = self._tally.expire(sequence, str(self._conversation.group))
        if told is not None:
            self._tell(told)

    def _tell(self, reply: Reply) -> None:
        self._pending.append(reply)
        self._wake.set()
        if not self._tally.waiting and self._said_all():
            self._due.set()

    def _refused(self, error: OSError) -> None:
        """Tell a refusal once for each errno; the ping goes on, since the responder may come up."""
        if error.errno in self._problems or error.errno in (errno.EAGAIN, errno.EINTR):
            return
        problem = make_problem("ping_refused", self._request.host, error, port=self._request.port)
        self._problems[error.errno] = problem
        self._pending.append(problem)
        self._wake.set()

    def _gather(self) -> tuple[Record, ...]:
        records, self._pending = self._pending, []
        counts = self._counts()
        if counts != self._told:
            self._told = counts
            records.append(Pinging(counts=counts))
        return tuple(records)

    def _counts(self) -> PingCounts:
        base = PingCounts(
            host=self._request.host,
            address=str(self._target.address),
            port=self._request.port,
            group=str(self._conversation.group),
            interface=self._target.interface.name,
            source=self._sockets.source,
            source_specific=self._source_specific(),
            dialect=self._conversation.dialect,
            server=self._conversation.server,
        )
        return self._tally.counts(base)
