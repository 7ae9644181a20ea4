"""Reads ``netsh interface ipv4 show joins`` and its IPv6 twin by shape, since their words are localised."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from net.records import Membership

COMMANDS = (
    ("netsh", "interface", "ipv4", "show", "joins"),
    ("netsh", "interface", "ipv6", "show", "joins"),
)

_HEADING = re.compile(r"\S[^\d]*\d+ ?[:：] ?(?P<name>.+?) *")


def parse(text: str) -> tuple[Membership, ...]:
    """The groups of each interface; ``users`` is the column References, the second one."""
    return tuple(_memberships(text))


def _memberships(text: str) -> Iterator[Membership]:
    interface = None
    for line in text.splitlines():
        words = line.split()
        address = _group(words[-1]) if len(words) >= 4 else None
        if address is not None and interface is not None:
            yield Membership(
                interface=interface,
                group=str(address),
                family="ipv6" if address.version == 6 else "ipv4",
                users=int(words[1]) if words[1].isdigit() else None,
            )
        elif heading := _HEADING.fullmatch(line):
            interface = heading["name"]


def _group(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address if address.is_multicast else None
