"""Runs one watch in the terminal until it ends, its time is up, or Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import aclosing, suppress

from net.requests import Request
from net.tasks import start, stop
from probe.client import ask
from probe.methods import METHODS, Batch

STARTING = 10.0
"""Seconds within which a watch should have said its first word."""
LAST_LOOK = 0.3
"""Seconds in which what was on its way still arrives after the end was asked for."""
LAST_WORDS = 15.0
"""Seconds for the last words of a watch that has some: a slow disk is given 10 of them."""


async def run_watch(
    place: str, watch: str, request: Request, handle: Callable[[Batch], None], *, seconds: float | None = None
) -> None:
    """Give each batch to ``handle`` until the watch ends, ``seconds`` have passed or SIGINT, SIGTERM or SIGHUP comes.

    The seconds begin with the first batch, so that a slow start takes nothing from them, or after STARTING. Sockets
    are closed and groups left on return. Raises ProblemError as the watch does.
    """
    loop = asyncio.get_running_loop()
    asked_to_end = asyncio.Event()
    # SIGHUP: the terminal was closed. What was announced is withdrawn then, too. Windows has no such signal.
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    signals = tuple(getattr(signal, name) for name in names if hasattr(signal, name))
    for number in signals:
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, asked_to_end.set)
    begun = asyncio.Event()

    def take(batch: Batch) -> None:
        begun.set()
        handle(batch)

    end = asyncio.Event()
    finishes = METHODS[watch].finishes
    consuming = start(_consume(place, watch, request, take, end), f"terminal {watch}", log=False)
    waiting = start(asked_to_end.wait(), "terminal end")
    beginning = start(begun.wait(), "terminal begin")
    try:
        if seconds is not None:
            first = (consuming, waiting, beginning)
            await asyncio.wait(first, timeout=STARTING, return_when=asyncio.FIRST_COMPLETED)
        done, _ = await asyncio.wait((consuming, waiting), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if consuming not in done:
            end.set()
            await asyncio.wait((consuming,), timeout=LAST_WORDS if finishes else LAST_LOOK)
        if consuming.done():
            consuming.result()
    finally:
        await stop(waiting, consuming)
        await stop(beginning)
        for number in signals:
            with suppress(NotImplementedError):
                loop.remove_signal_handler(number)


async def _consume(
    place: str, watch: str, request: Request, handle: Callable[[Batch], None], end: asyncio.Event
) -> None:
    async with aclosing(ask(place, watch, request, end if METHODS[watch].finishes else None)) as batches:
        async for batch in batches:
            handle(batch)
