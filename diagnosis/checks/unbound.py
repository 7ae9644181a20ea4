"""Is there a way for multicast of programs that choose no interface?"""

from __future__ import annotations

from diagnosis.context import Context, described
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.routes import MULTICAST_PROBES, egress


async def check(context: Context) -> tuple[Finding, ...]:
    """That IPv4 multicast has no route while a LAN is there; IPv6 has one on every link that is up.

    Joins without an interface are then refused with ENODEV and sends with ENETUNREACH (Linux: ip_mc_find_dev,
    ip_route_output_key).
    """
    lans = tuple(face for face in context.all_lans if face.ipv4 is not None)
    if not lans:
        return ()
    group = MULTICAST_PROBES[4]
    route = await egress(group)
    if route.interface is not None or route.problem is None:
        return ()
    evidence = (route.problem.text, f"Multicast can work on {described(lans)}, for programs that choose it.")
    lan = lans[0]
    return (
        make_finding(
            "unbound_refused", "this host", "warning", "proven", evidence, group=group, lan=lan.name, index=lan.index
        ),
    )
