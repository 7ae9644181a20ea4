"""Has a switch forgotten what is joined here, because no querier asks for members?"""

from __future__ import annotations

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.memberships import snapshot as joined_groups
from net.multicast.assignment import free_to_choose
from net.multicast.overhearing import Overhearing
from net.multicast.reporting import report
from net.records import Interface

HALF = 0.5
MOST_GROUPS = 32


async def check(context: Context) -> tuple[Finding, ...]:
    """Groups joined here that are silent until this host reports its membership anew: then a switch had forgotten it.

    The report (IGMPv3, root) says nothing but the truth: the group is joined. That no query was heard in some seconds
    proves nothing by itself, since queriers ask every 125 s; and a bridge of Linux that snoops without ever having
    heard a querier floods, so its setting alone is no fault.
    """
    heard = await context.overheard(HALF)
    if heard is None:
        return ()
    memberships = await joined_groups()
    asked: list[tuple[Interface, str]] = []
    for face in context.lans:
        groups = {each.group for each in memberships if each.interface == face.name and each.family == "ipv4"}
        silent = [group for group in sorted(groups) if free_to_choose(group) and not _packets(heard, face.name, group)]
        if silent and face.ipv4 is not None and report(face, silent[:MOST_GROUPS]):
            asked += [(face, group) for group in silent[:MOST_GROUPS]]
    if not asked or (heard := await context.overheard()) is None:
        return ()
    return tuple(
        _finding(face, group, packets, heard) for face, group in asked if (packets := _packets(heard, face.name, group))
    )


def _packets(heard: Overhearing, interface: str, group: str) -> int:
    return sum(flow.packets for flow in heard.arriving(interface) if flow.group == group)


def _finding(face: Interface, group: str, packets: int, heard: Overhearing) -> Finding:
    queriers = sorted(source for name, source in heard.queriers if name == face.name)
    asked = f"Queries came from {', '.join(queriers)} meanwhile." if queriers else "No query was heard meanwhile."
    return make_finding(
        "membership_forgotten",
        f"{group} on {face.name}",
        "warning",
        "likely",
        (
            f"{group} is joined on {face.name} (the kernel's table), and nothing came for it (packet socket).",
            f"After this host had reported its membership anew, {packets} packets came.",
            asked,
        ),
        group=group,
        interface=face.name,
    )
