"""Tests of discovery.bonjour.batches: whoever announces types without end does not get as many browsers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from typing import cast

import pytest
from zeroconf import Zeroconf

from discovery.bonjour import batches as module
from discovery.bonjour.batches import EVERY, MOST_AT_ONCE, MOST_BATCHES, Batches
from discovery.bonjour.querier import Querier
from discovery.bonjour.restricted import Place
from discovery.bonjour.types import META_QUERY

ZEROCONF = cast("Zeroconf", None)
PLACE = Place(interface="lo", index=socket.if_nametoindex("lo"), family="ipv4", address="127.0.0.1")


class Browser:
    """Takes zeroconf's place, and asks nobody."""

    alive: list[Browser]
    begun = 0

    def __init__(self, _: Zeroconf, names: list[str], handlers: list[Callable[..., None]]) -> None:
        assert handlers
        self.names = names
        Browser.begun += 1
        Browser.alive.append(self)

    async def async_cancel(self) -> None:
        Browser.alive.remove(self)


@pytest.fixture(autouse=True)
def _browsers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AsyncServiceBrowser", Browser)
    Browser.alive, Browser.begun = [], 0


def types(numbers: Iterable[int]) -> dict[str, str]:
    return {f"_t{number}._tcp": f"_T{number}._tcp" for number in numbers}


def asked() -> list[list[str]]:
    return [browser.names for browser in Browser.alive]


async def test_types_are_browsed_together_with_their_known_subtypes_and_each_once() -> None:
    batches = Batches()
    for now in (0.0, 5.0):
        batches.turn({"_http._tcp": "_http._tcp", "_ipp._tcp": "_ipp._tcp"}, ZEROCONF, now)
    (names,) = asked()
    assert names[0] == "_http._tcp.local."
    assert {"_ipp._tcp.local.", "_universal._sub._ipp._tcp.local."} < set(names)
    await batches.close()
    await batches.close()
    assert asked() == []


async def test_what_comes_soon_after_waits_for_the_next_batch() -> None:
    batches = Batches()
    batches.turn(types([1]), ZEROCONF, 0.0)
    batches.turn(types([1, 2]), ZEROCONF, EVERY / 2)
    assert (len(asked()), batches.waiting) == (1, True)
    batches.turn(types([1, 2, 3]), ZEROCONF, EVERY)
    assert asked() == [["_T1._tcp.local."], ["_T2._tcp.local.", "_T3._tcp.local."]]
    assert not batches.waiting
    await batches.close()


async def test_of_many_new_types_so_many_are_browsed_at_once_and_the_rest_after() -> None:
    batches = Batches()
    all_types = types(range(MOST_AT_ONCE + 20))
    batches.turn(all_types, ZEROCONF, 0.0)
    assert ([len(names) for names in asked()], batches.waiting) == ([MOST_AT_ONCE], True)
    batches.turn(all_types, ZEROCONF, EVERY)
    assert ([len(names) for names in asked()], batches.waiting) == ([MOST_AT_ONCE, 20], False)
    await batches.close()


async def test_a_type_that_went_is_browsed_no_more_and_again_when_it_returns() -> None:
    batches = Batches()
    batches.turn(types([1]), ZEROCONF, 0.0)
    batches.turn({}, ZEROCONF, EVERY)
    await batches.close()
    assert (asked(), batches.keys) == ([], frozenset())
    batches.turn(types([1]), ZEROCONF, 2 * EVERY)
    assert asked() == [["_T1._tcp.local."]]
    await batches.close()


async def test_a_batch_with_few_types_left_is_ended_and_they_come_into_the_next() -> None:
    batches = Batches()
    batches.turn(types(range(10)), ZEROCONF, 0.0)
    batches.turn(types([*range(6), 20]), ZEROCONF, EVERY)
    batches.turn(types([1, 20, 21]), ZEROCONF, 2 * EVERY)
    assert batches.keys == types([1, 20, 21]).keys()
    await batches.close()
    assert Browser.begun == 3


async def test_three_thousand_types_announced_and_withdrawn_leave_nothing_behind() -> None:
    batches = Batches()
    now = 0.0
    for number in range(3000):
        batches.turn(types([number]), ZEROCONF, now)
        batches.turn({}, ZEROCONF, now + 0.01)
        now += 0.05
    await batches.close()
    assert asked() == []
    assert batches.keys == frozenset()
    assert Browser.begun <= now / EVERY + 1


async def test_types_that_come_one_by_one_and_stay_are_browsed_by_few_browsers() -> None:
    batches = Batches()
    for number in range(300):
        batches.turn(types(range(number + 1)), ZEROCONF, number * EVERY)
        assert len(batches._batches) <= MOST_BATCHES
    assert batches.keys == types(range(300)).keys()
    await batches.close()
    assert asked() == []


async def test_a_querier_ends_the_browser_of_a_type_that_is_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # with zeroconf's own browsers
    querier = Querier(PLACE, (), lambda: None)
    await querier.open()
    assert querier._zeroconf is not None
    zeroconf = querier._zeroconf.zeroconf
    monkeypatch.setattr(zeroconf, "async_send", lambda *_, **__: None)
    listeners = len(zeroconf.listeners)
    try:
        for number in range(20):
            for alive in (True, False):
                querier.heard.pointer(META_QUERY, f"_u{number}._tcp.local.", alive=alive)
                querier.turn(number * EVERY)
                await asyncio.sleep(0)
                assert len(zeroconf.listeners) <= listeners + 2
        await querier._batches.close()
        assert len(zeroconf.listeners) == listeners
    finally:
        await querier.close()
