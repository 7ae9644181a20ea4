"""The one way to start an asyncio task: named, kept, and with its failure logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import TypeVar

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_kept: set[asyncio.Task[object]] = set()


def start(coroutine: Coroutine[object, object, Result], name: str, *, log: bool = True) -> asyncio.Task[Result]:
    """Run ``coroutine`` as a task that is not lost to the garbage collector and whose failure does not stay unseen.

    ``log`` is False where the caller itself looks at the result.
    """
    task = asyncio.get_running_loop().create_task(coroutine, name=name)
    _kept.add(task)
    task.add_done_callback(_kept.discard)
    if log:
        task.add_done_callback(_log_failure)
    return task


async def stop(*tasks: asyncio.Task[Result]) -> None:
    """Cancel the tasks and wait until they have ended; their failures were logged already."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, Exception):
            await task


def _log_failure(task: asyncio.Task[Result]) -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.error("task %s failed", task.get_name(), exc_info=task.exception())
