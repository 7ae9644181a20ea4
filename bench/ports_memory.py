"""Whether the memory of the listing stays where it is over 10,000 refreshes, while sockets come and go."""

from __future__ import annotations

import gc
import os
import resource
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

from bench.ports import listeners
from bench.result import Result
from net.platform.linux.connections import Connections
from net.platform.linux.listeners import Listing
from net.ports.connections import ConnectionTable
from net.ports.listeners import Table
from net.requests import PortsRequest
from tests.lab import Lab

REFRESHES = 10_000
SETTLED = 500
"""Refreshes after which all that is kept is full."""
GROWTH = 5 * 1024 * 1024
PROCESSES = 20
COMING_AND_GOING = 20
CONNECTIONS_EVERY = 20


def run() -> list[Result]:
    """2,000 listeners of 20 processes, 20 more that are opened anew for each refresh; some minutes.

    On a host of the lab, so that sockets of other programs do not come and go among them.
    """
    with Lab(f"bench{os.getpid()}-") as lab, lab.alpha.inside(), listeners(PROCESSES):
        table = Table(Listing().read, PortsRequest())
        connections = ConnectionTable(Connections().read, PortsRequest(connections=True))
        table.first()
        begin = 0
        for number in range(REFRESHES):
            if number == SETTLED:
                begin = _resident()
            with ExitStack() as stack:
                for _ in range(COMING_AND_GOING):
                    stack.enter_context(socket.create_server(("127.0.0.1", 0)))
                table.next()
                if number % CONNECTIONS_EVERY == 0:
                    connections.changes()
            if number % 1000 == 0:
                print(f"{number:6} refreshes  {_resident() / 1024 / 1024:.1f} MB", file=sys.stderr, flush=True)
        growth = _resident() - begin
    return [
        Result(
            f"memory after {REFRESHES:,} refreshes of 2,000 listeners, {COMING_AND_GOING} of them new each time",
            f"{growth / 1024 / 1024:+.1f} MB",
            "< +5 MB",
            growth < GROWTH,
        )
    ]


def _resident() -> int:
    """Bytes of this process in memory (proc(5), statm)."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
