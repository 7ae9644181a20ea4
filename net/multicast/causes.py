"""Why unbound multicast takes another way than before: the change that explains it, in words."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import NamedTuple

from net.multicast.difference import ip_version
from net.multicast.records import Change
from net.records import Route
from resources.loader import change_rows

HALF = 1
"""Prefix length of the two routes by which a VPN overrules the default: they count as the default."""
NO_WAY = {"removed": "egress_no_way_vanished", "down": "egress_no_way_down"}
WENT = {"removed": "egress_vanished", "down": "egress_went_down"}


class Cause(NamedTuple):
    """A row of changes.toml (``egress_...``) and its sentence."""

    code: str
    text: str


def cause(before: Route, now: Route, changes: Sequence[Change], earlier: Sequence[Change] = ()) -> Cause:
    """The most telling of ``changes`` for the way out having moved from ``before`` to ``now``.

    In this order: a route to the group itself, the default route, an interface that came or went, an address.
    ``earlier`` are the changes shortly before, oldest first: a VPN comes up and takes the route a moment later. What
    ``changes`` do not explain they may. ``egress_unknown`` where nothing fits, as with rules of policy routing and the
    policies of VPN systems.
    """
    both = (*earlier, *changes)
    code = _code(before, now, changes, both)
    if code == "egress_unknown":
        code = _code(before, now, both, both)
    old, new = before.interface, now.interface
    destination = _own_route(now.address, new, both, "added") or _own_route(now.address, old, both, "removed")
    text = change_rows()[code].text.format(
        old=old, new=new, before=before.source, after=now.source, destination=destination
    )
    return Cause(code, text)


def _code(before: Route, now: Route, changes: Sequence[Change], recent: Sequence[Change]) -> str:
    old, new = before.interface, now.interface
    if old == new:
        return "egress_source"
    if new is None:
        return NO_WAY.get(_fate(old, changes), "egress_no_way")
    if _own_route(now.address, new, changes, "added") is not None:
        return "egress_route_added"
    if _default_went_to(new, ip_version(now.address), changes):
        return _by_default(old, new, recent)
    if _own_route(now.address, old, changes, "removed") is not None:
        return "egress_route_removed"
    return _by_fate(old, new, changes)


def _by_fate(old: str | None, new: str, changes: Sequence[Change]) -> str:
    """The code for an interface that came or went, without a route of the main table that explains the rest."""
    if old is None:
        return "egress_found_a_way"
    if _fate(old, changes) in WENT:
        return WENT[_fate(old, changes)]
    return "egress_came_up" if _fate(new, changes) in ("added", "up") else "egress_unknown"


def _by_default(old: str | None, new: str, changes: Sequence[Change]) -> str:
    """The code for a default route that is ``new``'s now."""
    came_up = _fate(new, changes) in ("up", "added")
    if old is None:
        return "egress_came_up_with_default" if came_up else "egress_got_default"
    fate = _fate(old, changes)
    if fate == "down":
        return "egress_down_gave_default"
    if fate == "removed":
        return "egress_vanished_gave_default"
    if came_up:
        return "egress_came_up_and_took_default"
    lost = any(
        each.what == "route" and each.change == "removed" and each.interface == old and _is_default(each.subject)
        for each in changes
    )
    return "egress_lost_default" if lost else "egress_took_default"


def _fate(interface: str | None, changes: Sequence[Change]) -> str:
    """What last became of an interface: added, removed, up or down; nothing where it stayed."""
    fates = [
        each.change
        for each in changes
        if each.what == "interface" and each.subject == interface and each.change != "changed"
    ]
    return fates[-1] if fates else ""


def _default_went_to(interface: str, version: int, changes: Sequence[Change]) -> bool:
    moves = [each.after for each in changes if each.what == "default_route" and each.version == version]
    return bool(moves) and moves[-1] == interface


def _own_route(address: str, interface: str | None, changes: Sequence[Change], change: str) -> str | None:
    """The destination of a route by ``interface`` that was added or removed, holds ``address`` and is no default."""
    group = ipaddress.ip_address(address.partition("%")[0])
    for each in reversed(changes):
        if (each.what, each.change, each.interface) == ("route", change, interface) and not _is_default(each.subject):
            network = ipaddress.ip_network(each.subject, strict=False)
            if network.version == group.version and group in network:
                return each.subject
    return None


def _is_default(destination: str) -> bool:
    return ipaddress.ip_network(destination, strict=False).prefixlen <= HALF
