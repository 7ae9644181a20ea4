"""Linux's listening sockets with their owners, as records."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Mapping

from net.platform.endpoint import Endpoint, endpoint
from net.platform.linux import rtnetlink
from net.platform.linux.owners import Owner, Owners
from net.platform.linux.processes import Processes, user_name
from net.platform.linux.sock_diag import SockDiag, Socket
from net.platform.names import name_of_index
from net.platform.rights import NO_RIGHT, ROOT
from net.platform.system import is_root
from net.ports.records import Listener

logger = logging.getLogger(__name__)


class Listing:
    """Reads the listeners again and again; a row that did not change is the same object as before.

    ``ask`` puts the question to the kernel. A Listing may be shared by threads.
    """

    def __init__(self, ask: Callable[[], tuple[Socket, ...]] | None = None) -> None:
        self._ask = ask if ask is not None else SockDiag()
        self._lock = threading.Lock()
        self._owners = Owners()
        self._interfaces: Mapping[str, str] = {}
        self._places: dict[tuple[bytes, bool | None, int], Endpoint] = {}
        self._rows: dict[int, tuple[Socket, Owner, Listener]] = {}
        self._ownerless: set[int] | None = None
        self._refused: int | None = None

    def read(self) -> tuple[Listener, ...]:
        """All listening TCP and bound UDP sockets of this network namespace.

        Owners are proved (seen holding the socket), else probable or hidden with the right that is missing; ``user``
        is then the one that made the socket. A new hidden socket is given once two readings have shown it; the first
        reading asks the kernel twice for that. Where sock_diag is refused, psutil's rows are given, which lack inode,
        v6only and the user of foreign sockets. Raises OSError if those cannot be had either.
        """
        with self._lock:
            try:
                found = self._ask()
            except OSError as error:
                if self._refused != error.errno:
                    self._refused = error.errno
                    logger.warning("sock_diag is refused (%s); psutil lists the sockets instead", error)
                return _by_psutil(error)
            return self._listed(found)

    def _listed(self, found: tuple[Socket, ...]) -> tuple[Listener, ...]:
        interfaces = rtnetlink.addresses()
        if interfaces != self._interfaces:
            self._interfaces = interfaces
            self._places = {}
            self._rows = {}
        owners = self._owners.find(found, time.monotonic())
        found = self._without_passing(found, owners)
        self._rows = {entry.cookie: self._row(entry, owners[entry.cookie]) for entry in found}
        return tuple(listener for _, _, listener in self._rows.values())

    def _without_passing(self, found: tuple[Socket, ...], owners: Mapping[int, Owner]) -> tuple[Socket, ...]:
        """Without the sockets that appear ownerless at this reading, as far as they may be gone by now.

        A process that ends lets go of its descriptors before its sockets are closed, and others are closed while /proc
        is read; if no more than that was seen, the socket is gone at the next reading. The first one looks again.
        """
        ownerless = {entry.cookie for entry in found if owners[entry.cookie].grade == "hidden"}
        before = self._ownerless
        if before is None and ownerless:
            before = {entry.cookie for entry in self._ask()}
        passing = ownerless - (before or set())
        self._ownerless = ownerless
        return tuple(entry for entry in found if entry.cookie not in passing) if passing else found

    def _row(self, entry: Socket, owner: Owner) -> tuple[Socket, Owner, Listener]:
        before = self._rows.get(entry.cookie)
        if before is not None and before[:2] == (entry, owner):
            return before
        place = self._place(entry)
        listener = Listener(
            protocol=entry.protocol,
            address=place.address,
            port=entry.port,
            interface=place.interface,
            scope=place.scope,
            stack=place.stack,
            v6only=entry.v6only,
            owner=owner.grade,
            pid=owner.pid,
            parent=owner.parent,
            shared_with=owner.shared_with,
            process=owner.process,
            user=owner.user,
            command=owner.command,
            started=owner.started,
            missing_right=owner.missing_right,
            service=owner.service,
            container=owner.container,
            inode=entry.inode or None,
            state="listen" if entry.protocol == "tcp" else "bound",
        )
        return entry, owner, listener

    def _place(self, entry: Socket) -> Endpoint:
        key = (entry.address, entry.v6only, entry.device)
        place = self._places.get(key)
        if place is None:
            device = _device_name(entry.device) if entry.device else None
            place = endpoint(entry.address, v6only=entry.v6only, device=device, interfaces=self._interfaces)
            self._places[key] = place
        return place


_listing = Listing()


def listeners() -> tuple[Listener, ...]:
    """The rows of one Listing kept by this process: see there."""
    return _listing.read()


def _device_name(index: int) -> str:
    try:
        return name_of_index(index)
    except OSError:  # the interface went away, the binding to its index stays
        return str(index)


def _by_psutil(refusal: OSError) -> tuple[Listener, ...]:
    import psutil

    try:
        connections = psutil.net_connections(kind="inet")
    except psutil.Error as error:
        raise refusal from error
    interfaces = rtnetlink.addresses()
    processes = Processes()
    found = []
    for connection in connections:
        listening = connection.status == psutil.CONN_LISTEN
        if not listening and (connection.type != socket.SOCK_DGRAM or connection.raddr):
            continue
        if not connection.laddr:
            continue
        address, _, device = connection.laddr.ip.partition("%")
        place = endpoint(
            socket.inet_pton(connection.family, address), v6only=None, device=device or None, interfaces=interfaces
        )
        process = processes.get(connection.pid, time.monotonic()) if connection.pid is not None else None
        found.append(
            Listener(
                protocol="tcp" if listening else "udp",
                address=place.address,
                port=connection.laddr.port,
                interface=place.interface,
                scope=place.scope,
                stack=place.stack,
                v6only=None,
                owner="proved" if process is not None else "hidden",
                pid=process.pid if process is not None else None,
                process=(process.name or None) if process is not None else None,
                user=user_name(process.uid) if process is not None else None,
                command=process.command if process is not None else None,
                started=process.started if process is not None else None,
                missing_right=None if process is not None else (NO_RIGHT if is_root() else ROOT),
                state="listen" if listening else "bound",
            )
        )
    return tuple(found)
