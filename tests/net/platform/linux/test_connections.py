"""Linux's connections against real sockets, with the process that holds each end."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from net.platform.linux.connections import Connections
from net.ports.records import Connection


def of_port(port: int, connections: Connections | None = None) -> list[Connection]:
    found = (connections or Connections()).read()
    return sorted((each for each in found if port in (each.port, each.remote_port)), key=lambda each: each.port != port)


@pytest.fixture(params=["127.0.0.1", "::1"])
def server(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family) as sock:
        yield sock


def test_both_ends_are_rows_with_their_owner_and_a_listener_is_none(server: socket.socket) -> None:
    host, port, *_ = server.getsockname()
    with socket.create_connection((host, port)) as client:
        accepted, _ = server.accept()
        with accepted:
            ours, theirs = of_port(port)
        assert ours == Connection(
            protocol="tcp",
            address=host,
            port=port,
            remote_address=host,
            remote_port=client.getsockname()[1],
            state="established",
            owner="proved",
            pid=os.getpid(),
            process=ours.process,
            user=ours.user,
            inode=ours.inode,
        )
        assert (theirs.port, theirs.remote_port) == (client.getsockname()[1], port)
        assert theirs.inode == os.fstat(client.fileno()).st_ino


def test_states_of_a_connection_that_is_being_closed(server: socket.socket) -> None:
    port = server.getsockname()[1]
    with socket.create_connection(server.getsockname()[:2]) as client:
        accepted, _ = server.accept()
        accepted.close()
        assert client.recv(1) == b""
        ours, theirs = of_port(port)
        assert ours.state in ("fin_wait1", "fin_wait2")  # the acknowledgement may be delayed
        assert theirs.state == "close_wait"
    (left,) = of_port(port)
    assert (left.state, left.owner, left.pid, left.inode) == ("time_wait", "hidden", None, None)


def test_an_ipv4_client_of_a_socket_for_both_is_ipv4() -> None:
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = server.accept()
            with accepted:
                assert {each.address for each in of_port(port)} == {"127.0.0.1"}


def test_a_connected_udp_socket_is_a_row_and_a_bound_one_is_not() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        assert of_port(port) == []
        sock.connect(("127.0.0.1", 9))
        (row,) = of_port(port)
    assert (row.protocol, row.state, row.remote_port, row.pid) == ("udp", "established", 9, os.getpid())


def test_a_bound_tcp_socket_without_a_peer_is_no_connection() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        assert of_port(sock.getsockname()[1]) == []


def test_connections_opened_and_closed_while_they_are_read() -> None:
    connections = Connections()
    ready, stop = threading.Event(), threading.Event()

    def churn() -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
            while not stop.is_set():
                with socket.create_connection(server.getsockname()):
                    server.accept()[0].close()
                ready.set()

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        assert ready.wait(10)
        readings = [connections.read() for _ in range(20)]
    finally:
        stop.set()
        thread.join()
    assert all(each.port and each.remote_port for reading in readings for each in reading)
    assert any(readings)
