"""Facts about processes from /proc (proc(5)), remembered as long as the process is the same."""

from __future__ import annotations

import errno
import os
import pwd
from functools import cache
from typing import NamedTuple

from net.platform.hold import ended
from net.platform.linux import docker
from net.platform.linux.cgroups import membership
from net.platform.rights import HIDEPID
from net.text import visible_bytes

PF_KTHREAD = 0x0020_0000  # linux/sched.h
NAME_LIMIT = 15  # linux/sched.h TASK_COMM_LEN without the final NUL
TICKS = os.sysconf("SC_CLK_TCK")
FACTS_SECONDS = 10.0
"""Age at which command line, user and cgroup are read again, since a process may change them."""
_READ_LIMIT = 8192
"""Bytes read of a file; a command line is shown only in part."""


class Process(NamedTuple):
    """A process; ``started`` is in seconds since the epoch, ``command`` None for kernel threads, ``name`` "" where it
    gave itself that (prctl(2), PR_SET_NAME).

    ``service`` and ``container`` are what its ``cgroup`` names; ``container`` of Docker's forwarder is the one it
    hands on to.
    """

    pid: int
    started: float
    name: str
    command: str | None
    uid: int
    cgroup: str | None
    service: str | None
    container: str | None
    parent: int = 0
    kernel: bool = False


class _Known(NamedTuple):
    identity: bytes
    read_at: float
    process: Process


class Processes:
    """Reads processes and keeps what was read until the process ends, starts another program or 10 s have passed."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}
        self._boot_time = _boot_time()

    def get(self, pid: int, now: float) -> Process | None:
        """The process, None if it has ended or may not be read; ``now`` is any clock in seconds."""
        try:
            stat = _read(f"/proc/{pid}/stat")
            name, fields = _split(stat)
            identity = name + fields[19]  # starttime, field 22 of proc(5)
            known = self._known.get(pid)
            if known is not None and known.identity == identity and now - known.read_at < FACTS_SECONDS:
                return known.process
            process = self._read_facts(pid, name, fields)
        except (FileNotFoundError, ProcessLookupError, PermissionError, IndexError):
            self._known.pop(pid, None)
            return None
        if known is not None and known.process == process:
            process = known.process
        self._known[pid] = _Known(identity, now, process)
        return process

    def forget_all_but(self, pids: set[int]) -> None:
        """Drop what is known of other processes."""
        self._known = {pid: known for pid, known in self._known.items() if pid in pids}

    def _read_facts(self, pid: int, name: bytes, fields: list[bytes]) -> Process:
        kernel = bool(int(fields[6]) & PF_KTHREAD)
        words = [] if kernel else command_line(pid)
        belongs = membership(_read(f"/proc/{pid}/cgroup"))
        return Process(
            pid=pid,
            started=self._boot_time + int(fields[19]) / TICKS,
            name=visible_bytes(_full_name(name, words)),
            command=visible_bytes(b" ".join(words)) if words else None,
            uid=os.stat(f"/proc/{pid}").st_uid,  # noqa: PTH116 - the effective user id, and four times faster than Path
            cgroup=belongs.path,
            service=belongs.unit,
            container=belongs.container or docker.forwarded(words),
            parent=int(fields[1]),
            kernel=kernel,
        )


@cache
def user_name(uid: int) -> str:
    """The account's name, or the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def command_line(pid: int) -> list[bytes]:
    """The words a process was started with, as far as the first 8 KiB go. Raises OSError as open(2)."""
    return [word for word in _read(f"/proc/{pid}/cmdline").split(b"\0") if word]


def network(pid: int | str) -> int | None:
    """A number of the network namespace that ``pid`` or ``thread-self`` is in; None where that is not told.

    The files of /proc/PID/net are made once for each namespace, and everyone may look at them, while /proc/PID/ns/net
    is only for those that may trace the process.
    """
    try:
        return os.stat(f"/proc/{pid}/net/dev").st_ino  # noqa: PTH116
    except OSError:
        return None


def unseen(pid: int) -> OSError:
    """Why /proc shows no process ``pid``: kill(2) with no signal tells those apart that hidepid makes look alike."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return PermissionError(errno.EPERM, HIDEPID)
    except ProcessLookupError:
        pass
    return ended()


def ancestors(pid: int) -> set[int]:
    """The process, its parent, and so on, as far as they may be read."""
    found: set[int] = set()
    while pid > 0 and pid not in found:
        found.add(pid)
        try:
            _, fields = _split(_read(f"/proc/{pid}/stat"))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            break
        pid = int(fields[1])  # ppid, field 4 of proc(5)
    return found


def _split(stat: bytes) -> tuple[bytes, list[bytes]]:
    """The name and the fields from the third on; the name may hold spaces and parentheses."""
    before, _, after = stat.rpartition(b")")
    return before.partition(b"(")[2], after.split()


def _full_name(name: bytes, words: list[bytes]) -> bytes:
    """The kernel cuts names at 15 bytes; the program's file name, where it begins alike, has the rest."""
    if len(name) < NAME_LIMIT or not words:
        return name
    program = words[0].rpartition(b"/")[2]
    return program if program.startswith(name) else name


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _READ_LIMIT)
    finally:
        os.close(descriptor)


@cache
def _boot_time() -> float:
    # Read once: the clock may be set, but what was given as the start of a process must stay its name.
    with open("/proc/stat", "rb") as stream:  # noqa: PTH123
        for line in stream:
            if line.startswith(b"btime "):
                return float(line.split()[1])
    return 0.0
