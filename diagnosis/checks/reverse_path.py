"""Does the reverse-path filter drop what arrives by another interface than the answer would leave by (Linux)?"""

from __future__ import annotations

import asyncio

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from net.multicast.overhearing import Flow
from net.platform.reverse_path import STRICT, reverse_path_drops, reverse_path_filter
from net.records import Interface
from net.routes import leaves_by

UNKNOWN = "0.0.0.0"
MOST_SOURCES = 64


async def check(context: Context) -> tuple[Finding, ...]:
    """Strict filtering alone is healthy: told is an interface on which packets were dropped while it was watched.

    Proven where the counter grew and multicast came in from a source whose route leads elsewhere; likely where the
    packets could not be seen (no root) and the LAN's own prefix is routed elsewhere.
    """
    strict = [face for face in context.lans if reverse_path_filter(face.name) == STRICT]
    before = reverse_path_drops()
    if not strict or before is None:
        return ()
    heard = await context.overheard()
    if heard is None:
        await asyncio.sleep(context.seconds / 2)
    dropped = (reverse_path_drops() or before) - before
    findings = []
    for face in strict:
        flows = [flow for flow in (heard.arriving(face.name) if heard else ()) if "." in flow.group]
        away = await asyncio.to_thread(_away, face, flows)
        other = None if away else await asyncio.to_thread(_prefix_leaves_by, face)
        if dropped and away is not None:
            findings.append(_dropped(face, dropped, *away))
        elif other is not None and (heard is None or dropped):
            findings.append(_risky(face, dropped, other))
    return tuple(findings)


def _away(face: Interface, flows: list[Flow]) -> tuple[Flow, str] | None:
    """The first flow whose source is not reached by ``face``, and by what it is."""
    for flow in flows[:MOST_SOURCES]:
        way = leaves_by(flow.source) if flow.source != UNKNOWN else face.name
        if way != face.name:
            return flow, way or "no interface"
    return None


def _prefix_leaves_by(face: Interface) -> str | None:
    """The other interface that a gateway of ``face`` would be reached by."""
    ways = (leaves_by(gateway) for gateway in face.gateways if ":" not in gateway)
    return next((way for way in ways if way is not None and way != face.name), None)


def _dropped(face: Interface, dropped: int, flow: Flow, way: str) -> Finding:
    return make_finding(
        "reverse_path_drops",
        face.name,
        "error",
        "proven",
        (
            f"rp_filter is {STRICT} (strict) on {face.name}: the greater of all and {face.name} counts.",
            f"{flow.packets} packets from {flow.source} to {flow.group} came in on {face.name} (packet socket).",
            f"The route to {flow.source} leads to {way}.",
            f"The kernel's counter IPReversePathFilter grew by {dropped} meanwhile.",
        ),
        source=flow.source,
        way=way,
    )


def _risky(face: Interface, dropped: int, way: str) -> Finding:
    return make_finding(
        "reverse_path_drops",
        face.name,
        "warning" if dropped else "info",
        "likely" if dropped else "possible",
        (
            f"rp_filter is {STRICT} (strict) on {face.name}.",
            f"The route to the gateway of {face.name} leads to {way}.",
            f"The kernel's counter IPReversePathFilter grew by {dropped} meanwhile.",
        ),
        source="a host of its LAN",
        way=way,
    )
