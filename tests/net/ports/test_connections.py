"""Connections beside the listeners: only where asked for, first all, then what changed."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import aclosing

import pytest

from net.platform.system import SYSTEM
from net.ports.connections import ConnectionTable
from net.ports.listeners import follow, watch
from net.ports.records import Connection, Listener
from net.records import Problem, Record, Removed
from net.requests import PortsRequest


def row(port: int, remote_port: int, state: str = "established") -> Connection:
    return Connection(
        protocol="tcp",
        address="127.0.0.1",
        port=port,
        remote_address="127.0.0.1",
        remote_port=remote_port,
        state=state,
        owner="hidden",
    )


def table(*readings: Sequence[Connection] | OSError, request: PortsRequest | None = None) -> ConnectionTable:
    left = iter(readings)

    def read() -> tuple[Connection, ...]:
        reading = next(left)
        if isinstance(reading, OSError):
            raise reading
        return tuple(reading)

    return ConnectionTable(read, request or PortsRequest(connections=True))


def test_first_all_then_what_is_new_changed_or_gone() -> None:
    changing = table([row(2, 9), row(1, 9)], [row(2, 9), row(1, 9)], [row(1, 9, "time_wait"), row(3, 9)])

    assert changing.changes() == (row(1, 9), row(2, 9))
    assert changing.changes() == ()
    assert changing.changes() == (
        row(1, 9, "time_wait"),
        row(3, 9),
        Removed(of="connection", name=row(2, 9).key().name),
    )


def test_a_port_asked_for_is_that_of_either_end() -> None:
    rows = [row(5000, 40000), row(40000, 5000), row(40001, 5001)]
    assert table(rows, request=PortsRequest(port=5000)).changes() == (row(5000, 40000), row(40000, 5000))
    assert table(rows, request=PortsRequest(protocol="udp")).changes() == ()


def test_what_cannot_be_read_is_told_once_and_taken_back() -> None:
    failure = PermissionError(1, "Operation not permitted")
    failing = table([row(1, 9)], failure, failure, [row(1, 9)])

    failing.changes()
    (problem,) = failing.changes()
    assert isinstance(problem, Problem)
    assert (problem.code, problem.errno) == ("connections_unreadable", 1)
    assert failing.changes() == ()
    assert failing.changes() == (Removed(of="problem", name=problem.key().name),)


async def test_connections_follow_the_listeners_in_the_first_answer() -> None:
    watching = follow(PortsRequest(connections=True, follow=False), lambda: (), read_connections=lambda: (row(1, 9),))
    assert [batch async for batch in watching] == [(), (row(1, 9),)]


@pytest.mark.skipif(SYSTEM != "linux", reason="the kernel is asked by sock_diag here")
@pytest.mark.parametrize("asked", [True, False])
async def test_connections_come_only_where_they_are_asked_for(asked: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        accepted, _ = server.accept()
        found: list[Record] = []
        with accepted:
            request = PortsRequest(port=server.getsockname()[1], follow=False, connections=asked)
            async with aclosing(watch(request)) as batches:
                async for batch in batches:
                    found.extend(batch)
    assert [type(record) for record in found] == [Listener, *([Connection] * 2 if asked else [])]
