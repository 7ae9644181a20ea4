"""The sockets of a port are taken from Windows' table, as psutil gives it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from net.platform.process_facts import Facts
from net.platform.windows import tcp_sockets


def row(port: int, status: str, pid: int, peer: int | None = 50001) -> Any:
    """A connection with the fields of psutil's that are looked at."""
    remote = SimpleNamespace(ip="127.0.0.1", port=peer) if peer is not None else ()
    return SimpleNamespace(laddr=SimpleNamespace(ip="127.0.0.1", port=port), raddr=remote, status=status, pid=pid)


def test_what_has_a_peer_is_given_with_its_process_and_what_was_closed_without(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        row(5000, psutil.CONN_ESTABLISHED, 12),
        row(5000, psutil.CONN_TIME_WAIT, 0),
        row(5000, psutil.CONN_LISTEN, 12, None),
        row(5001, psutil.CONN_ESTABLISHED, 13),
    ]
    monkeypatch.setattr(psutil, "net_connections", lambda kind: rows)
    monkeypatch.setattr(tcp_sockets, "facts", lambda pid: Facts(name="node.exe", user="ann"))
    taken, closed = tcp_sockets.tcp_sockets(5000)
    assert (taken.state, taken.accepted, taken.pid, taken.process) == ("established", True, 12, "node.exe")
    assert (taken.remote_address, taken.remote_port) == ("127.0.0.1", 50001)
    assert (closed.state, closed.accepted, closed.process) == ("time_wait", False, None)


def test_a_table_that_is_refused_is_an_error_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(kind: str) -> list[Any]:
        raise psutil.AccessDenied(msg=kind)

    monkeypatch.setattr(psutil, "net_connections", refuse)
    with pytest.raises(OSError, match="tcp"):
        tcp_sockets.tcp_sockets(5000)
