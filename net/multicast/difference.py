"""The difference between two snapshots of this host's multicast, as typed changes with a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, Literal, NamedTuple, TypeVar

from net.multicast.records import Change, Snapshot
from net.multicast.renaming import renames, under_new_names
from net.platform.protocol import RouteEntry
from net.records import Interface, Membership, Route, Stream
from net.routes import MULTICAST_PROBES
from net.text import endpoint_text
from resources.loader import change_rows

GENERAL = {MULTICAST_PROBES[4]: "224.0.0.0/4", MULTICAST_PROBES[6]: "ff02::/16"}
"""The groups asked about for unbound multicast as a whole, and what they stand for."""

Version = Literal[4, 6]
What = Literal["interface", "address", "route", "default_route", "unbound", "membership", "stream"]
How = Literal["added", "removed", "up", "down", "changed"]
Row = TypeVar("Row")
Identity = TypeVar("Identity", bound=Hashable)


def difference(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """What changed, causes first: interfaces, addresses, routes, then what follows of them.

    An interface that was renamed is the same one, and what is the same under its new name is no difference.
    """
    names = renames(before, after)
    if names:
        before = under_new_names(before, names)
    return (
        *(_renamed(old, new) for old, new in names.items()),
        *_interfaces(before, after),
        *_addresses(before, after),
        *_routes(before, after),
        *_defaults(before, after),
        *_unbound(before, after),
        *_memberships(before, after),
        *_streams(before, after),
    )


def way(route: Route) -> str | None:
    """``utun3 (10.8.0.2)``; None where there is no way."""
    if route.interface is None:
        return None
    return f"{route.interface} ({route.source})" if route.source else route.interface


def ip_version(address: str) -> Version:
    """4 or 6, by the look of an address or network."""
    return 6 if ":" in address else 4


class _Pair(NamedTuple, Generic[Identity, Row]):
    """A row before and after; ``row`` is the newer of those there are."""

    identity: Identity
    row: Row
    before: Row | None
    after: Row | None

    @property
    def how(self) -> How:
        return "added" if self.before is None else "removed" if self.after is None else "changed"


def _paired(
    before: Iterable[Row], after: Iterable[Row], identity: Callable[[Row], Identity]
) -> Iterator[_Pair[Identity, Row]]:
    """All rows of both, in the order of ``before``, then of ``after``."""
    old, new = {identity(row): row for row in before}, {identity(row): row for row in after}
    for each, row in (old | new).items():
        yield _Pair(each, row, old.get(each), new.get(each))


def _interfaces(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for pair in _paired(before.interfaces, after.interfaces, lambda face: face.name):
        name, old, new = pair.identity, pair.before, pair.after
        if old is None or new is None:
            was, now = (_state(face) if face is not None else None for face in (old, new))
            yield _change("interface", pair.how, name, interface=name, label=pair.row.label, before=was, after=now)
            continue
        if old.index != new.index and old.label != new.label:  # made anew as something else
            yield _change("interface", "changed", name, interface=name, before=old.label, after=new.label)
        was, now = _state(old), _state(new)
        if was != now:
            how: How = "up" if now == "up" else "down" if now == "down" else "changed"
            yield _change("interface", how, name, interface=name, before=was, after=now)
        for was, now in zip(_features(old), _features(new), strict=True):
            if was != now and was is not None and now is not None:
                yield _change("interface", "changed", name, interface=name, before=was, after=now)


def _renamed(old: str, new: str) -> Change:
    text = change_rows()["difference_interface_renamed"].text.format(before=old, after=new)
    return Change(what="interface", change="changed", subject=new, text=text, interface=new, before=old, after=new)


def _features(face: Interface) -> tuple[str | None, ...]:
    """What is compared of an interface beside its state. A bridge takes its hardware address from its ports."""
    return (
        _multicast(face),
        f"index {face.index}",
        None if face.mtu is None else f"MTU {face.mtu}",
        None if face.mac is None or face.type == "bridge" else f"hardware address {face.mac}",
    )


def _addresses(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for pair in _paired(_owned(before), _owned(after), lambda owned: owned):
        if pair.before is None or pair.after is None:
            interface, address = pair.row
            yield _change(
                "address",
                pair.how,
                address,
                interface=interface,
                version=ip_version(address),
                before=None if pair.before is None else address,
                after=None if pair.after is None else address,
            )


def _routes(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """A route that went while another to the same place came by the same interface has changed."""
    old, new = frozenset(before.routes), frozenset(after.routes)
    come: dict[tuple[str, str], list[RouteEntry]] = {}
    for route in after.routes:
        if route not in old:
            come.setdefault((route.destination, route.interface), []).append(route)
    for route in before.routes:
        if route not in new:
            successors = come.get((route.destination, route.interface))
            yield _route_changed(route, successors.pop(0)) if successors else _route(route, "removed")
    for routes in come.values():
        for route in routes:
            yield _route(route, "added")


def _route(route: RouteEntry, how: Literal["added", "removed"]) -> Change:
    by = route.interface if route.gateway is None else f"{route.interface} (gateway {route.gateway})"
    before, after = (by, None) if how == "removed" else (None, by)
    version = ip_version(route.destination)
    return _change(
        "route", how, route.destination, interface=route.interface, version=version, before=before, after=after
    )


def _route_changed(old: RouteEntry, new: RouteEntry) -> Change:
    was, now = _way(old), _way(new)
    return _change(
        "route",
        "changed",
        new.destination,
        interface=new.interface,
        version=ip_version(new.destination),
        before=", ".join(part for part in was if part not in now),
        after=", ".join(part for part in now if part not in was),
    )


def _way(route: RouteEntry) -> tuple[str, ...]:
    """How a route leads where it does, in parts that are compared."""
    return (
        f"gateway {route.gateway}" if route.gateway else "no gateway",
        f"metric {route.metric}" if route.metric else "no metric",
        "for bound sockets only" if route.scoped else "for all sockets",
        "one of several next hops" if route.per_flow else "the only next hop",
    )


def _defaults(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    versions: tuple[Version, Version] = (4, 6)
    for version in versions:
        old, new = _default(before, version), _default(after, version)
        if old != new:
            subject = f"default route (IPv{version})"
            yield _change(
                "default_route", _how(old, new), subject, interface=new or old, version=version, before=old, after=new
            )


def _unbound(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for pair in _paired(before.unbound, after.unbound, lambda route: route.address):
        if pair.before is None or pair.after is None:
            continue
        old, new = way(pair.before), way(pair.after)
        if old != new:
            yield _change(
                "unbound",
                _how(old, new),
                GENERAL.get(pair.identity, pair.identity),
                interface=pair.after.interface or pair.before.interface,
                version=ip_version(pair.identity),
                before=old,
                after=new,
            )


def _memberships(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for pair in _paired(before.memberships, after.memberships, lambda joined: (joined.interface, joined.group)):
        old, new = _sources(pair.before), _sources(pair.after)
        if old != new:
            interface, group = pair.identity
            yield _change(
                "membership",
                pair.how,
                group,
                interface=interface,
                version=ip_version(group),
                before=old,
                after=new,
            )


def _streams(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for pair in _paired(_running(before), _running(after), Stream.key):
        if pair.before is None or pair.after is None:
            stream = pair.row
            subject = f"{endpoint_text(stream.source, stream.source_port)} › {endpoint_text(stream.group, stream.port)}"
            version = ip_version(stream.group)
            yield _change("stream", pair.how, subject, interface=stream.interface, version=version)


def _how(old: object | None, new: object | None) -> How:
    return "added" if old is None else "removed" if new is None else "changed"


def _owned(snapshot: Snapshot) -> list[tuple[str, str]]:
    """(interface, address/prefix) of all addresses."""
    return [
        (face.name, each.address if each.prefix is None else f"{each.address}/{each.prefix}")
        for face in snapshot.interfaces
        for each in face.addresses
    ]


def _running(snapshot: Snapshot) -> list[Stream]:
    return [stream for stream in snapshot.streams if stream.packets_per_s > 0]


def _state(face: Interface) -> str:
    return "down" if not face.up else "up" if face.running else "no link"


def _multicast(face: Interface) -> str:
    return "with MULTICAST" if face.multicast else "without MULTICAST"


def _default(snapshot: Snapshot, version: Version) -> str | None:
    faces = (face for face in snapshot.interfaces if (face.default_v4 if version == 4 else face.default_v6))
    return next((face.name for face in faces), None)


def _sources(joined: Membership | None) -> str | None:
    if joined is None:
        return None
    return f"{joined.mode} {', '.join(joined.sources)}" if joined.sources else "any source"


def _change(
    what: What,
    change: How,
    subject: str,
    *,
    interface: str | None,
    version: Version | None = None,
    before: str | None = None,
    after: str | None = None,
    **facts: str,
) -> Change:
    sentence = change_rows()[f"difference_{what}_{change}"].text
    facts |= {"subject": subject, "interface": str(interface), "before": str(before), "after": str(after)}
    return Change(
        what=what,
        change=change,
        subject=subject,
        text=sentence.format(version=version, **facts),
        interface=interface,
        version=version,
        before=before,
        after=after,
    )
