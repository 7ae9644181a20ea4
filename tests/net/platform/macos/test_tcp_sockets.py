"""The sockets of a port are taken from what lsof and netstat of a Mac print."""

from __future__ import annotations

import pytest

from net.platform.macos import tcp_sockets
from net.ports.records import Connection


def connection(port: int, state: str, pid: int | None = None, address: str = "127.0.0.1") -> Connection:
    return Connection(
        protocol="tcp",
        address=address,
        port=port,
        remote_address=address,
        remote_port=50001,
        state=state,
        owner="hidden" if pid is None else "proved",
        pid=pid,
        process=None if pid is None else "node",
    )


def test_only_the_port_asked_for_is_given_without_scopes_and_with_one_name_for_each_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = (
        connection(5000, "established", 12, "fe80::1%lo0"),
        connection(5000, "FIN_WAIT_2"),
        connection(5001, "established", 13),
    )
    monkeypatch.setattr(tcp_sockets, "connections", lambda: rows)
    first, second = tcp_sockets.tcp_sockets(5000)
    assert (first.address, first.remote_address, first.pid, first.accepted) == ("fe80::1", "fe80::1", 12, True)
    assert (second.state, second.accepted, second.owner) == ("fin_wait2", False, "hidden")
