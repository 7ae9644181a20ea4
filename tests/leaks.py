"""What a test left behind: threads, tasks, sockets and pipes, windows, timers."""

from __future__ import annotations

import asyncio
import functools
import gc
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import msgspec

DESCRIPTORS = Path("/proc/self/fd")
THREAD_GRACE_SECONDS = 1.0


class Footprint(msgspec.Struct, frozen=True):
    """The threads and the open sockets and pipes of this process (none where /proc is absent)."""

    threads: frozenset[threading.Thread]
    descriptors: frozenset[str]


def footprint() -> Footprint:
    """What there is now."""
    return Footprint(frozenset(threading.enumerate()), _descriptors())


def left_since(before: Footprint) -> list[str]:
    """What there is now and was not in ``before``, in words. A thread that is just ending is given 1 s."""
    threads = [thread for thread in threading.enumerate() if thread not in before.threads]
    for thread in threads:
        thread.join(THREAD_GRACE_SECONDS)
    words = [f"thread {thread.name}" for thread in threads if thread.is_alive()]
    return words + [f"descriptor {name}" for name in sorted(_descriptors() - before.descriptors)]


def watching_tasks(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """The asynchronous ``test`` that fails where a task it started outlives it."""

    @functools.wraps(test)
    async def watched(**arguments: object) -> None:
        before = asyncio.all_tasks()
        await test(**arguments)
        # A task that was cancelled a moment ago ends in the next turn of the loop.
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - before
        assert not left, f"tasks left running: {sorted(task.get_name() for task in left)}"

    return watched


def open_windows() -> set[object]:
    """The top-level widgets there are, once what was scheduled for deletion is gone; empty without an application."""
    if "PySide6.QtWidgets" not in sys.modules:
        return set()
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return set()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return set(QApplication.topLevelWidgets())


def active_timers() -> set[object]:
    """The QTimers that run. They are looked for among Python's objects: Qt has no list of them."""
    if "PySide6.QtCore" not in sys.modules:
        return set()
    import shiboken6
    from PySide6.QtCore import QTimer

    timers = (thing for thing in gc.get_objects() if issubclass(type(thing), QTimer))
    return {timer for timer in timers if shiboken6.isValid(timer) and timer.isActive()}


def _descriptors() -> frozenset[str]:
    names = set()
    if DESCRIPTORS.is_dir():
        for descriptor in DESCRIPTORS.iterdir():
            # The descriptor the listing itself uses is gone by now.
            with suppress(FileNotFoundError):
                names.add(str(descriptor.readlink()))
    return frozenset(name for name in names if name.startswith(("socket:", "pipe:")))
