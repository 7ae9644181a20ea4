"""Asks again for a record that is held true, and says on which interfaces it is still answered for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import suppress

from discovery.bonjour.compose import compose
from discovery.bonjour.exchange import Exchange, exchanges, refusal
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import name_text
from discovery.bonjour.origin import Network, acceptable
from discovery.bonjour.questions import answers_to, parse_question, places_to_ask
from discovery.bonjour.rdata import NSEC, rdata_text, type_text
from discovery.bonjour.wire import decode
from discovery.records import Verified
from discovery.requests import VerifyRequest
from net.problems import ProblemError
from net.records import Problem, Record

ASKED_AT = (0.0, 1.0)
"""Seconds of the two queries: RFC 6762 section 10.4 asks for two or more, section 5.2 for a second between them."""
WAIT = 10.0
"""Section 10.4: without an answer for so long the record is no longer true."""


async def verify(request: VerifyRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Problems of interfaces that could not ask, and a Verified an interface: alive as soon as it is answered for,
    dead WAIT seconds after the first question.

    With ``data`` (text as in HeardRecord) only that record counts, not another of its name and type; a goodbye counts
    never. Raises ProblemError as ``ask`` does.
    """
    places, networks, obstacles = await places_to_ask(request.interfaces)
    verifying = _Verifying(request, networks)
    async with exchanges(places, verifying.heard) as (opened, refused):
        problems = [*obstacles, *refused]
        for at in ASKED_AT:
            async for batch in verifying.until(at):
                yield batch
            problems += verifying.send(opened)
            if not verifying.asked:
                raise ProblemError(problems[0])
            if problems:
                yield tuple(problems)
                problems = []
        async for batch in verifying.until(WAIT):
            yield batch
        dead = verifying.dead()
        if dead:
            yield dead


class _Verifying:
    """The record, the interfaces at which it was asked for, and those at which it was heard."""

    def __init__(self, request: VerifyRequest, networks: Mapping[str, Sequence[Network]]) -> None:
        self._networks = networks
        self._question = parse_question(request.name, request.type)
        self._payload = compose(questions=(self._question,))
        self._data = request.data
        self._loop = asyncio.get_running_loop()
        self._start = self._loop.time()
        self._began: dict[str, float] = {}
        self._sent: dict[str, int] = {}
        self._alive: dict[str, Verified] = {}
        self._fresh: list[Verified] = []
        self._wake = asyncio.Event()

    @property
    def asked(self) -> bool:
        """Whether the question went out anywhere."""
        return bool(self._sent)

    def send(self, opened: Iterable[Exchange]) -> list[Problem]:
        """Ask where no answer has come yet; returns where that was refused."""
        if not self._began:
            self._start = self._loop.time()
        problems = []
        asked: dict[str, None] = {}
        for exchange in opened:
            name = exchange.place.interface
            if name in self._alive:
                continue
            self._began.setdefault(name, time.time())
            try:
                exchange.send(self._payload)
            except OSError as error:
                problems.append(refusal(exchange.place, error))
            else:
                asked[name] = None
        for name in asked:
            self._sent[name] = self._sent.get(name, 0) + 1
        return problems

    def heard(self, packet: HeardPacket) -> None:
        """Look whether a packet has the record."""
        name = packet.interface
        began = self._began.get(name)
        if began is None or name in self._alive or packet.time < began:
            return
        if not acceptable(packet, self._networks.get(name, ())):
            return
        answers = answers_to(self._question, decode(packet.payload))
        if any(
            answer.ttl and answer.type != NSEC and self._data in (None, rdata_text(answer.rdata)) for answer in answers
        ):
            ms = round((packet.time - began) * 1000, 3)
            self._alive[name] = self._verified(name, alive=True, ms=ms, source=packet.source)
            self._fresh.append(self._alive[name])
            self._wake.set()

    async def until(self, seconds: float) -> AsyncGenerator[tuple[Record, ...], None]:
        """What is found alive until so long after the beginning; ends when no interface is left to wait for."""
        deadline = self._start + seconds
        while self._loop.time() < deadline and not (self._sent and self._sent.keys() <= self._alive.keys()):
            with suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    await self._wake.wait()
            self._wake.clear()
            fresh, self._fresh = self._fresh, []
            if fresh:
                yield tuple(fresh)

    def dead(self) -> tuple[Record, ...]:
        """What was not answered for."""
        return tuple(self._verified(name, alive=False) for name in self._sent if name not in self._alive)

    def _verified(self, interface: str, *, alive: bool, ms: float | None = None, source: str | None = None) -> Verified:
        return Verified(
            name=name_text(self._question.name),
            type=type_text(self._question.type),
            interface=interface,
            alive=alive,
            sent=self._sent.get(interface, 0),
            ms=ms,
            source=source,
        )
