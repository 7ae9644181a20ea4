"""Reads GROUP:PORT as a person writes it."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

from net.problems import ProblemError, make_problem
from net.sockets import IPAddress


class Endpoint(NamedTuple):
    """A multicast group and a UDP port; ``scope`` is the interface written into an IPv6 group (``ff02::fb%en0``)."""

    group: IPAddress
    port: int
    scope: str | None = None

    def __str__(self) -> str:
        return f"[{self.group}]:{self.port}" if self.group.version == 6 else f"{self.group}:{self.port}"


def parse_endpoint(text: str) -> Endpoint:
    """``239.1.2.3:5000`` or ``[ff02::1:3%en0]:5355``; the brackets may be left out.

    Raises ProblemError: group_without_port, port_invalid, address_invalid, group_not_multicast.
    """
    address, colon, port_text = text.strip().rpartition(":")
    if not colon or not address or _is_address(text):
        raise ProblemError(make_problem("group_without_port", text))
    if not port_text.isascii() or not port_text.isdigit() or not 1 <= int(port_text[:6]) <= 65535:
        raise ProblemError(make_problem("port_invalid", port_text or text))
    address, _, scope = address.removeprefix("[").removesuffix("]").partition("%")
    try:
        group = ipaddress.ip_address(address)
    except ValueError:
        raise ProblemError(make_problem("address_invalid", address)) from None
    if not group.is_multicast:
        raise ProblemError(make_problem("group_not_multicast", str(group)))
    return Endpoint(group, int(port_text), scope or None)


def _is_address(text: str) -> bool:
    """Whether all of ``text`` is an address, so that its last colon begins no port (``ff02::1:3``, ``[ff02::fb]``)."""
    text = text.strip()
    try:
        ipaddress.ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        return False
    return True
