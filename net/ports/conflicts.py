"""Matches resources/tables/port-conflicts.toml with what is really there."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal

from net.platform.rights import BY_ROOT, NO_RIGHT
from net.ports.records import Listener
from resources.loader import ConflictRow, System, port_conflicts

Protocol = Literal["tcp", "udp"]

_PORT = re.compile(r"(?<=[=:])N\b|(?<=\bport )N\b|(?<=\bports )N\b")
"""Where a text of the table leaves room for the number."""


def conflict_for(listener: Listener, system: System, *, twice: bool = False) -> ConflictRow | None:
    """The row that explains who ``listener`` is, or None where the table does not know its owner.

    A row with process names needs one that fits the owner's name as a whole, and a row with ``command`` finds that in
    the name or the command line, too: a port held by some Python is not Flask for that. A row without names is taken
    only where no process is shown: that of a foreign owner where root would see it, an ``orphaned`` one where nobody
    would. Rows of single ports come before ranges, narrow ranges before wide ones. ``twice``: another process holds
    the port at another address.
    """
    if listener.process is None:
        when = "held" if listener.missing_right in BY_ROOT else "orphaned"
        if when == "orphaned" and listener.missing_right != NO_RIGHT:
            return None
        rows = _rows(listener.port, listener.protocol, system)
        return next((row for row in rows if not row.process and row.when == when), None)
    by_port, _ = _ordered(listener.protocol, system)
    for row in by_port.get(listener.port, ()):
        if row.when == "held" and _fits(row.process, listener.process) and _told(row, listener):
            return row
    for row in _fitting_ranges(listener.protocol, system, listener.process):
        if listener.port in _numbers(row.ports) and (twice or row.when == "held") and _told(row, listener):
            return row
    return None


def conflicts_without_socket(port: int, protocol: Protocol, system: System) -> tuple[ConflictRow, ...]:
    """The rows that can explain why a bind to ``port`` fails, or nothing arrives there, although nothing is bound."""
    return tuple(row for row in _rows(port, protocol, system) if row.when == "no_socket")


def holder_text(row: ConflictRow, port: int | None = None) -> str:
    """What holds the port and how to free it; with ``port`` its number is put into the text."""
    cause = _numbered(row.cause, port)
    text = f"{cause[0].upper()}{cause[1:]}. To free the port: {'; '.join(steps(row, port))}."
    if row.kill_useless and row.process:
        text += " Ending the process does not help."
    return text


def steps(row: ConflictRow, port: int | None = None) -> tuple[str, ...]:
    """How to free the port, gentlest first; with ``port`` its number is put into the commands."""
    return tuple(_numbered(step, port) for step in row.free_it)


def _numbered(text: str, port: int | None) -> str:
    return text if port is None else _PORT.sub(str(port), text)


def _rows(port: int, protocol: Protocol, system: System) -> tuple[ConflictRow, ...]:
    by_port, ranges = _ordered(protocol, system)
    return by_port.get(port, ()) + tuple(row for row in ranges if port in _numbers(row.ports))


@lru_cache(maxsize=4096)
def _fitting_ranges(protocol: Protocol, system: System, process: str) -> tuple[ConflictRow, ...]:
    _, ranges = _ordered(protocol, system)
    return tuple(row for row in ranges if row.when != "no_socket" and _fits(row.process, process))


@cache
def _ordered(protocol: Protocol, system: System) -> tuple[dict[int, tuple[ConflictRow, ...]], tuple[ConflictRow, ...]]:
    """The rows of single ports by port, and those of ranges, narrow ones first."""
    by_port: dict[int, tuple[ConflictRow, ...]] = {}
    ranges = []
    for row in port_conflicts():
        if system not in row.os or row.protocol not in (protocol, "both"):
            continue
        if isinstance(row.ports, str):
            ranges.append(row)
            continue
        for port in row.ports:
            by_port[port] = (*by_port.get(port, ()), row)
    return by_port, tuple(sorted(ranges, key=lambda row: len(_numbers(row.ports))))


@cache
def _numbers(ports: tuple[int, ...] | str) -> range | tuple[int, ...]:
    if not isinstance(ports, str):
        return ports
    first, _, last = ports.partition("-")
    return range(int(first), int(last) + 1)


def _fits(patterns: tuple[str, ...], process: str) -> bool:
    return any(re.fullmatch(pattern, process) for pattern in patterns)


def _told(row: ConflictRow, listener: Listener) -> bool:
    """Whether name and command line show what the row is about."""
    return not row.command or re.search(row.command, f"{listener.process} {listener.command or ''}") is not None
