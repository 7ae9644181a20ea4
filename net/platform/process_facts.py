"""What psutil tells about a process where its system hides part of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from net.text import visible

Fact = TypeVar("Fact")


class Facts(NamedTuple):
    """A process; each is None where it has ended or may not be asked. ``started`` is in seconds since the epoch."""

    name: str | None = None
    user: str | None = None
    command: str | None = None
    started: float | None = None


def facts(pid: int) -> Facts:
    """The facts of one process, as far as this user may see them."""
    import psutil

    def ask(question: Callable[[], Fact]) -> Fact | None:
        try:
            return question()
        except (psutil.Error, OSError):
            return None

    try:
        process = psutil.Process(pid)
    except (psutil.Error, OSError):
        return Facts()
    with process.oneshot():
        name, words = ask(process.name), ask(process.cmdline)
        return Facts(
            name=visible(name) if name else None,
            user=ask(process.username),
            command=visible(" ".join(words)) if words else None,
            started=ask(process.create_time),
        )
