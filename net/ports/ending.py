"""Ends one process, and no other: TERM first, KILL only where that was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import closing
from typing import Literal

from net.platform import this_platform
from net.platform.hold import Hold
from net.ports.naming import UNNAMED
from net.ports.process import read
from net.ports.records import Ended, ProcessDetails
from net.records import Record
from net.requests import EndRequest
from resources.loader import outcome_rows

Batch = tuple[Record, ...]

PATIENCE = 5.0
"""Seconds a process has to tidy up after TERM."""
AFTER_KILL = 2.0


async def watch(request: EndRequest, patience: float = PATIENCE) -> AsyncGenerator[Batch, None]:
    """One Ended: what was sent, and whether the process is gone.

    The process is held by its number and its start time, so that a later one of the same number never gets the signal.
    Nothing is sent to those of protected-processes.toml, to the kernel's and to Lanscout's own.
    """
    yield (await _end(request, patience),)


async def _end(request: EndRequest, patience: float) -> Ended:
    pid = request.pid
    try:
        hold = await asyncio.to_thread(this_platform().hold, pid, request.started)
    except ProcessLookupError:
        return await asyncio.to_thread(_ended_before, pid)
    except PermissionError as error:
        return _told("not_seen", pid, right=error.strerror)
    with closing(hold):
        process = await asyncio.to_thread(read, pid, request.started)
        if process is None:
            return _told("ended_before", pid, gone=True)
        if process.end_refused is not None:
            return Ended(pid=pid, process=process.process, signal="none", gone=False, text=process.end_refused)
        return await _signal(hold, process, patience, kill=request.kill)


async def _signal(hold: Hold, process: ProcessDetails, patience: float, *, kill: bool) -> Ended:
    name, pid = process.process, process.pid
    try:
        hold.send(kill=False)
        if await hold.gone(patience):
            return _told("ended", pid, name, signal="TERM", gone=True, again=process)
        if not kill:
            return _told("stays", pid, name, signal="TERM", seconds=patience)
        hold.send(kill=True)
    except ProcessLookupError:  # between two looks
        return _told("ended", pid, name, signal="TERM", gone=True, again=process)
    except PermissionError:
        return _told("not_permitted", pid, name, user=process.user or "another user")
    if await hold.gone(AFTER_KILL):
        return _told("killed", pid, name, signal="KILL", gone=True, again=process)
    return _told("stays_after_kill", pid, name, signal="KILL")


def _ended_before(pid: int) -> Ended:
    """It is not there any more; the process that has its number now is named, where there is one."""
    try:
        other = this_platform().process(pid)
    except OSError:
        return _told("ended_before", pid, gone=True)
    return _told("other_process", pid, other.process, gone=True)


def _told(
    code: str,
    pid: int,
    process: str | None = None,
    *,
    signal: Literal["TERM", "KILL", "none"] = "none",
    gone: bool = False,
    again: ProcessDetails | None = None,
    **facts: object,
) -> Ended:
    """The sentence of ending.toml; ``again``: with what may start it again, where something manages it."""
    text = outcome_rows()[code].format(process=process or UNNAMED, pid=pid, **facts)
    if text.startswith(UNNAMED):
        text = f"{text[0].upper()}{text[1:]}"
    if again is not None and again.stop is not None:
        text += outcome_rows()["started_again"].format(manager=again.manager, stop=again.stop)
    return Ended(pid=pid, process=process, signal=signal, gone=gone, text=text)
