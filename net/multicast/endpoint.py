"""Reads GROUP:PORT as a person writes it, one or a range of them."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from net.platform.names import name_of_index
from net.problems import ProblemError, make_problem
from net.sockets import IPAddress

MOST = 500
"""Endpoints that one range, and joins that one request, may stand for."""


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
    address, port_text = _split(text)
    port = _port(port_text, text)
    address, _, scope = address.partition("%")
    return Endpoint(_group(address), port, _scope(scope))


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
    address, _, scope_text = address.partition("%")
    scope = _scope(scope_text)
    low, dash, high = address.partition("-")
    first = _group(low)
    last = _group(_completed(low, first, high)) if dash else first
    if last.version != first.version or int(last) < int(first) or last_port < first_port:
        raise ProblemError(make_problem("range_reversed", text))
    number = (int(last) - int(first) + 1) * (last_port - first_port + 1)
    if number > MOST:
        raise ProblemError(make_problem("too_many_joins", str(number), most=MOST))
    return tuple(
        Endpoint(first + offset, port, scope)
        for offset in range(int(last) - int(first) + 1)
        for port in range(first_port, last_port + 1)
    )


def needs_scope(group: IPAddress) -> bool:
    """Whether the group means nothing without an interface: IPv6, interface-local or link-local (RFC 4291 2.7)."""
    return group.version == 6 and group.packed[1] & 0x0F in (1, 2)


def agreed_interfaces(endpoint: Endpoint, names: Sequence[str]) -> tuple[str, ...]:
    """The interfaces asked for by name, else the scope of the group, if any.

    Raises ProblemError (scope_contradicts) where both are given and differ.
    """
    if endpoint.scope is not None and any(name != endpoint.scope for name in names):
        raise ProblemError(
            make_problem("scope_contradicts", f"{endpoint.group}%{endpoint.scope}", names=", ".join(names))
        )
    return tuple(dict.fromkeys(names)) or ((endpoint.scope,) if endpoint.scope is not None else ())


def _scope(text: str) -> str | None:
    """An interface by name; a number is its index (RFC 4007 section 11.2)."""
    if text.isascii() and text.isdigit():
        with suppress(OSError, OverflowError):
            return name_of_index(int(text))
    return text or None


def _split(text: str) -> tuple[str, str]:
    address, colon, port = text.strip().rpartition(":")
    if not colon or not address or _is_address(text):
        raise ProblemError(make_problem("group_without_port", text))
    return address.removeprefix("[").removesuffix("]"), port


def _port(port: str, text: str) -> int:
    if not port.isascii() or not port.isdigit() or not 1 <= int(port[:6]) <= 65535:
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
