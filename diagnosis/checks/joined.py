"""Has a program joined its group on another interface than the one where its senders are?"""

from __future__ import annotations

from collections.abc import Iterable

from diagnosis.context import Context, described
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.memberships import snapshot as joined_groups
from net.multicast.assignment import free_to_choose
from net.multicast.overhearing import Flow, Overhearing
from net.platform.protocol import DatagramSocket
from net.records import Interface, Membership
from net.text import visible


async def check(context: Context) -> tuple[Finding, ...]:
    """For each group that is joined on a tunnel or a bridge for guests and on no LAN, though there is one.

    Groups of the link and those that are assigned to a protocol are joined everywhere by what serves them.
    """
    lans = {face.name: face for face in context.all_lans}
    away = {face.name: face for face in context.interfaces if face.tunnel or context.for_guests(face)}
    places = _places(await joined_groups())
    groups = [group for group, names in places.items() if names & away.keys() and not names & lans.keys()]
    if not lans or not groups:
        return ()
    sockets = await _sockets(context)
    findings = []
    for group in groups:
        name = next(iter(sorted(places[group] & away.keys())))
        owners = _owners(sockets, group)
        findings.append(
            make_finding(
                "joined_elsewhere",
                group,
                "warning",
                "likely",
                (
                    f"The kernel's table lists {group} on {', '.join(sorted(places[group]))} and on no LAN.",
                    f"{name} is a {away[name].label} ({away[name].type_evidence}).",
                    owners or "Which program joined it cannot be seen (root, Linux 5.6).",
                    f"There is a LAN on {described(tuple(lans.values()))}.",
                ),
                interface=name,
                lan=next(iter(lans)),
                index=next(iter(lans.values())).index,
            )
        )
    return tuple(findings)


async def check_traffic(context: Context) -> tuple[Finding, ...]:
    """For each group that arrives on one LAN while it is joined on another only (root: heard beside the sockets)."""
    heard = await context.overheard()
    if heard is None:
        return ()
    places = _places(await joined_groups())
    lans = {face.name for face in context.all_lans}
    missed = [
        (face, flow)
        for face in context.lans
        for flow in _newest_of_each_group(heard.arriving(face.name))
        if _missed(heard, flow, places.get(flow.group, set()), lans)
    ]
    if not missed:
        return ()
    sockets = await _sockets(context)
    return tuple(_missed_finding(face, flow, places[flow.group], sockets) for face, flow in missed)


def _missed(heard: Overhearing, flow: Flow, joined_on: set[str], lans: set[str]) -> bool:
    elsewhere = joined_on & lans - {flow.interface}
    arrives_there = any(each.group == flow.group for name in elsewhere for each in heard.arriving(name))
    return bool(elsewhere) and flow.interface not in joined_on and not arrives_there


def _missed_finding(
    face: Interface, flow: Flow, joined_on: set[str], sockets: tuple[DatagramSocket, ...] | None
) -> Finding:
    names = ", ".join(sorted(joined_on))
    return make_finding(
        "heard_elsewhere",
        flow.group,
        "warning",
        "likely",
        (
            f"{flow.packets} packets from {flow.source} to {flow.group} came in on {face.name} (packet socket).",
            f"The kernel's table lists {flow.group} on {names}, where none came.",
            _owners(sockets, flow.group) or "Which program joined it cannot be seen (root, Linux 5.6).",
        ),
        interface=face.name,
        index=face.index,
        joined=names,
    )


def _places(memberships: Iterable[Membership]) -> dict[str, set[str]]:
    """The interfaces of each group that a program of this host chose to join."""
    places: dict[str, set[str]] = {}
    for each in memberships:
        group = each.group.partition("%")[0]
        if free_to_choose(group):
            places.setdefault(group, set()).add(each.interface)
    return places


def _newest_of_each_group(flows: Iterable[Flow]) -> Iterable[Flow]:
    return {flow.group: flow for flow in flows}.values()


async def _sockets(context: Context) -> tuple[DatagramSocket, ...] | None:
    try:
        return await context.sockets()
    except OSError:
        return None


def _owners(sockets: Iterable[DatagramSocket] | None, group: str) -> str:
    """A sentence with the sockets that said they hold it, empty if none did."""
    found = [
        f"{visible(sock.process or 'a program')} (PID {sock.pid}) on {held.interface}"
        for sock in sockets or ()
        for held in sock.held or ()
        if held.group == group
    ]
    return f"Joined by {', '.join(dict.fromkeys(found))} (each socket was asked)." if found else ""
