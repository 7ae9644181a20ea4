"""Who listens on this host's ports, as typed records."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Literal

import msgspec

from net.records import Key, Record

CONTAINER_FORWARDER = "docker-proxy"
"""The process of Docker that holds a published port, one for each address of the host."""


class Listener(Record, frozen=True, kw_only=True):
    """A listening TCP socket or a bound UDP socket and who owns it.

    ``scope``: loopback (this computer only), lan (one address), all (every address). ``stack``: v4, v6 (v6only) or
    dual. ``owner``: proved (this process was seen holding the socket), probable (from uid, cgroup and command line;
    without ``pid`` where several processes of that program could hold it), hidden (``missing_right`` says what would
    show it). A ``pid`` without ``process`` is a process that gave itself no name, ``parent`` the PID of the one that
    started it, where the system tells. ``service`` is the owner's unit; ``container`` of a forwarder is the one it
    hands on to. ``iana`` is the registered name of the port number, a guess; ``known`` the text of the port-conflict
    table for this owner, ``known_source`` where that comes from and ``known_verified`` whether it was confirmed there;
    ``free_it`` are its steps to free the port, gentlest first, and with ``end_useless`` ending the process does not
    help. ``shared_with`` are the other processes that hold the same socket (workers of a server), ``pid`` being the
    lowest. ``reuse`` are the options that let others bind the same port (``reuseaddr``, ``reuseport``), None where the
    system does not tell. ``state`` is ``listen``, for UDP ``bound``.
    """

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    interface: str | None
    scope: Literal["loopback", "lan", "all"]
    stack: Literal["v4", "v6", "dual"]
    v6only: bool | None
    owner: Literal["proved", "probable", "hidden"]
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
    iana: str | None = None
    known: str | None = None
    known_source: str | None = None
    known_verified: bool | None = None
    free_it: tuple[str, ...] = ()
    end_useless: bool = False
    inode: int | None = None
    reuse: tuple[str, ...] | None = None
    state: Literal["listen", "bound"] = "listen"

    def key(self) -> Key:
        identity = self.inode if self.inode is not None else f"{self.interface} {self.pid}"
        return Key("listener", f"{self.protocol} {self.address} {self.port} {identity}")


def programs_of(listeners: Sequence[Listener]) -> tuple[Hashable, ...]:
    """What tells the program that holds each of ``listeners`` (all of one port) from the others; None where unseen.

    All forwarders of one container are that container. A process started by another one of the same command is that
    one's program: forked servers hold an address or stack each.
    """
    by_pid = {each.pid: each for each in listeners if each.pid is not None}
    return tuple(_program(each, by_pid) for each in listeners)


def _program(listener: Listener, by_pid: Mapping[int, Listener]) -> Hashable:
    if listener.process == CONTAINER_FORWARDER and listener.container is not None:
        return listener.container
    seen = {listener.pid}
    while listener.parent is not None and (parent := by_pid.get(listener.parent)) is not None:
        if parent.pid in seen or (parent.process, parent.command) != (listener.process, listener.command):
            break
        seen.add(parent.pid)
        listener = parent
    return listener.pid


class Connection(Record, frozen=True, kw_only=True):
    """A TCP connection or a connected UDP socket of this host, with its owner as in Listener."""

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    remote_address: str
    remote_port: int
    state: str
    owner: Literal["proved", "probable", "hidden"]
    pid: int | None = None
    process: str | None = None
    user: str | None = None
    inode: int | None = None

    def key(self) -> Key:
        ends = f"{self.protocol} {self.address} {self.port} {self.remote_address} {self.remote_port}"
        return Key("connection", ends)


class Ancestor(msgspec.Struct, frozen=True, kw_only=True):
    """A process above another, up to the session or the service manager; ``process`` None: it has no name."""

    pid: int
    process: str | None
    command: str | None = None


class ProcessDetails(Record, frozen=True, kw_only=True):
    """Why a process runs and from where; what may not be read is None, and ``missing_right`` says what would show it.

    ``process`` is None for one that gave itself no name.
    ``repository`` is the root of the git work tree around the working directory ``cwd``, ``branch`` what is checked out
    there. ``ancestors`` go from the parent upwards. ``manager`` says what would start it again (``systemd``,
    ``launchd``, ``windows service``, ``docker`` ...; ``kernel`` for what is part of it), ``unit`` by which name, and
    ``stop`` is the command that stops it there. ``project`` is the compose project of its ``container``.
    ``forwards_for`` is the container a forwarder stands for. Where it may not be ended from here, ``end_refused`` says
    why and what to do.
    """

    pid: int
    started: float
    process: str | None
    executable: str | None = None
    command: str | None = None
    user: str | None = None
    cwd: str | None = None
    repository: str | None = None
    branch: str | None = None
    ancestors: tuple[Ancestor, ...] = ()
    manager: str | None = None
    unit: str | None = None
    stop: str | None = None
    container: str | None = None
    project: str | None = None
    forwards_for: str | None = None
    may_end: bool = True
    end_refused: str | None = None
    missing_right: str | None = None

    def key(self) -> Key:
        return Key("process_details", str(self.pid))


class Ended(Record, frozen=True, kw_only=True):
    """What became of the wish to end a process: the last ``signal`` sent, and whether the process is gone.

    ``process`` is None where it has no name or was not seen.
    ``text`` says it in a sentence, with the reason where nothing was sent.
    """

    pid: int
    process: str | None
    signal: Literal["TERM", "KILL", "none"]
    gone: bool
    text: str


class Answer(Record, frozen=True, kw_only=True):
    """Who answers at one address of this host: ``connected`` over TCP within 300 ms or ``errno``.

    ``process`` holds the socket that accepted (None: not known, or with a ``pid`` that it has no name), ``container``
    is its own or, of a forwarder, the one it hands on to, ``fingerprint`` is what was said there (status line and
    telling headers, or the TLS certificate's subject), ``identity`` the program which that gives away. ``localhost``
    is the place of this address, from 1, in what the system resolves that name to.
    ``reset``: nothing was said there, and the connection was reset.
    """

    address: str
    port: int
    interface: str | None = None
    connected: bool
    ms: float | None = None
    pid: int | None = None
    process: str | None = None
    user: str | None = None
    owner: Literal["proved", "probable", "hidden"] | None = None
    container: str | None = None
    fingerprint: str | None = None
    identity: str | None = None
    tls: bool = False
    reset: bool = False
    status: int | None = None
    localhost: int | None = None
    errno: int | None = None

    def key(self) -> Key:
        return Key("answer", f"{self.address} {self.port}")


class Binding(Record, frozen=True, kw_only=True):
    """Whether this program, as its user, could bind ``address``:``port``; tried in a socket thrown away at once.

    ``with_reuse``: with SO_REUSEADDR and SO_REUSEPORT where the system has it, which is tried where it is refused
    without. ``holder`` is who has it now, ``reason`` why it is refused in a sentence. ``caveat`` tells where it is not
    refused what may still go wrong, ``unknown`` what could not be read about that. ``free`` is the nearest port that
    could be bound there, ``free_caveat`` what may go wrong with that one.
    """

    address: str
    port: int
    protocol: Literal["tcp", "udp"]
    stack: Literal["v4", "v6", "dual"]
    possible: bool
    with_reuse: bool | None = None
    errno: int | None = None
    reason: str | None = None
    remedy: str | None = None
    holder: str | None = None
    caveat: str | None = None
    unknown: str | None = None
    free: int | None = None
    free_caveat: str | None = None

    def key(self) -> Key:
        return Key("binding", f"{self.protocol} {self.address} {self.port} {self.stack}")


PortsRecord = Listener | Connection | ProcessDetails | Ended | Answer | Binding
