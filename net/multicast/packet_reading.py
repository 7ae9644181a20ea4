"""Reads IPv4, IPv6 and ARP packets from their network header on, as far as multicast is told by them."""

from __future__ import annotations

import ipaddress
import struct
from typing import Literal, NamedTuple

# linux/if_ether.h; IANA's numbers
ETH_IPV4, ETH_ARP, ETH_IPV6 = 0x0800, 0x0806, 0x86DD
HOP_BY_HOP, IGMP, UDP, ICMPV6, PIM = 0, 2, 17, 58, 103
IGMP_QUERY, MLD_QUERY, PIM_HELLO = 0x11, 130, 0
"""RFC 3376 section 4.1, RFC 3810 section 5.1, RFC 7761 section 4.9.2."""

Meaning = Literal["data", "query", "hello", "arp"]


class Packet(NamedTuple):
    """``data``: of a group, with ports where it is UDP; ``query`` of a querier; ``hello`` of a multicast router (PIM);
    ``arp``, whose source is the sender's protocol address. ``group`` is empty for ARP."""

    meaning: Meaning
    source: str
    group: str = ""
    ttl: int | None = None
    source_port: int | None = None
    port: int | None = None


def read(protocol: int, packet: bytes) -> Packet | None:
    """None for what is cut, no multicast, or nothing that is told here (other messages of IGMP, MLD and PIM)."""
    try:
        if protocol == ETH_ARP:
            # RFC 826 with IPv4 over Ethernet: hardware, protocol, lengths, operation, sender's MAC and address
            known = packet[:6] == b"\x00\x01\x08\x00\x06\x04"
            return Packet("arp", str(ipaddress.IPv4Address(packet[14:18]))) if known else None
        if protocol == ETH_IPV4:
            return _ipv4(packet)
        return _ipv6(packet) if protocol == ETH_IPV6 else None
    except (IndexError, struct.error, ValueError):
        return None


def _ipv4(packet: bytes) -> Packet | None:
    source, group = ipaddress.IPv4Address(packet[12:16]), ipaddress.IPv4Address(packet[16:20])
    if not group.is_multicast:
        return None
    body = packet[(packet[0] & 0x0F) * 4 :]
    return _judged(packet[9], body, IGMP, IGMP_QUERY, (str(source), str(group), packet[8]))


def _ipv6(packet: bytes) -> Packet | None:
    source, group = ipaddress.IPv6Address(packet[8:24]), ipaddress.IPv6Address(packet[24:40])
    if not group.is_multicast:
        return None
    following, body = packet[6], packet[40:]
    if following == HOP_BY_HOP:  # MLD comes with a router alert
        following, body = body[0], body[(body[1] + 1) * 8 :]
    return _judged(following, body, ICMPV6, MLD_QUERY, (str(source), str(group), packet[7]))


def _judged(protocol: int, body: bytes, control: int, query: int, ends: tuple[str, str, int]) -> Packet | None:
    source, group, ttl = ends
    if protocol == control:
        return Packet("query", source, group, ttl) if body[0] == query else None
    if protocol == PIM:
        return Packet("hello", source, group, ttl) if body[0] & 0x0F == PIM_HELLO else None
    if protocol == UDP:
        source_port, port = struct.unpack_from("!HH", body)
        return Packet("data", source, group, ttl, source_port, port)
    return Packet("data", source, group, ttl)
