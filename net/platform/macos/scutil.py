"""Reads ``scutil --dns`` of macOS (configd's dnsinfo, dns-configuration.c of the scutil and libresolv sources)."""

from __future__ import annotations

import re

from net.resolvers.address import server_address
from net.resolvers.records import Resolver, ResolverScope

COMMAND = ("scutil", "--dns")
SOURCE = "scutil --dns"
SCOPED_PART = "for scoped queries"
REACHABLE = 0x2
"""kSCNetworkReachabilityFlagsReachable of SCNetworkReachability.h."""

_RESOLVER = re.compile(r"^resolver #\d+")
_FIELD = re.compile(r"^ +(?P<name>[a-z_ ]+?)(?:\[\d+\])? *: *(?P<value>.*?) *$")
_INTERFACE = re.compile(r"^\d+ \((?P<name>.+)\)$")

Fields = dict[str, list[str]]


def parse(text: str) -> tuple[Resolver, ...]:
    """The servers of both parts, in the order of asking; resolvers without a server, such as mDNS, are left out.

    The first part is what everyone asks: lower ``order`` first, those with a domain for its names only. The second is
    what sockets bound to an interface ask.
    """
    found: list[Resolver] = []
    scoped = False
    fields: Fields | None = None
    for line in (*text.splitlines(), "resolver #0"):
        field = _FIELD.match(line)
        if line.startswith("DNS configuration") or _RESOLVER.match(line):
            found += _resolvers(fields or {}, scoped=scoped)
            fields = {} if _RESOLVER.match(line) else None
            scoped = SCOPED_PART in line if fields is None else scoped
        elif fields is not None and field is not None:
            fields.setdefault(field["name"].strip(), []).append(field["value"])
    return tuple(sorted(found, key=lambda each: (each.scope == "scoped", each.order)))


def _resolvers(fields: Fields, *, scoped: bool) -> list[Resolver]:
    domain = _first(fields, "domain").removesuffix(".")
    interface = _INTERFACE.match(_first(fields, "if_index"))
    name = interface["name"] if interface is not None else None
    port = _number(_first(fields, "port"))
    scope: ResolverScope = "scoped" if scoped else "supplemental" if domain else "default"
    addresses = (server_address(value, name) for value in fields.get("nameserver", ()))
    return [
        Resolver(
            server=address.address,
            port=port or address.port,
            interface=name,
            domains=(domain,) if domain else (),
            search=tuple(value.removesuffix(".") for value in fields.get("search domain", ())),
            scope=scope,
            order=_number(_first(fields, "order")) or 0,
            source=SOURCE,
            reachable=_reachable(_first(fields, "reach")),
        )
        for address in addresses
        if address is not None
    ]


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _reachable(text: str) -> bool | None:
    """``0x00020002 (Reachable,Directly Reachable Address)``."""
    try:
        return bool(int(text.partition(" ")[0], 16) & REACHABLE)
    except ValueError:
        return None
