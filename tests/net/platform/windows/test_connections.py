"""Windows' connections: from psutil or from netstat in any language."""

from __future__ import annotations

import os
import socket

import pytest

from net.platform.windows import connections
from net.platform.windows.connections import Pair, parse, rows
from tests.samples import sample

GERMAN = """\
  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         1712
  TCP    127.0.0.1:1031         127.0.0.1:1032         HERGESTELLT     10644
  TCP    [fe80::1%12]:445       [fe80::2%12]:50000     WARTEND         0
  UDP    0.0.0.0:500            *:*                                    7
"""


def test_a_connection_is_told_by_the_peers_port() -> None:
    assert parse(GERMAN) == (
        Pair("127.0.0.1", 1031, "127.0.0.1", 1032, "hergestellt", 10644),
        Pair("fe80::1%12", 445, "fe80::2%12", 50000, "wartend", None),
    )


def test_recorded() -> None:
    found = parse(sample("windows/netstat-aon--win10"))
    assert found
    assert all(pair.remote_port and pair.state and pair.state != "listening" for pair in found)


def test_the_process_is_proved_where_there_is_one() -> None:
    ours, nobodys = rows(
        [Pair("127.0.0.1", 1, "127.0.0.1", 2, "established", os.getpid()), Pair("::1", 1, "::1", 2, "time_wait", None)]
    )
    assert (ours.owner, ours.pid, nobodys.owner, nobodys.pid) == ("proved", os.getpid(), "hidden", None)
    assert ours.process is not None


def test_this_systems_psutil_lists_a_connection_of_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        port = server.getsockname()[1]
        accepted, _ = server.accept()
        with accepted:
            found = [row for row in connections.connections() if row.port == port]
    assert [(row.state, row.pid, row.protocol) for row in found] == [("established", os.getpid(), "tcp")]


def test_where_psutil_fails_netstat_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    def denied(kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", denied)
    monkeypatch.setattr(connections, "output", lambda _: GERMAN)
    assert [row.port for row in connections.connections()] == [1031, 445]
