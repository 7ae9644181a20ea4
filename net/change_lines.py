"""Tells what changed between two states of this host's network in one line, by the phrases of changes.toml."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from net.multicast.difference import difference as multicast_difference
from net.multicast.difference import ip_version
from net.multicast.records import Change, NetworkChange, Snapshot
from net.multicast.renaming import renames, under_new_names
from net.records import Interface
from net.resolvers.records import Resolver
from resources.loader import change_rows

LISTED = 200
"""Single differences handed on with an entry; the rest is counted."""
NAMED = 3
"""Things of one kind named in a line; more are counted."""

DEFAULTS = {"0.0.0.0/0": "default route", "::/0": "IPv6 default route"}

What = Literal["interface", "address", "route", "default_route", "unbound", "resolver"]
MOST_TELLING: tuple[What, ...] = ("default_route", "unbound", "interface", "resolver", "address", "route")


class State(NamedTuple):
    """What the log compares."""

    snapshot: Snapshot
    resolvers: tuple[Resolver, ...] = ()


class _Move(NamedTuple):
    """The interface that the default route or unbound multicast left and the one it leaves by now; None: nowhere."""

    before: str | None
    after: str | None
    v6_only: bool


class _Line:
    """The phrases of an entry so far, and the interfaces they have spoken of."""

    def __init__(self) -> None:
        self.phrases: list[str] = []
        self.told: set[str | None] = set()

    def say(self, code: str, *about: str | None, **facts: object) -> None:
        """Add the phrase ``log_CODE``; what else became of the interfaces ``about`` goes without saying."""
        self.phrases.append(change_rows()[f"log_{code}"].text.format(**facts))
        self.told.update(about)


def entry(before: State, now: State, *, number: int, time: float) -> NetworkChange | None:
    """What changed between two states; None where nothing did."""
    changes = difference(before, now)
    if not changes:
        return None
    line = _Line()
    for old, new in renames(before.snapshot, now.snapshot).items():
        line.say("interface_renamed", old, new, before=old, after=new)
    before = _under_new_names(before, now)
    defaults = _moves(before.snapshot, now.snapshot, _default)
    for move in defaults:
        _default_route(line, move, changes)
    _links(line, changes)
    moves = _moves(before.snapshot, now.snapshot, _unbound)
    for move in moves:
        _multicast(line, move)
    tunnel = _tunnel(before.snapshot, now.snapshot, defaults)
    if tunnel is not None:
        _kinds(line, before.snapshot, now.snapshot, defaults[0])
    _resolvers(line, changes)
    _addresses(line, changes)
    _routes(line, changes)
    if not line.phrases:
        line.phrases.extend(change.text.rstrip(".") for change in changes[:NAMED])
    what = next(what for what in MOST_TELLING if any(change.what == what for change in changes))
    told = next(change for change in changes if change.what == what)
    return NetworkChange(
        number=number,
        time=time,
        what=what,
        text="; ".join(line.phrases),
        interface=told.interface,
        before=told.before,
        after=told.after,
        tunnel=tunnel,
        changes=changes[:LISTED],
        more=max(0, len(changes) - LISTED),
    )


def concerns(change: NetworkChange, interfaces: Collection[str]) -> bool:
    """Whether an entry is about one of ``interfaces``; every entry is where none are named."""
    about = {change.interface, change.before, change.after}
    for each in change.changes:
        about |= {each.interface, each.before}  # before: the name it had
    return not interfaces or not about.isdisjoint(interfaces)


def difference(before: State, now: State) -> tuple[Change, ...]:
    """The single differences, causes first."""
    changes = multicast_difference(before.snapshot, now.snapshot)
    return (*changes, *_resolver_changes(_under_new_names(before, now), now))


def _under_new_names(before: State, now: State) -> State:
    """``before`` as if its interfaces had been called as they are by now."""
    names = renames(before.snapshot, now.snapshot)
    if not names:
        return before
    resolvers = (
        msgspec.structs.replace(each, interface=names.get(each.interface, each.interface) if each.interface else None)
        for each in before.resolvers
    )
    return State(under_new_names(before.snapshot, names), tuple(resolvers))


def _resolver_changes(before: State, now: State) -> Iterator[Change]:
    old, new = ({_server(each): each for each in state.resolvers} for state in (before, now))
    for server, resolver in (old | new).items():
        how: Literal["added", "removed"] = "added" if server not in old else "removed"
        if server in old and server in new:
            continue
        subject, interface = server
        text = change_rows()[f"difference_resolver_{how}"].text
        yield Change(
            what="resolver",
            change=how,
            subject=subject,
            text=text.format(subject=subject, place=f" on {interface}" if interface else ""),
            interface=interface,
            version=ip_version(resolver.server),
        )


def _server(resolver: Resolver) -> tuple[str, str | None]:
    domains = f" for {', '.join(resolver.domains)}" if resolver.domains else ""
    return f"{resolver.server}{domains}", resolver.interface


def _moves(before: Snapshot, now: Snapshot, holder: Callable[[Snapshot, int], str | None]) -> list[_Move]:
    """IPv4 first; where both families moved alike it is one move."""
    moves: list[_Move] = []
    for version in (4, 6):
        old, new = holder(before, version), holder(now, version)
        if old != new and not any((move.before, move.after) == (old, new) for move in moves):
            moves.append(_Move(old, new, v6_only=version == 6))
    return moves


def _default(snapshot: Snapshot, version: int) -> str | None:
    return next(
        (face.name for face in snapshot.interfaces if (face.default_v4 if version == 4 else face.default_v6)), None
    )


def _unbound(snapshot: Snapshot, version: int) -> str | None:
    return next((route.interface for route in snapshot.unbound if ip_version(route.address) == version), None)


def _default_route(line: _Line, move: _Move, changes: Sequence[Change]) -> None:
    route = "IPv6 default route" if move.v6_only else "default route"
    facts = {"before": move.before, "after": move.after, "route": route}
    came, went = _fate(move.after, changes), _fate(move.before, changes)
    if move.after is None:
        code = "down_no_default" if went in ("down", "removed") else "no_default"
    elif move.before is None:
        code = "up_with_default" if came in ("up", "added") else "got_default"
    elif went in ("down", "removed"):
        code = "down_gave_default"
    else:
        code = "up_took_default" if came in ("up", "added") else "took_default"
    # Told of the other family before: the second phrase is about the route alone.
    if code.startswith("up_") and move.after in line.told:
        code = "took_default" if move.before else "got_default"
    if code.startswith("down_") and move.before in line.told:
        code = "took_default" if move.after else "no_default"
    line.say(code, move.after, move.before, **facts, fate="gone" if went == "removed" else "down")


def _fate(interface: str | None, changes: Sequence[Change]) -> str:
    """What became of an interface: added, removed, up, down; nothing where it stayed."""
    fates = (change for change in changes if change.what == "interface" and change.subject == interface)
    return next((change.change for change in fates if change.change != "changed"), "")


def _links(line: _Line, changes: Sequence[Change]) -> None:
    told = frozenset(line.told)
    found = [change for change in changes if change.what == "interface" and change.subject not in told]
    for how in ("added", "removed", "up", "down"):
        names = [change.subject for change in found if change.change == how]
        if names:
            line.say(f"interface_{how}", *names, interfaces=_listed(names))
    for change in found:
        if change.change == "changed":
            facts = {"interface": change.subject, "before": change.before, "after": change.after}
            line.say("interface_changed", change.subject, **facts)


def _multicast(line: _Line, move: _Move) -> None:
    family = "IPv6 " if move.v6_only else ""
    code = "unbound_refused" if move.after is None else "unbound_moved" if move.before else "unbound_found"
    line.say(code, before=move.before, after=move.after, family=family)


def _tunnel(before: Snapshot, now: Snapshot, defaults: Sequence[_Move]) -> bool | None:
    """Whether a default route went into a tunnel (True) or came out of it (False)."""
    for move in defaults:
        old, new = _face(before, move.before), _face(now, move.after)
        into, out = new is not None and new.tunnel, old is not None and old.tunnel
        if into != out:
            return into
    return None


def _kinds(line: _Line, before: Snapshot, now: Snapshot, move: _Move) -> None:
    """From Wi-Fi to VPN, in the words of the kinds."""
    old, new = _face(before, move.before), _face(now, move.after)
    if old is not None and new is not None and old.label != new.label:
        line.say("kinds", before=old.label, after=new.label)


def _face(snapshot: Snapshot, name: str | None) -> Interface | None:
    return next((face for face in snapshot.interfaces if face.name == name), None)


def _resolvers(line: _Line, changes: Sequence[Change]) -> None:
    for how in ("added", "removed"):
        servers = [change.subject for change in changes if change.what == "resolver" and change.change == how]
        if servers:
            line.say(f"resolvers_{how}", servers=_listed(servers))


def _addresses(line: _Line, changes: Sequence[Change]) -> None:
    for how, interface, found in _grouped(line, changes, "address"):
        line.say(f"addresses_{how}", interface=interface, addresses=_listed(found))


def _routes(line: _Line, changes: Sequence[Change]) -> None:
    _changed_routes(line, changes)
    for how, interface, found in _grouped(line, changes, "route"):
        plural = "routes" if len(found) > 1 else "route"
        line.say(f"routes_{how}", interface=interface, routes=_listed(found), plural=plural)


def _changed_routes(line: _Line, changes: Sequence[Change]) -> None:
    """Another gateway or metric."""
    groups: dict[tuple[str | None, str | None, str | None], list[str]] = {}
    for change in changes:
        if (change.what, change.change) == ("route", "changed") and change.interface not in line.told:
            groups.setdefault((change.interface, change.before, change.after), []).append(change.subject)
    for (interface, before, after), subjects in groups.items():
        name = DEFAULTS.get(subjects[0], f"route to {subjects[0]}")
        routes = name if len(subjects) == 1 else f"routes to {_listed(subjects)}"
        line.say("routes_changed", interface=interface, routes=routes, before=before, after=after)


def _grouped(line: _Line, changes: Sequence[Change], what: What) -> Iterator[tuple[str, str | None, list[str]]]:
    """Subjects by what became of them and by interface, of interfaces that the line has not spoken of."""
    groups: dict[tuple[str, str | None], list[str]] = {}
    for change in changes:
        if change.what == what and change.change != "changed" and change.interface not in line.told:
            groups.setdefault((change.change, change.interface), []).append(change.subject)
    for (how, interface), subjects in groups.items():
        yield how, interface, subjects


def _listed(texts: Sequence[str]) -> str:
    """``a, b, c``, or ``a, b, c and 5 more``."""
    more = len(texts) - NAMED
    return ", ".join(texts[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
