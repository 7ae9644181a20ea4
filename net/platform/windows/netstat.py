"""Windows' listening sockets, from psutil or, where that fails, from what ``netstat -ano`` prints."""

from __future__ import annotations

import ipaddress
import logging
import socket
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from net.platform.commands import output
from net.platform.endpoint import endpoint, interface_addresses
from net.platform.process_facts import Facts, facts
from net.platform.rights import ADMINISTRATOR
from net.ports.records import Listener

logger = logging.getLogger(__name__)

COMMAND = ("netstat", "-ano")


class Bound(NamedTuple):
    """A listening TCP or bound UDP socket; ``address`` may carry a scope as %index."""

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    pid: int | None


def listeners() -> tuple[Listener, ...]:
    """Listening TCP and bound UDP sockets; Windows names the process of each to everybody (GetExtendedTcpTable).

    The command line and the user of other users' processes are None without an administrator's rights. A socket for
    both stacks is two rows, as Windows keeps it in both tables; v6only is not told. Raises OSError if neither psutil
    nor netstat can list them.
    """
    import psutil

    try:
        found = tuple(_by_psutil())
    except (psutil.Error, OSError) as error:
        logger.info("psutil cannot list the sockets, netstat is asked: %s", error)
        found = parse(output(COMMAND))
    return rows(found, interface_addresses())


def parse(text: str) -> tuple[Bound, ...]:
    """The rows of ``netstat -ano`` in any language: a TCP socket listens where its peer's port is 0."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) < 4 or not words[-1].isdigit():
            continue
        protocol, local, peer = words[0], words[1], words[2]
        address, _, port = local.rpartition(":")
        if not port.isdigit():
            continue
        if protocol == "TCP" and peer.endswith(":0"):
            found.append(Bound("tcp", address.strip("[]"), int(port), int(words[-1]) or None))
        elif protocol == "UDP" and peer == "*:*":
            found.append(Bound("udp", address.strip("[]"), int(port), int(words[-1]) or None))
    return tuple(found)


def rows(found: Iterable[Bound], interfaces: Mapping[str, str]) -> tuple[Listener, ...]:
    """A row for each socket, sockets of one process at one address and port being one; ``interfaces`` by address."""
    asked = cache(facts)
    by_key: dict[str, Listener] = {}
    for bound in found:
        row = _row(bound, asked(bound.pid) if bound.pid is not None else Facts(), interfaces)
        by_key[row.key().name] = row
    return tuple(by_key.values())


def _by_psutil() -> Iterator[Bound]:
    import psutil

    for connection in psutil.net_connections(kind="inet"):
        if not connection.laddr:
            continue
        if connection.status == psutil.CONN_LISTEN:
            yield Bound("tcp", connection.laddr.ip, connection.laddr.port, connection.pid)
        elif connection.type == socket.SOCK_DGRAM and not connection.raddr:
            yield Bound("udp", connection.laddr.ip, connection.laddr.port, connection.pid)


def _row(bound: Bound, known: Facts, interfaces: Mapping[str, str]) -> Listener:
    address, _, index = bound.address.partition("%")
    packed = ipaddress.ip_address(address).packed
    device = _interface_name(index) if index and index != "0" else None
    # v6only only for the stack: a socket for both has a row of its own in the IPv4 table.
    where = endpoint(packed, v6only=True, device=device, interfaces=interfaces)
    return Listener(
        protocol=bound.protocol,
        address=where.address,
        port=bound.port,
        interface=where.interface,
        scope=where.scope,
        stack=where.stack,
        v6only=None,
        owner="hidden" if bound.pid is None else "proved",
        pid=bound.pid,
        process=known.name,
        user=known.user,
        command=known.command,
        started=known.started,
        missing_right=ADMINISTRATOR if bound.pid is None else None,
        state="listen" if bound.protocol == "tcp" else "bound",
    )


def _interface_name(index: str) -> str:
    try:
        return socket.if_indextoname(int(index))
    except (OSError, ValueError):
        return index
