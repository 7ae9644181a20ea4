"""Does this host's packet filter drop Bonjour, or a group that a program here waits for?"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from diagnosis.context import Context
from diagnosis.findings import make_finding, unjudged
from diagnosis.records import Finding
from net.multicast.assignment import free_to_choose
from net.platform import this_platform
from net.platform.protocol import Arriving, DatagramSocket, Refusal
from net.records import Interface, Membership

ANY = ("0.0.0.0", "::")
MDNS = 5353
MDNS_GROUPS = {4: "224.0.0.251", 6: "ff02::fb"}
MOST_GUESSES = 1_000
"""Datagrams of each interface that are judged only because somebody may wait for them."""
ARRIVES = "that arrives on"
"""Stands in the evidence of what another host's datagram meets."""


async def check(context: Context) -> tuple[Finding, ...]:
    """The rules are read (nftables, root) and walked as for a datagram of another host of each LAN.

    Likely, not proven: nothing was sent. Only told as ``possible`` where a rule that is not understood may let it
    through before. ``not_checked`` where the rules
    cannot be read: what a filter does is then for the steps of Bonjour to find out.
    """
    try:
        sockets = await context.sockets()
    except OSError:
        sockets = ()
    return await asyncio.to_thread(_findings, context.lans, sockets)


def _findings(lans: tuple[Interface, ...], sockets: tuple[DatagramSocket, ...]) -> tuple[Finding, ...]:
    memberships = this_platform().memberships()
    asked = [packet for face in lans for packet in (*_bonjour(face), *_groups(face, sockets, memberships))]
    guessed = {packet for face in lans for packet in _guessed(face, sockets, memberships)}.difference(asked)
    asked += sorted(guessed, key=lambda packet: (packet.interface, packet.group, packet.port))
    if not asked:
        return ()
    try:
        judged = this_platform().refusals(asked)
    except OSError as error:
        return (unjudged("the rules of the firewall", f"{error.strerror or error}."),)
    if judged is None:
        return (unjudged("the rules of the firewall", "On this system they are not read."),)
    dropped: dict[tuple[str, str], list[tuple[Arriving, Refusal]]] = {}
    for packet, refusal in zip(asked, judged, strict=True):
        if refusal is not None:
            bonjour = packet.port == MDNS
            subject = packet.interface if bonjour else f"{packet.group} port {packet.port}"
            code = "firewall_drops_bonjour" if bonjour else "firewall_drops_group"
            dropped.setdefault((code, subject), []).append((packet, refusal))
    return tuple(_finding(code, subject, found, guessed) for (code, subject), found in dropped.items())


def _bonjour(face: Interface) -> Iterator[Arriving]:
    for leaving in (False, True):
        for version in _versions(face):
            yield Arriving(
                interface=face.name,
                group=MDNS_GROUPS[version],
                port=MDNS,
                source_port=MDNS,
                sources=_networks(face, version) if not leaving else _own(face, version),
                leaving=leaving,
            )


def _groups(
    face: Interface, sockets: Iterable[DatagramSocket], memberships: Iterable[Membership]
) -> Iterator[Arriving]:
    """What programs wait for on ``face``: sockets that are bound to a group joined there, or to any, and joined it.

    Groups that are assigned to a protocol are left to it where the socket is bound to no group.
    """
    joined = _joined(face, memberships)
    places = {(sock.address.partition("%")[0], sock.port) for sock in sockets if sock.port != MDNS}
    held = {
        (each.group, sock.port)
        for sock in sockets
        for each in sock.held or ()
        if sock.address in ANY and sock.port != MDNS and each.interface == face.name and free_to_choose(each.group)
    }
    yield from _arriving(face, {(group, port) for group, port in places if group in joined} | held)


def _guessed(
    face: Interface, sockets: Iterable[DatagramSocket], memberships: Iterable[Membership]
) -> Iterator[Arriving]:
    """Each group joined on ``face`` at each port of a socket that is bound to none and may not be asked what it holds.

    Linux hands it what any program joined (IP_MULTICAST_ALL, ip(7)), whether it waits for that or not.
    Of those that would be too many to ask nothing is guessed (the check of limits tells them).
    """
    groups = sorted(group for group in _joined(face, memberships) if free_to_choose(group))
    silent = (sock for sock in sockets if sock.held is None and sock.identity and not sock.unasked)
    blind = [sock for sock in silent if sock.address in ANY and sock.port != MDNS]
    # A socket of IPv4 gets nothing of IPv6.
    places = ((group, sock.port) for sock in blind for group in groups if ":" in sock.address or ":" not in group)
    yield from _arriving(face, set(islice(places, MOST_GUESSES)))


def _joined(face: Interface, memberships: Iterable[Membership]) -> set[str]:
    return {each.group.partition("%")[0] for each in memberships if each.interface == face.name}


def _arriving(face: Interface, places: Iterable[tuple[str, int]]) -> Iterator[Arriving]:
    for group, port in sorted(places):
        version = ipaddress.ip_address(group).version
        if version in _versions(face):
            yield Arriving(interface=face.name, group=group, port=port, sources=_networks(face, version))


def _versions(face: Interface) -> list[int]:
    return sorted({4 if each.family == "ipv4" else 6 for each in face.addresses})


def _networks(face: Interface, version: int) -> tuple[str, ...]:
    """Where hosts of the link have their addresses; link-local for IPv6, as mDNS has it (RFC 6762 section 11)."""
    if version == 6:
        return ("fe80::/64",)
    return tuple(f"{each.address}/{each.prefix}" for each in face.addresses if each.family == "ipv4" and each.prefix)


def _own(face: Interface, version: int) -> tuple[str, ...]:
    family = "ipv4" if version == 4 else "ipv6"
    return tuple(each.address.partition("%")[0] for each in face.addresses if each.family == family)[:1]


def _finding(code: str, subject: str, found: list[tuple[Arriving, Refusal]], guessed: Collection[Arriving]) -> Finding:
    certain = any(refusal.certain for _, refusal in found)
    known = any(packet not in guessed for packet, _ in found)
    ways = list(dict.fromkeys("leaves" if packet.leaving else "arrives" for packet, _ in found))
    evidence = (
        f"A datagram to {packet.group} port {packet.port} {'that leaves by' if packet.leaving else ARRIVES} "
        f"{packet.interface} is dropped by {refusal.rule} (nft list ruleset, walked; nothing was sent)."
        for packet, refusal in found
    )
    guess = "The group is joined there, and a socket bound to every address has the port; it may not be asked."
    return make_finding(
        code,
        subject,
        "warning" if certain and known else "info",
        "likely" if certain else "possible",
        (*evidence, *(() if known else (guess,))),
        way=" and ".join(ways),
        rule=found[0][1].rule,
        accept="; ".join(dict.fromkeys(_accepting(packet, refusal.chain) for packet, refusal in found)),
        membership=_accepting_membership(*found[0]),
        group=found[0][0].group,
        port=found[0][0].port,
    )


def _accepting(packet: Arriving, chain: str) -> str:
    """What lets the datagram through, put before the rules of the chain that drops it."""
    family = "ip6" if ":" in packet.group else "ip"
    group = "" if packet.port == MDNS else f"{family} daddr {packet.group} "
    return f"nft insert rule {chain} {group}udp dport {packet.port} accept"


def _accepting_membership(packet: Arriving, refusal: Refusal) -> str:
    """What lets queries of the switch or router in."""
    matched = "icmpv6 type mld-listener-query" if ":" in packet.group else "ip protocol igmp"
    return f"nft insert rule {refusal.chain} {matched} accept"
