"""The kernel tells the sockets of a port, whether somebody took them, and who."""

from __future__ import annotations

import os
import socket
from contextlib import closing

from net.platform.linux.tcp_sockets import tcp_sockets


def test_a_connection_has_an_owner_from_the_moment_it_is_accepted() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        with closing(socket.create_connection(("127.0.0.1", port))) as client:
            (waiting,) = tcp_sockets(port)
            assert (waiting.state, waiting.accepted, waiting.pid) == ("established", False, None)
            assert (waiting.address, waiting.remote_address) == ("127.0.0.1", "127.0.0.1")
            assert (waiting.port, waiting.remote_port) == (port, client.getsockname()[1])
            accepted, _ = server.accept()
            with closing(accepted):
                (taken,) = tcp_sockets(port)
                assert (taken.accepted, taken.owner, taken.pid) == (True, "proved", os.getpid())


def test_a_connection_over_ipv4_to_a_socket_for_both_stacks_is_told_in_ipv4() -> None:
    with closing(socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)) as server:
        port = server.getsockname()[1]
        with closing(socket.create_connection(("127.0.0.1", port))):
            (waiting,) = tcp_sockets(port)
            assert (waiting.address, waiting.remote_address) == ("127.0.0.1", "127.0.0.1")


def test_a_listening_socket_is_left_out_and_one_in_time_wait_is_told() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        assert tcp_sockets(port) == ()
        with closing(socket.create_connection(("127.0.0.1", port))) as client:
            accepted, _ = server.accept()
            accepted.close()
            assert client.recv(1) == b""
    assert [(each.state, each.accepted) for each in tcp_sockets(port)] == [("time_wait", False)]
