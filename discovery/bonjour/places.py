"""Decides where Bonjour is browsed: which interfaces, families and addresses, and why not elsewhere."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

from discovery.bonjour.restricted import Place
from net.problems import make_problem
from net.records import Interface, Problem


def places_of(interface: Interface) -> tuple[Place, ...]:
    """One place a family in which the interface has an address, IPv4 first.

    IPv4 asks from the first address only: a second join of the same interface is refused. IPv6 asks nothing on
    loopback, where ff02::fb has no route.
    """
    places: dict[int, Place] = {}
    for address in interface.addresses:
        version = ipaddress.ip_address(address.address).version
        if version not in places and not (version == 6 and interface.loopback):
            places[version] = Place(
                interface=interface.name,
                index=interface.index,
                family="ipv4" if version == 4 else "ipv6",
                address=address.address,
            )
    return tuple(places[version] for version in sorted(places))


def suitable(interface: Interface) -> bool:
    """Whether it is browsed when no interface was named: no loopback, tunnel or peer-to-peer link, which carry none."""
    return interface.usable and interface.type != "peer_to_peer"


def choose(
    known: Mapping[str, Interface], named: Sequence[str], open_now: frozenset[str]
) -> tuple[tuple[Place, ...], tuple[Problem, ...]]:
    """The places to browse now, and a Problem for each named interface (or for all) that cannot be browsed.

    A named one that is left out by design unless it is named (loopback, tunnels, peer-to-peer links) is browsed, and
    its Problem says why nothing is to be expected.

    An interface that is ``open_now`` stays while it is up with an address, even if its carrier is lost for a moment.
    """
    places: list[Place] = []
    problems: list[Problem] = []
    for name in dict.fromkeys(named or known):
        interface = known.get(name)
        if interface is None:
            problems.append(make_problem("interface_unknown", name, names=", ".join(known)))
            continue
        problem = _obstacle(interface) if named else _flagless(interface)
        if problem is not None:
            problems.append(problem)
        elif named or suitable(interface) or (name in open_now and _ready(interface)):
            places += places_of(interface)
            if named and by_design(interface):
                problems.append(make_problem("browse_by_design", name, kind=by_design(interface)))
    if not named and not places and not problems:
        problems.append(_nowhere(known))
    return tuple(places), tuple(problems)


def left_out(known: Mapping[str, Interface], named: Sequence[str], places: Sequence[Place]) -> dict[str, str]:
    """Interfaces (of the named ones, if any) that have none of the places, and why in a few words."""
    chosen = {place.interface for place in places}
    return {name: _reason(known[name]) for name in named or known if name in known and name not in chosen}


def by_design(interface: Interface) -> str:
    """What it is, if it is left out by design; empty for an interface of a LAN."""
    if interface.loopback:
        return "the loopback, which reaches this computer only"
    if interface.tunnel:
        return "a tunnel, which carries no multicast of the local network"
    if interface.type == "peer_to_peer":
        return "a peer-to-peer link"
    return "a point-to-point link with no local network behind it" if interface.point_to_point else ""


def _ready(interface: Interface) -> bool:
    return interface.up and interface.multicast and bool(interface.addresses)


def _obstacle(interface: Interface) -> Problem | None:
    if not interface.up:
        return make_problem("browse_not_ready", interface.name, state="is down")
    if not interface.addresses:
        return make_problem("browse_not_ready", interface.name, state="has no address")
    if not interface.multicast and not interface.loopback:
        return make_problem("browse_no_multicast", interface.name)
    return None


def _flagless(interface: Interface) -> Problem | None:
    """An interface that should carry Bonjour and lacks only the flag."""
    if interface.multicast or interface.loopback or interface.tunnel or interface.point_to_point:
        return None
    ready = interface.up and interface.running and interface.addresses
    return make_problem("browse_no_multicast", interface.name) if ready else None


def _nowhere(known: Mapping[str, Interface]) -> Problem:
    reasons = ", ".join(f"{interface.name} ({_reason(interface)})" for interface in known.values())
    return make_problem("browse_nowhere", "all", interfaces=reasons or "there is none")


def _reason(interface: Interface) -> str:
    peer = f"peer to peer: {interface.label}" if interface.label else "peer to peer"
    reasons = (
        (interface.loopback, "this computer only"),
        (interface.tunnel, "a tunnel"),
        (interface.type == "peer_to_peer", peer),
        (interface.point_to_point, "point to point"),
        (not interface.up, "down"),
        (not interface.running, "no link"),
        (not interface.addresses, "no address"),
    )
    return next((reason for holds, reason in reasons if holds), "no MULTICAST flag")
