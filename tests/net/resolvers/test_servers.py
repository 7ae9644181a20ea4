"""The watch of resolvers: what there is, what changed, and that there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from net.problems import ProblemError
from net.record import Problem, Removed
from net.requests import ResolversRequest
from net.resolvers import servers
from net.resolvers.records import Resolver

FIRST = Resolver(server="192.168.1.1", interface="en0", scope="default", order=0, source="test")
SECOND = Resolver(server="10.8.0.53", interface="utun3", scope="default", order=1, source="test")
ANY = Resolver(server="127.0.0.53", scope="stub", order=0, source="test")


class System:
    """Stands in for the platform: what it lists now, and a change whenever the test says so."""

    def __init__(self) -> None:
        self.listed: tuple[Resolver, ...] = (FIRST,)
        self.changed: asyncio.Queue[None] = asyncio.Queue()
        self.error: OSError | None = None

    def resolvers(self) -> tuple[Resolver, ...]:
        if self.error is not None:
            raise self.error
        return self.listed

    async def resolver_changes(self) -> AsyncGenerator[None, None]:
        yield
        while True:
            await self.changed.get()
            yield

    def become(self, *listed: Resolver) -> None:
        self.listed = listed
        self.changed.put_nowait(None)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    made = System()
    monkeypatch.setattr(servers, "this_platform", lambda: made)
    return made


async def test_what_comes_and_goes_is_told_and_what_stays_is_not(system: System) -> None:
    async with aclosing(servers.watch(ResolversRequest())) as watching:
        assert await anext(watching) == (FIRST,)
        system.become(FIRST)
        system.become(FIRST, SECOND)
        assert await anext(watching) == (SECOND,)
        system.become()
        (problem, *gone) = await anext(watching)
        assert isinstance(problem, Problem)
        assert problem.code == "resolvers_missing"
        assert set(gone) == {Removed(of="resolver", name=each.key().name) for each in (FIRST, SECOND)}
        system.become(FIRST)
        assert await anext(watching) == (FIRST, Removed(of="problem", name=problem.key().name))


async def test_one_look_ends_by_itself(system: System) -> None:
    assert [batch async for batch in servers.watch(ResolversRequest(follow=False))] == [(FIRST,)]


async def test_only_those_of_an_interface_and_of_none(system: System) -> None:
    system.listed = (FIRST, SECOND, ANY)
    request = ResolversRequest(interfaces=("lo",), follow=False)
    assert [batch async for batch in servers.watch(request)] == [(ANY,)]


async def test_an_unknown_interface_is_refused(system: System) -> None:
    with pytest.raises(ProblemError, match="no interface en77"):
        await servers.snapshot(("en77",))


async def test_a_system_that_cannot_be_asked_is_a_problem(system: System) -> None:
    system.error = OSError(2, "No such file or directory", "scutil")
    with pytest.raises(ProblemError) as caught:
        await servers.snapshot()
    assert (caught.value.problem.code, caught.value.problem.errno) == ("resolvers_unreadable", 2)
