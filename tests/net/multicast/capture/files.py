"""Capture files made by hand: headers and blocks in either byte order."""

from __future__ import annotations

import ipaddress
import struct
from typing import Literal

Order = Literal["<", ">"]

SOURCE, GROUP = "192.168.1.20", "239.66.0.7"
SOURCE_V6, GROUP_V6 = "fd66:1::20", "ff15::77"


def udp(payload: bytes, *, source_port: int = 4000, port: int = 5004, length: int | None = None) -> bytes:
    """A UDP header without checksum, and the payload."""
    return struct.pack("!HHHH", source_port, port, len(payload) + 8 if length is None else length, 0) + payload


def ipv4(
    inner: bytes,
    *,
    source: str = SOURCE,
    group: str = GROUP,
    ttl: int = 7,
    protocol: int = 17,
    fragment: int = 0,
    options: bytes = b"",
) -> bytes:
    """An IPv4 packet without checksum."""
    words = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH", 0x40 | words, 0, words * 4 + len(inner), 0, fragment, ttl, protocol, 0)
    return head + ipaddress.ip_address(source).packed + ipaddress.ip_address(group).packed + options + inner


def ipv6(inner: bytes, *, source: str = SOURCE_V6, group: str = GROUP_V6, hops: int = 7, following: int = 17) -> bytes:
    """An IPv6 packet."""
    head = struct.pack("!IHBB", 6 << 28, len(inner), following, hops)
    return head + ipaddress.ip_address(source).packed + ipaddress.ip_address(group).packed + inner


def ethernet(packet: bytes, *tags: int) -> bytes:
    """An Ethernet frame, with VLAN tags of these ethertypes."""
    ethertype = 0x0800 if packet[0] >> 4 == 4 else 0x86DD
    tagged = b"".join(struct.pack("!HH", tag, 7) for tag in tags)
    return bytes.fromhex("01005e420007 026601000020") + tagged + struct.pack("!H", ethertype) + packet


def pcap(*packets: tuple[float, bytes], order: Order = "<", link: int = 1, magic: int = 0xA1B2C3D4) -> bytes:
    """A pcap file; the magic decides between microseconds and nanoseconds."""
    unit = 10**9 if magic == 0xA1B23C4D else 10**6
    parts = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link)]
    for time, packet in packets:
        seconds = int(time)
        fraction = round((time - seconds) * unit)
        parts.append(struct.pack(f"{order}IIII", seconds, fraction, len(packet), len(packet)) + packet)
    return b"".join(parts)


def block(kind: int, body: bytes, order: Order = "<") -> bytes:
    """A block of pcapng; its body is padded."""
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack(f"{order}II", kind, length) + body + struct.pack(f"{order}I", length)


def section(order: Order = "<") -> bytes:
    """The block a section begins with."""
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def option(code: int, value: bytes, order: Order = "<") -> bytes:
    """An option, padded."""
    return struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4)


def interface(link: int = 1, *options: bytes, order: Order = "<") -> bytes:
    """An interface block."""
    return block(1, struct.pack(f"{order}HHI", link, 0, 0) + b"".join(options), order)


def packet(data: bytes, ticks: int, *options: bytes, number: int = 0, order: Order = "<") -> bytes:
    """An enhanced packet block."""
    head = struct.pack(f"{order}IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data))
    return block(6, head + data + bytes(-len(data) % 4) + b"".join(options), order)
