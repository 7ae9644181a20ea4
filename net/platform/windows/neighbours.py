"""Reads ``netsh interface ipv4 show neighbors`` and its IPv6 twin by shape, since their words are localised."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from net.platform.protocol import Neighbour

COMMANDS = (
    ("netsh", "interface", "ipv4", "show", "neighbors"),
    ("netsh", "interface", "ipv6", "show", "neighbors"),
)

_HEADING = re.compile(r"\S[^\d]*\d+ ?[:：] ?(?P<name>.+?) *")
_MAC = re.compile(r"[0-9a-f]{2}(?:-[0-9a-f]{2}){5}", re.IGNORECASE)
_NOBODY = ("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff")


def parse(text: str) -> tuple[Neighbour, ...]:
    """The hosts of each interface; not groups and broadcasts. Who did not answer has no MAC, or one of zeros."""
    return tuple(_neighbours(text))


def _neighbours(text: str) -> Iterator[Neighbour]:
    interface = None
    for line in text.splitlines():
        words = line.split()
        address = _host(words[0]) if words else None
        if address is not None and interface is not None:
            mac = words[1].lower().replace("-", ":") if len(words) > 1 and _MAC.fullmatch(words[1]) else None
            if mac == "ff:ff:ff:ff:ff:ff":
                continue
            scope = f"%{interface}" if address.version == 6 and address.is_link_local else ""
            yield Neighbour(interface=interface, address=f"{address}{scope}", mac=None if mac in _NOBODY else mac)
        elif heading := _HEADING.fullmatch(line):
            interface = heading["name"]


def _host(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return None if address.is_multicast or address.is_loopback else address
