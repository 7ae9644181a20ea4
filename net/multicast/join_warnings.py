"""What makes a join that the kernel accepted useless or ambiguous: told as Problems that stop nothing."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from net.multicast.endpoint import Endpoint
from net.multicast.places import Place
from net.multicast.shared import Join
from net.platform import this_platform
from net.problems import make_problem
from net.records import Interface, Membership, Problem
from net.sockets import IPAddress
from resources.loader import multicast_groups

MOST_NAMED = 4
"""Groups that share an Ethernet address named in one sentence."""


def interface_warnings(endpoint: Endpoint, interface: Interface) -> list[Problem]:
    """Where nothing can arrive, or switches may not learn of the join: joined_but_down and its like."""
    subject = str(endpoint)
    version = "IPv6" if endpoint.group.version == 6 else "IPv4"
    if not interface.up:
        return [make_problem("joined_but_down", subject, interface=interface.name)]
    if not interface.multicast and not interface.loopback:
        return [make_problem("joined_without_multicast", subject, interface=interface.name)]
    if not any((":" in address.address) == (endpoint.group.version == 6) for address in interface.addresses):
        return [make_problem("joined_without_address", subject, interface=interface.name, version=version)]
    if interface.tunnel:
        return [make_problem("joined_on_tunnel", subject, interface=interface.name)]
    return []


def address_warnings(joined: Iterable[Place], listed: Mapping[Join, Membership]) -> list[Problem]:
    """mac_shared for each group and interface with Ethernet addresses where it has the one of another group, too.

    The others are those ``listed`` in the kernel's table on the same interface, and the IPv4 groups of
    resources/tables/multicast-groups.toml. Network cards and switches that go by that address cannot tell them apart.
    """
    wanted = dict.fromkeys(
        (place.endpoint.group, place.interface.name) for place in joined if place.interface.mac is not None
    )
    interfaces = {interface for _, interface in wanted}
    by_place: dict[tuple[str, str], list[str]] = {}
    for join in listed:
        if join.interface in interfaces:
            by_place.setdefault((join.interface, _ethernet_address_of(join.group)), []).append(join.group)
    problems = []
    for group, interface in wanted:
        own, mac = str(group), ethernet_address(group)
        others = [other for other in by_place.get((interface, mac), ()) if other != own]
        others += [f"{other} ({name})" for other, name in _well_known().get(mac, ()) if other not in (own, *others)]
        if others:
            bits = 32 if group.version == 6 else 23  # RFC 2464 section 7, RFC 1112 section 6.4
            named = ", ".join(others[:MOST_NAMED]) + (", …" if len(others) > MOST_NAMED else "")
            problems.append(make_problem("mac_shared", own, mac=mac, others=named, interface=interface, bits=bits))
    return problems


def ethernet_address(group: IPAddress) -> str:
    """Where ``group`` is sent on Ethernet: RFC 1112 section 6.4 (32 groups share one), RFC 2464 section 7."""
    packed = group.packed
    octets = b"\x33\x33" + packed[-4:] if group.version == 6 else bytes((1, 0, 0x5E, packed[1] & 0x7F, *packed[2:]))
    return octets.hex(":")


def port_holders(port: int) -> str | None:
    """Who is bound to the UDP port, in words; None if nobody is seen. Blocks."""
    try:
        listeners = this_platform().listeners()
    except OSError:
        return None
    held = [each for each in listeners if each.protocol == "udp" and each.port == port]
    named = (f"{each.process} (pid {each.pid}) at {each.address}" for each in held if each.process and each.pid)
    return ", ".join(dict.fromkeys(named)) or None


@lru_cache(maxsize=4096)
def _ethernet_address_of(group: str) -> str:
    return ethernet_address(ipaddress.ip_address(group.partition("%")[0]))


@cache
def _well_known() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The single IPv4 groups of the table and their names, by Ethernet address.

    Not those of IPv6: there the same service has the same last four bytes in each scope.
    """
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for row in multicast_groups():
        for text in row.groups:
            if ":" not in text and "/" not in text and "-" not in text:
                address = ipaddress.ip_address(text)
                before = found.get(ethernet_address(address), ())
                # The table also has groups that are sent to by broadcast.
                if address.is_multicast and all(text != other for other, _ in before):
                    found[ethernet_address(address)] = (*before, (text, row.name))
    return found
