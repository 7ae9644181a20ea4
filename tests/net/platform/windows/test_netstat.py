"""Windows' listeners: read from psutil's list or from netstat, in any language."""

from __future__ import annotations

import os
import re
import socket

import pytest

from net.platform.rights import ADMINISTRATOR
from net.platform.windows import netstat
from net.platform.windows.netstat import Bound, parse, rows
from tests.samples import sample

INTERFACES = {"127.0.0.1": "Loopback", "::1": "Loopback", "192.168.24.1": "Ethernet 2", "fe80::1": "Ethernet 2"}
GERMAN = """\
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         1712
  TCP    127.0.0.1:1031         127.0.0.1:1032         HERGESTELLT     10644
  TCP    [::]:445               [::]:0                 ABHÖREN         4
  UDP    [fe80::1%12]:1900      *:*                                    7
  UDP    0.0.0.0:500            *:*                                    0
"""


def test_listening_is_told_by_the_peer_and_not_by_a_word() -> None:
    assert parse(GERMAN) == (
        Bound("tcp", "0.0.0.0", 135, 1712),
        Bound("tcp", "::", 445, 4),
        Bound("udp", "fe80::1%12", 1900, 7),
        Bound("udp", "0.0.0.0", 500, None),
    )


@pytest.mark.parametrize(
    ("address", "shown", "interface", "scope", "stack"),
    [
        ("0.0.0.0", "0.0.0.0", None, "all", "v4"),
        ("::", "::", None, "all", "v6"),
        ("127.0.0.1", "127.0.0.1", "Loopback", "loopback", "v4"),
        ("192.168.24.1", "192.168.24.1", "Ethernet 2", "lan", "v4"),
        ("fe80::1%4000000", "fe80::1%4000000", "4000000", "lan", "v6"),
        ("fe80::1", "fe80::1", "Ethernet 2", "lan", "v6"),
    ],
)
def test_a_bound_address_becomes_a_row(address: str, shown: str, interface: str | None, scope: str, stack: str) -> None:
    (row,) = rows([Bound("tcp", address, 80, None)], INTERFACES)

    assert (row.address, row.interface, row.scope, row.stack) == (shown, interface, scope, stack)
    assert (row.owner, row.missing_right) == ("hidden", ADMINISTRATOR)


def test_a_named_process_is_proved_with_its_facts() -> None:
    (row,) = rows([Bound("udp", "0.0.0.0", 5353, os.getpid())], INTERFACES)

    assert (row.owner, row.pid, row.missing_right) == ("proved", os.getpid(), None)
    assert row.command is not None
    assert row.started is not None


def test_several_sockets_of_one_process_at_one_place_are_one_row() -> None:
    assert len(rows([Bound("udp", "0.0.0.0", 5353, 4000000)] * 3, INTERFACES)) == 1


@pytest.mark.parametrize("name", ["windows/netstat-aon--win10", "windows/netstat-aonb--win10"])
def test_recorded_netstat(name: str) -> None:
    text = sample(name)
    found = parse(text)

    listening = re.findall(r"^\s+TCP\s.*\sLISTENING\s", text, re.MULTILINE)
    udp = re.findall(r"^\s+UDP\s", text, re.MULTILINE)
    assert len([bound for bound in found if bound.protocol == "tcp"]) == len(listening) > 20
    assert len([bound for bound in found if bound.protocol == "udp"]) == len(udp) > 20
    assert Bound("tcp", "0.0.0.0", 135, 1712) in found
    assert Bound("tcp", "192.168.24.1", 139, 4) in found
    assert len(rows(found, INTERFACES)) <= len(found)


def test_psutils_list_gives_this_process_as_owner() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        socket.create_connection(server.getsockname()),
    ):
        datagrams.bind(("127.0.0.1", 0))
        ports = {"tcp": server.getsockname()[1], "udp": datagrams.getsockname()[1]}
        found = [row for row in netstat.listeners() if row.port == ports[row.protocol]]

    assert {(row.protocol, row.pid, row.owner) for row in found} == {
        ("tcp", os.getpid(), "proved"),
        ("udp", os.getpid(), "proved"),
    }
