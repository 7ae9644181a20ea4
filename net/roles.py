"""Says which roles an interface holds now: default route, unbound multicast, resolver, sharing, shared addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from net.platform.protocol import Forwarding, Link, RouteEntry
from net.records import Address, InterfaceType, Role, RoleCode
from net.resolvers.records import Resolver
from resources.loader import role_rows

Version = Literal[4, 6]
VERSIONS: tuple[Version, Version] = (4, 6)
DEFAULTS = {4: ("0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"), 6: ("::/0", "::/1", "8000::/1")}
"""The default route, and the two halves by which a VPN overrules it without taking it away."""
TUNNELS = ("tunnel", "ipsec")


class Situation(NamedTuple):
    """What the roles of all interfaces are concluded from; ``defaults`` and ``multicast`` are the kernel's lookups.

    ``with_ports`` are the bridges and bonds that have a port.
    """

    defaults: Mapping[Version, str | None]
    multicast: Mapping[Version, str | None]
    routes: Mapping[str, Sequence[RouteEntry]]
    owners: Mapping[str, Sequence[str]]
    forwarding: Forwarding = Forwarding()
    resolvers: Mapping[str, Sequence[Resolver]] = {}
    with_ports: frozenset[str] = frozenset()


def by_interface(routes: Iterable[RouteEntry]) -> dict[str, list[RouteEntry]]:
    """The routes by the interface they leave by, in the order given."""
    found: dict[str, list[RouteEntry]] = {}
    for route in routes:
        found.setdefault(route.interface, []).append(route)
    return found


def owners(links: Iterable[Link]) -> dict[str, list[str]]:
    """The interfaces that have each address; link-local IPv6 ones are left out, since their scope tells them apart."""
    found: dict[str, list[str]] = {}
    for link in links:
        for text in dict.fromkeys(address.address for address in link.addresses):
            if "%" not in text and not text.startswith("fe80:"):
                found.setdefault(text, []).append(link.name)
    return found


def with_owners(link: Link, situation: Situation) -> tuple[Address, ...]:
    """The addresses of ``link``, each with the other interfaces that have it too."""
    return tuple(
        msgspec.structs.replace(address, also_on=others)
        if (others := tuple(name for name in situation.owners.get(address.address, ()) if name != link.name))
        else address
        for address in link.addresses
    )


def roles_of(link: Link, kind: InterfaceType, situation: Situation) -> tuple[Role, ...]:
    """The roles of ``link``, which is a ``kind``, the most telling first."""
    return (
        *_duplicates(link, situation),
        *_defaults(link, situation),
        *_multicast(link, kind, situation),
        *_resolver(link, kind, situation),
        *_sharing(link, situation),
        *_port(link),
        *_awdl(kind),
    )


def _defaults(link: Link, situation: Situation) -> Iterator[Role]:
    for version in VERSIONS:
        code: RoleCode
        holder = situation.defaults[version]
        routes = situation.routes.get(link.name, ())
        unscoped = (route for route in routes if route.destination in DEFAULTS[version] and not route.scoped)
        route = min(unscoped, key=lambda route: route.metric or 0, default=None)
        beside = _beside(link.name, route, situation) if route is not None else ()
        if holder == link.name or holder in beside:
            code = "default_v4" if version == 4 else "default_v6"
        elif route is not None and holder is not None and route.destination == DEFAULTS[version][0]:
            code = "standby_v4" if version == 4 else "standby_v6"
        else:
            continue
        gateway, metric = (route.gateway, route.metric) if route is not None else (None, None)
        suffix = "_per_flow" if beside and holder in (link.name, *beside) else ""
        by = _by(route)
        yield _role(code, suffix, gateway=gateway, metric=metric, holder=holder, by=by, others=_listed(beside))


def _beside(name: str, route: RouteEntry, situation: Situation) -> tuple[str, ...]:
    """The other interfaces of the same multipath route."""
    same = (msgspec.structs.replace(route, interface=other, gateway=None) for other in situation.routes)
    return tuple(
        each.interface
        for each in same
        if route.per_flow
        and each.interface != name
        and any(msgspec.structs.replace(found, gateway=None) == each for found in situation.routes[each.interface])
    )


def _by(route: RouteEntry | None) -> str:
    if route is None:  # by a rule of policy routing, whose table is not the main one
        return ", by a rule beside the main routing table"
    gateway = f" by the gateway {route.gateway}" if route.gateway else ""
    return f"{gateway} with metric {route.metric}" if route.metric else gateway


def _multicast(link: Link, kind: InterfaceType, situation: Situation) -> Iterator[Role]:
    codes: dict[Version, RoleCode] = {4: "multicast_v4", 6: "multicast_v6"}
    for version, code in codes.items():
        if situation.multicast[version] == link.name:
            yield _role(code, "_tunnel" if kind in TUNNELS else "")


def _resolver(link: Link, kind: InterfaceType, situation: Situation) -> Iterator[Role]:
    found = situation.resolvers.get(link.name, ())
    if found:
        domains = tuple(dict.fromkeys(domain for each in found for domain in each.domains))
        brought = any(each.interface == link.name for each in found)
        yield _role(
            "resolver",
            ("_tunnel" if kind in TUNNELS else "") if brought else "_way",
            servers=_listed(dict.fromkeys(each.server for each in found)),
            domains=f" for {_listed(domains)}" if domains else "",
            evidence=found[0].source,
        )


def _sharing(link: Link, situation: Situation) -> Iterator[Role]:
    """Only of a bridge that can have guests: the setting alone (net.ipv4.ip_forward) is every bridge's."""
    forwarding = situation.forwarding
    addressed = any(address.family == "ipv4" for address in link.addresses)
    guests = addressed and "RUNNING" in link.flags and link.name in situation.with_ports
    if guests and link.name in forwarding.interfaces:
        suffix = {True: "_nat", False: "_forwarded", None: "_unknown"}[forwarding.translates]
        yield _role("sharing", suffix, evidence=forwarding.nat_source)


def _port(link: Link) -> Iterator[Role]:
    if link.member_of is not None:
        yield _role("port", master=link.member_of)


def _awdl(kind: InterfaceType) -> Iterator[Role]:
    if kind == "peer_to_peer":
        yield _role("awdl")


def _duplicates(link: Link, situation: Situation) -> Iterator[Role]:
    failed = [address.address for address in link.addresses if address.duplicate]
    if failed:
        yield _role("duplicate_address", row="duplicate_on_link", addresses=_listed(failed))
    shared = [
        f"{address.address} is on {_listed(address.also_on)} too"
        for address in with_owners(link, situation)
        if address.also_on and not ipaddress.ip_address(address.address).is_loopback
    ]
    if shared:
        yield _role("duplicate_address", shared="; ".join(shared))


def _role(
    code: RoleCode,
    suffix: str = "",
    *,
    row: str | None = None,
    gateway: str | None = None,
    metric: int | None = None,
    evidence: str | None = None,
    **facts: str | None,
) -> Role:
    words = role_rows()[row or code + suffix]
    text = words.text.format(**facts)
    return Role(code=code, label=words.label, text=text, gateway=gateway, metric=metric, evidence=evidence)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)
