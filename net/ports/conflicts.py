"""Matches resources/tables/port-conflicts.toml with what is really there."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import Literal

from net.platform.rights import BY_ROOT, NO_RIGHT
from net.ports.records import Listener, programs_of
from resources.loader import ConflictRow, System, port_conflicts

Protocol = Literal["tcp", "udp"]

_PORT = re.compile(r"(?<=[=:])N\b|(?<=\bport )N\b|(?<=\bports )N\b")
"""Where a text of the table leaves room for the number."""


def conflict_for(listener: Listener, system: System, together: Sequence[Listener] = ()) -> ConflictRow | None:
    """The row that explains who ``listener`` is, or None where the table does not know its owner.

    A row with process names needs one that fits the owner's name as a whole, and a row with ``command`` finds that in
    the name, the command line or the container, too: a port held by some Python is not Flask for that. One with
    ``unit`` needs the unit of the owner, as a server started by hand is not its package's. A row without names is taken
    only where no process is shown: that of a foreign owner where root would see it, an ``orphaned`` one where nobody
    would. Rows of single ports come before ranges, narrow ranges before wide ones. ``together``: all listeners of the
    port, where several programs hold it.
    """
    if listener.process is None:
        when = "held" if listener.missing_right in BY_ROOT else "orphaned"
        if when == "orphaned" and listener.missing_right != NO_RIGHT:
            return None
        rows = _rows(listener.port, listener.protocol, system)
        return next((row for row in rows if not row.process and row.when == when), None)
    by_port, _ = _ordered(listener.protocol, system)
    for row in by_port.get(listener.port, ()):
        if not _fits(row.process, listener.process) or not _told(row, listener):
            continue
        if row.when == "held" or (row.when == "with_container" and _with_container(row, together, system)):
            return row
    for row in _fitting_ranges(listener.protocol, system, listener.process):
        if listener.port in _numbers(row.ports) and (together or row.when == "held") and _told(row, listener):
            return row
    return None


def several_programs(listeners: Sequence[Listener]) -> bool:
    """Whether different programs, as far as they are seen, hold one port at different addresses."""
    holders: dict[str, set[Hashable]] = {}
    for listener, program in zip(listeners, programs_of(listeners), strict=True):
        if program is not None:
            holders.setdefault(listener.address, set()).update((program, *listener.shared_with))
    return any(first.isdisjoint(second) for first, second in combinations(holders.values(), 2))


def _with_container(row: ConflictRow, together: Sequence[Listener], system: System) -> bool:
    """Whether a server of the host that the row names and a forwarder of containers are both seen on the port."""
    forwarding = [_forwards(each, system) for each in together]
    servers = (each for each, forwards in zip(together, forwarding, strict=True) if not forwards)
    return any(forwarding) and any(each.process is not None and _fits(row.process, each.process) for each in servers)


def _forwards(listener: Listener, system: System) -> bool:
    rows = () if listener.process is None else _fitting_ranges(listener.protocol, system, listener.process)
    return any(row.forwards for row in rows)


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
    """Whether name, command line, container and unit show what the row is about."""
    if row.unit and (listener.service is None or re.fullmatch(row.unit, listener.service) is None):
        return False
    said = f"{listener.process} {listener.command or ''} {listener.container or ''}"
    return not row.command or re.search(row.command, said) is not None
