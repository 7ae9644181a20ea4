"""Which process owns a socket: seen in /proc/PID/fd, or inferred where those may not be read."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from net.platform.linux.capabilities import right_to_look
from net.platform.linux.cgroups import CgroupFolders, container, unit
from net.platform.linux.processes import Process, Processes, ancestors, network, user_name
from net.platform.linux.sock_diag import Socket
from net.platform.rights import HIDEPID, NO_RIGHT

RESCAN_SECONDS = 10.0
"""Age at which all of /proc is read again although no new socket asks for it: workers come and go."""


class Owner(NamedTuple):
    """The owner fields of net.ports.records.Listener; ``pid`` is the lowest of those that hold the socket.

    A probable owner has no pid where several processes of one program could hold it.
    """

    grade: Literal["proved", "probable", "hidden"]
    pid: int | None = None
    parent: int | None = None
    shared_with: tuple[int, ...] = ()
    process: str | None = None
    user: str | None = None
    command: str | None = None
    started: float | None = None
    missing_right: str | None = None
    service: str | None = None
    container: str | None = None


_NO_SERVER = re.compile(r"-?(ba|da|z|k|a|fi|tc|c)?sh|ssh|scp|curl|wget|telnet")
"""Shells and clients: the port of their command line is another program's."""
_BEFORE_PORT = (
    r"(?:[\w\].*]:|(?:^|[\s=]):"  # 127.0.0.1:80, [::1]:80, *:80, :80
    r"|(?:^|\s)-{1,2}[\w.-]*(?:port|listen|bind|addr)[\w.-]*[\s=]|(?:^|\s)\w*port="  # --http-port 80, PORT=80
    r"|(?:^|\s)-[pPl]\s?"
    r"|(?:^|\s)(?:\d+\.\d+\.\d+\.\d+|\[?[0-9a-f]*:[0-9a-f:]+\]?|localhost)\s"  # 127.0.0.1 80
    r"|[^\s/]*(?:http|serve|listen)[^\s/]*\s)"  # http.server 80
)
"""What makes a number of a command line a port that is listened on; a mere number (``sleep 80``) is none."""
_Holder = tuple[int, str]
"""A process and the path of its descriptor."""


class Owners:
    """Finds owners; remembers which process holds which socket and proves it again, cheaply, at each question."""

    def __init__(self) -> None:
        self._processes = Processes()
        self._folders = CgroupFolders()
        self._holders: dict[int, _Holder] = {}
        self._sharers: dict[int, list[int]] = {}
        self._links: dict[int, str] = {}
        self._unreadable: tuple[int, ...] = ()
        self._inferred: dict[int, Owner] = {}
        self._proofs: dict[int, tuple[Process, Owner]] = {}
        self._scanned_at = float("-inf")

    def find(self, sockets: Collection[Socket], now: float) -> dict[int, Owner]:
        """The owner of each socket by its cookie; ``now`` is any clock in seconds.

        /proc/*/fd is read only if a socket is new, a holder let go of one, or 10 s have passed.
        """
        inodes = {entry.inode for entry in sockets if entry.inode}
        if now - self._scanned_at >= RESCAN_SECONDS or not self._all_stand(inodes):
            self._scan(inodes)
            self._scanned_at = now
        pids = {holder[0] for inode in inodes if (holder := self._holders.get(inode)) is not None}
        pids.update(pid for inode in inodes & self._sharers.keys() for pid in self._sharers[inode])
        processes = {pid: process for pid in pids if (process := self._processes.get(pid, now)) is not None}
        self._processes.forget_all_but(pids.union(self._unreadable))
        if not self._proofs.keys() <= processes.keys():
            self._proofs = {pid: proof for pid, proof in self._proofs.items() if pid in processes}
        owners = {entry.cookie: self._proved(entry, processes) for entry in sockets}
        open_questions = [e for e in sockets if owners[e.cookie] is None and e.cookie not in self._inferred]
        if open_questions:
            self._inferred |= self._infer(open_questions, now)
        return {cookie: owner or self._inferred[cookie] for cookie, owner in owners.items()}

    def _all_stand(self, inodes: set[int]) -> bool:
        """Whether each inode was looked for before, and the first process found still holds it.

        Of the others that share a socket only the life is checked, as often as they are shown.
        """
        holders, links = self._holders, self._links
        for inode in inodes:
            if inode not in links:
                return False
            holder = holders.get(inode)
            if holder is None:
                continue
            try:
                if os.readlink(holder[1]) != links[inode]:  # noqa: PTH115 - thousands a second
                    return False
            except OSError:  # the process or its descriptor is gone, or it has become unreadable
                return False
        return True

    def _scan(self, inodes: set[int]) -> None:
        self._links = {inode: f"socket:[{inode}]" for inode in inodes}
        wanted = {link: inode for inode, link in self._links.items()}
        self._holders = {}
        self._sharers = {}
        self._inferred = {}
        unreadable = []
        for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):  # noqa: PTH208
            try:
                if not self._look_into(f"/proc/{pid}/fd", pid, wanted):
                    for path in _other_threads(pid):
                        with suppress(FileNotFoundError, ProcessLookupError):
                            self._look_into(path, pid, wanted)
            except PermissionError:  # root without CAP_SYS_PTRACE may list the descriptors but not read them
                unreadable.append(pid)
            except (FileNotFoundError, ProcessLookupError):
                continue
        self._unreadable = tuple(unreadable)

    def _look_into(self, path: str, pid: int, wanted: Mapping[str, int]) -> bool:
        """Note which of the sockets ``wanted`` are among the descriptors of ``pid``; False where it has none at all."""
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            names = os.listdir(folder)  # noqa: PTH208 - a descriptor
            self._note(names, folder, path, pid, wanted)
        finally:
            os.close(folder)
        return bool(names)

    def _note(self, names: Iterable[str], folder: int, path: str, pid: int, wanted: Mapping[str, int]) -> None:
        readlink, inode_of = os.readlink, wanted.get
        for name in names:
            try:
                inode = inode_of(readlink(name, dir_fd=folder))
            except (FileNotFoundError, ProcessLookupError):  # closed meanwhile
                continue
            if inode is None:
                continue
            holder = self._holders.get(inode)
            if holder is None:
                self._holders[inode] = (pid, f"{path}/{name}")
            elif holder[0] != pid:
                sharers = self._sharers.setdefault(inode, [])
                if pid not in sharers:
                    sharers.append(pid)

    def _proved(self, entry: Socket, processes: Mapping[int, Process]) -> Owner | None:
        holder = self._holders.get(entry.inode)
        process = processes.get(holder[0]) if holder is not None else None
        if process is None:
            return None
        sharers = self._sharers.get(entry.inode)
        alive = tuple(pid for pid in sharers if pid in processes) if sharers else ()
        known = self._proofs.get(process.pid)
        if known is not None and known[0] is process and known[1].shared_with == alive:
            return known[1]
        owner = _owner("proved", process, shared_with=alive)
        self._proofs[process.pid] = (process, owner)
        return owner

    def _infer(self, sockets: Iterable[Socket], now: float) -> dict[int, Owner]:
        # Whatever asks this question names the port in its own command line.
        asking = ancestors(os.getpid())
        here = network("thread-self")
        candidates = [
            process
            for pid in self._unreadable
            if pid not in asking
            and (process := self._processes.get(pid, now)) is not None
            and process.command is not None
            and network(pid) == here
        ]
        self._folders.refresh()
        right = self._missing_right()
        inferred = {}
        for entry in sockets:
            path = self._folders.path(entry.cgroup)
            found = probable_owners(entry, path, candidates)
            if len(found) == 1:
                inferred[entry.cookie] = _owner("probable", found[0], missing_right=right)
                continue
            commands = {process.command for process in found}
            inferred[entry.cookie] = Owner(
                grade="probable" if found else "hidden",
                process=(found[0].name or None) if found else None,
                user=user_name(entry.uid),
                command=commands.pop() if len(commands) == 1 else None,
                missing_right=right if entry.inode else NO_RIGHT,
                service=unit(path),
                container=container(path),
            )
        return inferred

    def _missing_right(self) -> str:
        if not Path("/proc/1").exists():
            return HIDEPID
        if not self._unreadable:
            return NO_RIGHT
        return right_to_look()


