"""Reads the sockets of all processes that ``nettop`` of macOS prints, where netstat shows a user only their own."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from net.platform.macos.sockets import Entry

# One sample, in bytes, without names; -J picks the columns beside the first two
COMMAND = ("nettop", "-n", "-x", "-L", "1", "-J", "interface,state")

_PROCESS = re.compile(r"(?P<name>.*)\.(?P<pid>\d+)")
_SOCKET = re.compile(r"(?P<protocol>tcp|udp)(?P<version>[46]) (?P<local>\S+)<->(?P<remote>\S+)")
_ANY = ("*:*", "*.*")


def parse(text: str) -> tuple[Entry, ...]:
    """The listening TCP and bound, unconnected UDP sockets, each under the process that was printed before it.

    The kernel truncates the process's name. A socket of several interfaces is printed once for each, which is one
    entry. It is not told whether an IPv6 socket takes IPv4 too, so ``versions`` of one for any address is ``6*``.
    """
    return tuple(dict.fromkeys(_entries(text)))


def _entries(text: str) -> Iterator[Entry]:
    pid: int | None = None
    process: str | None = None
    states: int | None = None
    for row in csv.reader(text.splitlines()):
        if len(row) < 2:
            continue
        if "state" in row:
            states = row.index("state")
            continue
        # The time stands first in some releases.
        place = next((cell for cell in row[:2] if _SOCKET.fullmatch(cell)), None)
        if place is not None:
            state = row[states] if states is not None and len(row) > states else ""
            entry = _entry(place, state, pid, process)
            if entry is not None:
                yield entry
            continue
        named = next((found for cell in row[:2] if (found := _PROCESS.fullmatch(cell)) and ":" not in cell), None)
        if named is not None:
            pid, process = int(named["pid"]) or None, named["name"].strip() or None


def _entry(text: str, state: str, pid: int | None, process: str | None) -> Entry | None:
    found = _SOCKET.fullmatch(text)
    if found is None or found["remote"] not in _ANY:
        return None
    if found["protocol"] == "tcp" and state.lower() not in ("listen", ""):
        return None
    # IPv4 has a colon before the port, IPv6 a dot.
    address, _, port = found["local"].rpartition(":" if found["version"] == "4" else ".")
    if not port.isdigit():
        return None
    return Entry(
        protocol="tcp" if found["protocol"] == "tcp" else "udp",
        versions="6*" if found["version"] == "6" and address == "*" else found["version"],
        address=address,
        port=int(port),
        pid=pid,
        process=process,
    )
