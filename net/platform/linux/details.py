"""All that /proc tells about one process: why it runs, from where, and what would start it again (proc(5))."""

from __future__ import annotations

import os
import time

from net.platform.linux import docker
from net.platform.linux.capabilities import right_to_look
from net.platform.linux.managers import Managed, managed
from net.platform.linux.processes import Process, Processes, command_line, unseen, user_name
from net.ports.records import Ancestor, ProcessDetails
from net.text import visible, visible_bytes

COMMAND_LIMIT = 4000
"""Characters shown of a command line; a Java server needs some."""


def details(pid: int) -> ProcessDetails:
    """The process ``pid``; what may not be read is None, and ``missing_right`` says what would show it.

    Raises ProcessLookupError where there is none, PermissionError where there is one that hidepid hides.
    """
    processes = Processes()
    process = processes.get(pid, time.monotonic())
    if process is None:
        raise unseen(pid)
    words = [] if process.kernel else command_line(pid)
    executable, executable_hidden = _link(pid, "exe")
    cwd, cwd_hidden = _link(pid, "cwd")
    runs = Managed("kernel") if process.kernel else managed(process.cgroup)
    box = docker.box_of(process.container) if process.container and runs.manager == "docker" else None
    return ProcessDetails(
        pid=pid,
        started=process.started,
        process=process.name or None,
        executable=executable,
        command=visible_bytes(b" ".join(words), COMMAND_LIMIT) if words else None,
        user=user_name(process.uid),
        cwd=cwd,
        ancestors=_ancestors(process, processes),
        manager=runs.manager,
        unit=runs.unit,
        stop=runs.stop,
        container=box.name if box is not None else process.container,
        project=box.project if box is not None else None,
        forwards_for=docker.forwarded(words),
        missing_right=right_to_look() if executable_hidden or cwd_hidden else None,
    )


def _link(pid: int, name: str) -> tuple[str | None, bool]:
    """Where /proc/PID/NAME points to, and whether a right is missing to tell; a deleted file ends in " (deleted)"."""
    try:
        return visible(os.readlink(f"/proc/{pid}/{name}"), COMMAND_LIMIT), False  # noqa: PTH115 - not a path to go on with
    except PermissionError:
        return None, True
    except OSError:  # a kernel thread has none, an ended process none any more
        return None, False


def _ancestors(process: Process, processes: Processes) -> tuple[Ancestor, ...]:
    found: list[Ancestor] = []
    seen = {process.pid}
    parent = process.parent
    while parent > 0 and parent not in seen:
        seen.add(parent)
        above = processes.get(parent, time.monotonic())
        if above is None:
            break
        found.append(Ancestor(pid=above.pid, process=above.name or None, command=above.command))
        parent = above.parent
    return tuple(found)
