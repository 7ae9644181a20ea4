"""Changes are seen by looking again."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from net.platform.windows.changes import network_state, watch


async def test_one_item_at_once_and_one_for_each_difference() -> None:
    states = iter(["lan", "lan", "lan", "vpn", "vpn", "lan"])
    asked = []

    def look() -> str:
        asked.append(next(states))
        return asked[-1]

    async with aclosing(watch(look, interval=0.001)) as changes, asyncio.timeout(5):
        await anext(changes)
        assert asked == ["lan"]
        await anext(changes)
        assert asked[-2:] == ["lan", "vpn"]
        await anext(changes)
        assert asked[-2:] == ["vpn", "lan"]


def test_two_looks_at_an_unchanged_network_are_equal() -> None:
    assert network_state() == network_state()
