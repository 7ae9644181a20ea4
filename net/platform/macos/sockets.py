"""Reads the sockets that ``netstat -anvl`` of macOS prints with their owners (network_cmds, netstat.tproj/inet.c)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

# -l: IPv6 addresses are cut to their column otherwise
COMMANDS = (("netstat", "-anvl", "-p", "tcp"), ("netstat", "-anvl", "-p", "udp"))

_PROTOCOL = re.compile(r"(?P<protocol>tcp|udp)(?P<versions>4|6|46)")
_STATE = re.compile(r"[A-Z][A-Z_0-9]+")
_FLAGS = re.compile(r"[0-9a-f]{5}")
_OWNER = re.compile(r"(?P<name>.*):(?P<pid>\d+)")


class Entry(NamedTuple):
    """A listening TCP or unconnected, bound UDP socket.

    ``versions`` is 46 for an IPv6 socket that takes IPv4 too; ``address`` is as printed, ``*`` for any; ``pid`` is the
    process that used the socket last, None where the kernel names none; only newer systems print its ``process``.
    """

    protocol: Literal["tcp", "udp"]
    versions: str
    address: str
    port: int
    pid: int | None
    process: str | None


def parse(text: str) -> tuple[Entry, ...]:
    """The entries in the order printed. The columns differ from release to release and are found by their heading."""
    return tuple(_entries(text))


def _entries(text: str) -> Iterator[Entry]:
    owner_column = None
    for line in text.splitlines():
        if line.startswith("Proto "):
            owner_column = _owner_column(line)
            continue
        words = line.split()
        kind = _PROTOCOL.fullmatch(words[0]) if words else None
        if kind is None or owner_column is None or len(words) < 6:
            continue
        listening = words[5] == "LISTEN" if kind["protocol"] == "tcp" else words[4] == "*.*"
        address, _, port = words[3].rpartition(".")
        if not listening or not port.isdigit():
            continue
        rest = words[6:] if _STATE.fullmatch(words[5]) else words[5:]
        pid, process = _owner(rest[owner_column:])
        yield Entry(
            protocol="tcp" if kind["protocol"] == "tcp" else "udp",
            versions=kind["versions"],
            address=address,
            port=int(port),
            pid=pid or None,
            process=process,
        )


def _owner_column(heading: str) -> int | None:
    """How many columns stand between the state and the owner."""
    columns = heading.partition("(state)")[2].split()
    for name in ("process:pid", "pid"):
        if name in columns:
            return columns.index(name)
    return None


def _owner(words: list[str]) -> tuple[int | None, str | None]:
    """The owner at the beginning of ``words``: a number, or a name, which may hold spaces and colons, with its number.

    After it come the socket's state flags.
    """
    if words and words[0].isdigit():
        return int(words[0]), None
    for end in range(1, len(words) + 1):
        owner = _OWNER.fullmatch(" ".join(words[:end]))
        if owner is not None and (end == len(words) or _FLAGS.fullmatch(words[end])):
            return int(owner["pid"]), owner["name"] or None
    return None, None
