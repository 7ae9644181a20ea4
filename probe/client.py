"""Asks a probe at another place and yields what it answers, as the watch itself would here."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import suppress

import msgspec

from net.ending import end_with
from net.problems import ProblemError, make_problem
from net.records import Problem
from net.requests import Request
from net.tasks import start, stop
from probe.messages import LINE_LIMIT, Hello, decode_tell, encode_ask, encode_finish, encode_stop
from probe.methods import METHODS, Batch
from probe.places import FORMS, PlaceError, check_command, probe_command

LINES_KEPT = 20
"""Last lines of the probe's stderr that are told when it fails."""
ENDING = 2.0
"""Seconds a probe has to end after its stdin was closed."""


async def ask(
    place: str, watch: str, request: Request, end: asyncio.Event | None = None
) -> AsyncGenerator[Batch, None]:
    """The batches of ``watch`` at ``place``; ``local`` runs it in this process.

    ``end``: once it is set, a watch that finishes (see probe.methods.Method) says its last words and ends.
    Raises ProblemError: place_unknown, probe_unreachable (with what the probe or the command said), or the watch's own.
    """
    if place == "local":
        if end is not None:
            end_with(end)
        watching = METHODS[watch].load()(request)
        try:
            async for batch in watching:
                yield batch
        finally:
            await watching.aclose()
        return
    process = await _start(place)
    errors: deque[str] = deque(maxlen=LINES_KEPT)
    reading_errors = start(_keep_lines(process.stderr, errors), "probe stderr")
    finishing = start(_finish(process, end or asyncio.Event()), "probe finish")
    try:
        async for batch in _ask(process, place, watch, request, errors):
            yield batch
    finally:
        await stop(finishing)
        await _end(process)
        await stop(reading_errors)


async def _start(place: str) -> asyncio.subprocess.Process:
    try:
        command = probe_command(place)
    except PlaceError:
        raise ProblemError(make_problem("place_unknown", place, forms=FORMS)) from None
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=64 * LINE_LIMIT,
            # Ctrl-C is for the front end, which then closes the probe's stdin.
            start_new_session=True,
        )
    except OSError as error:
        raise ProblemError(_unreachable(place, error, said=command[0])) from error


async def _ask(
    process: asyncio.subprocess.Process, place: str, watch: str, request: Request, errors: deque[str]
) -> AsyncGenerator[Batch, None]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the probe was started without pipes")
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(encode_ask(1, watch, request))
        await process.stdin.drain()
    hello: Hello | None = None
    while line := await process.stdout.readline():
        try:
            told = decode_tell(line)
        except msgspec.DecodeError as error:
            raise ProblemError(_unreachable(place, said=f"{error}: {line[:80]!r}")) from None
        hello = told.hello or hello
        if told.batch:
            yield told.batch
        if told.problem is not None:
            raise ProblemError(told.problem)
        if told.end:
            return
    await process.wait()
    said = " · ".join(errors) or f"exit code {process.returncode}"
    raise ProblemError(make_problem("probe_died", place, evidence=said) if hello else _unreachable(place, said=said))


async def _finish(process: asyncio.subprocess.Process, end: asyncio.Event) -> None:
    await end.wait()
    if process.stdin is not None:
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(encode_finish(1))
            await process.stdin.drain()


def _unreachable(place: str, error: OSError | None = None, *, said: str) -> Problem:
    """``said`` is what the command told, or its name where it could not be started."""
    facts = {"command": said, "check": check_command(place)}
    return make_problem("probe_unreachable", place, error, evidence=said, **facts)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Stop the watch, close stdin, and make sure that the probe ends."""
    if process.stdin is not None:
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(encode_stop(1))
            process.stdin.close()
    for give_up in (process.terminate, process.kill, None):
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING):
                await process.wait()
                return
        if give_up is not None:
            with suppress(ProcessLookupError):
                give_up()


async def _keep_lines(stream: asyncio.StreamReader | None, lines: deque[str]) -> None:
    if stream is not None:
        async for line in stream:
            lines.append(line.decode(errors="replace").rstrip())
