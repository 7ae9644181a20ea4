"""macOS's listening sockets: what lsof proves, and what netstat knows of the processes lsof may not see."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from net.platform.commands import run
from net.platform.endpoint import endpoint, interface_addresses
from net.platform.macos import sockets
from net.platform.macos.files import File, Place, local_place, parse, place_of
from net.platform.process_facts import Facts, facts
from net.platform.rights import MACOS_ROOT
from net.ports.records import Listener
from net.text import visible

logger = logging.getLogger(__name__)

# -b -w: without them lsof asks every mounted file system and wakes the File Provider
_FIELDS = ("-F", "pcuLRftdPnT0")
COMMANDS = (
    ("lsof", "-nP", "-b", "-w", "+c0", "-iTCP", "-sTCP:LISTEN", *_FIELDS),
    ("lsof", "-nP", "-b", "-w", "+c0", "-iUDP", *_FIELDS),
)


def listeners() -> tuple[Listener, ...]:
    """Listening TCP and bound UDP sockets.

    Owners are proved by lsof (all processes for root, else the user's own); for the rest netstat names the process
    that used the socket last: probable, or hidden where it names none. Raises OSError if both cannot be run.
    """
    failures: list[OSError] = []
    files = tuple(parse("".join(_outputs(COMMANDS, failures))))
    entries = tuple(entry for text in _outputs(sockets.COMMANDS, failures) for entry in sockets.parse(text))
    if len(failures) == len(COMMANDS) + len(sockets.COMMANDS):
        raise failures[0]
    return combine(files, entries, interface_addresses())


def combine(
    files: Iterable[File], entries: Sequence[sockets.Entry], interfaces: Mapping[str, str]
) -> tuple[Listener, ...]:
    """One row a socket of both tools' rows; ``interfaces`` gives the interface of each address."""
    asked = cache(facts)
    versions = {
        (each.protocol, each.address, each.port, each.pid): each.versions for each in entries if each.versions != "4"
    }
    rows: dict[str, Listener] = {}
    places: dict[tuple[str, Place], list[set[int]]] = {}
    for held in _by_socket(files):
        first = held[0]
        place = local_place(first.family, first.name)
        if place is None:
            continue
        places.setdefault((first.protocol, place), []).append({file.pid for file in held})
        told = {versions.get((file.protocol, "*", place.port, file.pid)) for file in held}
        row = _proved(held, place, asked(first.pid), told, interfaces)
        rows[row.key().name] = row
    for entry in _unseen(entries, places):
        found = _inferred(entry, asked(entry.pid) if entry.pid else Facts(), interfaces)
        if found is not None:
            rows.setdefault(found.key().name, found)
    return tuple(rows.values())


def _by_socket(files: Iterable[File]) -> Iterator[list[File]]:
    """The files of each socket, one a process, lowest pid first."""
    found: dict[tuple[object, ...], dict[int, File]] = {}
    for file in files:
        # Without a device, or with one hidden as 0x0, each process counts as having a socket of its own.
        shared = file.device if file.device and file.device.strip("0x") else file.pid
        found.setdefault((file.protocol, file.family, file.name, shared), {})[file.pid] = file
    for held in found.values():
        yield [held[pid] for pid in sorted(held)]


def _outputs(commands: Iterable[Sequence[str]], failures: list[OSError]) -> Iterator[str]:
    for argv in commands:
        try:
            # lsof ends with 1 where it found nothing, and warns on stderr about what does not matter here.
            yield run(argv).stdout
        except OSError as error:
            logger.info("%s: %s", argv[0], error)
            failures.append(error)


def _unseen(
    entries: Iterable[sockets.Entry], places: Mapping[tuple[str, Place], list[set[int]]]
) -> Iterator[sockets.Entry]:
    """The entries lsof did not show. netstat's process may be another that shares the socket, so that after those of
    one process, each socket of lsof stands for one entry of its address."""
    left = {key: list(held) for key, held in places.items()}
    others = []
    for entry in entries:
        place = _entry_place(entry)
        sockets_there = left.get((entry.protocol, place), []) if place is not None else []
        known = next((pids for pids in sockets_there if entry.pid in pids), None)
        if known is not None:
            sockets_there.remove(known)
        else:
            others.append((entry, sockets_there))
    for entry, sockets_there in others:
        if sockets_there:
            sockets_there.pop()
        else:
            yield entry


def _entry_place(entry: sockets.Entry) -> Place | None:
    return place_of(entry.address, entry.port, version=4 if entry.versions == "4" else 6)


def _proved(
    held: Sequence[File], place: Place, known: Facts, versions: set[str | None], interfaces: Mapping[str, str]
) -> Listener:
    """``versions`` are those netstat prints for the wildcard sockets of these processes at this port."""
    v6only = None
    if place.packed == bytes(16) and versions & {"6", "46"}:
        v6only = "46" not in versions
    where = endpoint(place.packed, v6only=v6only, device=place.device, interfaces=interfaces)
    return Listener(
        protocol=held[0].protocol,
        address=where.address,
        port=place.port,
        interface=where.interface,
        scope=where.scope,
        stack=where.stack,
        v6only=v6only,
        owner="proved",
        pid=held[0].pid,
        shared_with=tuple(file.pid for file in held[1:]),
        process=held[0].command or known.name,
        user=held[0].user,
        command=known.command,
        started=known.started,
    )


def _inferred(entry: sockets.Entry, known: Facts, interfaces: Mapping[str, str]) -> Listener | None:
    place = _entry_place(entry)
    if place is None:
        logger.info("netstat printed an address that is none: %s", entry.address)
        return None
    v6only = entry.versions == "6" if place.packed == bytes(16) else None
    where = endpoint(place.packed, v6only=v6only, device=place.device, interfaces=interfaces)
    return Listener(
        protocol=entry.protocol,
        address=where.address,
        port=entry.port,
        interface=where.interface,
        scope=where.scope,
        stack=where.stack,
        v6only=v6only,
        owner="hidden" if entry.pid is None else "probable",
        pid=entry.pid,
        process=visible(entry.process) if entry.process else known.name,
        user=known.user,
        command=known.command,
        started=known.started,
        missing_right=MACOS_ROOT,
    )
