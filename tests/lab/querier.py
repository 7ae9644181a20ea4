"""A program of the lab that speaks as queriers and multicast routers do.

python -m tests.lab.querier igmp|mld INTERFACE   asks for members once
python -m tests.lab.querier pim INTERFACE        says hello twice a second until its stdin closes
"""

from __future__ import annotations

import select
import socket
import struct
import sys

PIM = 103
"""IANA's protocol number."""
ALL_PIM_ROUTERS = "224.0.0.13"
ALL_HOSTS = {"igmp": "224.0.0.1", "mld": "ff02::1"}
ROUTER_ALERT = b"\x94\x04\x00\x00"
"""RFC 2113."""
HOP_BY_HOP_ROUTER_ALERT = b"\x00\x00\x05\x02\x00\x00\x01\x00"
"""RFC 2711, padded to eight bytes; the first is filled in by the kernel."""
IPV6_HOPOPTS = 54
"""linux/in6.h"""
SOON = 1
"""Maximum response code: a tenth of a second in IGMP."""


def igmp(interface: str) -> None:
    """A general query of IGMPv3 (RFC 3376 section 4.1)."""
    body = struct.pack("!BBH4sBBH", 0x11, SOON, 0, bytes(4), 2, 125, 0)
    body = body[:2] + struct.pack("!H", _checksum(body)) + body[4:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP) as sock:
        index = socket.if_nametoindex(interface)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("@8xi", index))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, ROUTER_ALERT)
        sock.sendto(body, (ALL_HOSTS["igmp"], 0))


def mld(interface: str) -> None:
    """A general query of MLDv2 (RFC 3810 section 5.1); the kernel fills in the checksum."""
    body = struct.pack("!BBHHH16sBBH", 130, 0, 0, 100, 0, bytes(16), 2, 125, 0)
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sock:
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_HOPOPTS, HOP_BY_HOP_ROUTER_ALERT)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 1)
        sock.sendto(body, (ALL_HOSTS["mld"], 0, 0, socket.if_nametoindex(interface)))


def pim(interface: str) -> None:
    """Hellos of PIM with a hold time (RFC 7761 section 4.9.2)."""
    body = struct.pack("!BBHHHH", 0x20, 0, 0, 1, 2, 105)
    body = body[:2] + struct.pack("!H", _checksum(body)) + body[4:]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, PIM) as sock:
        index = socket.if_nametoindex(interface)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("@8xi", index))
        print("routing", flush=True)
        while not select.select([sys.stdin], [], [], 0.5)[0]:
            sock.sendto(body, (ALL_PIM_ROUTERS, 0))


def _checksum(data: bytes) -> int:
    """RFC 1071, of an even number of bytes."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


if __name__ == "__main__":
    {"igmp": igmp, "mld": mld, "pim": pim}[sys.argv[1]](sys.argv[2])
