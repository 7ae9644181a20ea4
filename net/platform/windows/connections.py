"""Windows' connections, from psutil or, where that fails, from what ``netstat -ano`` prints."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal, NamedTuple

from net.platform.commands import output
from net.platform.process_facts import Facts, facts
from net.platform.windows.netstat import COMMAND
from net.ports.records import Connection

logger = logging.getLogger(__name__)


class Pair(NamedTuple):
    """A TCP connection; addresses may carry a scope as %index."""

    address: str
    port: int
    remote_address: str
    remote_port: int
    state: str
    pid: int | None
    protocol: Literal["tcp", "udp"] = "tcp"


def connections() -> tuple[Connection, ...]:
    """TCP connections; Windows keeps no peer of UDP sockets. Raises OSError if psutil and netstat both fail."""
    import psutil

    try:
        found = tuple(_by_psutil())
    except (psutil.Error, OSError) as error:
        logger.info("psutil cannot list the connections, netstat is asked: %s", error)
        found = parse(output(COMMAND))
    return rows(found)


def parse(text: str) -> tuple[Pair, ...]:
    """The connections of ``netstat -ano``: TCP rows whose peer has a port; the state is in the system's language."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) < 5 or words[0] != "TCP" or not words[-1].isdigit():
            continue
        local, _, port = words[1].rpartition(":")
        remote, _, remote_port = words[2].rpartition(":")
        if port.isdigit() and remote_port.isdigit() and int(remote_port):
            state = " ".join(words[3:-1]).lower().replace("fin_wait_", "fin_wait")
            pid = int(words[-1]) or None
            found.append(Pair(local.strip("[]"), int(port), remote.strip("[]"), int(remote_port), state, pid))
    return tuple(found)


def rows(found: Iterable[Pair]) -> tuple[Connection, ...]:
    """With the process of each, which Windows names to everybody."""
    asked = cache(facts)
    return tuple(_row(pair, asked(pair.pid) if pair.pid is not None else Facts()) for pair in found)


def _by_psutil() -> Iterator[Pair]:
    import psutil

    for each in psutil.net_connections(kind="inet"):
        if each.laddr and each.raddr:
            kind: Literal["tcp", "udp"] = "tcp" if each.type == socket.SOCK_STREAM else "udp"
            state = each.status.lower() if each.status != psutil.CONN_NONE else "established"
            ends = (each.laddr.ip, each.laddr.port, each.raddr.ip, each.raddr.port)
            yield Pair(*ends, state, each.pid, kind)


def _row(pair: Pair, known: Facts) -> Connection:
    return Connection(
        protocol=pair.protocol,
        address=pair.address,
        port=pair.port,
        remote_address=pair.remote_address,
        remote_port=pair.remote_port,
        state=pair.state,
        owner="hidden" if pair.pid is None else "proved",
        pid=pair.pid,
        process=known.name,
        user=known.user,
    )
