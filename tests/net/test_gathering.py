"""Tests of net.gathering: who asks at the same time shares a reading, and nobody gets one from before the question."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from net import gathering
from net.gathering import Gathered, gather, gathered
from net.tasks import start


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Gathered]:
    """Those that were made, in their order."""
    made: list[Gathered] = []

    def counted() -> Gathered:
        made.append(gather())
        return made[-1]

    monkeypatch.setattr(gathering, "gather", counted)
    return made


async def test_who_asks_at_the_same_time_shares_a_reading(readings: list[Gathered]) -> None:
    first, second, third = await asyncio.gather(gathered(), gathered(), gathered())
    assert first is second is third
    assert len(readings) == 1


async def test_who_asks_once_it_has_begun_gets_a_later_one(
    readings: list[Gathered], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()
    to_thread = asyncio.to_thread

    async def seen(work: Callable[[], Gathered]) -> Gathered:
        begun.set()
        return await to_thread(work)

    monkeypatch.setattr(asyncio, "to_thread", seen)
    early = start(gathered(), "test")
    await begun.wait()
    late = await gathered()
    assert late is not await early
    assert len(readings) == 2


async def test_where_the_one_who_began_is_cancelled_the_others_are_answered(readings: list[Gathered]) -> None:
    first, second = start(gathered(), "test"), start(gathered(), "test")
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).links
    assert first.cancelled()
    assert len(readings) == 1


async def test_one_of_the_others_may_be_cancelled_too(readings: list[Gathered]) -> None:
    first, second = start(gathered(), "test"), start(gathered(), "test")
    await asyncio.sleep(0)
    second.cancel()
    assert (await first).links
    assert second.cancelled()


async def test_a_kernel_that_refuses_is_told_to_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Gathered:
        raise PermissionError(1, "refused")

    monkeypatch.setattr(gathering, "gather", refuse)
    told = await asyncio.gather(gathered(), gathered(), return_exceptions=True)
    assert [type(each) for each in told] == [PermissionError, PermissionError]
