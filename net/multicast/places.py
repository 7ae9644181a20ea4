"""Which groups to join where, and from which sources: a ListenRequest read and checked."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import NamedTuple

from net.multicast.endpoint import MOST, USUAL_RANGES, Endpoint, parse_endpoints
from net.multicast.scope import agreed_interfaces, needs_scope
from net.multicast.shared import shared
from net.platform.options import OPTIONS, SocketOptions
from net.problems import ProblemError, make_problem
from net.records import Interface, Problem
from net.requests import ListenRequest
from net.routes import egress
from net.sockets import IPAddress

SOURCE_SPECIFIC_V4 = ipaddress.IPv4Network("232.0.0.0/8")
"""RFC 4607 section 1."""


class SourceFilter(NamedTuple):
    """The sources of a group that are let in: only the ``included``, or all but the ``excluded``, or (both empty) all.

    ``observe``: nothing is joined, and what others joined is heard.
    """

    included: tuple[IPAddress, ...] = ()
    excluded: tuple[IPAddress, ...] = ()
    observe: bool = False


class Place(NamedTuple):
    """A group and port, and the interface to join it on."""

    endpoint: Endpoint
    interface: Interface


def parse_groups(texts: Sequence[str]) -> tuple[Endpoint, ...]:
    """All endpoints of the texts, ranges written out. Raises ProblemError as ``parse_endpoints`` does."""
    found = tuple(endpoint for text in texts for endpoint in parse_endpoints(text))
    _check_number(len(found))
    return found


async def places(endpoints: Sequence[Endpoint], names: Sequence[str]) -> tuple[tuple[Place, ...], tuple[Problem, ...]]:
    """Where to join: on the interfaces ``names``, else the scope of the group, else where unbound traffic would go.

    With them comes a Problem for each group that has no way out. Raises ProblemError for unknown interfaces, for more
    joins than MOST, for a scope that is not among ``names``, and where no group has a place.
    """
    _check_number(len(endpoints) * len(names))
    chosen: list[tuple[Endpoint, Sequence[str]]] = []
    problems = []
    for endpoint in endpoints:
        agreed = agreed_interfaces(endpoint, names)
        if agreed:
            chosen.append((endpoint, agreed))
        elif needs_scope(endpoint.group):
            raise ProblemError(make_problem("scope_missing", str(endpoint)))
        else:
            route = await egress(str(endpoint.group))
            if route.interface is not None:
                chosen.append((endpoint, (route.interface,)))
            else:
                problems.append(route.problem or make_problem("no_route", str(endpoint.group)))
    if not chosen:
        raise ProblemError(problems[0] if problems else make_problem("group_without_port", ""))
    wanted = tuple(dict.fromkeys(name for _, several in chosen for name in several))
    interfaces = dict(zip(wanted, await shared().find(wanted), strict=True))
    return tuple(Place(endpoint, interfaces[name]) for endpoint, several in chosen for name in several), tuple(problems)


def source_filter(request: ListenRequest, options: SocketOptions = OPTIONS) -> SourceFilter:
    """The sources of a request.

    Raises ProblemError: sources_conflict, source_empty, source_invalid, observe_filtered, observe_impossible.
    """
    if request.sources and request.excluded:
        raise ProblemError(make_problem("sources_conflict", request.sources[0]))
    if request.observe and (request.sources or request.excluded):
        raise ProblemError(make_problem("observe_filtered", (*request.sources, *request.excluded)[0]))
    if request.observe and options.ip_multicast_all is None:
        raise ProblemError(make_problem("observe_impossible", ", ".join(request.groups)))
    included, excluded = (
        tuple(dict.fromkeys(_source(text) for text in texts)) for texts in (request.sources, request.excluded)
    )
    return SourceFilter(included, excluded, request.observe)


def check_filter(endpoint: Endpoint, chosen: SourceFilter) -> None:
    """Raises ProblemError where the group cannot be joined so: source_wrong_family, source_missing."""
    for source in (*chosen.included, *chosen.excluded):
        if source.version != endpoint.group.version:
            family = f"IPv{endpoint.group.version}"
            raise ProblemError(
                make_problem("source_wrong_family", str(source), family=family, group=str(endpoint.group))
            )
    if source_specific(endpoint.group) and not chosen.included and not chosen.observe:
        raise ProblemError(make_problem("source_missing", str(endpoint), usual=USUAL_RANGES[endpoint.group.version]))


def source_specific(group: IPAddress) -> bool:
    """Whether ``group`` is reserved for joins with a source: 232/8 and ff3x::/32 (RFC 4607)."""
    if isinstance(group, ipaddress.IPv4Address):
        return group in SOURCE_SPECIFIC_V4
    return group.packed[0] == 0xFF and group.packed[1] >> 4 == 3 and group.packed[2:4] == bytes(2)


def _source(text: str) -> IPAddress:
    if not text.strip():
        raise ProblemError(make_problem("source_empty", text))
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        raise ProblemError(make_problem("source_invalid", text)) from None
    if address.is_multicast or address.is_unspecified:
        raise ProblemError(make_problem("source_invalid", text))
    return address


def _check_number(number: int) -> None:
    if number > MOST:
        raise ProblemError(make_problem("too_many_joins", f"{number:,}", most=MOST))
