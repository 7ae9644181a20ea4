"""Tests of net.multicast.overhearing: what is counted, with packets written here; real ones are heard in the lab."""

from __future__ import annotations

import ipaddress
import socket
import struct

import pytest

from net.multicast.overhearing import ECHO, Overhearing
from net.multicast.packet_reading import ETH_IPV4
from tests.net.faces import LAN

OWN, OTHER, REPEATER = "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"
PACKET_MULTICAST, PACKET_OUTGOING = 2, 4  # linux/if_packet.h


def _packet(source: str, group: str = "224.224.0.77", protocol: int = 17, body: bytes | None = None) -> bytes:
    head = b"\x45\0\0\x1c" + bytes(4) + bytes((1, protocol, 0, 0))
    addresses = ipaddress.IPv4Address(source).packed + ipaddress.IPv4Address(group).packed
    return head + addresses + (body if body is not None else struct.pack("!HHHH", 4000, 23019, 8, 0))


class _Queued:
    """In place of a packet socket: what it hands on, and then that nothing more is there."""

    def __init__(self, *packets: tuple[bytes, int, str]) -> None:
        self._packets = list(packets)

    def recvfrom(self, _size: int) -> tuple[bytes, tuple[str, int, int, int, bytes]]:
        if not self._packets:
            raise BlockingIOError
        data, kind, mac = self._packets.pop(0)
        return data, ("en0", ETH_IPV4, kind, 1, bytes.fromhex(mac.replace(":", "")))


def _heard(*packets: tuple[bytes, int, str], later: float = ECHO) -> Overhearing:
    """``later``: seconds after the listening began."""
    heard = Overhearing((LAN,), frozenset({OWN}))
    heard._began -= later
    heard._drain(_Queued(*packets))  # type: ignore[arg-type]
    return heard


async def test_flows_are_told_by_sender_group_and_direction() -> None:
    heard = _heard(
        (_packet("192.168.1.20"), PACKET_MULTICAST, OTHER),
        (_packet("192.168.1.20"), PACKET_MULTICAST, OTHER),
        (_packet("192.168.1.23"), PACKET_OUTGOING, OWN),
    )
    assert [(flow.source, flow.packets, flow.ttl) for flow in heard.arriving("en0")] == [("192.168.1.20", 2, 1)]
    assert [(flow.source, flow.source_port) for flow in heard.leaving("en0")] == [("192.168.1.23", 4000)]


async def test_queriers_and_routers_are_told_apart_from_senders() -> None:
    heard = _heard(
        (_packet("192.168.1.1", "224.0.0.1", 2, b"\x11\x01" + bytes(6)), PACKET_MULTICAST, OTHER),
        (_packet("192.168.1.2", "224.0.0.13", 103, b"\x20\0\0\0"), PACKET_MULTICAST, OTHER),
    )
    assert (heard.queriers, heard.routers) == ({("en0", "192.168.1.1")}, {("en0", "192.168.1.2")})
    assert heard.flows == {}


async def test_another_host_with_our_address_is_told() -> None:
    packet = (_packet("192.168.1.23"), PACKET_MULTICAST, OTHER)
    assert _heard(packet, packet).impostors == {("en0", "192.168.1.23"): OTHER}


async def test_one_packet_or_what_comes_in_the_first_second_is_no_proof() -> None:
    """A repeater hands back what was sent before anybody listened."""
    packet = (_packet("192.168.1.23"), PACKET_MULTICAST, REPEATER)
    assert _heard(packet).impostors == {}
    assert _heard(packet, packet, packet, later=0).impostors == {}


async def test_what_an_access_point_or_a_repeater_hands_back_is_no_other_host() -> None:
    back = _heard((_packet("192.168.1.23"), PACKET_MULTICAST, OWN))
    assert (back.impostors, back.flows) == ({}, {})
    sent = (_packet("192.168.1.23"), PACKET_OUTGOING, OWN)
    repeated = (_packet("192.168.1.23"), PACKET_MULTICAST, REPEATER)
    assert _heard(sent, repeated).impostors == {}
    assert _heard(sent, repeated, repeated).impostors == {}
    assert _heard(sent, *[repeated] * 3).impostors == {("en0", "192.168.1.23"): REPEATER}


async def test_without_the_right_it_says_so_and_listens_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        def packet_socket(self, name: str) -> socket.socket | None:
            raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("net.multicast.overhearing.this_platform", Refusing)
    async with Overhearing((LAN,), frozenset()) as heard:
        assert heard.refusal == "Operation not permitted (1)"
