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
_REUSE = (("reuseaddr", 0x0004), ("reuseport", 0x0200))  # xnu bsd/sys/socket.h
_OPTIONS = re.compile(r"(?:0x)?[0-9a-f]{8}")
_OWNER = re.compile(r"(?P<name>.*):(?P<pid>\d+)")


class Entry(NamedTuple):
    """A listening TCP or unconnected, bound UDP socket.

    ``versions`` is 46 for an IPv6 socket that takes IPv4 too, 6* where that is not told; ``address`` is as printed,
    ``*`` for any; ``pid`` is the process that used the socket last, None where the kernel names none; only newer
    systems print its ``process``.
    ``reuse`` as in net.ports.records.Listener.
    """

    protocol: Literal["tcp", "udp"]
    versions: str
    address: str
    port: int
    pid: int | None
    process: str | None
    reuse: tuple[str, ...] | None = None


class Pair(NamedTuple):
    """A connection; ``state`` is in lower case, ``established`` for a connected UDP socket."""

    entry: Entry
    remote_address: str
    remote_port: int
    state: str


class _Columns(NamedTuple):
    """Where, after the state, the owner stands, and how many words after the owner the options do."""

    owner: int
    options: int | None


def parse(text: str) -> tuple[Entry, ...]:
    """The listening and bound sockets as printed. The columns differ from release to release; their heading tells."""
    return tuple(
        entry
        for entry, remote, state in _rows(text)
        if state == ("LISTEN" if entry.protocol == "tcp" else "") and remote == "*.*"
    )


def parse_connections(text: str) -> tuple[Pair, ...]:
    """The connections in the order printed."""
    found = []
    for entry, remote, state in _rows(text):
        address, _, port = remote.rpartition(".")
        if port.isdigit():
            found.append(Pair(entry, address, int(port), state.lower() or "established"))
    return tuple(found)


def _rows(text: str) -> Iterator[tuple[Entry, str, str]]:
    """Each socket that has a port, with its peer and its state as printed."""
    columns = None
    for line in text.splitlines():
        if line.startswith("Proto "):
            columns = _columns(line)
            continue
        words = line.split()
        kind = _PROTOCOL.fullmatch(words[0]) if words else None
        if kind is None or columns is None or len(words) < 6:
            continue
        address, _, port = words[3].rpartition(".")
        if not port.isdigit():
            continue
        state = words[5] if _STATE.fullmatch(words[5]) else ""
        pid, process, after = _owner(words[6 if state else 5 :][columns.owner :])
        entry = Entry(
            protocol="tcp" if kind["protocol"] == "tcp" else "udp",
            versions=kind["versions"],
            address=address,
            port=int(port),
            pid=pid or None,
            process=process,
            reuse=_reuse(after, columns.options),
        )
        yield entry, words[4], state


def _columns(heading: str) -> _Columns | None:
    columns = heading.partition("(state)")[2].split()
    for name in ("process:pid", "pid"):
        if name in columns:
            owner = columns.index(name)
            options = columns.index("options") - owner - 1 if "options" in columns[owner:] else None
            return _Columns(owner, options)
    return None


def _owner(words: list[str]) -> tuple[int | None, str | None, list[str]]:
    """The owner at the beginning of ``words``: a number, or a name, which may hold spaces and colons, with its number.

    After it come the socket's state flags and the rest, which is handed back.
    """
    if words and words[0].isdigit():
        return int(words[0]), None, words[1:]
    for end in range(1, len(words) + 1):
        owner = _OWNER.fullmatch(" ".join(words[:end]))
        if owner is not None and (end == len(words) or _FLAGS.fullmatch(words[end])):
            return int(owner["pid"]), owner["name"] or None, words[end:]
    return None, None, []


def _reuse(words: list[str], place: int | None) -> tuple[str, ...] | None:
    if place is None or len(words) <= place or not _OPTIONS.fullmatch(words[place]):
        return None
    options = int(words[place], 16)
    return tuple(name for name, bit in _REUSE if options & bit)
