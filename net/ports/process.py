"""The details of one process as a watch: why it runs, from where, and whether it may be ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import closing

import msgspec

from net.platform import this_platform
from net.platform.hold import same_start
from net.ports.records import ProcessDetails
from net.ports.refusal import refusal
from net.ports.repository import work_tree
from net.problems import ProblemError, make_problem
from net.records import Record, Removed
from net.requests import ProcessRequest

Batch = tuple[Record, ...]

INTERVAL = 2.0
"""Seconds between two readings; its end is told at once."""


async def watch(request: ProcessRequest, interval: float = INTERVAL) -> AsyncGenerator[Batch, None]:
    """The details of the process asked for; with ``follow`` again whenever they change, and a Removed at its end.

    Raises ProblemError where it has ended before, or may not be seen.
    """
    subject = str(request.pid)
    try:
        hold = await asyncio.to_thread(this_platform().hold, request.pid, request.started)
    except ProcessLookupError as error:
        raise ProblemError(make_problem("process_ended", subject, error)) from error
    except PermissionError as error:
        raise ProblemError(make_problem("process_hidden", subject, error, right=error.strerror)) from error
    given: ProcessDetails | None = None
    with closing(hold):
        while True:
            found = await asyncio.to_thread(read, request.pid, request.started)
            if found is None:
                break
            if found != given:
                given = found
                yield (found,)
            if not request.follow:
                return
            if await hold.gone(interval):
                break
    if given is None:
        raise ProblemError(make_problem("process_ended", subject))
    yield (Removed(of="process_details", name=given.key().name),)


def read(pid: int, started: float) -> ProcessDetails | None:
    """The process with its work tree, and whether it may be ended; None once it has ended. Blocks."""
    try:
        found = this_platform().process(pid)
    except OSError:
        return None
    return completed(found) if same_start(found.started, started) else None


def completed(found: ProcessDetails) -> ProcessDetails:
    """With what the system does not tell: the work tree around its folder, and the reason not to end it."""
    # A container has a tree of its own, in which this path is another place.
    tree = work_tree(found.cwd) if found.cwd is not None and found.container is None else None
    refused = refusal(found)
    return msgspec.structs.replace(
        found,
        repository=tree.root if tree is not None else None,
        branch=tree.branch if tree is not None else None,
        may_end=refused is None,
        end_refused=refused,
    )
