"""Concludes from the resolver matrix what is wrong with which server, by what was answered and what was not."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from net.resolvers.address import lacks_zone
from net.resolvers.cells import GOOD
from net.resolvers.records import Resolution, Resolver, SystemResolution, Transport
from net.resolvers.sentences import Cells, Fault, healthy, server_verdict
from net.resolvers.views import covers, differ, system_order
from net.verdict import Certainty, Verdict

Server = tuple[str, int]

UDP_REFUSALS = (errno.ECONNREFUSED, errno.ECONNRESET)
"""Windows tells an ICMP port unreachable as the latter (WSAECONNRESET of recv)."""
FORBIDDEN = (errno.EPERM, errno.EACCES)
"""Only this host itself says so: of what it does not let out."""
CLOSED = (errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE)
"""By TCP: the connection came about and was ended; before, a reset is ECONNREFUSED."""


def conclude(
    name: str, used: Sequence[Resolver], resolutions: Sequence[Resolution], system: SystemResolution
) -> tuple[Verdict, ...]:
    """A Verdict for each server with a fault, one for the system, one for answers that differ; else resolve_healthy.

    ``used`` are the system's own resolvers. A server that is only for sockets bound to its interface, or only for
    domains that ``name`` is not in, is not blamed for what is meant to be so.
    """
    verdicts = []
    faulty: set[Server] = set()
    for server in dict.fromkeys((each.server, each.port) for each in resolutions):
        rows = [each for each in used if (each.server, each.port) == server]
        paths = _paths(server, resolutions)
        main = paths[0] if not rows or any(each.scope != "scoped" for each in rows) else paths[-1]
        fault = _fault(main, [path for path in paths if path is not main], responsible=_responsible(rows, name))
        if fault is not None:
            faulty.add(server)
            verdicts.append(server_verdict(fault, main, paths))
    sound = [each for each in resolutions if (each.server, each.port) not in faulty]
    blamed = any((each.server, each.port) in faulty for each in used)
    # That the system asks the wrong one of them says already that they differ.
    verdicts += system_order(name, used, sound, system, blamed=blamed) or differ(name, used, sound)
    return tuple(verdicts) or (healthy(name, resolutions, system),)


def _paths(server: Server, resolutions: Sequence[Resolution]) -> list[Cells]:
    """The default path first."""
    found: dict[tuple[bool, str], dict[Transport, Resolution]] = {}
    for each in resolutions:
        if (each.server, each.port) == server:
            found.setdefault((each.path == "bound", each.interface or ""), {})[each.transport] = each
    return [Cells(found[path]["udp"], found[path]["udp_large"], found[path]["tcp"]) for path in sorted(found)]


def _fault(main: Cells, others: Sequence[Cells], *, responsible: bool) -> Fault | None:
    udp, tcp = main.udp, main.tcp
    if not udp.answered and not tcp.answered:
        return _unanswered(main, others)
    if not udp.answered:
        if udp.unexpected_source is not None:
            return Fault("resolve_other_source", "proven")
        return Fault("resolve_malformed", "likely") if udp.malformed else Fault("resolve_udp_filtered", "likely")
    if not tcp.answered:
        return Fault("resolve_tcp_blocked", "proven" if udp.truncated or main.udp_large.truncated else "likely")
    return _partly(main, responsible=responsible)


def _unanswered(main: Cells, others: Sequence[Cells]) -> Fault:
    """The first that holds, what proves most before what only fits."""
    udp, tcp, refused = main.udp, main.tcp, _refused(main)
    causes: tuple[tuple[bool, str, Certainty], ...] = (
        (any(each.udp.answered or each.tcp.answered for each in others), "resolve_wrong_interface", "proven"),
        (not refused and any(map(_refused, others)), "resolve_wrong_interface_refused", "proven"),
        (udp.unexpected_source is not None, "resolve_other_source", "proven"),
        (udp.malformed > 0, "resolve_malformed", "likely"),
        (udp.errno in FORBIDDEN or tcp.errno in FORBIDDEN, "resolve_forbidden", "proven"),
        (tcp.malformed > 0 or tcp.errno in CLOSED, "resolve_closes", "likely"),
        (refused > 0, "resolve_refused", "proven" if refused > 1 else "likely"),
        (udp.errno == errno.EINVAL and lacks_zone(udp.server), "resolve_no_zone", "proven"),
        (udp.errno is not None, "resolve_unreachable", "proven"),
    )
    return next((Fault(code, sure) for holds, code, sure in causes if holds), Fault("resolve_silent", "likely"))


def _refused(path: Cells) -> int:
    """How many of the two transports the server's host refused, which shows that it is there."""
    return (path.udp.errno in UDP_REFUSALS) + (path.tcp.errno == errno.ECONNREFUSED)


def _partly(main: Cells, *, responsible: bool) -> Fault | None:
    """Both transports answer, but perhaps not all, or not well."""
    large = main.udp_large
    if any(cell.answered < cell.tries for cell in (main.udp, main.tcp)):
        return Fault("resolve_unsteady", "likely")
    if not large.answered:
        return Fault("resolve_large_lost", "likely") if large.fits else Fault("resolve_edns_lost", "possible")
    if large.answered < large.tries:
        return Fault("resolve_unsteady", "likely")
    if responsible and main.udp.rcode not in GOOD:
        return Fault("resolve_server_fails", "proven")
    return None


def _responsible(rows: Sequence[Resolver], name: str) -> bool:
    """Whether a server is meant to know ``name``: a person named it, or it takes any name, or this one."""
    return not rows or any(each.scope != "supplemental" or covers(each, name) for each in rows)
