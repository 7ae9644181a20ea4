"""Guesses from the sockets of this host which programs hold a group: no system tells whose a join is."""

from __future__ import annotations

from collections.abc import Iterable

from net.ports.records import Listener
from net.text import visible
from resources.groups import known_groups


def holders(group: str, listeners: Iterable[Listener]) -> tuple[str, ...]:
    """NAME (PID) of those with a UDP socket bound to ``group``, or on every address at its well-known port.

    A program that joins binds so, as a rule; a socket alone does not prove the join. By name and pid.
    """
    ports = {port for row in known_groups(group, None) for port in row.ports}
    found = {
        (listener.process, listener.pid)
        for listener in listeners
        if listener.protocol == "udp"
        and listener.process is not None
        and listener.pid is not None
        and (listener.address.partition("%")[0] == group or (listener.scope == "all" and listener.port in ports))
    }
    return tuple(f"{visible(name)} ({pid})" for name, pid in sorted(found))
