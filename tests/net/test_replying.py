"""Tests of net.replying with real sockets on the loopback interface."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

import pytest

from net.replying import receive, replier, reply

PORT = 14322


@pytest.fixture
def asked_v4() -> Iterator[socket.socket]:
    with replier(4, PORT, ttl=9) as sock:
        yield sock


@pytest.mark.parametrize("at", ["127.0.0.1", "127.0.0.7"])
def test_the_reply_comes_from_the_address_that_was_asked(asked_v4: socket.socket, at: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.bind(("127.0.0.3", 0))
        client.sendto(b"hello", (at, PORT))
        asked = receive(asked_v4)
        assert (asked.payload, str(asked.address), str(asked.at)) == (b"hello", "127.0.0.3", at)
        assert asked.interface == socket.if_nametoindex("lo")
        reply(asked_v4, b"world", asked.address, asked.port, source=asked.at, interface=asked.interface)
        assert client.recvfrom(100) == (b"world", (at, PORT))


def test_ipv6_is_answered_from_the_address_that_was_asked() -> None:
    with replier(6, PORT, ttl=9) as sock, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(b"hello", ("::1", PORT))
        asked = receive(sock)
        assert (str(asked.address), str(asked.at)) == ("::1", "::1")
        reply(sock, b"world", asked.address, asked.port, source=asked.at, interface=asked.interface)
        assert client.recv(100) == b"world"


def test_the_port_is_held_alone(asked_v4: socket.socket) -> None:
    with pytest.raises(OSError, match="in use"):
        replier(4, PORT, ttl=9)


def test_nothing_to_read_raises_and_does_not_wait(asked_v4: socket.socket) -> None:
    with pytest.raises(BlockingIOError):
        receive(asked_v4)


def test_a_reply_without_a_known_address_goes_as_routed(asked_v4: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.bind(("127.0.0.1", 0))
        target = ipaddress.ip_address("127.0.0.1")
        reply(asked_v4, b"world", target, client.getsockname()[1], source=None, interface=None)
        assert client.recv(100) == b"world"
