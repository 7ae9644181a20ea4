"""Does a VPN take the multicast of programs that choose no interface?"""

from __future__ import annotations

from diagnosis.context import Context, described
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.records import Interface
from net.routes import MULTICAST_PROBES, egress


async def check(context: Context) -> tuple[Finding, ...]:
    """A finding for each tunnel by which unbound multicast leaves while a LAN is there; none on a healthy host."""
    lans = tuple(interface for interface in context.interfaces if interface.usable)
    findings = []
    for interface in context.interfaces:
        versions = [
            version
            for version, takes in ((4, interface.takes_multicast_v4), (6, interface.takes_multicast_v6))
            if takes and interface.tunnel and lans
        ]
        if versions:
            findings.append(await _finding(interface, lans, versions[0]))
    return tuple(findings)


async def _finding(tunnel: Interface, lans: tuple[Interface, ...], version: int) -> Finding:
    group = MULTICAST_PROBES[version]
    route = await egress(group)
    asked = "route lookup; connect() and getsockname() on a UDP socket, nothing was sent"
    evidence = [
        f"The kernel's route for {group} leads to {route.interface}, source {route.source} ({asked}).",
        f"{tunnel.name} is a tunnel: {tunnel.label} ({tunnel.type_evidence}).",
        f"Multicast can work on {described(lans)}: up, with MULTICAST and an address, no tunnel.",
    ]
    if tunnel.default_v4 or tunnel.default_v6:
        evidence.insert(1, f"{tunnel.name} holds the default route.")
    return make_finding(
        "tunnel_takes_multicast",
        tunnel.name,
        "warning",
        "proven",
        tuple(evidence),
        group=group,
        lan=lans[0].name,
        index=lans[0].index,
    )
