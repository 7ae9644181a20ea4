"""Reports memberships anew, as a host does when it is asked (IGMPv3, RFC 3376 section 4.2)."""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Sequence

from net.records import Interface
from net.sockets import send_by

IGMP_ROUTERS = "224.0.0.22"
REPORT = 0x22
MODE_IS_EXCLUDE = 2
ROUTER_ALERT = b"\x94\x04\x00\x00"
"""RFC 2113."""


def report(face: Interface, groups: Sequence[str]) -> bool:
    """Say on ``face`` that these IPv4 groups are joined there; tells whether it was sent (it needs root)."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_IGMP) as sock:
            send_by(sock, 4, face.index)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, ROUTER_ALERT)
            if face.ipv4 is not None:
                sock.bind((face.ipv4, 0))
            sock.sendto(message(groups), (IGMP_ROUTERS, 0))
    except OSError:
        return False
    return True


def message(groups: Sequence[str]) -> bytes:
    """A report with the record "any source" for each group, with its checksum."""
    records = b"".join(
        struct.pack("!BBH4s", MODE_IS_EXCLUDE, 0, 0, ipaddress.IPv4Address(group).packed) for group in groups
    )
    body = struct.pack("!BBHHH", REPORT, 0, 0, 0, len(groups)) + records
    return body[:2] + struct.pack("!H", _checksum(body)) + body[4:]


def _checksum(data: bytes) -> int:
    """RFC 1071, of an even number of bytes."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
