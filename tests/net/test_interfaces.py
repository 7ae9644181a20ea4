"""Tests of net.interfaces and net.traffic on this host; changes are tested in the lab."""

from __future__ import annotations

import socket
from contextlib import aclosing

import pytest

from net import traffic
from net.interfaces import find, snapshot, watch
from net.problems import ProblemError
from net.records import Interface
from net.requests import InterfaceRequest


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
