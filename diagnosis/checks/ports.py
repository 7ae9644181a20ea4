"""Is a port that developers want held by somebody else, or by two programs at once?"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from itertools import groupby

import msgspec

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.platform.system import SYSTEM
from net.ports.conflicts import conflict_for, several_programs
from net.ports.listeners import snapshot
from net.ports.naming import UNNAMED, listener_name
from net.ports.records import Listener
from net.requests import PortsRequest
from resources.loader import ConflictRow

LOCALHOST = ("127.0.0.1", "::1")


async def check(context: Context) -> tuple[Finding, ...]:  # noqa: ARG001 - every check has the same form
    """One finding a port: two different programs on its addresses (warning), or a holder the table knows (info).

    Two at addresses of their own, none of them reached by localhost, are how resolvers share port 53 (info). Rows
    of the table for any port at all (forwarders, hidden owners) are no conflict by themselves.
    """
    listeners = sorted(await snapshot(PortsRequest(follow=False)), key=port_of)
    findings = []
    for (protocol, port), group in groupby(listeners, key=port_of):
        rows = tuple(group)
        if protocol == "tcp" and several_programs(rows):
            findings.append(_two_owners(port, rows))
            continue
        for listener in rows:
            conflict = conflict_for(listener, SYSTEM)
            if conflict is not None and conflict.process and not isinstance(conflict.ports, str):
                findings.append(_held(listener, conflict))
                break
    return tuple(findings)


def port_of(listener: Listener) -> tuple[str, int]:
    """What listeners are sorted by to stand beside those of the same port."""
    return listener.protocol, listener.port


def meets_localhost(listeners: Iterable[Listener]) -> bool:
    """Whether one of them takes what is sent to localhost; programs at other addresses each have their own."""
    return any(each.address in LOCALHOST or ipaddress.ip_address(each.address).is_unspecified for each in listeners)


def _two_owners(port: int, listeners: tuple[Listener, ...]) -> Finding:
    return make_finding(
        "port_has_two_owners",
        str(port),
        "warning" if meets_localhost(listeners) else "info",
        "proven",
        tuple(_evidence(listener) for listener in listeners),
        owners=", ".join(
            dict.fromkeys(f"{listener_name(each) or 'a hidden owner'} at {each.address}" for each in listeners)
        ),
    )


def _held(listener: Listener, conflict: ConflictRow) -> Finding:
    finding = make_finding(
        "port_held",
        str(listener.port),
        "info",
        "proven" if listener.owner == "proved" else "likely",
        (_evidence(listener), f"The table of port conflicts knows this holder: {conflict.source}."),
        process=listener.process,
        cause=conflict.cause,
        wanted_by=conflict.wanted_by,
    )
    kill_useless = ("Ending the process does not help: it comes back or is the system's.",)
    return msgspec.structs.replace(finding, remedy=conflict.free_it + (kill_useless if conflict.kill_useless else ()))


def _evidence(listener: Listener) -> str:
    owner = "an owner that is hidden"
    if listener.process is not None or listener.pid is not None:
        known = listener.user if listener.pid is None else f"PID {listener.pid}, {listener.user}"
        owner = f"{'probably ' if listener.owner == 'probable' else ''}{listener.process or UNNAMED} ({known})"
    return f"{listener.protocol} {listener.address} port {listener.port} ({listener.stack}) is held by {owner}."
