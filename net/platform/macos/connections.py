"""macOS's connections: what lsof proves, and what netstat knows of the processes lsof may not see."""

from __future__ import annotations

from collections.abc import Iterable

from net.platform.macos import sockets
from net.platform.macos.files import File, Place, both_places, parse, place_of
from net.platform.macos.lsof import FIELDS, outputs
from net.platform.process_facts import facts
from net.ports.records import Connection
from net.text import visible

COMMAND = ("lsof", "-nP", "-b", "-w", "+c0", "-i", *FIELDS)


def connections() -> tuple[Connection, ...]:
    """TCP connections and connected UDP sockets; raises OSError if neither lsof nor netstat can be run."""
    failures: list[OSError] = []
    files = tuple(parse("".join(outputs((COMMAND,), failures))))
    pairs = tuple(pair for text in outputs(sockets.COMMANDS, failures) for pair in sockets.parse_connections(text))
    if not files and not pairs and failures:
        raise failures[0]
    return combine(files, pairs)


def combine(files: Iterable[File], pairs: Iterable[sockets.Pair]) -> tuple[Connection, ...]:
    """One row a connection: proved by lsof, else probable with the process netstat names, or hidden."""
    found: dict[tuple[str, Place, Place], Connection] = {}
    for file in files:
        ends = both_places(file.family, file.name)
        if ends is not None:
            found.setdefault((file.protocol, *ends), _proved(file, *ends))
    for pair in pairs:
        version = 4 if pair.entry.versions == "4" else 6
        here = place_of(pair.entry.address, pair.entry.port, version)
        there = place_of(pair.remote_address, pair.remote_port, version)
        if here is not None and there is not None and (pair.entry.protocol, here, there) not in found:
            found[pair.entry.protocol, here, there] = _inferred(pair, here, there)
    return tuple(found.values())


def _proved(file: File, here: Place, there: Place) -> Connection:
    return Connection(
        protocol=file.protocol,
        address=here.text,
        port=here.port,
        remote_address=there.text,
        remote_port=there.port,
        state=_state(file.state) or "established",
        owner="proved",
        pid=file.pid,
        process=file.command,
        user=file.user,
    )


def _inferred(pair: sockets.Pair, here: Place, there: Place) -> Connection:
    entry = pair.entry
    known = facts(entry.pid) if entry.pid is not None else None
    return Connection(
        protocol=entry.protocol,
        address=here.text,
        port=here.port,
        remote_address=there.text,
        remote_port=there.port,
        state=_state(pair.state),
        owner="hidden" if entry.pid is None else "probable",
        pid=entry.pid,
        process=visible(entry.process) if entry.process else known.name if known is not None else None,
        user=known.user if known is not None else None,
    )


def _state(printed: str) -> str:
    """As tcp(7) of Linux writes it: FIN_WAIT_1 is fin_wait1."""
    return printed.lower().replace("fin_wait_", "fin_wait")
