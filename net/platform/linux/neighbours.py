"""The hosts of the links that the kernel has looked for, by rtnetlink (rtnetlink(7), linux/neighbour.h)."""

from __future__ import annotations

import ipaddress
import os
import socket
import struct

from net.platform.linux.netlink import Message, attributes, dump
from net.platform.names import interface_names
from net.platform.protocol import Neighbour

RTM_GETNEIGH = 30
RTN_UNICAST = 1
NDA_DST, NDA_LLADDR, NDA_CACHEINFO = 1, 2, 3
NUD_INCOMPLETE, NUD_FAILED, NUD_NOARP = 0x01, 0x20, 0x40
NDMSG = struct.Struct("=BxHiHBB")


def neighbours() -> tuple[Neighbour, ...]:
    """Both families; without what needs no looking for (groups, devices without ARP)."""
    names = interface_names()
    messages = dump(RTM_GETNEIGH, NDMSG.pack(socket.AF_UNSPEC, 0, 0, 0, 0, 0))
    found = (parse(message, names) for message in messages)
    return tuple(neighbour for neighbour in found if neighbour is not None)


def parse(message: Message, names: dict[int, str]) -> Neighbour | None:
    """A struct ndmsg with its attributes; ``names`` are those of the interfaces by index."""
    family, _, index, state, _, kind = NDMSG.unpack_from(message.body)
    fields = attributes(message.body, NDMSG.size)
    if family not in (socket.AF_INET, socket.AF_INET6) or kind != RTN_UNICAST or state & NUD_NOARP:
        return None
    if NDA_DST not in fields or index not in names:
        return None
    address = str(ipaddress.ip_address(fields[NDA_DST]))
    known = NDA_LLADDR in fields and not state & (NUD_INCOMPLETE | NUD_FAILED)
    return Neighbour(
        interface=names[index],
        address=f"{address}%{names[index]}" if address.startswith("fe80:") else address,
        mac=fields[NDA_LLADDR].hex(":") if known else None,
        age=_age(fields[NDA_CACHEINFO]) if known and NDA_CACHEINFO in fields else None,
    )


def _age(cache: bytes) -> float:
    """struct nda_cacheinfo: the first number is the clock ticks since the neighbour was confirmed."""
    return float(struct.unpack_from("=I", cache)[0]) / os.sysconf("SC_CLK_TCK")
