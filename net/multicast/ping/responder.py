"""Answers multicast pings: each by unicast to whoever asked, and by multicast to the group at that port."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections import deque
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

import msgspec

from net.interfaces import find
from net.multicast.ping.answering import TTL, Answering, Outcome
from net.multicast.ping.limiter import Limiter
from net.multicast.ping.policy import Policy, parse_group
from net.multicast.records import PingQuestion, Responding
from net.multicast.requests import RespondRequest
from net.platform import this_platform
from net.problems import ProblemError, make_problem
from net.records import Family, Problem, Record, Skipped
from net.replying import Asked, receive, replier, reply
from net.sockets import IPAddress
from net.tasks import start, stop

FLUSH = 0.04
"""Seconds in which questions are gathered into one batch."""
BURST = 64
"""Questions answered before the event loop gets its turn."""
KEPT = 200
"""Questions handed on in one batch; the rest is counted."""
PASSING = {errno.ECONNREFUSED, errno.ECONNRESET, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH}
"""With what a read may fail because of an earlier reply that did not arrive, or of a network that is down."""
MOST_REQUESTERS = 10_000
"""Hosts told apart for the count of those that asked."""
_FAMILIES: dict[int, Family] = {4: "ipv4", 6: "ipv6"}


async def respond(request: RespondRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Answer until closed: batches of Responding, then Problems and PingQuestions as they come (the newest KEPT;
    Skipped counts the rest).

    Raises ProblemError: address_invalid, group_not_multicast, ping_group_reserved, interface_unknown,
    ping_port_refused where neither family's port can be had; where only one can, that Problem follows the first
    Responding.
    """
    responder = await open_responder(request)
    try:
        async for batch in responder.batches():
            yield batch
    finally:
        await responder.close()


async def open_responder(request: RespondRequest) -> Responder:
    """A responder that answers from now on, to be closed. Raises ProblemError as ``respond`` does."""
    group = parse_group(request.group)[0] if request.group is not None else None
    if request.interfaces:
        await find(request.interfaces)
    responder = Responder(request, group)
    try:
        await responder.open()
    except BaseException:
        await responder.close()
        raise
    return responder


class Responder:
    """The sockets of one responder, read by the event loop."""

    def __init__(self, request: RespondRequest, group: IPAddress | None) -> None:
        self._policy = Policy(group, any_network=request.any_network)
        self._answering = Answering(
            self._policy, Limiter(request.interval_ms / 1000), interfaces=frozenset(request.interfaces)
        )
        self._state = Responding(
            port=request.port,
            families=(),
            group=request.group,
            interfaces=request.interfaces,
            any_network=request.any_network,
        )
        self._versions = (4, 6) if group is None else (group.version,)
        self._sockets: list[socket.socket] = []
        self._questions: deque[PingQuestion] = deque(maxlen=KEPT)
        self._problems: deque[Problem] = deque(maxlen=KEPT)
        self._skipped = 0
        self._requesters: set[str] = set()
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._following: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Bind the port in both families; raises ProblemError if neither can be bound."""
        families: list[Family] = []
        for version in self._versions:
            try:
                sock = replier(version, self._state.port, ttl=TTL)
            except OSError as error:
                port = str(self._state.port)
                self._problems.append(make_problem("ping_port_refused", port, error, family=f"IPv{version}"))
                continue
            self._sockets.append(sock)
            families.append(_FAMILIES[version])
        if not self._sockets:
            raise ProblemError(self._problems[0])
        self._policy.learn(await asyncio.to_thread(this_platform().links))
        for sock in self._sockets:
            self._loop.add_reader(sock, self._readable, sock)
        self._following = start(self._follow(), "multicast.respond interfaces")
        self._state = msgspec.structs.replace(self._state, families=tuple(families))
        self._wake.set()

    def announced(self, names: tuple[str, ...], problems: Iterable[Problem]) -> None:
        """Tell by which names it is found, and where that was refused."""
        self._state = msgspec.structs.replace(self._state, announced=names)
        self._problems.extend(problems)
        self._wake.set()

    async def batches(self) -> AsyncGenerator[tuple[Record, ...], None]:
        """The state at first and whenever it changed, with what was asked, gathered over FLUSH seconds."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(FLUSH)
            self._wake.clear()
            records: list[Record] = [self._state, *self._problems, *self._questions]
            if self._skipped:
                records.append(Skipped(of="request", count=self._skipped))
            self._problems.clear()
            self._questions.clear()
            self._skipped = 0
            yield tuple(records)

    async def close(self) -> None:
        """Give the port back; may be called twice."""
        for sock in self._sockets:
            self._loop.remove_reader(sock)
            sock.close()
        self._sockets.clear()
        if self._following is not None:
            await stop(self._following)

    def _readable(self, sock: socket.socket) -> None:
        for _ in range(BURST):
            try:
                asked = receive(sock)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno not in PASSING:
                    self._problems.append(make_problem("ping_port_failed", str(self._state.port), error))
                    self._wake.set()
                return
            outcome = self._answering.consider(asked)
            if outcome is not None:
                self._count(self._reply(sock, asked, outcome))

    def _reply(self, sock: socket.socket, asked: Asked, outcome: Outcome) -> PingQuestion:
        """Send what the outcome says; returns its question, with the problem if that was refused."""
        if outcome.reply is None:
            return outcome.question
        payload = outcome.reply.encode()
        # By the interface asked at, since multicast would else follow the default route into a tunnel. Beyond our
        # links unicast goes as the kernel routes it.
        arrival = asked.interface
        local = self._policy.local(asked.address, arrival)
        ways = [(asked.address, arrival if local else None)]
        if outcome.group is not None:
            ways.append((outcome.group, arrival))
        for destination, interface in ways:
            try:
                reply(sock, payload, destination, asked.port, source=asked.at, interface=interface)
            except OSError as error:
                problem = make_problem("ping_reply_refused", str(destination), error, requester=str(asked.address))
                return msgspec.structs.replace(outcome.question, answered=False, refused="send", problem=problem)
        return outcome.question

    def _count(self, question: PingQuestion) -> None:
        if len(self._questions) == KEPT:
            self._skipped += 1
        self._questions.append(question)
        if len(self._requesters) < MOST_REQUESTERS:
            self._requesters.add(question.requester)
        self._state = msgspec.structs.replace(
            self._state,
            answered=self._state.answered + question.answered,
            refused=self._state.refused + (not question.answered),
            requesters=len(self._requesters),
            last=question.time,
        )
        self._wake.set()

    async def _follow(self) -> None:
        """Learn of addresses that come and go: they decide who is on a link of this host."""
        async with aclosing(this_platform().changes()) as changes:
            async for _ in changes:
                self._policy.learn(await asyncio.to_thread(this_platform().links))
