"""A socket that sees the multicast and ARP of an interface before the kernel judges it: packet(7)."""

from __future__ import annotations

import ctypes
import socket
import struct

ETH_P_ALL = 0x0003  # linux/if_ether.h
SO_ATTACH_FILTER = 26  # asm-generic/socket.h
SNAPLEN = 256
"""Bytes of each packet that are handed on: headers are what is wanted."""
BUFFER = 1 << 20

# linux/filter.h: code, jump if true, jump if false, operand. Of a socket without link header the packet begins with
# the network header, and SKF_AD_PROTOCOL tells what follows.
_FILTER = (
    (0x28, 0, 0, 0xFFFFF000),  # ldh [SKF_AD_OFF + SKF_AD_PROTOCOL]
    (0x15, 7, 0, 0x0806),  # ARP: take
    (0x15, 0, 3, 0x0800),  # IPv4:
    (0x30, 0, 0, 16),  # the first byte of the destination
    (0x54, 0, 0, 0xF0),
    (0x15, 3, 4, 0xE0),  # 224/4: take, else not
    (0x15, 0, 3, 0x86DD),  # IPv6:
    (0x30, 0, 0, 24),
    (0x15, 0, 1, 0xFF),  # ff00::/8
    (0x06, 0, 0, SNAPLEN),
    (0x06, 0, 0, 0),
)


def packet_socket(name: str) -> socket.socket:
    """Non-blocking; ``recvfrom`` gives a packet from its network header on and (name, protocol, type, hardware, MAC).

    Both ways: what this host sends has the type PACKET_OUTGOING. It joins nothing and needs CAP_NET_RAW. Raises
    OSError (EPERM).
    """
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    try:
        sock.setblocking(False)
        program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *each) for each in _FILTER))
        # struct sock_fprog
        described = struct.pack("@HP", len(_FILTER), ctypes.addressof(program))
        sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, described)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        sock.bind((name, ETH_P_ALL))
    except OSError:
        sock.close()
        raise
    return sock
