"""Reads what ``ndp -an`` of macOS prints (network_cmds, ndp.tproj/ndp.c: dump)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from net.platform.protocol import Neighbour

COMMAND = ("ndp", "-an")
_ENTRY = re.compile(r"^(?P<address>[0-9a-f:]+)(?:%\S+)? +(?P<mac>[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}|\(incomplete\)) +"
                    r"(?P<interface>\S+) +(?P<expire>\S+)", re.IGNORECASE)  # fmt: skip


def parse(text: str) -> tuple[Neighbour, ...]:
    """The IPv6 hosts; not this host's own addresses, which are permanent. The bytes of a MAC lack leading zeros."""
    return tuple(_entries(text))


def _entries(text: str) -> Iterator[Neighbour]:
    for line in text.splitlines():
        entry = _ENTRY.match(line)
        if entry is None or entry["expire"] == "permanent":
            continue
        try:
            address = ipaddress.IPv6Address(entry["address"])
        except ValueError:
            continue
        known = ":".join(byte.zfill(2) for byte in entry["mac"].lower().split(":")) if ":" in entry["mac"] else None
        scope = f"%{entry['interface']}" if address.is_link_local else ""
        yield Neighbour(interface=entry["interface"], address=f"{address}{scope}", mac=known)
