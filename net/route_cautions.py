"""Says what is wrong with a way out although it is one: nothing leaves there, nobody hears it, a borrowed source."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

from net.kinds import kind_of
from net.platform.protocol import Link, RouteEntry
from net.platform.system import SYSTEM
from net.problems import make_problem
from net.records import Problem, Route
from net.roles import TUNNELS


def caution_of(way: Route, links: Mapping[str, Link], routes: Sequence[RouteEntry]) -> Problem | None:
    """The gravest reason not to trust ``way``, None without one; ``links`` are the interfaces by name."""
    link = links.get(way.interface or "")
    if link is None:
        return None
    # A kernel keeps the routes of an interface whose cable is out (Linux marks them linkdown).
    if "RUNNING" not in link.flags:
        return make_problem("route_without_link", way.address, interface=link.name)
    if ipaddress.ip_address(way.address).is_multicast:
        if "LOOPBACK" in link.flags:
            return make_problem("route_into_loopback", way.address, interface=link.name)
        if kind_of(link, SYSTEM).type in TUNNELS:
            code = "route_into_tunnel" if way.bound is None else "route_into_tunnel_bound"
            return make_problem(code, way.address, interface=link.name)
    others = _other_hops(way, routes) if way.bound is None else ()
    if others:
        return make_problem("route_per_flow", way.address, interface=link.name, others=", ".join(others))
    return _borrowed(way, link)


def _borrowed(way: Route, link: Link) -> Problem | None:
    """Where the interface has no address of the family, so that the kernel takes one of another."""
    address = ipaddress.ip_address(way.address)
    own = any((":" in each.address) == (address.version == 6) for each in link.addresses)
    if way.source is None or own or "LOOPBACK" in link.flags:
        return None
    return make_problem(
        "route_borrows_source",
        way.address,
        interface=link.name,
        version=f"IPv{address.version}",
        source=way.source,
        owner=", ".join(way.source_of) or "no interface",
    )


def _other_hops(way: Route, routes: Sequence[RouteEntry]) -> tuple[str, ...]:
    """The other next hops of the multipath route that ``way`` takes, as ``en5 (10.66.0.2)``; none of another route."""
    address = ipaddress.ip_address(way.address.partition("%")[0])
    hops = [each for each in routes if each.per_flow and address in ipaddress.ip_network(each.destination)]
    taken = [each for each in hops if (each.interface, each.gateway) == (way.interface, way.gateway)]
    if not taken:
        return ()
    best = max(taken, key=lambda each: (ipaddress.ip_network(each.destination).prefixlen, -(each.metric or 0)))
    same = [each for each in hops if (each.destination, each.metric) == (best.destination, best.metric)]
    return tuple(f"{each.interface} ({each.gateway or 'no gateway'})" for each in same if each != best)
