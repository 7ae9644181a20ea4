"""The groups each interface has joined, from /proc/net (net/ipv4/igmp.c, net/ipv6/mcast.c)."""

from __future__ import annotations

import ipaddress
import re
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from net.platform.names import interface_name
from net.records import Membership

PROC = Path("/proc/thread-self/net")
"""The network namespace of this thread."""
# Not str.split(): it takes more for white space than the kernel forbids in a name.
_FIELD = re.compile(r"[^ \t]+")


class FilterSource(NamedTuple):
    """A source of a group and how many sockets include it (the others exclude it)."""

    address: str
    included: int


def memberships() -> tuple[Membership, ...]:
    """Both families; a group without an entry in mcfilter takes any source."""
    return _memberships(*map(_read, ("igmp", "igmp6", "mcfilter", "mcfilter6")))


@lru_cache(maxsize=1)
def _memberships(igmp: str, igmp6: str, mcfilter: str, mcfilter6: str) -> tuple[Membership, ...]:
    """As ``memberships``. They are asked for once a second, and on a host at rest the tables read as before."""
    sources = parse_filters(mcfilter) | parse_filters(mcfilter6)
    found = []
    for interface, group, users in (*parse_igmp(igmp), *parse_igmp6(igmp6)):
        listed = sources.get((interface, group), ())
        # The kernel does not print the mode. A socket that takes any source counts among the users, but not among
        # those that include a source; so the filter includes only when every user does.
        include = bool(listed) and users <= max(source.included for source in listed)
        found.append(
            Membership(
                interface=interface,
                group=group,
                family="ipv6" if ":" in group else "ipv4",
                mode="include" if include else "exclude",
                sources=tuple(source.address for source in listed if bool(source.included) is include),
                users=users,
            )
        )
    return tuple(found)


def parse_igmp(text: str) -> Iterator[tuple[str, str, int]]:
    """(interface, group, users); a group is the hexadecimal of the word as it lies in memory."""
    interface = ""
    for line in text.split("\n")[1:]:
        fields = _FIELD.findall(line)
        if line[:1].isdigit():
            interface = interface_name(fields[1].partition(":")[0])
        elif fields:
            packed = struct.pack("=I", int(fields[0], 16))
            yield interface, str(ipaddress.IPv4Address(packed)), int(fields[1])


def parse_igmp6(text: str) -> Iterator[tuple[str, str, int]]:
    """(interface, group, users)."""
    for line in text.split("\n"):
        fields = _FIELD.findall(line)
        if len(fields) >= 4:
            yield interface_name(fields[1]), str(ipaddress.IPv6Address(bytes.fromhex(fields[2]))), int(fields[3])


def parse_filters(text: str) -> dict[tuple[str, str], tuple[FilterSource, ...]]:
    """The sources listed for each (interface, group)."""
    listed: dict[tuple[str, str], tuple[FilterSource, ...]] = {}
    for line in text.split("\n")[1:]:
        fields = _FIELD.findall(line)
        if len(fields) >= 6:
            key = (interface_name(fields[1]), _filter_address(fields[2]))
            listed[key] = (*listed.get(key, ()), FilterSource(_filter_address(fields[3]), int(fields[4])))
    return listed


def _filter_address(text: str) -> str:
    if text.startswith("0x"):
        return str(ipaddress.IPv4Address(int(text, 16)))
    return str(ipaddress.IPv6Address(bytes.fromhex(text)))


def _read(name: str) -> str:
    try:
        return (PROC / name).read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""
