"""What psutil tells about one process, for systems without a /proc."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from typing import TypeVar

from net.platform.hold import ended
from net.platform.process_facts import facts
from net.platform.system import is_root
from net.ports.records import Ancestor, ProcessDetails
from net.text import visible

Fact = TypeVar("Fact")
COMMAND_LIMIT = 4000
"""Characters shown of a command line; a Java server needs some."""


def details(pid: int, right: str) -> ProcessDetails:
    """The process ``pid``; where something of it may not be read, ``missing_right`` is ``right``.

    Raises ProcessLookupError where there is none, PermissionError where not even its start may be known.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        started, name = process.create_time(), process.name()
    except psutil.NoSuchProcess:
        raise ended() from None
    except psutil.AccessDenied:
        raise PermissionError(errno.EPERM, right) from None
    refused: list[str] = []

    def ask(question: Callable[[], Fact]) -> Fact | None:
        try:
            return question()
        except psutil.AccessDenied as error:
            refused.append(str(error))
        except (psutil.Error, OSError):
            pass
        return None

    with process.oneshot():
        executable, words, cwd, user = (
            ask(process.exe),
            ask(process.cmdline),
            ask(process.cwd),
            ask(process.username),
        )
    return ProcessDetails(
        pid=pid,
        started=started,
        process=visible(name) or None,
        executable=visible(executable, COMMAND_LIMIT) if executable else None,
        command=visible(" ".join(words), COMMAND_LIMIT) if words else None,
        user=user,
        cwd=visible(cwd, COMMAND_LIMIT) if cwd else None,
        ancestors=tuple(_ancestors(pid)),
        missing_right=right if refused and not is_root() else None,
    )


def _ancestors(pid: int) -> Iterator[Ancestor]:
    """From the parent upwards; one that began after its child only has the number of the real one (psutil compares)."""
    import psutil

    try:
        parents = psutil.Process(pid).parents()
    except (psutil.Error, OSError):
        return
    for parent in parents:
        known = facts(parent.pid)
        yield Ancestor(pid=parent.pid, process=known.name or str(parent.pid), command=known.command)
