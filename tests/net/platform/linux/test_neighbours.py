"""Entries of the kernel's neighbour table: who is known, since when, and who does not answer."""

from __future__ import annotations

import ipaddress
import os
import socket
import struct

import pytest

from net.platform.linux.neighbours import NDMSG, NUD_FAILED, NUD_INCOMPLETE, NUD_NOARP, RTN_UNICAST, parse
from net.platform.linux.netlink import Message
from net.platform.protocol import Neighbour

REACHABLE = 0x02
NAMES = {2: "en0"}
MAC = bytes.fromhex("026601000001")
TICKS = os.sysconf("SC_CLK_TCK")


def entry(address: str, state: int = REACHABLE, mac: bytes | None = MAC, kind: int = RTN_UNICAST) -> Message:
    parsed = ipaddress.ip_address(address)
    family = socket.AF_INET if parsed.version == 4 else socket.AF_INET6
    body = NDMSG.pack(family, 0, 2, state, 0, kind) + attribute(1, parsed.packed)
    if mac is not None:
        body += attribute(2, mac)
    return Message(28, body + attribute(3, struct.pack("=IIII", 3 * TICKS, 0, 0, 0)))


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value.ljust((len(value) + 3) & ~3, b"\0")


@pytest.mark.parametrize(("address", "told"), [("192.168.1.1", "192.168.1.1"), ("fe80::1", "fe80::1%en0")])
def test_a_known_host_has_its_hardware_address_and_the_time_since_it_was_confirmed(address: str, told: str) -> None:
    known = Neighbour(interface="en0", address=told, mac="02:66:01:00:00:01", age=3.0)
    assert parse(entry(address), NAMES) == known


@pytest.mark.parametrize("state", [NUD_INCOMPLETE, NUD_FAILED])
def test_who_does_not_answer_has_neither(state: int) -> None:
    for mac in (None, MAC):
        assert parse(entry("192.168.1.9", state, mac), NAMES) == Neighbour(interface="en0", address="192.168.1.9")


def test_groups_and_what_needs_no_looking_for_are_no_hosts() -> None:
    assert parse(entry("224.0.0.251", NUD_NOARP), NAMES) is None
    assert parse(entry("224.0.0.251", kind=5), NAMES) is None
    assert parse(entry("192.168.1.1"), {}) is None
