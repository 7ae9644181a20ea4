"""Reads the tables that ``netstat -rn`` and ``netstat -gn`` of macOS print (network_cmds, netstat.tproj)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from net.platform.macos.router import router
from net.platform.protocol import RouteEntry
from net.records import Family, Membership

ROUTES = ("netstat", "-rn")
GROUPS = ("netstat", "-gn")

DEFAULTS: dict[Family, str] = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}
HEADINGS: dict[str, Family] = {"Internet:": "ipv4", "Internet6:": "ipv6"}
SECTIONS: dict[str, Family] = {"IPv4": "ipv4", "IPv6": "ipv6"}


def parse_routes(text: str) -> tuple[RouteEntry, ...]:
    """Both families, in the order printed. A row with the flag I is ``scoped``.

    Abbreviated destinations are written out (224.0.0/4, 127), the scope inside an IPv6 one is taken off, since the
    interface says it. ``gateway`` is set only where a router's address stands there: not a link, not a hardware
    address, not an interface name.
    """
    found = []
    family: Family | None = None
    netif = 3
    for line in text.splitlines():
        words = line.split()
        if line.strip() in HEADINGS:
            family = HEADINGS[line.strip()]
        elif "Netif" in words:
            # With -l the columns Refs, Use and Mtu stand before the interface.
            netif = words.index("Netif")
        elif len(words) > netif:
            destination = _destination(words[0], words[1], family)
            if destination is not None:
                found.append(_route(destination, words[1], words[2], words[netif]))
    return tuple(found)


def parse_groups(text: str) -> tuple[Membership, ...]:
    """The IPv4 and IPv6 groups; neither filter mode, sources nor users are told by this table."""
    return tuple(dict.fromkeys(_groups(text)))


def _route(destination: str, gateway: str, flags: str, interface: str) -> RouteEntry:
    return RouteEntry(
        destination=destination,
        interface=interface,
        gateway=router(gateway) if "G" in flags else None,
        scoped="I" in flags,
    )


def _destination(text: str, gateway: str, family: Family | None) -> str | None:
    if text == "default":
        return DEFAULTS[family or ("ipv6" if ":" in gateway and _is_address(gateway) else "ipv4")]
    host, _, length = text.partition("/")
    host = host.partition("%")[0]
    if ":" not in host:
        octets = host.split(".")
        host = ".".join(octets + ["0"] * (4 - len(octets)))
        # netname() prints no length where it is that of the address class, and then as many octets as the class has.
        length = length or str(8 * len(octets))
    try:
        return str(ipaddress.ip_network(f"{host}/{length}" if length else host, strict=False))
    except ValueError:
        return None


def _groups(text: str) -> Iterator[Membership]:
    family: Family | None = None
    for line in text.splitlines():
        words = line.split()
        if line.endswith("Multicast Group Memberships"):
            family = SECTIONS.get(words[0])
        elif family is not None and len(words) >= 3:
            group = words[0].partition("%")[0]
            if _is_address(group):
                yield Membership(interface=words[-1], group=str(ipaddress.ip_address(group)), family=family)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
