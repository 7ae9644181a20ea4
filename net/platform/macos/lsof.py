"""macOS's listening sockets: what lsof proves, and what netstat or nettop knows of those lsof may not see."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from net.platform.commands import run
from net.platform.endpoint import endpoint, interface_addresses
from net.platform.macos import nettop, sockets
from net.platform.macos.files import File, Place, local_place, parse, place_of
from net.platform.process_facts import Facts, facts
from net.platform.rights import MACOS_ROOT, NO_RIGHT
from net.platform.system import is_root
from net.ports.records import Listener
from net.text import visible

logger = logging.getLogger(__name__)

# -b -w: without them lsof asks every mounted file system and wakes the File Provider
FIELDS = ("-F", "pcuLRftdPnT0")
COMMANDS = (
    ("lsof", "-nP", "-b", "-w", "+c0", "-iTCP", "-sTCP:LISTEN", *FIELDS),
    ("lsof", "-nP", "-b", "-w", "+c0", "-iUDP", *FIELDS),
)


def listeners() -> tuple[Listener, ...]:
    """Listening TCP and bound UDP sockets.

    Owners are proved by lsof (all processes for root, else the user's own); for the rest netstat, or nettop where it
    shows a user no more than lsof does, names the process that used the socket last: probable, or hidden where it
    names none. Raises OSError if none of them can be run.
    """
    failures: list[OSError] = []
    files = tuple(parse("".join(outputs(COMMANDS, failures))))
    entries = tuple(entry for text in outputs(sockets.COMMANDS, failures) for entry in sockets.parse(text))
    if not is_root() and all(entry.pid is None or entry.pid in {file.pid for file in files} for entry in entries):
        # macOS 27 gives a user's netstat only their own sockets; on any Mac the system's daemons have some.
        entries += tuple(entry for text in outputs((nettop.COMMAND,), failures) for entry in nettop.parse(text))
    if not files and not entries and failures:
        raise failures[0]
    return combine(files, entries, interface_addresses(), root=is_root())


def combine(
    files: Iterable[File], entries: Sequence[sockets.Entry], interfaces: Mapping[str, str], *, root: bool = False
) -> tuple[Listener, ...]:
    """One row a socket of both tools' rows; ``interfaces`` gives the interface of each address.

    ``root``: they were run by root, to whom lsof shows all that a process holds.
    """
    asked = cache(facts)
    told = _told(entries)
    rows: dict[str, Listener] = {}
    places: dict[tuple[str, Place], list[set[int]]] = {}
    for held in _by_socket(files):
        first = held[0]
        place = local_place(first.family, first.name)
        if place is None or first.state not in ("LISTEN", ""):
            continue
        places.setdefault((first.protocol, place), []).append({file.pid for file in held})
        same = [entry for file in held for entry in told.get((file.protocol, place, file.pid), ())]
        row = _proved(held, place, asked(first.pid), same, interfaces)
        rows[row.key().name] = row
    for entry in _unseen(entries, places):
        found = _inferred(entry, asked(entry.pid) if entry.pid else Facts(), interfaces, root=root)
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


def outputs(commands: Iterable[Sequence[str]], failures: list[OSError]) -> Iterator[str]:
    """What each of the commands printed; those that cannot be run are added to ``failures``."""
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


def _told(entries: Iterable[sockets.Entry]) -> dict[tuple[str, Place, int], list[sockets.Entry]]:
    """The entries of netstat by protocol, place and process."""
    found: dict[tuple[str, Place, int], list[sockets.Entry]] = {}
    for entry in entries:
        place = _entry_place(entry)
        if place is not None and entry.pid is not None:
            found.setdefault((entry.protocol, place, entry.pid), []).append(entry)
    return found


def _proved(
    held: Sequence[File], place: Place, known: Facts, same: Sequence[sockets.Entry], interfaces: Mapping[str, str]
) -> Listener:
    """``same`` are netstat's entries for these processes at this place."""
    versions = {entry.versions for entry in same}
    reuse = {entry.reuse for entry in same}
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
        # Several sockets of one process at one place may differ, and lsof does not say which is which.
        reuse=reuse.pop() if len(reuse) == 1 else None,
        state="listen" if held[0].protocol == "tcp" else "bound",
    )


def _inferred(entry: sockets.Entry, known: Facts, interfaces: Mapping[str, str], *, root: bool) -> Listener | None:
    place = _entry_place(entry)
    if place is None:
        logger.info("netstat printed an address that is none: %s", entry.address)
        return None
    v6only = {"6": True, "46": False}.get(entry.versions) if place.packed == bytes(16) else None
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
        missing_right=MACOS_ROOT if not root else NO_RIGHT if entry.pid is None else None,
        reuse=entry.reuse,
        state="listen" if entry.protocol == "tcp" else "bound",
    )
