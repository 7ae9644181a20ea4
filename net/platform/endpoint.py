"""What the address a socket is bound to says: which interface, and from where it can be reached."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Literal, NamedTuple

Scope = Literal["loopback", "lan", "all"]
Stack = Literal["v4", "v6", "dual"]


class Endpoint(NamedTuple):
    """A bound address as net.records.Listener shows it."""

    address: str
    interface: str | None
    scope: Scope
    stack: Stack


def endpoint(
    packed: bytes,
    *,
    v6only: bool | None,
    device: str | None,
    interfaces: Mapping[str, str],
) -> Endpoint:
    """Read the bound address ``packed`` (4 or 16 bytes).

    ``device`` is the interface the socket is bound to beyond its address, also the scope of a link-local address;
    ``interfaces`` gives the interface that owns an address (see ``interface_addresses``). A wildcard bound to a device
    has the scope lan, as only that interface reaches it. An IPv6 socket bound to an IPv4-mapped address is v4.
    """
    address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(packed)
    stack: Stack = "v4"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            stack = "dual" if address.is_unspecified and not v6only else "v6"
        else:
            address = address.ipv4_mapped
    text = str(address)
    if address.is_unspecified:
        return Endpoint(text, device, _device_scope(device, interfaces), stack)
    if address.is_loopback:
        home = "127.0.0.1" if address.version == 4 else "::1"
        return Endpoint(text, device or interfaces.get(text) or interfaces.get(home), "loopback", stack)
    interface = device or interfaces.get(text)
    if device is not None and address.version == 6 and (address.is_link_local or address.is_multicast):
        text = f"{text}%{device}"
    return Endpoint(text, interface, "lan", stack)


def interface_addresses() -> dict[str, str]:
    """The interface that owns each address of this host; link-local IPv6 addresses without their scope."""
    import psutil

    found = {}
    for name, addresses in psutil.net_if_addrs().items():
        for address in addresses:
            if address.family.name in ("AF_INET", "AF_INET6"):
                found[address.address.partition("%")[0]] = name
    return found


def broadcast_addresses() -> dict[str, str]:
    """The interface of each address by which a subnet of this host is broadcast to (IPv4)."""
    import psutil

    return {
        address.broadcast: name
        for name, addresses in psutil.net_if_addrs().items()
        for address in addresses
        if address.family.name == "AF_INET" and address.broadcast and address.broadcast != address.address
    }


def _device_scope(device: str | None, interfaces: Mapping[str, str]) -> Scope:
    if device is None:
        return "all"
    return "loopback" if device in (interfaces.get("127.0.0.1"), interfaces.get("::1")) else "lan"
