"""Tests of net.multicast.reception: what a socket hands over is counted for its own interface alone."""

from __future__ import annotations

import socket
import struct

import pytest

from net.multicast.endpoint import parse_endpoint
from net.multicast.reception import GroupReception
from net.platform.batch import Batch

OWN, FOREIGN = 1, 77


@pytest.fixture
def reception() -> GroupReception:
    made = GroupReception(parse_endpoint("239.77.1.2:23077"), "lo", keep=None, buffer_bytes=64 * 1024)
    made.index = OWN
    return made


def _batch(*interfaces: int) -> Batch:
    """A datagram for each interface by which it arrived, all from one sender (struct sockaddr_in without its padding)."""
    source = struct.pack("=H", socket.AF_INET) + struct.pack("!H", 40000) + socket.inet_aton("192.168.1.20")
    number = len(interfaces)
    return Batch(
        sources=[source] * number,
        payloads=[bytes([place]) for place in range(number)],
        seconds=list(range(number)),
        nanoseconds=[0] * number,
        ttls=[1] * number,
        interfaces=list(interfaces),
        drops=None,
    )


def test_what_arrived_by_another_interface_is_not_counted(reception: GroupReception) -> None:
    reception._take(_batch(OWN, FOREIGN, OWN))
    assert (reception.received, [each.payload_hex for each in reception.datagrams()]) == (2, ["00", "02"])


def test_a_batch_from_elsewhere_leaves_no_trace(reception: GroupReception) -> None:
    reception._take(_batch(FOREIGN, FOREIGN))
    assert (reception.received, reception.datagrams(), reception.streams()) == (0, (), ())
