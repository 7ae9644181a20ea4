"""Tests of net.interfaces and net.traffic on this host; changes are tested in the lab."""

from __future__ import annotations

import socket
from contextlib import aclosing

import pytest

from net import traffic
from net.interfaces import find, snapshot, watch
from net.platform import this_platform
from net.problems import ProblemError
from net.records import Interface
from net.requests import InterfaceRequest
from net.resolvers.records import Resolver


async def test_every_interface_is_told_with_what_it_is() -> None:
    found = await snapshot()
    assert {(each.index, each.name) for each in found} == set(socket.if_nameindex())
    assert all(each.label and each.meaning and each.type_evidence for each in found)
    assert [each.usable for each in found] == sorted((each.usable for each in found), reverse=True)


async def test_a_name_restricts_and_an_unknown_one_lists_the_others() -> None:
    assert [each.name for each in await find(("lo",))] == ["lo"]
    with pytest.raises(ProblemError) as failure:
        await find(("lo", "en77"))
    assert failure.value.problem.subject == "en77"
    assert "lo" in failure.value.problem.text


@pytest.mark.parametrize("follow", [True, False])
async def test_a_watch_begins_with_what_is_asked_for(follow: bool) -> None:
    async with aclosing(watch(InterfaceRequest(interfaces=("lo",), follow=follow))) as batches:
        first = await anext(batches)
    assert [record.name for record in first if isinstance(record, Interface)] == ["lo"]


async def test_an_unknown_name_ends_the_watch() -> None:
    with pytest.raises(ProblemError):
        async with aclosing(watch(InterfaceRequest(interfaces=("en77",)))) as batches:
            await anext(batches)


async def test_counters_get_rates_with_the_second_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "INTERVAL", 0.05)
    async with aclosing(traffic.watch(InterfaceRequest(interfaces=("lo",)))) as batches:
        (first,) = await anext(batches)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(bytes(1000), ("127.0.0.1", 9))
        (second,) = await anext(batches)
    assert first.rx_bytes_per_s is None
    assert second.rx_bytes >= first.rx_bytes + 1000
    assert second.rx_bytes_per_s is not None
    assert second.rx_bytes_per_s > 1000


BROUGHT = Resolver(server="10.8.0.1", interface="lo", domains=("corp",), scope="supplemental", order=1, source="a test")


@pytest.mark.parametrize("follow", [True, False])
async def test_the_interface_that_brings_a_resolver_has_that_role(
    monkeypatch: pytest.MonkeyPatch, follow: bool
) -> None:
    monkeypatch.setattr(type(this_platform()), "resolvers", lambda self: (BROUGHT,))
    async with aclosing(watch(InterfaceRequest(interfaces=("lo",), follow=follow))) as batches:
        batch = await anext(batches)
        if follow:  # the first does not wait for the resolvers
            assert [role for face in batch if isinstance(face, Interface) for role in face.roles] == []
            batch = await anext(batches)
    (role,) = [role for face in batch if isinstance(face, Interface) for role in face.roles]
    assert (role.code, role.evidence, "10.8.0.1 for corp" in role.text) == ("resolver", "a test", True)


async def test_a_system_that_does_not_tell_its_resolvers_has_interfaces_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(self: object) -> tuple[Resolver, ...]:
        raise PermissionError

    monkeypatch.setattr(type(this_platform()), "resolvers", refused)
    (batch,) = [batch async for batch in watch(InterfaceRequest(interfaces=("lo",), follow=False))]
    assert [record.name for record in batch if isinstance(record, Interface)] == ["lo"]
