"""Reads GROUP:PORT as a person writes it, one or a range of them; the window reads its fields with it, too."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

from net.problems import ProblemError, make_problem

# Not that of net.sockets: the window has no use for a socket.
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
MOST = 500
"""Endpoints that one range, and joins that one request, may stand for."""


USUAL_RANGES = {4: "239.0.0.0/8", 6: "ff15::/16"}
"""By IP version, groups that anybody may use and that routers may forward: RFC 2365, RFC 4291 section 2.7."""


class Endpoint(NamedTuple):
    """A multicast group and a UDP port; ``scope``: the interface written into an IPv6 group, by name or by index."""

    group: IPAddress
    port: int
    scope: str | None = None

    def __str__(self) -> str:
        return f"[{self.group}]:{self.port}" if self.group.version == 6 else f"{self.group}:{self.port}"


def parse_endpoint(text: str) -> Endpoint:
    """``239.1.2.3:5000`` or ``[ff02::1:3%en0]:5355``; the brackets may be left out.

    Raises ProblemError: group_without_port, port_invalid, address_invalid, group_not_multicast.
    """
    address, port_text = _split(text)
    port = _port(port_text, text)
    address, _, scope = address.partition("%")
    return Endpoint(_group(address), port, scope or None)


def parse_endpoints(text: str) -> tuple[Endpoint, ...]:
    """As ``parse_endpoint``, or a range of them in their order.

    ``239.1.1.1-20:5000`` and ``239.1.1.1-239.1.1.20:5000``, in IPv6 ``[ff15::1-2f]:5000`` (hexadecimal, as the last
    part of the address is), and a range of ports in ``:5000-5003``. Raises ProblemError as ``parse_endpoint`` does, and
    range_reversed and too_many_joins.
    """
    address, port_text = _split(text)
    low_port, dash, high_port = port_text.partition("-")
    first_port = _port(low_port, text)
    last_port = _port(high_port, text) if dash else first_port
    address, _, scope = address.partition("%")
    low, dash, high = address.partition("-")
    first = _group(low)
    last = _group(_completed(low, first, high)) if dash else first
    if last.version != first.version or int(last) < int(first) or last_port < first_port:
        raise ProblemError(make_problem("range_reversed", text))
    number = (int(last) - int(first) + 1) * (last_port - first_port + 1)
    if number > MOST:
        raise ProblemError(make_problem("too_many_joins", f"{number:,}", most=MOST))
    return tuple(
        Endpoint(first + offset, port, scope or None)
        for offset in range(int(last) - int(first) + 1)
        for port in range(first_port, last_port + 1)
    )


def _split(text: str) -> tuple[str, str]:
    address, colon, port = text.strip().rpartition(":")
    if not colon or not address or _is_address(text):
        raise ProblemError(make_problem("group_without_port", text))
    return address.removeprefix("[").removesuffix("]"), port


def _port(port: str, text: str) -> int:
    # Of leading zeros a few may stand; int() of thousands of digits would raise.
    if not port.isascii() or not port.isdigit() or len(port) > 6 or not 1 <= int(port) <= 65535:
        raise ProblemError(make_problem("port_invalid", port or text))
    return int(port)


def _group(address: str) -> IPAddress:
    try:
        group = ipaddress.ip_address(address)
    except ValueError:
        raise ProblemError(make_problem("address_invalid", address)) from None
    if not group.is_multicast:
        raise ProblemError(make_problem("group_not_multicast", str(group)))
    return group


def _completed(low: str, first: IPAddress, high: str) -> str:
    """The end of a range whose beginning it may share: of ``239.1.1.1-20`` it is ``239.1.1.20``."""
    if first.version == 4:
        return high if "." in high else f"{low.rpartition('.')[0]}.{high}"
    if ":" in high:
        return high
    return f"{first.exploded.rpartition(':')[0]}:{high}"


def _is_address(text: str) -> bool:
    """Whether all of ``text`` is an address, so that its last colon begins no port (``ff02::1:3``, ``[ff02::fb]``)."""
    text = text.strip()
    try:
        ipaddress.ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        return False
    return True
