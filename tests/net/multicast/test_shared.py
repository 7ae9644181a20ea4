"""Tests of net.multicast.shared: what many ask at once is read once."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from net.multicast.endpoint import parse_endpoint
from net.multicast.shared import FLUSH, SLOWEST_FLUSH, Join, Reading, Shared, shared
from net.problems import ProblemError
from net.sockets import join, receiver
from tests.net.multicast.senders import INDEX, LOOPBACK


class Source:
    """Something that is read when the test lets it."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()
        self.failing = False

    async def read(self) -> int:
        self.begun += 1
        number = self.begun
        await self.may_end.wait()
        if self.failing:
            raise OSError(5, "no")
        return number


async def _turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_those_who_ask_before_a_reading_begins_share_it_and_later_ones_share_the_next() -> None:
    source = Source()
    reading = Reading(source.read, "test")
    now = asyncio.get_running_loop().time
    async with asyncio.TaskGroup() as group:
        first = [group.create_task(reading.since(now())) for _ in range(50)]
        await _turn()
        later = [group.create_task(reading.since(now())) for _ in range(50)]
        await _turn()
        assert source.begun == 1
        source.may_end.set()
    assert {task.result() for task in first} == {1}
    assert {task.result() for task in later} == {2}
    assert await reading.since(now() - 10) == 2, "old enough"
    assert source.begun == 2


async def test_a_reading_nobody_waits_for_any_more_is_ended() -> None:
    source = Source()
    reading = Reading(source.read, "test")
    waiting = asyncio.get_running_loop().create_task(reading.since(asyncio.get_running_loop().time()))
    await _turn()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert len(asyncio.all_tasks()) == 1


async def test_a_reading_that_fails_fails_for_all_and_is_tried_again() -> None:
    source = Source()
    source.failing = True
    source.may_end.set()
    reading = Reading(source.read, "test")
    now = asyncio.get_running_loop().time()
    results = await asyncio.gather(*(reading.since(now) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [OSError] * 3
    source.failing = False
    assert await reading.since(now) == source.begun


async def test_the_kernels_table_is_the_one_after_the_join() -> None:
    everything = shared()
    endpoint = parse_endpoint("239.77.3.1:23097")
    loop = asyncio.get_running_loop()
    place = Join(LOOPBACK, str(endpoint.group))
    assert place not in await everything.memberships(loop.time())
    with receiver(endpoint.group, endpoint.port, INDEX, buffer_bytes=4096) as sock:
        join(sock, endpoint.group, INDEX)
        assert place in await everything.memberships(loop.time())
    assert place in await everything.memberships(loop.time() - 60), "as read before"
    assert place not in await everything.memberships(loop.time())


async def test_interfaces_are_found_and_unknown_ones_refused() -> None:
    (found,) = await shared().find((LOOPBACK,))
    assert found.name == LOOPBACK
    with pytest.raises(ProblemError) as failure:
        await shared().find(("en77",))
    assert failure.value.problem.code == "interface_unknown"


async def test_one_watch_of_the_network_serves_all_and_ends_with_the_last() -> None:
    everything = shared()
    async with aclosing(everything.changes()) as one:
        await anext(one)
        tasks = len(asyncio.all_tasks())
        async with aclosing(everything.changes()) as other:
            await anext(other)
            assert len(asyncio.all_tasks()) == tasks
        assert len(asyncio.all_tasks()) == tasks
    assert len(asyncio.all_tasks()) == 1


async def test_batches_come_more_slowly_the_more_is_joined() -> None:
    everything = Shared()
    assert everything.flush == FLUSH
    everything.joins = 500
    assert FLUSH < everything.flush <= SLOWEST_FLUSH


async def test_each_event_loop_has_its_own() -> None:
    assert shared() is shared()
    other = await asyncio.to_thread(lambda: asyncio.run(_own()))
    assert other is not shared()


async def _own() -> Shared:
    return shared()
