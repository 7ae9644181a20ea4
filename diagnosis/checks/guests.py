"""Does a bridge of containers or virtual machines take the multicast of programs that choose no interface?"""

from __future__ import annotations

from diagnosis.context import Context, described
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.records import Interface
from net.routes import MULTICAST_PROBES, egress


async def check(context: Context) -> tuple[Finding, ...]:
    """A finding for each such bridge by which unbound IPv4 multicast leaves while a LAN is there.

    IPv6 is left out: there Linux takes the interface that came up first, and programs have to name one anyway.
    """
    lans = tuple(face for face in context.all_lans if _is_lan(context, face))
    takers = [face for face in context.interfaces if face.takes_multicast_v4 and not _is_lan(context, face)]
    if not lans:
        return ()
    return tuple([await _finding(face, lans) for face in takers])


def _is_lan(context: Context, face: Interface) -> bool:
    """Whether other hosts can be behind it; tunnels are for another check to judge.

    A veth is the network card of a container as well as a port for guests, so it is not counted among the latter.
    """
    virtual = face.type == "virtual" and "veth" not in face.type_evidence
    guests = context.for_guests(face) or (virtual and not (face.gateways or face.default_v4))
    return face.tunnel or face.loopback or not guests


async def _finding(face: Interface, lans: tuple[Interface, ...]) -> Finding:
    group = MULTICAST_PROBES[4]
    route = await egress(group)
    return make_finding(
        "guests_take_multicast",
        face.name,
        "warning",
        "proven",
        (
            f"The kernel's route for {group} leads to {route.interface}, source {route.source} (route lookup).",
            f"{face.name} is a {face.label} ({face.type_evidence}), and no route to other networks leads there.",
            f"Multicast can work on {described(lans)}.",
        ),
        group=group,
        lan=lans[0].name,
        index=lans[0].index,
    )
