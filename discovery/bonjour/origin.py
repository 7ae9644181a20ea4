"""Judges by where a packet comes from whether it may change what is known (RFC 6762 sections 6, 11 and 17)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Final

from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.restricted import PORT
from net.records import Interface

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LARGEST: Final = 9_000
"""Bytes of a packet, section 17."""
_FLAGS, _RESPONSE = 2, 0x80
"""Where the header says in its first byte of flags that it is a response."""


def acceptable(packet: HeardPacket, networks: Iterable[Network], *, legacy: bool = False) -> bool:
    """Whether to believe or answer a packet; one that is not is shown and judged by lint, but changes nothing.

    ``networks`` are those of the interface. What came by unicast must be from one of them: the group's address alone
    proves that a packet is from this link (section 11). A response comes from port 5353 (section 6); where ``legacy``
    the question left from a port of its own, and a unicast answer from another port is one to a simple resolver.
    """
    if len(packet.payload) > _LARGEST:
        return False
    response = len(packet.payload) > _FLAGS and packet.payload[_FLAGS] & _RESPONSE
    if response and packet.source_port != PORT and not (legacy and packet.unicast):
        return False
    return not packet.unicast or on_link(packet.source, networks)


def on_link(source: str, networks: Iterable[Network]) -> bool:
    """Whether an address, with or without scope, is link-local or of one of the networks."""
    try:
        address = ipaddress.ip_address(source.partition("%")[0])
    except ValueError:
        return False
    return address.is_link_local or any(address in network for network in networks)


def networks_of(interface: Interface) -> tuple[Network, ...]:
    """The networks of its addresses."""
    return tuple(
        ipaddress.ip_network(f"{address.address.partition('%')[0]}/{address.prefix}", strict=False)
        for address in interface.addresses
        if address.prefix is not None
    )
