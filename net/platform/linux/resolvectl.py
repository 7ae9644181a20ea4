"""Reads ``resolvectl status`` of systemd-resolved, as JSON where its release has that (257 and later) or as text."""

from __future__ import annotations

import re

import msgspec

from net.resolvers.address import PORT, server_address
from net.resolvers.records import Resolver, ResolverScope

COMMAND = ("resolvectl", "--no-pager", "--json=short", "status")
SOURCE = "resolvectl"
EVERY_NAME = "."
"""The routing domain ``~.``: all names go to these servers."""

_SECTION = re.compile(r"^(?:Global|Link \d+ \((?P<name>.+)\))$")
_FIELD = re.compile(r"^ *(?P<label>[A-Z][A-Za-z. ]*?): (?P<value>.*)$")


class Server(msgspec.Struct, frozen=True):
    """A server of a link; ``address`` may hold its port, too."""

    address: str = msgspec.field(name="addressString", default="")
    port: int | None = None
    accessible: bool | None = None


class Domain(msgspec.Struct, frozen=True):
    """A search domain, with ``route_only`` one that only says which names go here."""

    name: str
    route_only: bool = msgspec.field(name="routeOnly", default=False)


class Link(msgspec.Struct, frozen=True):
    """What systemd-resolved holds for one interface, or with ``ifname`` None for all. ``used``: it has a DNS scope."""

    ifname: str | None = None
    default_route: bool | None = msgspec.field(name="defaultRoute", default=None)
    servers: tuple[Server, ...] = ()
    domains: tuple[Domain, ...] = msgspec.field(name="searchDomains", default=())
    used: bool | None = None


def parse(printed: str) -> tuple[Resolver, ...]:
    """The servers of all links in the order they are asked, from either form; systemd before 257 ignores ``--json``."""
    if printed.lstrip().startswith(("[", "{")):
        return resolvers(parse_json(printed))
    return resolvers(parse_text(printed))


def parse_json(printed: str) -> tuple[Link, ...]:
    """Raises ValueError for what is no list of links."""
    return msgspec.json.decode(printed, type=tuple[Link, ...])


def parse_text(printed: str) -> tuple[Link, ...]:
    """The sections Global and Link; a line without a label goes on with the one before."""
    found = []
    name: str | None = None
    fields: dict[str, str] | None = None
    label = ""
    for line in printed.splitlines():
        section = _SECTION.match(line)
        field = _FIELD.match(line)
        if section is not None:
            if fields is not None:
                found.append(_link(name, fields))
            name, fields, label = section["name"], {}, ""
        elif fields is not None and field is not None:
            label = field["label"]
            fields[label] = field["value"]
        elif fields is not None and line.strip() and label:
            fields[label] += f" {line.strip()}"
    return (*found, _link(name, fields)) if fields is not None else tuple(found)


def resolvers(links: tuple[Link, ...]) -> tuple[Resolver, ...]:
    """A row for each server (resolved.conf(5) and systemd-resolved.service(8), section Protocols and Routing).

    The best matching domain decides, ``~.`` is the worst match of all; links with a default route are asked where no
    domain matches.
    """
    found = []
    for link in links:
        scope, order = _scope(link)
        rows = (_resolver(server, link, scope, order) for server in link.servers)
        found += [row for row in rows if row is not None]
    return tuple(sorted(found, key=lambda each: each.order))


def _scope(link: Link) -> tuple[ResolverScope, int]:
    names = {domain.name for domain in link.domains}
    if EVERY_NAME in names:
        return "default", 0
    # The servers of no link are the default ones, beside those of links that say so.
    if link.default_route or link.ifname is None:
        return "default", 1
    return ("supplemental", 2) if names else ("scoped", 3)


def _resolver(server: Server, link: Link, scope: ResolverScope, order: int) -> Resolver | None:
    # What is behind # is the name in the server's certificate, for DNS over TLS.
    address = server_address(server.address.partition("#")[0], link.ifname)
    if address is None:
        return None
    return Resolver(
        server=address.address,
        port=server.port if server.port and address.port == PORT else address.port,
        interface=link.ifname,
        domains=tuple(domain.name for domain in link.domains if domain.name != EVERY_NAME),
        search=tuple(domain.name for domain in link.domains if not domain.route_only),
        scope=scope,
        order=order,
        source=SOURCE,
        reachable=False if link.used is False else server.accessible,
    )


def _link(name: str | None, fields: dict[str, str]) -> Link:
    domains = fields.get("DNS Domain", "").split()
    return Link(
        ifname=name,
        default_route=("+DefaultRoute" in fields["Protocols"].split()) if "Protocols" in fields else None,
        servers=tuple(Server(address=word) for word in fields.get("DNS Servers", "").split()),
        domains=tuple(Domain(name=word.removeprefix("~"), route_only=word.startswith("~")) for word in domains),
        used=None if "Current Scopes" not in fields else "DNS" in fields["Current Scopes"].split(),
    )
