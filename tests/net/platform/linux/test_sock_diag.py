"""What the kernel says of sockets by sock_diag: identity, user, stack, device."""

from __future__ import annotations

import os
import socket

import pytest

from net.platform.linux.sock_diag import SockDiag, Socket


def find(sock: socket.socket, ask: SockDiag | None = None) -> list[Socket]:
    inode = os.fstat(sock.fileno()).st_ino
    return [entry for entry in (ask or SockDiag())() if entry.inode == inode]


@pytest.mark.parametrize(
    ("family", "address", "v6only"),
    [
        (socket.AF_INET, "127.0.0.1", None),
        (socket.AF_INET, "0.0.0.0", None),
        (socket.AF_INET6, "::1", True),
        (socket.AF_INET6, "::", True),
        (socket.AF_INET6, "::", False),
        (socket.AF_INET6, "::ffff:127.0.0.1", False),
    ],
)
@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_bound_socket_is_described(
    kind: socket.SocketKind, family: socket.AddressFamily, address: str, v6only: bool | None
) -> None:
    with socket.socket(family, kind) as sock:
        if v6only is not None:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
        sock.bind((address, 0))
        if kind == socket.SOCK_STREAM:
            sock.listen()
        (entry,) = find(sock)

        assert entry.protocol == ("tcp" if kind == socket.SOCK_STREAM else "udp")
        assert entry.address == socket.inet_pton(family, address)
        assert entry.port == sock.getsockname()[1]
        assert (entry.uid, entry.v6only, entry.device) == (os.geteuid(), v6only, 0)


def test_a_socket_bound_to_a_device_carries_its_index() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
        sock.bind(("0.0.0.0", 0))
        assert [entry.device for entry in find(sock)] == [socket.if_nametoindex("lo")]


def test_connected_and_unbound_sockets_are_left_out() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connected,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unbound,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as not_listening,
    ):
        connected.connect(("127.0.0.1", 9))
        not_listening.bind(("127.0.0.1", 0))
        assert len(find(server)) == 1
        assert [find(sock) for sock in (client, connected, unbound, not_listening)] == [[], [], [], []]


def test_a_socket_that_stays_is_the_same_object_and_a_closed_one_is_gone() -> None:
    ask = SockDiag()
    with socket.create_server(("127.0.0.1", 0)) as stays:
        with socket.create_server(("127.0.0.1", 0)) as goes:
            (before,) = find(stays, ask)
            inode = os.fstat(goes.fileno()).st_ino
        (after,) = find(stays, ask)

        assert after is before
        assert inode not in {entry.inode for entry in ask()}


def test_a_backlog_that_fills_is_no_change() -> None:
    ask = SockDiag()
    with socket.create_server(("127.0.0.1", 0)) as server:
        (before,) = find(server, ask)
        with socket.create_connection(server.getsockname()):
            assert find(server, ask)[0] is before


def test_the_cgroup_is_that_of_this_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        (entry,) = find(server)
    assert entry.cgroup is None or entry.cgroup > 0


def test_a_reply_without_attributes_has_no_cgroup() -> None:
    assert Socket("tcp", b"\0" * 4, 1, 0, 1, 0, 0, None, b"").cgroup is None
