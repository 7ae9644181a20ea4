"""Tells when files change, by inotify (inotify(7)), for which Python has no name."""

from __future__ import annotations

import asyncio
import ctypes
import errno
import os
import struct
from collections.abc import AsyncGenerator
from functools import cache
from pathlib import Path
from typing import NamedTuple

# linux/inotify.h, linux/fcntl.h
IN_CLOSE_WRITE, IN_MOVED_FROM, IN_MOVED_TO = 0x8, 0x40, 0x80
IN_CREATE, IN_DELETE, IN_DELETE_SELF, IN_MOVE_SELF = 0x100, 0x200, 0x400, 0x800
IN_FOLDER = IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF
IN_NONBLOCK, IN_CLOEXEC = os.O_NONBLOCK, os.O_CLOEXEC

NAMELESS = b""
"""The name in an event of what is watched itself."""
LINKS = 40
"""As many symbolic links as the kernel follows (path_resolution(7)); more are a circle."""


class Event(NamedTuple):
    """A struct inotify_event: what happened to ``name`` in a folder, or (NAMELESS) to what is watched itself."""

    mask: int
    name: bytes


class Watched(NamedTuple):
    """``entries``: what ways to files go by; ``folders``: the numbers of the watches of the folders they are in."""

    entries: frozenset[Path]
    folders: frozenset[int]

    def concerned(self, event: Event) -> bool:
        """What is made empty is not yet written; of a folder or link that is made, the ways to the files tell."""
        names = {NAMELESS, *(os.fsencode(entry.name) for entry in self.entries)}
        return event.name in names and not event.mask & IN_CREATE


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


async def changes(files: tuple[Path, ...]) -> AsyncGenerator[None, None]:
    """One item at once, then one after each time one of ``files`` was written, replaced or removed.

    Their folders are watched, since a file is mostly replaced by another of its name, and they themselves, since what
    is mounted over a file (as in ``ip netns exec`` and containers) lies in another folder. A file may be a symbolic
    link, or lie behind some: each is watched, too. Of what is not there, the folder it would first appear in is
    watched. Raises OSError where the system grants no inotify.
    """
    descriptor = _libc().inotify_init1(IN_NONBLOCK | IN_CLOEXEC)
    if descriptor < 0:
        raise _error()
    try:
        watched = _watch_all(descriptor, files)
        yield
        while True:
            events = _events(await _read(descriptor))
            before, watched = watched, _watch_all(descriptor, files)
            if watched != before or any(map(before.concerned, events)):
                yield
    finally:
        os.close(descriptor)


def _watch_all(descriptor: int, files: tuple[Path, ...]) -> Watched:
    """Anew each time, since another folder, link or file may have come; a second watch of the same changes nothing."""
    entries, before = _all_entries(files), None
    folders: frozenset[int] = frozenset()
    while entries != before:  # what comes between looking and watching would be missed
        watches = [_watch(descriptor, folder, IN_FOLDER) for folder in {entry.parent for entry in entries}]
        folders = frozenset(each for each in watches if each is not None)
        before, entries = entries, _all_entries(files)
    for file in files:
        _watch(descriptor, file, IN_CLOSE_WRITE | IN_DELETE_SELF)
    return Watched(entries, folders)


def _all_entries(files: tuple[Path, ...]) -> frozenset[Path]:
    return frozenset(entry for file in files for entry in _entries(file))


def _entries(file: Path) -> list[Path]:
    """The symbolic links on the way to ``file``, and at its end the file, or what is missing first."""
    rest, at, found = list(reversed(file.absolute().parts[1:])), Path("/"), list[Path]()
    while rest and len(found) < LINKS:
        name = rest.pop()
        if name == "..":
            at = at.parent
            continue
        entry = at / name
        if entry.is_symlink():
            target = entry.readlink()
            found.append(entry)
            at = Path("/") if target.is_absolute() else at
            rest += reversed(target.parts[1:] if target.is_absolute() else target.parts)
        elif rest and entry.is_dir():
            at = entry
        else:
            found.append(entry)
            break
    return found


def _watch(descriptor: int, path: Path, events: int) -> int | None:
    """The number of the watch; None for what is not there."""
    number: int = _libc().inotify_add_watch(descriptor, os.fsencode(path), events)
    if number >= 0:
        return number
    error = _error()
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
        return None
    raise error


def _events(run: bytes) -> list[Event]:
    """A run of struct inotify_event."""
    found, offset = [], 0
    while offset + 16 <= len(run):
        _, mask, _, length = struct.unpack_from("=iIII", run, offset)
        found.append(Event(mask, run[offset + 16 : offset + 16 + length].rstrip(b"\0")))
        offset += 16 + length
    return found


async def _read(descriptor: int) -> bytes:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_reader(descriptor, _settle, ready)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, 65536)


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
