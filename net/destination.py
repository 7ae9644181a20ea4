"""Reads where a packet is to go, as a person writes it: an address, GROUP:PORT or the name of a host."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

from net.problems import ProblemError, make_problem
from net.resolvers.system_answer import ask_system

DISCARD = 9
"""The port where none is written: a datagram that did go out would be thrown away there (RFC 863)."""
# What getaddrinfo would take for a short form of an IPv4 address (224.0.1) is no name.
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")


class Destination(NamedTuple):
    """An IP address, with the scope that was written, and a port; ``name`` is what it was looked up by."""

    address: str
    port: int
    name: str | None = None


async def find_destination(text: str) -> Destination:
    """``224.0.0.251``, ``239.1.2.3:5000``, ``[ff02::fb%en0]:5353`` or ``printer.local:631``.

    A name is looked up as the system does it, and its first address taken, as programs do; that may ask DNS servers.
    Raises ProblemError: destination_invalid, destination_unspecified, port_invalid, destination_unknown.
    """
    place, port = split_port(text)
    try:
        address = ipaddress.ip_address(place)
    except ValueError:
        pass
    else:
        return Destination(_sent_to(address), port or DISCARD)
    try:
        name = place if place.isascii() else place.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if not _NAME.fullmatch(name) or len(name) > 253:
        raise ProblemError(make_problem("destination_invalid", text))
    found = await ask_system(name)
    if not found.addresses:
        reason = found.problem.text if found.problem is not None else "no address"
        raise ProblemError(make_problem("destination_unknown", place, reason=reason))
    return Destination(found.addresses[0], port or DISCARD, place)


def _sent_to(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """What a socket sends to: of ``::ffff:192.0.2.1`` IPv4 (RFC 4291 2.5.5.2); 0.0.0.0 and :: are no destination."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_unspecified:
        raise ProblemError(make_problem("destination_unspecified", str(address)))
    return str(address)


def split_port(text: str) -> tuple[str, int | None]:
    """The address or name and the port, None where there is none; of IPv6 only with brackets around the address."""
    text = text.strip()
    if "/" in text:  # a URL or a network: no port stands behind its colons
        return text, None
    place, colon, port = text.rpartition(":")
    if place.startswith("[") and place.endswith("]"):
        place = place[1:-1]
    elif text.startswith("[") and text.endswith("]"):
        return text[1:-1], None
    elif not colon or ":" in place:
        return text, None
    if not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
        raise ProblemError(make_problem("port_invalid", port or text))
    return place, int(port)
