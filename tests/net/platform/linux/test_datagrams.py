"""Tests of net.platform.linux.datagrams with sockets of this process on the loopback interface."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator

import pytest

from net.platform.linux import datagrams
from net.platform.linux.datagrams import datagram_sockets
from net.platform.protocol import DatagramSocket, Held

LOOPBACK = socket.if_nametoindex("lo")


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.bind(("127.0.0.1", 0))
        yield sock


def _found(sock: socket.socket, *, with_groups: bool = True) -> DatagramSocket:
    inode = os.fstat(sock.fileno()).st_ino
    return next(each for each in datagram_sockets(with_groups=with_groups) if each.identity == inode)


def test_a_socket_is_told_with_its_place_buffer_and_process(receiver: socket.socket) -> None:
    found = _found(receiver)
    assert (found.address, found.port) == receiver.getsockname()
    assert found.buffer_bytes == receiver.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    assert found.pid == os.getpid()
    assert found.process is not None
    assert found.drops == 0


def test_what_a_full_buffer_lost_is_counted(receiver: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(50):
            sender.sendto(bytes(500), receiver.getsockname())
    drops = _found(receiver).drops
    assert drops is not None
    assert 0 < drops < 50


def test_a_socket_is_asked_for_its_own_groups_only(receiver: socket.socket) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.setsockopt(
            socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, "ff15::77") + _index()
        )
        group = struct.pack("=4s4si", socket.inet_aton("239.66.0.77"), bytes(4), LOOPBACK)
        receiver.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        assert _found(receiver).held == (Held(interface="lo", group="239.66.0.77"),)
        other.bind(("::", 0))
        assert _found(other).held == (Held(interface="lo", group="ff15::77"),)
        assert _found(receiver, with_groups=False).held is None


def test_the_sources_of_a_membership_are_counted(receiver: socket.socket) -> None:
    for source in ("127.0.0.2", "127.0.0.3"):
        request = struct.pack("=4s4s4s", *(socket.inet_aton(each) for each in ("232.1.1.1", "127.0.0.1", source)))
        receiver.setsockopt(socket.IPPROTO_IP, 39, request)  # IP_ADD_SOURCE_MEMBERSHIP, linux/in.h
    held = _found(receiver).held
    assert held is not None
    assert [each.sources for each in held if each.group == "232.1.1.1"] == [2]


def test_a_socket_without_a_membership_is_not_asked(receiver: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as member:
        _join(member)
        member.bind(("", 0))
        asked: list[int] = []

        def held(_pid: int, descriptor: int, _questions: object) -> tuple[()]:
            asked.append(descriptor)
            return ()

        monkeypatch.setattr(datagrams, "_held", held)
        assert _found(receiver).held == ()
        assert member.fileno() in asked
        assert receiver.fileno() not in asked


def test_what_would_be_too_many_questions_is_left_unasked(
    receiver: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    _join(receiver)
    monkeypatch.setattr(datagrams, "MOST_QUESTIONS", 0)
    found = _found(receiver)
    assert (found.held, found.unasked) == (None, True)
    assert not _found(receiver, with_groups=False).unasked


def test_a_reading_that_is_to_end_asks_no_more(receiver: socket.socket) -> None:
    _join(receiver)
    inode = os.fstat(receiver.fileno()).st_ino
    listed = datagram_sockets(with_groups=True, ended=lambda: True)
    assert next(each for each in listed if each.identity == inode).unasked


def _join(sock: socket.socket) -> None:
    group = struct.pack("=4s4si", socket.inet_aton("239.66.0.78"), bytes(4), LOOPBACK)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)


def _index() -> bytes:
    return struct.pack("=I", LOOPBACK)
