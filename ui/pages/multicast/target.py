"""Reads GROUP:PORT in a field of the page, before anything is asked of the probe."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from net.records import Problem
from ui.problems import told

EXAMPLE = "224.224.0.77:23019"


@dataclass(frozen=True)
class Target:
    """A multicast group (canonical text, no scope) and a UDP port; ``scope``: the interface written into the group."""

    group: str
    port: int
    scope: str | None = None

    @property
    def version(self) -> int:
        """4 or 6."""
        return 6 if ":" in self.group else 4

    @property
    def endpoint(self) -> str:
        """As the probe writes it: ``239.1.2.3:5000``, ``[ff02::fb]:5353``."""
        return endpoint(self.group, self.port)


def endpoint(group: str, port: int) -> str:
    """A group or address with its port; IPv6 in brackets."""
    return f"[{group}]:{port}" if ":" in group else f"{group}:{port}"


def parse_target(text: str) -> Target | Problem:
    """``239.1.2.3:5000`` or ``[ff02::1:3%en0]:5355``, the brackets may be left out; else what is wrong with it.

    The same rules and problems as the probe's: group_without_port, port_invalid, address_invalid, group_not_multicast.
    """
    text = text.strip()
    address, colon, port = text.rpartition(":")
    if not colon or not address or _is_address(text):
        return told("group_without_port", text)
    if not port.isascii() or not port.isdigit() or not 1 <= int(port[:6]) <= 65535:
        return told("port_invalid", port or text)
    address, _, scope = address.removeprefix("[").removesuffix("]").partition("%")
    try:
        group = ipaddress.ip_address(address)
    except ValueError:
        return told("address_invalid", address)
    if not group.is_multicast:
        return told("group_not_multicast", str(group))
    return Target(str(group), int(port), scope or None)


def _is_address(text: str) -> bool:
    """Whether all of it is an address, so that its last colon begins no port (``ff02::1:3``, ``[ff02::fb]``)."""
    try:
        ipaddress.ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        return False
    return True
