"""A cell of the resolver matrix: one server asked several times by one transport and one path."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import dns.name
import msgspec

from net.problems import make_problem
from net.records import Problem
from net.resolvers.address import ServerAddress
from net.resolvers.queries import Outcome, Way, ask_tcp, ask_udp, other_source
from net.resolvers.questions import SMALLER, Question, large, small
from net.resolvers.records import Path, Resolution, Transport
from net.text import endpoint_text

GOOD = ("NOERROR", "NXDOMAIN")
"""Answers that say something of the name; all others say that the server could or would not."""


class Asked(NamedTuple):
    """What the cells of a server and a path have in common; ``way`` is None on the default path."""

    name: dns.name.Name
    server: ServerAddress
    interface: str | None
    way: Way | None
    tries: int
    seconds: float

    @property
    def text(self) -> str:
        return self.name.to_text(omit_final_dot=True)

    @property
    def path(self) -> Path:
        return "default" if self.way is None else "bound"


async def udp(asked: Asked) -> Resolution:
    """Small questions on connected sockets, beside them one on an unconnected: does another address answer?"""
    tries, ipv6, other = await asyncio.gather(
        _tries(asked, lambda: ask_udp(small(asked.name), asked.server, asked.way, asked.seconds)),
        ask_udp(small(asked.name, ipv6=True), asked.server, asked.way, asked.seconds),
        other_source(small(asked.name), asked.server, asked.way, asked.seconds),
    )
    return _resolution(asked, "udp", tries, extra=(ipv6,), unexpected_source=other)


async def tcp(asked: Asked) -> Resolution:
    """The same questions by TCP."""
    tries, ipv6 = await asyncio.gather(
        _tries(asked, lambda: ask_tcp(small(asked.name), asked.server, asked.way, asked.seconds)),
        ask_tcp(small(asked.name, ipv6=True), asked.server, asked.way, asked.seconds),
    )
    return _resolution(asked, "tcp", tries, extra=(ipv6,))


async def udp_large(asked: Asked) -> Resolution:
    """Questions with large answers, beside them the same with less room offered, whose answers come whole or cut."""
    tries, *smaller = await asyncio.gather(
        _tries(asked, lambda: _both(asked, large(asked.name))),
        *(_tries(asked, lambda payload=size: _both(asked, large(asked.name, payload)), tries=2) for size in SMALLER),  # type: ignore[misc]
    )
    fits = (size for size, outcomes in zip(SMALLER, smaller, strict=True) if any(each.answer for each in outcomes))
    return _resolution(asked, "udp_large", tries, fits=next(fits, None))


async def _tries(asked: Asked, ask: Callable[[], Awaitable[Outcome]], tries: int | None = None) -> Sequence[Outcome]:
    """One after the other, since several at once would hide a loss that comes and goes."""
    return [await ask() for _ in range(tries or asked.tries)]


async def _both(asked: Asked, questions: Sequence[Question]) -> Outcome:
    """Of several questions at once: the one that was not answered, else the largest answer."""
    outcomes = await asyncio.gather(
        *(ask_udp(question, asked.server, asked.way, asked.seconds) for question in questions)
    )
    return max(outcomes, key=lambda each: 1 << 16 if each.answer is None else each.answer.size)


def _resolution(
    asked: Asked,
    transport: Transport,
    tries: Sequence[Outcome],
    *,
    extra: Sequence[Outcome] = (),
    unexpected_source: str | None = None,
    fits: int | None = None,
) -> Resolution:
    answers = [each.answer for each in (*extra, *tries) if each.answer is not None]
    counted = [each for each in tries if each.answer is not None]
    times = [each.seconds for each in counted if each.seconds is not None]
    refusals = [each.errno for each in tries if each.errno is not None]
    rcode = counted[-1].answer.rcode if counted and counted[-1].answer is not None else None
    made = Resolution(
        name=asked.text,
        server=asked.server.address,
        port=asked.server.port,
        interface=asked.interface,
        path=asked.path,
        transport=transport,
        ok=len(counted) == len(tries) and (transport == "udp_large" or rcode in GOOD),
        rcode=rcode,
        addresses=tuple(dict.fromkeys(address for answer in answers for address in answer.addresses)),
        ms=round(1000 * min(times), 2) if times else None,
        tries=len(tries),
        answered=len(counted),
        size=max((answer.size for answer in answers), default=None),
        truncated=any(answer.truncated for answer in answers),
        fits=fits,
        unexpected_source=unexpected_source,
        malformed=sum(each.malformed for each in tries),
        errno=refusals[-1] if refusals else None,
    )
    return made if made.ok else msgspec.structs.replace(made, problem=_problem(made))


def _problem(cell: Resolution) -> Problem:
    """Why a cell is not ok, for itself: what all cells together mean is for the verdict to say."""
    error = None
    if cell.answered == cell.tries:
        code = "resolver_fails"
    elif cell.answered:
        code = "resolver_unsteady"
    elif cell.errno is not None:
        code, error = "resolver_refused", OSError(cell.errno, "")
    elif cell.unexpected_source is not None:
        code = "resolver_other_source"
    else:
        code = "resolver_malformed" if cell.malformed else "resolver_silent"
    return make_problem(
        code,
        endpoint_text(cell.server, cell.port),
        error,
        transport="TCP" if cell.transport == "tcp" else "UDP",
        answered=cell.answered,
        tries=cell.tries,
        rcode=cell.rcode,
        other=cell.unexpected_source,
        interface=cell.interface,
    )
