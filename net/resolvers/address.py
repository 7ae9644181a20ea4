"""Reads the address of a DNS server as people and systems write it."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

PORT = 53


class ServerAddress(NamedTuple):
    """A canonical address, with its scope where it has one, and a port."""

    address: str
    port: int = PORT


def server_address(text: str, interface: str | None = None) -> ServerAddress | None:
    """``1.1.1.1``, ``1.1.1.1:5353``, ``fe80::1%en0``, ``[fe80::1%en0]:5353``, ``1.1.1.1#5353``; None for all else.

    ``interface`` is the scope of a link-local address that comes without one. No server stands at a multicast or an
    unspecified address.
    """
    for host, port in _readings(text.strip()):
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            continue
        if address.is_multicast or address.is_unspecified or not 0 < port < 65536:
            return None
        scoped = address.version == 4 or not address.is_link_local or interface is None or "%" in host
        return ServerAddress(str(address) if scoped else f"{address}%{interface}", port)
    return None


def lacks_zone(address: str) -> bool:
    """Whether it is a link-local address that does not say on which link: no system sends there (RFC 4007, 6)."""
    read = ipaddress.ip_address(address)
    return read.version == 6 and read.is_link_local and read.scope_id is None


def _readings(text: str) -> list[tuple[str, int]]:
    readings = [(text, PORT)]
    for separator in ("#", ":"):
        host, found, port = text.rpartition(separator)
        if found and port.isascii() and port.isdigit() and len(port) < 6:
            readings.append((host[1:-1] if host.startswith("[") and host.endswith("]") else host, int(port)))
    return readings
