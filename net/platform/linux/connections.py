"""Linux's connections with their owners, as records."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time

from net.platform.linux.netlink import dump
from net.platform.linux.owners import Owner, Owners
from net.platform.linux.sock_diag import NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, TCP_CLOSE, TCP_LISTEN, Socket
from net.platform.linux.tcp_sockets import ALL_STATES, REQUEST, STATES, parse, plain
from net.platform.names import name_of_index
from net.ports.records import Connection

TCP_ESTABLISHED = 1  # net/tcp_states.h, for a connected UDP socket too
_QUESTIONS = (
    ("tcp", socket.IPPROTO_TCP, ALL_STATES & ~(1 << TCP_LISTEN) & ~(1 << TCP_CLOSE)),
    ("udp", socket.IPPROTO_UDP, 1 << TCP_ESTABLISHED),
)


class Connections:
    """Reads the connections again and again, and looks for owners anew only where there is a new one."""

    def __init__(self) -> None:
        self._owners = Owners()
        self._lock = threading.Lock()

    def read(self) -> tuple[Connection, ...]:
        """Every TCP connection and connected UDP socket of this network namespace.

        One that no program has taken yet or that was given up (time_wait) has no file, and so no owner. Raises OSError
        where the kernel refuses.
        """
        with self._lock:
            found = [entry for question in _QUESTIONS for entry in _asked(*question)]
            owned = self._owners.find([entry for _, _, _, entry in found if entry.inode], time.monotonic())
        return tuple(_connection(*each, owned.get(each[3].cookie)) for each in found)


_connections = Connections()


def connections() -> tuple[Connection, ...]:
    """The rows of one Connections kept by this process: see there."""
    return _connections.read()


def _asked(protocol: str, number: int, states: int) -> list[tuple[int, str, int, Socket]]:
    found = []
    for family in (socket.AF_INET, socket.AF_INET6):
        question = REQUEST.pack(family, number, 0, 0, states) + bytes(48)
        for message in dump(SOCK_DIAG_BY_FAMILY, question, NETLINK_SOCK_DIAG):
            state, remote, port, entry = parse(family, message.body)
            if port:
                found.append((state, remote, port, entry._replace(protocol="udp" if protocol == "udp" else "tcp")))
    return found


def _connection(state: int, remote: str, remote_port: int, entry: Socket, owner: Owner | None) -> Connection:
    return Connection(
        protocol=entry.protocol,
        address=_scoped(plain(entry.address), entry.device),
        port=entry.port,
        remote_address=_scoped(remote, entry.device),
        remote_port=remote_port,
        state=STATES[state - 1],
        owner="hidden" if owner is None else owner.grade,
        pid=owner.pid if owner is not None else None,
        process=owner.process if owner is not None else None,
        user=owner.user if owner is not None else None,
        inode=entry.inode or None,
    )


def _scoped(address: str, device: int) -> str:
    if not device or not ipaddress.ip_address(address).is_link_local or ":" not in address:
        return address
    try:
        return f"{address}%{name_of_index(device)}"
    except OSError:  # the interface went away
        return f"{address}%{device}"
