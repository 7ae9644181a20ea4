"""Real sockets on loopback for the tests of receiving."""

from __future__ import annotations

import ipaddress
import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from net.platform.batch import Batch, BatchReader
from net.sockets import request_arrival

LOOPBACK = "lo" if "lo" in (name for _, name in socket.if_nameindex()) else "lo0"
INDEX = socket.if_nametoindex(LOOPBACK)
PATIENCE = 5.0
"""Seconds in which what was sent on loopback must have arrived."""


@contextmanager
def unicast_pair(version: int, *, buffer_bytes: int | None = None) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A socket that receives, with all ancillary data asked for, and one connected to it."""
    family, address = (socket.AF_INET, "127.0.0.1") if version == 4 else (socket.AF_INET6, "::1")
    with socket.socket(family, socket.SOCK_DGRAM) as receiving, socket.socket(family, socket.SOCK_DGRAM) as sending:
        receiving.setblocking(False)
        if buffer_bytes is not None:
            receiving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        request_arrival(receiving, version)
        receiving.bind((address, 0))
        sending.bind((address, 0))
        sending.connect(receiving.getsockname())
        yield receiving, sending


def group_sender(group: str, port: int) -> socket.socket:
    """A socket connected to the IPv4 group, sending by loopback."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, ipaddress.ip_address("127.0.0.1").packed)
    sock.connect((group, port))
    return sock


def read_batch(reader: BatchReader, sock: socket.socket, limit: int = 64) -> Batch:
    """The next batch, waited for."""
    await_readable(sock)
    batch = reader.read(sock, limit)
    assert batch is not None
    return batch


def await_readable(sock: socket.socket) -> None:
    """Until a datagram waits."""
    readable, _, _ = select.select([sock], [], [], PATIENCE)
    assert readable, "nothing arrived"


def kernel_drops(sock: socket.socket) -> int:
    """The drops of the socket as /proc/net/udp lists them by inode (proc(5))."""
    inode = str(os.fstat(sock.fileno()).st_ino)
    table = Path("/proc/net/udp6" if sock.family == socket.AF_INET6 else "/proc/net/udp").read_text()
    (row,) = [row for row in map(str.split, table.splitlines()) if len(row) > 9 and row[9] == inode]
    return int(row[-1])
