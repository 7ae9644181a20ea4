"""Asks one question by hand on the chosen interfaces, and shows who answers and whether in time."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Literal

from discovery.bonjour.compose import compose
from discovery.bonjour.exchange import exchanges, refusal
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import name_text
from discovery.bonjour.origin import Network, acceptable
from discovery.bonjour.questions import answers_to, parse_question, places_to_ask, told, usual_type
from discovery.bonjour.rdata import type_text
from discovery.bonjour.restricted import PORT, Place
from discovery.bonjour.wire import Question, ResourceRecord, decode
from discovery.records import AskSummary, MdnsAnswer
from discovery.requests import AskRequest
from net.ending import ending
from net.problems import ProblemError
from net.records import Family, Record
from net.tasks import start, stop
from net.text import milliseconds_text, times_text
from resources.loader import answer_rows

Timing = Literal["in_time", "early", "late", "not_judged"]

SHARED_WINDOW_MS = (20.0, 120.0)
"""RFC 6762 section 6: who may not be the only one to answer waits so long, evenly spread."""
UNIQUE_MS = 10.0
"""Section 6: who alone can answer does so at once, at most 10 ms later."""
LEEWAY_MS = 50.0
"""For the way there and back and the timers of two busy computers: avahi was seen at 142 ms."""
_WRONG_TIMES: tuple[Timing, ...] = ("early", "late")
MOST_RESPONDERS = 1_000
"""Told apart in the summary."""


async def ask(request: AskRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """Problems of interfaces that could not ask, a MdnsAnswer a packet that answers, at the end one AskSummary.

    ``qm`` and ``qu`` are sent once from port 5353, which the system's own responder may hold at the same time;
    ``legacy`` from a port of its own (RFC 6762 sections 5.4 and 6.7). Answers count for ``seconds``. Raises
    ProblemError: ask_name_invalid, ask_type_invalid, interface_unknown, those of ``places_to_ask``, and ask_refused
    where no interface let the question out. Asked to end (net.ending), it says its summary at once.
    """
    places, networks, obstacles = await places_to_ask(request.interfaces)
    asking = _Asking(request, networks)
    port = 0 if request.mode == "legacy" else PORT
    async with exchanges(places, asking.heard, port=port) as (opened, refused):
        for exchange in opened:
            asking.sent(exchange.place)
            try:
                exchange.send(asking.payload)
            except OSError as error:
                asking.unsent(exchange.place)
                refused.append(refusal(exchange.place, error))
        if not asking.places:
            raise ProblemError(refused[0])
        if obstacles or refused:
            yield (*obstacles, *refused)
        async with aclosing(asking.answers()) as batches:
            async for batch in batches:
                yield batch
    yield (asking.summary(),)


def judge(answers: Iterable[ResourceRecord], ms: float) -> Timing:
    """How the time of an answer by multicast stands to RFC 6762 section 6: one of ``answers`` that is shared (without
    the cache-flush bit) makes the whole wait, since it could not be sent earlier with the others."""
    unique = all(answer.flush for answer in answers)
    if not unique and ms < SHARED_WINDOW_MS[0]:
        return "early"
    return "in_time" if ms <= (UNIQUE_MS if unique else SHARED_WINDOW_MS[1]) + LEEWAY_MS else "late"


class _Asking:
    """The question, when it was sent where, and what came back."""

    def __init__(self, request: AskRequest, networks: Mapping[str, Sequence[Network]]) -> None:
        self._request = request
        self._networks = networks
        type_ = request.type or usual_type(request.name)
        self.question: Question = parse_question(request.name, type_, unicast=request.mode == "qu")
        self._id = secrets.randbelow(0xFFFF) + 1 if request.mode == "legacy" else 0
        self.payload = compose(id=self._id, questions=(self.question,))
        self._times: dict[tuple[str, Family], float] = {}
        self._fresh: list[MdnsAnswer] = []
        self._wake = asyncio.Event()
        self._count = 0
        self._timings: dict[Timing, int] = {}
        self._first_ms: float | None = None
        self._responders: dict[str, None] = {}

    @property
    def places(self) -> int:
        """Where the question went out."""
        return len(self._times)

    def sent(self, place: Place) -> None:
        """Now."""
        self._times[place.interface, place.family] = time.time()

    def unsent(self, place: Place) -> None:
        """Not after all."""
        del self._times[place.interface, place.family]

    def heard(self, packet: HeardPacket) -> None:
        """Judge a packet that may answer."""
        began = self._times.get((packet.interface, packet.family))
        if began is None or packet.time < began:
            return
        networks = self._networks.get(packet.interface, ())
        if not acceptable(packet, networks, legacy=self._request.mode == "legacy"):
            return
        message = decode(packet.payload)
        if self._request.mode == "legacy" and packet.unicast and message.id != self._id:
            return
        answers = answers_to(self.question, message)
        if not answers:
            return
        ms = (packet.time - began) * 1000
        judged = self._request.mode == "qm" and not packet.unicast
        answer = MdnsAnswer(
            interface=packet.interface,
            family=packet.family,
            source=packet.source,
            ms=round(ms, 3),
            unicast=packet.unicast,
            ip_ttl=packet.ttl,
            timing=judge(answers, ms) if judged else "not_judged",
            records=told(message, answers),
        )
        self._count += 1
        self._timings[answer.timing] = self._timings.get(answer.timing, 0) + 1
        self._first_ms = answer.ms if self._first_ms is None else min(self._first_ms, answer.ms)
        if len(self._responders) < MOST_RESPONDERS:
            self._responders[answer.source] = None
        self._fresh.append(answer)
        self._wake.set()

    async def answers(self) -> AsyncGenerator[tuple[Record, ...], None]:
        """What comes until the time is up."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._request.seconds
        end = ending()
        awaiting = start(self._wake_at(end), "bonjour.ask end")
        try:
            while loop.time() < deadline and not end.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(deadline):
                        await self._wake.wait()
                self._wake.clear()
                fresh, self._fresh = self._fresh, []
                if fresh:
                    yield tuple(fresh)
        finally:
            await stop(awaiting)

    async def _wake_at(self, end: asyncio.Event) -> None:
        await end.wait()
        self._wake.set()

    def summary(self) -> AskSummary:
        """Of all that was heard."""
        return AskSummary(
            name=name_text(self.question.name),
            type=type_text(self.question.type),
            mode=self._request.mode,
            interfaces=tuple(dict.fromkeys(interface for interface, _ in self._times)),
            sent=len(self._times),
            answers=self._count,
            responders=tuple(self._responders),
            text=self._text(),
        )

    def _text(self) -> str:
        rows = answer_rows()
        if not self._count:
            return rows[f"silent_{self._request.mode}"].format(seconds=f"{self._request.seconds:g}")
        alone = "answered_once" if self._count == 1 else "answered_by_one"
        row = rows["answered" if len(self._responders) > 1 else alone]
        facts = {"answers": self._count, "times": times_text(self._count), "hosts": len(self._responders)}
        sentences = [row.format(**facts, ms=milliseconds_text(self._first_ms or 0.0))]
        counts = [(timing, self._timings.get(timing)) for timing in _WRONG_TIMES]
        sentences += [rows[timing].format(count=count) for timing, count in counts if count]
        return " ".join(sentences)
