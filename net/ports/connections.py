"""What goes on over this host's ports: the connections, and what changes in them."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

from net.ports.records import Connection
from net.problems import make_problem
from net.records import Key, Problem, Record, Removed
from net.requests import PortsRequest

Read = Callable[[], tuple[Connection, ...]]


class ConnectionTable:
    """The connections last handed on; ``changes`` blocks while it reads."""

    def __init__(self, read: Read, request: PortsRequest) -> None:
        self._read = read
        self._request = request
        self._given: dict[Key, Connection] = {}
        self._problem: Problem | None = None

    def changes(self) -> tuple[Record, ...]:
        """New and changed connections by port and peer, and a Removed for each that is gone; the first time, all.

        Where they cannot be read a Problem is given once, the rows stay, and its Removed follows later.
        """
        try:
            found = {connection.key(): connection for connection in self._read() if self._asked(connection)}
        except OSError as error:
            first_time = self._problem is None
            self._problem = make_problem("connections_unreadable", "connections", error)
            return (self._problem,) if first_time else ()
        before, self._given = self._given, found
        changed = (connection for key, connection in found.items() if before.get(key) != connection)
        batch: list[Record] = sorted(changed, key=attrgetter("port", "remote_address", "remote_port"))
        batch.extend(Removed(of=key.kind, name=key.name) for key in sorted(before.keys() - found.keys()))
        if self._problem is not None:
            batch.append(Removed(of="problem", name=self._problem.key().name))
            self._problem = None
        return tuple(batch)

    def _asked(self, connection: Connection) -> bool:
        """A port asked for is that of either end: a server's clients have it as their peer's."""
        request = self._request
        return request.protocol in (None, connection.protocol) and request.port in (
            None,
            connection.port,
            connection.remote_port,
        )
