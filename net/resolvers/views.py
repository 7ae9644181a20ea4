"""Where those who were asked see a name differently: the system and a server, or two servers."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import NamedTuple

from net.resolvers.cells import GOOD
from net.resolvers.records import Resolution, Resolver, SystemResolution
from net.resolvers.sentences import Fault, listed, make_verdict, server_text, system_sentence
from net.verdict import Verdict

UNKNOWN_TO_SYSTEM = ("EAI_NONAME", "EAI_NODATA")
"""Someone was asked and knows no such name; any other failure says that nobody answered."""


class View(NamedTuple):
    """What a server says of the name."""

    server: str
    addresses: frozenset[str]
    matches: bool


def covers(resolver: Resolver, name: str) -> bool:
    """Whether ``name`` is in one of the resolver's domains."""
    suffix = f".{name.rstrip('.').lower()}"
    return any(suffix.endswith(f".{domain.strip('.').lower()}") for domain in resolver.domains)


def system_order(
    name: str, used: Sequence[Resolver], sound: Sequence[Resolution], system: SystemResolution, *, blamed: bool
) -> list[Verdict]:
    """A sound server gives addresses, and getaddrinfo none: the system does not ask that server for this name.

    Not where the system got no answer at all and a faulty server of its own (``blamed``) is the reason.
    """
    knowing = [each for each in sound if each.transport == "udp" and each.addresses and each.answered == each.tries]
    if system.ok or not knowing or not _was_asked(system):
        return []
    own = {(each.server, each.port) for each in used}
    known_to_own = any((each.server, each.port) in own for each in knowing)
    unanswered = system.error not in UNKNOWN_TO_SYSTEM
    if unanswered and blamed:
        return []
    servers = listed(dict.fromkeys(server_text(each) for each in knowing))
    evidence = [f"{server_text(each)} says {listed(each.addresses)}." for each in knowing]
    return [
        make_verdict(
            Fault("resolve_system_order", "proven" if known_to_own else "likely"),
            name,
            [*evidence, system_sentence(system)],
            servers=servers,
            scope=_scope(used, knowing, unanswered=unanswered),
        )
    ]


def _was_asked(system: SystemResolution) -> bool:
    """Whether getaddrinfo itself failed, and not the process of ours in which it runs."""
    return system.error is not None and (system.error.startswith("EAI_") or system.error == "timeout")


def differ(name: str, used: Sequence[Resolver], sound: Sequence[Resolution]) -> list[Verdict]:
    """Servers that do not agree whether there is such a name, or on its private addresses.

    Public addresses may differ from server to server, since content networks answer by place. Servers of other domains
    than the name's are left out: they are asked here, but not by the system.
    """
    views = _views(name, used, sound)
    knowing = [view for view in views if view.addresses]
    unknowing = [view for view in views if not view.addresses]
    private = {frozenset(address for address in view.addresses if _private(address)) for view in knowing}
    if not knowing or not (unknowing or len(private) > 1):
        return []
    insiders = [view for view in knowing if any(map(_private, view.addresses))] or knowing
    meant = all(view.matches for view in insiders) and not all(view.matches for view in views)
    evidence = [
        f"{view.server} says {listed(sorted(view.addresses)) if view.addresses else 'that there is no such address'}."
        for view in views
    ]
    code = "resolve_split_dns" if meant else "resolve_servers_differ"
    return [
        make_verdict(
            Fault(code, "likely" if meant else "possible"),
            f"{name} by server",
            evidence,
            name=name,
            insiders=listed([view.server for view in insiders]),
            others=listed([view.server for view in views if view not in insiders]) or "no other",
        )
    ]


def _views(name: str, used: Sequence[Resolver], sound: Sequence[Resolution]) -> list[View]:
    addresses: dict[tuple[str, int], set[str]] = {}
    texts = {}
    for each in sound:
        if each.rcode in GOOD and each.transport != "udp_large":
            server = (each.server, each.port)
            addresses.setdefault(server, set()).update(each.addresses)
            texts[server] = server_text(each)
    found = []
    for server, said in addresses.items():
        rows = [each for each in used if (each.server, each.port) == server]
        matches = any(covers(each, name) for each in rows)
        if matches or not rows or any(each.scope != "supplemental" for each in rows):
            found.append(View(texts[server], frozenset(said), matches))
    return found


def _scope(used: Sequence[Resolver], knowing: Sequence[Resolution], *, unanswered: bool) -> str:
    """How the system holds the servers that know the name, as a clause."""
    servers = {(each.server, each.port) for each in knowing}
    rows = [each for each in used if (each.server, each.port) in servers]
    if not used:
        return "is no server of this system, which has none"
    if not rows:
        others = listed(dict.fromkeys(map(server_text, used)))
        return f"is none of the servers this system uses ({others})" + (
            ", from which it got no usable answer" if unanswered else ""
        )
    if all(each.scope == "scoped" for each in rows):
        return "is for sockets bound to its interface only"
    if all(each.scope == "supplemental" for each in rows):
        return f"is for names in {listed(dict.fromkeys(domain for each in rows for domain in each.domains))} only"
    return "stands behind others in the system's order, or another source than DNS answers first"


def _private(address: str) -> bool:
    return not ipaddress.ip_address(address).is_global