def _other_threads(pid: int) -> list[str]:
    """The descriptors of each thread: of a process whose main thread has ended, the main one shows none (proc(5))."""
    folder = f"/proc/{pid}/task"
    # Two links are the folder's own; kernel threads, which have no descriptors either, have one thread.
    if os.stat(folder).st_nlink < 4:  # noqa: PTH116 - once for each kernel thread
        return []
    return [f"{folder}/{thread}/fd" for thread in os.listdir(folder) if thread != str(pid)]  # noqa: PTH208


def probable_owners(entry: Socket, path: str | None, candidates: Iterable[Process]) -> tuple[Process, ...]:
    """The processes of the one program among ``candidates`` (their files may not be read) that fits the socket.

    ``path`` is the socket's cgroup, which decides where it is known and below the root; else the user id decides,
    except root's, which too many processes have. Among those, command lines that name it as a port win (_BEFORE_PORT),
    though not those of shells, of clients and of whatever started another of them (sudo, timeout, ip netns exec), which
    only hand it on. Empty where several programs fit.
    """
    pool = [process for process in candidates if path is not None and process.cgroup == path]
    told = bool(pool) or entry.uid != 0
    if not pool:
        pool = [process for process in candidates if process.uid == entry.uid]
    port = re.compile(rf"(?i){_BEFORE_PORT}{entry.port}(?![\w.:])")
    named = [process for process in pool if process.command is not None and port.search(process.command)]
    chosen = _servers(named) or (pool if told else [])
    return tuple(chosen) if len({process.name for process in chosen}) == 1 else ()


def _servers(processes: Sequence[Process]) -> list[Process]:
    """Without shells and clients, and without those that started another program which is among them."""
    by_pid = {process.pid: process for process in processes}
    starters = set()
    for process in processes:
        parent = by_pid.get(process.parent)
        while parent is not None and parent.pid not in starters:
            if parent.name != process.name:
                starters.add(parent.pid)
            parent = by_pid.get(parent.parent) if parent.pid != parent.parent else None
    return [process for process in processes if process.pid not in starters and not _NO_SERVER.fullmatch(process.name)]


def _owner(
    grade: Literal["proved", "probable"],
    process: Process,
    *,
    shared_with: tuple[int, ...] = (),
    missing_right: str | None = None,
) -> Owner:
    return Owner(
        grade=grade,
        pid=process.pid,
        parent=process.parent,
        shared_with=shared_with,
        process=process.name or None,
        user=user_name(process.uid),
        command=process.command,
        started=process.started,
        missing_right=missing_right,
        service=process.service,
        container=process.container,
    )
