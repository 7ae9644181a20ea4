"""Says what is wrong with a way out although it is one: nothing leaves there, nobody hears it, a borrowed source."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from net.kinds import kind_of
from net.platform.protocol import Link
from net.platform.system import SYSTEM
from net.problems import make_problem
from net.records import Problem, Route
from net.roles import TUNNELS


def caution_of(way: Route, links: Mapping[str, Link]) -> Problem | None:
    """The gravest reason not to trust ``way``, None without one; ``links`` are the interfaces by name."""
    link = links.get(way.interface or "")
    if link is None:
        return None
    # A kernel keeps the routes of an interface whose cable is out (Linux marks them linkdown).
    if "RUNNING" not in link.flags:
        return make_problem("route_without_link", way.address, interface=link.name)
    address = ipaddress.ip_address(way.address)
    loopback = "LOOPBACK" in link.flags
    if address.is_multicast and loopback:
        return make_problem("route_into_loopback", way.address, interface=link.name)
    if address.is_multicast and kind_of(link, SYSTEM).type in TUNNELS:
        return make_problem("route_into_tunnel", way.address, interface=link.name)
    own = any((":" in each.address) == (address.version == 6) for each in link.addresses)
    if way.source is None or own or loopback:
        return None
    return make_problem(
        "route_borrows_source",
        way.address,
        interface=link.name,
        version=f"IPv{address.version}",
        source=way.source,
        owner=", ".join(way.source_of) or "no interface",
    )
