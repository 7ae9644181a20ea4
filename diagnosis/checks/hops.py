"""Does this host send with a TTL that ends at the first router, although a multicast router is there?"""

from __future__ import annotations

import asyncio

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.multicast.assignment import may_be_routed
from net.multicast.overhearing import Flow
from net.platform import this_platform
from net.records import Interface
from net.text import visible


async def check(context: Context) -> tuple[Finding, ...]:
    """For each group that this host sends to with TTL 1 on a link with a multicast router.

    A receiver behind the router sees nothing of it, so only the sender can tell. That a router is there is known by its
    hellos (PIM), or, less surely, by queries from the gateway; a TTL of 1 on a link without one is as it should be.
    """
    heard = await context.overheard()
    if heard is None:
        return ()
    findings = []
    for face in context.lans:
        routers = sorted(source for name, source in heard.routers if name == face.name)
        asking = sorted(source for name, source in heard.queriers if name == face.name and source in face.gateways)
        if not routers and not asking:
            continue
        short = {flow.group: flow for flow in heard.leaving(face.name) if flow.ttl == 1 and may_be_routed(flow.group)}
        for flow in short.values():
            sender = await asyncio.to_thread(_sender, flow)
            findings.append(_finding(face, flow, routers, asking, sender))
    return tuple(findings)


def _finding(face: Interface, flow: Flow, routers: list[str], asking: list[str], sender: str) -> Finding:
    hello = f"{', '.join(routers)} said hello as a multicast router on {face.name} (PIM)."
    query = f"The gateway {', '.join(asking)} asked for members on {face.name} (IGMP or MLD)."
    return make_finding(
        "ttl_ends_here",
        flow.group,
        "warning" if routers else "info",
        "likely" if routers else "possible",
        (
            f"{flow.packets} packets of this host to {flow.group} left by {face.name} with TTL 1 (packet socket).",
            sender,
            hello if routers else query,
        ),
        interface=face.name,
        router=", ".join(routers or asking),
    )


def _sender(flow: Flow) -> str:
    try:
        listed = this_platform().listeners()
    except OSError:
        listed = ()
    owner = next((each for each in listed if each.protocol == "udp" and each.port == flow.source_port), None)
    port = f"They come from {flow.source} port {flow.source_port}"
    if owner is None or owner.process is None:
        return f"{port}."
    return f"{port}, {visible(owner.process)} (PID {owner.pid})."
