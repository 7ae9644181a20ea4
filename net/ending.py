"""How a watch is asked to end by itself, so that its last words still reach who asked for it."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar

_asked: ContextVar[asyncio.Event] = ContextVar("ending")


def end_with(event: asyncio.Event) -> None:
    """A watch that runs in this task is to end once ``event`` is set."""
    _asked.set(event)


def ending() -> asyncio.Event:
    """Set once the watch that runs is to end; never, where nobody can ask for that."""
    return _asked.get(None) or asyncio.Event()
