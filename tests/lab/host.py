"""A host of the lab: a network namespace in which commands run and sockets can be opened."""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from tests.lab.kernel import NETNS_FOLDER, inside_namespace
from tests.lab.process import Background, JsonRecord

CHECKOUT = Path(__file__).resolve().parents[2]
LANSCOUT = [sys.executable, str(CHECKOUT / "main.py")]
KILL_SECONDS = 5


class CommandFailedError(RuntimeError):
    """A command in a host ended with an exit code that was not expected; the message has its output."""


class Host:
    """One host: ``name`` as the tests call it, ``netns`` the namespace's real name."""

    def __init__(self, name: str, netns: str) -> None:
        self.name = name
        self.netns = netns
        self.v4: tuple[str, ...] = ()
        """Its own addresses on the LANs, device by device, without prefix."""
        self.v6: tuple[str, ...] = ()
        self._started: list[Background] = []

    def __repr__(self) -> str:
        return f"<host {self.netns}>"

    def run(
        self,
        argv: list[str],
        *,
        check: bool = True,
        timeout: float = 30,
        env: Mapping[str, str] | None = None,
        input: str | None = None,  # noqa: A002 - subprocess.run's own name for it
    ) -> subprocess.CompletedProcess[str]:
        """Run ``argv`` here to its end. Raises CommandFailedError where ``check`` and the exit code is not 0."""
        result = subprocess.run(
            [*self._entering, *argv],
            check=False,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            env={**os.environ, **(env or {})},
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
        )
        if check and result.returncode != 0:
            raise CommandFailedError(
                f"{shlex.join(argv)} in {self.netns}: exit {result.returncode}\n{result.stdout}{result.stderr}"
            )
        return result

    def start(self, argv: list[str], *, env: Mapping[str, str] | None = None) -> Background:
        """Start ``argv`` here in the background; it ends with the block it is used in, at the latest with the lab."""
        process = Background([*self._entering, *argv], env=env)
        self._started.append(process)
        return process

    def inside(self) -> AbstractContextManager[None]:
        """The calling thread is on this host for the block: sockets opened there belong to it."""
        return inside_namespace(NETNS_FOLDER / self.netns)

    def ip(self, words: str) -> None:
        """``ip WORDS`` here, such as ``link set en0 down``."""
        command = ["ip", "-n", self.netns, *words.split()]
        result = subprocess.run(command, check=False, capture_output=True, text=True)
        if result.returncode != 0:
            raise CommandFailedError(f"{shlex.join(command)}: {result.stderr.strip()}")

    def lanscout(self, *words: str, check: bool = True, timeout: float = 30) -> list[JsonRecord]:
        """``lanscout WORDS --json`` here, its objects in order; with ``check``, exit codes other than 0 and 1 raise."""
        result = self.run([*LANSCOUT, *words, "--json"], check=False, timeout=timeout)
        if check and result.returncode not in (0, 1):
            raise CommandFailedError(f"lanscout {shlex.join(words)}: exit {result.returncode}\n{result.stderr}")
        return [json.loads(line) for line in result.stdout.splitlines()]

    def lanscout_process(self, *words: str, env: Mapping[str, str] | None = None) -> Background:
        """``lanscout WORDS --json`` in the background; ``record`` waits for an object, ``interrupt`` is Ctrl-C."""
        return self.start([*LANSCOUT, *words, "--json"], env=env)

    def source(self, device: str, destination: str) -> str:
        """The address of ``device`` that what goes to ``destination`` comes from: IPv4, or IPv6 link-local."""
        family = ["-6", "scope", "link"] if ":" in destination else ["-4"]
        command = ["ip", "-n", self.netns, *family[:1], "-json", "address", "show", *family[1:], "dev", device]
        listed = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        # Of an address that another scope hides, an empty object is left.
        return next(str(each["local"]) for each in listed[0]["addr_info"] if "local" in each)

    def listening(self, port: int, protocol: str = "tcp", pid: int | None = None) -> bool:
        """Whether a socket (of ``pid``) listens on (tcp) or is bound to (udp) ``port``, read from /proc (proc(5))."""
        state = {"tcp": "0A", "udp": "07"}[protocol]
        with self.inside():
            tables = [Path(f"/proc/thread-self/net/{protocol}{suffix}") for suffix in ("", "6")]
            rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
        inodes = {row[9] for row in rows if row[3] == state and int(row[1].rpartition(":")[2], 16) == port}
        return bool(inodes if pid is None else inodes & _socket_inodes(pid))

    def close(self) -> None:
        """End what was started here, and whatever those processes left behind in the namespace."""
        for process in reversed(self._started):
            process.close()
        self._started.clear()
        end_processes_in(self.netns)

    @property
    def _entering(self) -> list[str]:
        # Not setns in a child of ours: `ip netns exec` also mounts the /sys that shows this namespace's devices.
        return ["ip", "netns", "exec", self.netns]


def end_processes_in(netns: str) -> None:
    """Kill the processes that live in the namespace and wait for their end; this process itself is left alone."""
    listed = subprocess.run(["ip", "netns", "pids", netns], check=False, capture_output=True, text=True)
    for word in listed.stdout.split():
        if int(word) != os.getpid():
            with suppress(ProcessLookupError):
                _kill(int(word))


def _socket_inodes(pid: int) -> set[str]:
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            kind, _, inode = str(descriptor.readlink()).partition(":")
            if kind == "socket":
                inodes.add(inode.strip("[]"))
    return inodes


def _kill(pid: int) -> None:
    descriptor = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        select.select([descriptor], [], [], KILL_SECONDS)
    finally:
        os.close(descriptor)
