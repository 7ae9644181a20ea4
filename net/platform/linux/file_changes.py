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

# linux/inotify.h, linux/fcntl.h
IN_CLOSE_WRITE, IN_MOVED_TO, IN_DELETE, IN_DELETE_SELF = 0x8, 0x80, 0x200, 0x400
IN_NONBLOCK, IN_CLOEXEC = os.O_NONBLOCK, os.O_CLOEXEC

NAMELESS = b""
"""The name in an event of a file that is watched itself."""


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


async def changes(files: tuple[Path, ...]) -> AsyncGenerator[None, None]:
    """One item at once, then one after each time one of ``files`` was written, replaced or removed.

    Their folders are watched, since a file is mostly replaced by another of its name, and they themselves, since what
    is mounted over a file (as in ``ip netns exec`` and containers) lies in another folder. What is not there is passed
    over. Raises OSError where the system grants no inotify.
    """
    names = {os.fsencode(file.name) for file in files} | {NAMELESS}
    descriptor = _libc().inotify_init1(IN_NONBLOCK | IN_CLOEXEC)
    if descriptor < 0:
        raise _error()
    try:
        for folder in {file.parent for file in files}:
            _watch(descriptor, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE)
        _watch_each(descriptor, files)
        yield
        while True:
            if names & _names(await _read(descriptor)):
                _watch_each(descriptor, files)
                yield
    finally:
        os.close(descriptor)


def _watch_each(descriptor: int, files: tuple[Path, ...]) -> None:
    """Also where another file has taken the place of one; a second watch of the same file changes nothing."""
    for file in files:
        _watch(descriptor, file, IN_CLOSE_WRITE | IN_DELETE_SELF)


def _watch(descriptor: int, path: Path, events: int) -> None:
    if _libc().inotify_add_watch(descriptor, os.fsencode(path), events) < 0:
        error = _error()
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            raise error


def _names(events: bytes) -> set[bytes]:
    """The names in a run of struct inotify_event."""
    found, offset = set(), 0
    while offset + 16 <= len(events):
        (length,) = struct.unpack_from("=I", events, offset + 12)
        found.add(events[offset + 16 : offset + 16 + length].rstrip(b"\0"))
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
