"""Real responders on this host's loopback are found, followed and left without a trace."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager

import pytest
from zeroconf import ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from discovery.bonjour.browser import Batch, browse
from discovery.records import BrowseState, Service, ServiceType
from discovery.requests import BrowseRequest
from net.problems import ProblemError
from net.records import Problem, Record
from net.requests import InterfaceRequest
from net.sockets import sender, share_port
from tests.discovery.bonjour.packets import announcement

LOOPBACK = {index: name for index, name in socket.if_nameindex() if name in ("lo", "lo0")}
INDEX, NAME = next(iter(LOOPBACK.items()), (0, "lo"))
TYPE = f"_ls{os.getpid()}-test._tcp"
pytestmark = pytest.mark.skipif(not LOOPBACK, reason="This host has no loopback interface named lo or lo0.")


def service_info(name: str = "NAS", port: int = 80, properties: dict[str, str] | None = None) -> ServiceInfo:
    return ServiceInfo(
        f"{TYPE}.local.",
        f"{name}.{TYPE}.local.",
        port,
        properties=properties or {"path": "/"},
        server="lanscout-test.local.",
        parsed_addresses=["127.0.0.1"],
    )


@asynccontextmanager
async def publisher(*infos: ServiceInfo) -> AsyncIterator[AsyncZeroconf]:
    zeroconf = AsyncZeroconf(interfaces=["127.0.0.1"])
    try:
        for info in infos:
            await (await zeroconf.async_register_service(info, cooperating_responders=True))
        yield zeroconf
    finally:
        await zeroconf.async_close()


async def first(batches: AsyncGenerator[Batch, None], wanted: Callable[[Record], bool]) -> Record:
    """The next record that is wanted, within five seconds."""
    async with asyncio.timeout(5):
        async for batch in batches:
            for record in batch:
                if wanted(record):
                    return record
    raise AssertionError("the browser ended")


def is_service(change: str, name: str = "NAS") -> Callable[[Record], bool]:
    return lambda record: isinstance(record, Service) and (record.name, record.change) == (name, change)


async def test_a_service_is_found_among_all_types_changed_and_removed() -> None:
    async with (
        publisher(service_info()) as zeroconf,
        aclosing(browse(BrowseRequest(interfaces=(NAME,)))) as batches,
    ):
        state = await first(batches, lambda record: isinstance(record, BrowseState))
        assert isinstance(state, BrowseState)
        assert state.interface == NAME
        await first(batches, lambda record: record == ServiceType(type=TYPE, label=None, interfaces=(NAME,)))
        added = await first(batches, is_service("added"))
        assert isinstance(added, Service)
        assert (added.host, added.port, added.ttl) == ("lanscout-test.local.", 80, 120)
        assert (added.addresses, added.txt, added.interfaces) == (("127.0.0.1",), {"path": "/"}, (NAME,))

        changed = service_info(port=81, properties={"path": "/new"})
        await (await zeroconf.async_update_service(changed))
        updated = await first(batches, is_service("updated"))
        assert isinstance(updated, Service)
        assert (updated.port, updated.txt) == (81, {"path": "/new"})

        await (await zeroconf.async_unregister_service(changed))
        await first(batches, is_service("removed"))


async def test_only_the_type_asked_for_is_told() -> None:
    other = ServiceInfo("_http._tcp.local.", "other._http._tcp.local.", 1, parsed_addresses=["127.0.0.1"])
    request = BrowseRequest(types=(f"{TYPE}.local",), interfaces=(NAME,))
    async with publisher(other, service_info()), aclosing(browse(request)) as batches:
        found = await first(batches, lambda record: isinstance(record, Service))
        assert isinstance(found, Service)
        assert found.name == "NAS"


async def test_malformed_packets_stop_nothing_and_say_nothing(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    good = announcement(b"after", TYPE, packed=(b"\x7f\x00\x00\x01",))
    malformed = [b"", b"\0", bytes(12), b"\xff" * 40, good[:60], good[:-3], good + b"x", bytes(9000)]
    malformed += [good[:12] + b"\xc0\x0c" + good[14:], good[:40] + b"\x80\xc0\xff" * 5 + good[55:]]
    caplog.set_level(logging.INFO)
    async with aclosing(browse(BrowseRequest(interfaces=(NAME,)))) as batches:
        await first(batches, lambda record: isinstance(record, BrowseState))
        with sender(4, INDEX, ttl=255, loop=True) as sock:
            share_port(sock)
            sock.bind(("127.0.0.1", 5353))  # a response from another port is not believed
            for packet in (*malformed, good):
                sock.sendto(packet, ("224.0.0.251", 5353))
        await first(batches, is_service("added", "after"))
    gc.collect()
    assert caplog.records == []
    assert capfd.readouterr().err == ""


async def test_an_unknown_interface_is_refused_and_names_those_there_are() -> None:
    with pytest.raises(ProblemError) as caught:
        await anext(browse(BrowseRequest(interfaces=("nosuch9",))))

    assert caught.value.problem.code == "interface_unknown"
    assert NAME in caught.value.problem.text


async def test_an_unknown_interface_among_others_is_told_and_the_others_go_on() -> None:
    async with aclosing(browse(BrowseRequest(interfaces=("nosuch9", NAME)))) as batches:
        records: list[Record] = []
        async with asyncio.timeout(5):
            while not any(isinstance(record, BrowseState) for record in records):
                records += await anext(batches)
    told = [(r.code, r.subject) for r in records if isinstance(r, Problem)]
    assert told == [("interface_unknown", "nosuch9"), ("browse_by_design", NAME)]


async def test_a_wrong_type_among_others_is_told_first() -> None:
    async with aclosing(browse(BrowseRequest(types=("nonsense", TYPE), interfaces=(NAME,)))) as batches:
        (problem,) = await anext(batches)
    assert isinstance(problem, Problem)
    assert problem.code == "service_type_invalid"


async def test_only_wrong_types_are_refused() -> None:
    with pytest.raises(ProblemError, match="nonsense"):
        await anext(browse(BrowseRequest(types=("nonsense",))))


@pytest.mark.parametrize("batches_taken", [0, 1])
async def test_closing_leaves_no_socket_and_no_task(batches_taken: int) -> None:
    before = asyncio.all_tasks()
    batches = browse(BrowseRequest(interfaces=(NAME,)))
    for _ in range(batches_taken):
        async with asyncio.timeout(5):
            await anext(batches)
    await batches.aclose()
    assert asyncio.all_tasks() == before


async def test_cancelling_while_it_waits_leaves_no_socket_and_no_task() -> None:
    async def consume() -> None:
        async with aclosing(browse(BrowseRequest(interfaces=(NAME,)))) as batches:
            async for batch in batches:
                heard.extend(batch)
                started.set()

    heard: list[Record] = []
    started = asyncio.Event()
    before = asyncio.all_tasks()
    async with asyncio.TaskGroup() as group:
        consumer = group.create_task(consume())
        async with asyncio.timeout(5):
            await started.wait()
        consumer.cancel()
    assert asyncio.all_tasks() == before


async def test_a_failure_to_read_the_interfaces_ends_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(request: InterfaceRequest) -> AsyncGenerator[Batch, None]:
        if request.follow:
            raise PermissionError(13, "no")
        yield ()

    monkeypatch.setattr("net.interfaces.watch", refuse)
    with pytest.raises(PermissionError):
        await anext(browse(BrowseRequest()))
