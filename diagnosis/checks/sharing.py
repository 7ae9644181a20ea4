"""Do the guests of this host's bridges get out: is forwarding on, and are their addresses translated?"""

from __future__ import annotations

import asyncio
import ipaddress

from diagnosis.context import Context, without_way_out
from diagnosis.findings import make_finding
from diagnosis.records import Finding, Severity
from net.platform import this_platform
from net.platform.protocol import Forwarding, Neighbour
from net.records import Interface
from net.routes import default_interface
from net.verdict import Certainty


async def check(context: Context) -> tuple[Finding, ...]:
    """For each bridge with an IPv4 network on which a guest was seen (ARP), what keeps its packets on this host.

    Only possible where nothing forwards, since a network between guests and host alone is often meant so, and where
    rules translate for other networks than this (Docker's and libvirt's internal ones); likely where it forwards and
    nothing translates, or where macOS has lost the anchor with the rules of Internet Sharing.
    """
    bridges = {face.name: face for face in context.interfaces if face.up and without_way_out(face) and _network(face)}
    if not bridges or default_interface(4) is None:
        return ()
    neighbours = await asyncio.to_thread(this_platform().neighbours)
    guests = {name: _guests(face, neighbours) for name, face in bridges.items()}
    used = [name for name, found in guests.items() if found]
    if not used:
        return ()
    forwarding = await asyncio.to_thread(this_platform().forwarding, used)
    return tuple(
        finding
        for name in used
        if (finding := _judge(bridges[name], guests[name], forwarding, context.interfaces)) is not None
    )


def _judge(
    bridge: Interface, guests: tuple[str, ...], forwarding: Forwarding, faces: tuple[Interface, ...]
) -> Finding | None:
    way_out = next((face.name for face in faces if face.default_v4), "another interface")
    network = _network(bridge)
    severity: Severity = "warning"
    certainty: Certainty = "likely"
    evidence = [f"{bridge.name} has {network}, and the neighbour table lists {', '.join(guests[:4])} there."]
    if bridge.name not in forwarding.interfaces:
        code, certainty = "guests_not_forwarded", "possible"
        evidence.append(f"Forwarding of IPv4 is off on {bridge.name} (sysctl).")
    elif forwarding.translates is False and forwarding.anchored is False:
        code = "sharing_anchor_missing"
        evidence.append(
            f"Forwarding is on, and the main rules have no anchor of Internet Sharing ({_told(forwarding)})."
        )
    elif forwarding.translates is False or not _covers(forwarding, network):
        code = "guests_not_translated"
        evidence.append(f"Forwarding is on, and no rule translates sources of {network} ({_told(forwarding)}).")
        if forwarding.nat_networks:
            severity, certainty = "info", "possible"
            evidence.append(f"Those of {', '.join(forwarding.nat_networks)} are, so this may be meant.")
    else:
        return None
    return make_finding(
        code,
        bridge.name,
        severity,
        certainty,
        tuple(evidence),
        network=network,
        way_out=way_out,
    )


def _covers(forwarding: Forwarding, network: ipaddress.IPv4Network | None) -> bool:
    """Whether a rule is for that network; none that is known by its networks is against it."""
    ranges = [ipaddress.IPv4Network(each, strict=False) for each in forwarding.nat_networks]
    return not ranges or network is None or any(each.overlaps(network) for each in ranges)


def _told(forwarding: Forwarding) -> str:
    return forwarding.nat_source or "nft list ruleset, iptables-save -t nat"


def _network(face: Interface) -> ipaddress.IPv4Network | None:
    found = (each for each in face.addresses if each.family == "ipv4" and each.prefix is not None and each.prefix < 31)
    return next((ipaddress.IPv4Network(f"{each.address}/{each.prefix}", strict=False) for each in found), None)


def _guests(face: Interface, neighbours: tuple[Neighbour, ...]) -> tuple[str, ...]:
    network = _network(face)
    return tuple(
        each.address
        for each in neighbours
        if each.interface == face.name
        and each.mac is not None
        and ":" not in each.address
        and network is not None
        and ipaddress.IPv4Address(each.address) in network
    )
