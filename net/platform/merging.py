"""Hears several sources of changes as one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from net.tasks import start, stop


async def any_of(*sources: AsyncGenerator[None, None]) -> AsyncGenerator[None, None]:
    """One item once all sources stand, then one after each item of any; it closes the sources, and ends with the first.

    What a source raises is raised here.
    """
    waiting: dict[asyncio.Task[bool], AsyncGenerator[None, None]] = {}
    try:
        for source in sources:
            await anext(source)
        yield
        waiting = {_waiting(source): source for source in sources}
        while True:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                source = waiting.pop(task)
                if not task.result():
                    return
                waiting[_waiting(source)] = source
            yield
    finally:
        await stop(*waiting)
        for source in sources:
            await source.aclose()


def _waiting(source: AsyncGenerator[None, None]) -> asyncio.Task[bool]:
    return start(_comes(source), "a change", log=False)


async def _comes(source: AsyncGenerator[None, None]) -> bool:
    """Whether there was one more item."""
    try:
        await anext(source)
    except StopAsyncIteration:
        return False
    return True
