"""Reads what ``arp -an`` of macOS prints (network_cmds, arp.tproj/arp.c: print_entry)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from net.platform.protocol import Neighbour

COMMAND = ("arp", "-an")
_ENTRY = re.compile(r"^\S+ \((?P<address>[\d.]+)\) at (?P<mac>\S+) on (?P<interface>\S+)")


def parse(text: str) -> tuple[Neighbour, ...]:
    """The IPv4 hosts. macOS writes the bytes of a hardware address without leading zeros; no age is printed."""
    return tuple(_entries(text))


def _entries(text: str) -> Iterator[Neighbour]:
    for line in text.splitlines():
        entry = _ENTRY.match(line)
        if entry is None or entry["mac"] == "ff:ff:ff:ff:ff:ff" or entry["address"].startswith(("224.", "239.")):
            continue
        mac = entry["mac"]
        known = ":".join(byte.zfill(2) for byte in mac.split(":")) if mac.count(":") == 5 else None
        yield Neighbour(interface=entry["interface"], address=entry["address"], mac=known)
