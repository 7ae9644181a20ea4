"""Several sources of changes are heard as one, and all are closed with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from net.platform.merging import any_of


class Source:
    """One item at once, then one whenever ``tell`` is called."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[BaseException | None] = asyncio.Queue()
        self.closed = False

    def tell(self, what: BaseException | None = None) -> None:
        self.queue.put_nowait(what)

    async def items(self) -> AsyncGenerator[None, None]:
        try:
            yield
            while True:
                told = await self.queue.get()
                if isinstance(told, EOFError):
                    return
                if told is not None:
                    raise told
                yield
        finally:
            self.closed = True


async def test_an_item_of_any_source_is_one_here_and_both_are_closed() -> None:
    first, second = Source(), Source()
    async with aclosing(any_of(first.items(), second.items())) as heard:
        await anext(heard)
        for source in (first, second, second, first):
            source.tell()
            async with asyncio.timeout(5):
                await anext(heard)
    assert first.closed
    assert second.closed


async def test_it_raises_what_a_source_raises_and_closes_the_others() -> None:
    first, second = Source(), Source()
    heard = any_of(first.items(), second.items())
    await anext(heard)
    second.tell(OSError(24, "no more files"))
    with pytest.raises(OSError, match="no more files"):
        await anext(heard)
    assert first.closed


async def test_it_ends_with_the_first_source_that_ends() -> None:
    first, second = Source(), Source()
    heard = any_of(first.items(), second.items())
    await anext(heard)
    first.tell(EOFError())
    assert [None async for _ in heard] == []
    assert second.closed
