"""Listeners as a watch: all of them first, then only what changed, and nothing stops it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing

import msgspec
import pytest

from net.platform import this_platform
from net.platform.system import SYSTEM
from net.ports.listeners import Batch, follow, snapshot, watch
from net.ports.records import Listener
from net.problems import ProblemError
from net.records import Problem, Removed
from net.requests import PortsRequest

Reading = tuple[Listener, ...] | OSError

linux_only = pytest.mark.skipif(SYSTEM != "linux", reason="IPv6 stacks are told apart on Linux only")


def row(number: int, *, pid: int = 1, address: str = "127.0.0.1", process: str = "zzz", inode: int = 0) -> Listener:
    """A listener on port ``number``, or 40000 more for one digit, where no name is registered."""
    return Listener(
        protocol="tcp",
        address=address,
        port=number if number > 9 else 40000 + number,
        interface="lo",
        scope="loopback",
        stack="v4",
        v6only=None,
        owner="proved",
        pid=pid,
        process=process,
        inode=inode or number,
    )


def watching(*readings: Reading, request: PortsRequest | None = None) -> AsyncGenerator[Batch, None]:
    """A watch of these readings one after the other; then it fails, as nothing more was expected."""
    left = iter(readings)

    def read() -> tuple[Listener, ...]:
        reading = next(left)
        if isinstance(reading, OSError):
            raise reading
        return reading

    return follow(request or PortsRequest(), read, interval=0)


async def batches(watch: AsyncGenerator[Batch, None], count: int) -> list[Batch]:
    async with aclosing(watch):
        return [await anext(watch) for _ in range(count)]


async def test_first_all_rows_then_only_what_is_new_changed_or_gone() -> None:
    stays, changes, goes = row(1), row(2), row(3)
    changed, new = row(2, pid=9), row(4)

    found = await batches(watching((stays, changes, goes), (stays, changed, goes), (stays, changed, new)), 3)

    assert found == [(stays, changes, goes), (changed,), (new, Removed(of="listener", name=goes.key().name))]


@linux_only
async def test_a_database_alone_on_its_port_has_no_conflict_until_a_container_has_it_too() -> None:
    server = row(5432, process="postgres")
    proxy = msgspec.structs.replace(server, address="::", pid=2, process="docker-proxy", container="db", inode=9)

    found = await batches(watching((server,), (server, proxy), (server,)), 3)

    assert [(each.process, each.known) for each in found[0] if isinstance(each, Listener)] == [("postgres", None)]
    told = {each.process: each.known or "" for each in found[1] if isinstance(each, Listener)}
    assert all("and a container both hold the port" in text for text in told.values())
    assert told.keys() == {"postgres", "docker-proxy"}
    (last,) = (each for each in found[2] if isinstance(each, Listener))
    assert last.known is None


async def test_a_reading_without_change_gives_no_batch_even_if_rows_are_other_objects() -> None:
    found = await batches(watching((row(1), row(2)), (row(1), row(2)), (row(2), row(1)), (row(1),)), 2)

    assert found[1] == (Removed(of="listener", name=row(2).key().name),)


async def test_without_follow_it_ends_after_the_first_reading() -> None:
    found = [batch async for batch in watching((row(1),), request=PortsRequest(follow=False))]
    assert found == [(row(1),)]


async def test_nothing_found_is_one_empty_batch() -> None:
    request = PortsRequest(port=40007, follow=False)
    assert [batch async for batch in watching((row(1),), request=request)] == [()]


async def test_rows_come_by_port_and_in_batches() -> None:
    rows = tuple(row(port) for port in range(42500, 41300, -1))
    found = [batch async for batch in watching(rows, request=PortsRequest(follow=False))]

    assert [len(batch) for batch in found] == [500, 500, 200]
    ports = [record.port for batch in found for record in batch if isinstance(record, Listener)]
    assert ports == sorted(ports)


async def test_port_and_protocol_restrict_first_rows_and_changes() -> None:
    udp = msgspec.structs.replace(row(5), protocol="udp")
    request = PortsRequest(port=40005, protocol="tcp")
    found = await batches(watching((row(5), udp, row(6)), (row(5), row(7)), (row(5, pid=3),), request=request), 2)

    assert found == [(row(5),), (row(5, pid=3),)]


async def test_a_reading_that_fails_later_is_told_once_and_taken_back() -> None:
    failure = OSError(5, "Input/output error")
    first, problem, recovered = await batches(watching((row(1),), failure, failure, (row(1), row(2))), 3)

    assert first == (row(1),)
    (told,) = problem
    assert isinstance(told, Problem)
    assert (told.code, told.errno) == ("listeners_unreadable", 5)
    assert recovered == (row(2), Removed(of="problem", name=told.key().name))


async def test_a_first_reading_that_fails_ends_the_watch_with_its_reason() -> None:
    with pytest.raises(ProblemError) as raised:
        await batches(watching(PermissionError(13, "Permission denied")), 1)
    assert raised.value.problem.errno == 13


async def test_rows_get_the_registered_name_and_what_the_table_knows() -> None:
    (found,) = await batches(watching((row(22, process="sshd"),)), 1)
    (shown,) = found

    assert isinstance(shown, Listener)
    assert shown.iana == "ssh"
    assert shown.known is not None
    assert "SSH" in shown.known


async def test_two_servers_at_two_addresses_are_known_as_such_while_both_are_there() -> None:
    first, second = row(9876, process="python3"), row(9876, process="python3", pid=2, address="::1", inode=77)

    alone, both, again = await batches(watching((first,), (first, second), (first,)), 3)

    assert [record.known for record in alone if isinstance(record, Listener)] == [None]
    told = [record.known for record in both if isinstance(record, Listener)]
    assert len(told) == 2
    assert all(text is not None and "Two programs hold port " in text for text in told)
    assert [record.known for record in again if isinstance(record, Listener)] == [None]


async def test_a_row_the_table_says_nothing_of_does_not_change_by_a_second_holder() -> None:
    first, second = row(9876), row(9876, pid=2, address="::1", inode=77)

    _, changes = await batches(watching((first,), (first, second)), 2)

    assert changes == (second,)


@pytest.mark.parametrize(
    "other",
    [
        row(9876, process="python3", address="::1", inode=77),
        row(9876, process="python3", pid=2, inode=77),
        msgspec.structs.replace(row(9876, process="python3", pid=2, address="::1", inode=77), shared_with=(1,)),
        msgspec.structs.replace(row(9876, process="python3", address="::1", inode=77), pid=None, owner="hidden"),
    ],
    ids=["same process", "same address", "shared socket", "owner hidden"],
)
async def test_one_server_on_both_stacks_and_workers_are_no_two_servers(other: Listener) -> None:
    (found,) = await batches(watching((row(9876, process="python3"), other)), 1)
    assert [record.known for record in found if isinstance(record, Listener)] == [None, None]


@linux_only
async def test_the_same_port_on_each_kind_of_address_is_owned_by_this_process_and_kept_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with socket.create_server(("::1", port), family=socket.AF_INET6):
            loopback = await snapshot(PortsRequest(port=port))
    with socket.create_server(("0.0.0.0", 0)) as first:
        port = first.getsockname()[1]
        with socket.create_server(("::", port), family=socket.AF_INET6):
            wildcard = await snapshot(PortsRequest(port=port))
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        dual = await snapshot(PortsRequest(port=server.getsockname()[1]))

    found = [(each.address, each.stack, each.scope) for each in loopback + wildcard + dual]
    assert found == [
        ("127.0.0.1", "v4", "loopback"),
        ("::1", "v6", "loopback"),
        ("0.0.0.0", "v4", "all"),
        ("::", "v6", "all"),
        ("::", "dual", "all"),
    ]
    assert {(each.pid, each.owner) for each in loopback + wildcard + dual} == {(os.getpid(), "proved")}


async def test_a_real_listener_that_closes_is_removed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        changing = follow(PortsRequest(port=port), this_platform().listeners, interval=0.01)
        async with asyncio.timeout(10), aclosing(changing) as changes:
            (opened,) = await anext(changes)
            assert isinstance(opened, Listener)
            server.close()
            assert await anext(changes) == (Removed(of="listener", name=opened.key().name),)
            with socket.create_server(("127.0.0.1", port)):
                (again,) = await anext(changes)

    assert isinstance(again, Listener)
    assert (again.port, again.pid) == (port, os.getpid())
    assert again.key() != opened.key()


async def test_the_watch_of_this_host_names_an_own_listener() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        request = PortsRequest(port=server.getsockname()[1], follow=False)
        found = [batch async for batch in watch(request)]

    ((row,),) = found
    assert isinstance(row, Listener)
    assert (row.address, row.pid) == ("127.0.0.1", os.getpid())


async def test_the_loop_is_free_while_the_sockets_are_read() -> None:
    turns = 0
    begun, going_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def read() -> tuple[Listener, ...]:
        loop.call_soon_threadsafe(begun.set)
        assert asyncio.run_coroutine_threadsafe(going_on.wait(), loop).result(10)
        return ()

    async def turn() -> None:
        nonlocal turns
        await begun.wait()
        turns += 1
        going_on.set()

    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(turn())
        found = await batches(follow(PortsRequest(), read), 1)

    assert (found, turns) == ([()], 1)
