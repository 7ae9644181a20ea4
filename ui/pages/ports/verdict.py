"""Who holds a port, in one sentence: the answer to the number a person typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from net.ports.records import CONTAINER_FORWARDER, Listener, programs_of
from resources.loader import ConflictRow, port_conflicts
from ui.pages.ports.columns import address_order, home_words, in_conflict, missing_words, tr
from ui.text import count, fill, visible
from ui.theme import Tone

OWNERS_NAMED = 4
PIDS_NAMED = 3
COMMAND_NAMED = 80
"""Characters of a command that tells programs of one name apart."""
CAUSES_NAMED = 3
WILDCARDS = ("0.0.0.0", "::")
LOOPBACKS = ("127.0.0.1", "::1")

Protocol = Literal["tcp", "udp"]


@dataclass(frozen=True)
class Verdict:
    """The answer: one sentence, then what explains it and how to free the port, one sentence or more."""

    title: str
    text: str = ""
    tone: Tone = Tone.INFO


def verdict(port: int, listeners: Iterable[Listener], system: str) -> Verdict:
    """Who holds ``port``, among all sockets seen; ``system`` is the OS there, as the probe says it."""
    held = [listener for listener in listeners if listener.port == port]
    if not held:
        return _free(port, system)
    sentences = _holders(port, held)
    localhost = _localhost(held)
    known = dict.fromkeys(_known(listener) for listener in held if listener.known)
    hidden = _hidden(held)
    text = " ".join([*sentences[1:], *filter(None, (localhost, hidden)), *known])
    conflict = localhost or any(in_conflict(listener) for listener in held)
    return Verdict(sentences[0], text, Tone.WARNING if conflict else Tone.INFO)


def _holders(port: int, held: Sequence[Listener]) -> list[str]:
    """One sentence, or one for each protocol where the owners differ."""
    said = {}
    for protocol in ("tcp", "udp"):
        listeners = [listener for listener in held if listener.protocol == protocol]
        if listeners:
            said[protocol] = _owners(listeners)
    if set(said) == {"udp"}:
        sentences = [(tr("UDP port %1 is held %2."), said["udp"])]
    elif len(set(said.values())) == 1:
        both = len(said) == 2
        template = tr("Port %1, TCP and UDP, is held %2.") if both else tr("Port %1 is held %2.")
        sentences = [(template, said["tcp"])]
    else:
        sentences = [
            (tr("TCP port %1 is held %2."), said["tcp"]),
            (tr("UDP port %1 is held %2."), said["udp"]),
        ]
    return [fill(template, port, owners) for template, owners in sentences]


def _owners(listeners: Sequence[Listener]) -> str:
    """``by node (PID 4242) on 127.0.0.1 and by ControlCenter (PID 431) on every other address``."""
    held = sorted(listeners, key=_specific_first)
    by_owner: dict[tuple[object, ...], list[Listener]] = {}
    for listener, key in zip(held, _owner_keys(held), strict=True):
        by_owner.setdefault(key, []).append(listener)
    groups: dict[tuple[str, str], list[Listener]] = {}
    for own in by_owner.values():
        groups.setdefault((_program(own[0]), _places(own, listeners)), []).extend(own)
    programs = Counter(program for program, _ in groups)
    parts = [
        fill(tr("by %1 on %2"), _name(own, alike=programs[program] > 1), places)
        for (program, places), own in groups.items()
    ]
    if len(parts) > OWNERS_NAMED:
        more = fill(tr("by %1 more"), count(len(parts) - OWNERS_NAMED + 1))
        parts = [*parts[: OWNERS_NAMED - 1], more]
    return _listed(parts)


def _owner_keys(listeners: Sequence[Listener]) -> list[tuple[object, ...]]:
    """What tells the owner of each from the others of the port."""
    return [_owner_key(each, program) for each, program in zip(listeners, programs_of(listeners), strict=True)]


def _owner_key(listener: Listener, program: object) -> tuple[object, ...]:
    if listener.owner == "hidden":
        return ("hidden", listener.service, listener.container, listener.user)
    if listener.pid is None:
        return ("one of several", listener.process, listener.user)
    return ("seen", program)


def _program(listener: Listener) -> str:
    """What it is called: a forwarder by the container it stands for."""
    if listener.process == CONTAINER_FORWARDER and listener.container:
        return fill(tr("container %1"), visible(listener.container, 60))
    return visible(listener.process, 60) if listener.process else tr("an unnamed process")


def _specific_first(listener: Listener) -> tuple[bool, tuple[int, int]]:
    return (listener.address in WILDCARDS, address_order(listener.address))


def _name(owners: Sequence[Listener], *, alike: bool = False) -> str:
    """``node (PID 42)``; where other owners are called ``alike``, with the command."""
    first = owners[0]
    if first.owner == "hidden":
        home = home_words(first)
        return fill(tr("a hidden owner (%1)"), home) if home else tr("a hidden owner")
    name = _program(first)
    if first.pid is None:
        return fill(tr("probably %1 of %2"), name, visible(first.user or "", 60)) if first.user else name
    pids = sorted({pid for owner in owners for pid in (owner.pid, *owner.shared_with) if pid is not None})
    shown = ", ".join(str(pid) for pid in pids[:PIDS_NAMED])
    if len(pids) > PIDS_NAMED:
        shown = fill(tr("%1 and %2 more"), shown, count(len(pids) - PIDS_NAMED))
    if first.owner == "probable":
        shown = fill(tr("%1, probable"), shown)
    shown = fill(tr("PID %1") if len(pids) == 1 else tr("PIDs %1"), shown)
    if first.process == CONTAINER_FORWARDER and first.container:
        shown = f"{CONTAINER_FORWARDER}, {shown}"
    elif alike and first.command:
        shown = fill(tr("%1, command %2"), shown, visible(first.command, COMMAND_NAMED))
    return f"{name} ({shown})"


def _places(own: Sequence[Listener], listeners: Sequence[Listener]) -> str:
    """The addresses in words: a wildcard is every address, or every other one where others of its stack are held."""
    places = [_place(each) for each in own if each.address not in WILDCARDS or each.interface is not None]
    stacks = {each.stack for each in own if _whole(each)}
    if stacks == {"dual"} and any(_whole(each) and each.stack == "v4" for each in listeners):
        stacks = {"v6"}
    versions = {"v4": (4,), "v6": (6,), "dual": (4, 6)}
    covered = {version for stack in stacks for version in versions[stack]}
    if not covered:
        return _listed(list(dict.fromkeys(places)))
    other = any(not _whole(each) and (6 if ":" in each.address else 4) in covered for each in listeners)
    if len(covered) == 2:
        words = tr("every other address") if other else tr("every address")
    elif covered == {4}:
        words = tr("every other IPv4 address") if other else tr("every IPv4 address")
    else:
        words = tr("every other IPv6 address") if other else tr("every IPv6 address")
    return _listed([*dict.fromkeys(places), words])


def _place(listener: Listener) -> str:
    if listener.address in WILDCARDS:
        return fill(tr("every address of %1"), visible(listener.interface or "", 40))
    return visible(listener.address)


def _whole(listener: Listener) -> bool:
    """Whether it stands for every address of its stack, on all interfaces."""
    return listener.address in WILDCARDS and listener.interface is None


def _localhost(held: Sequence[Listener]) -> str:
    """Where localhost means different programs by IPv4 and IPv6, the trap behind most puzzles about a port."""
    tcp = [listener for listener in held if listener.protocol == "tcp"]
    answers = [each for each in (_answers(address, tcp) for address in LOOPBACKS) if each is not None]
    keys = dict(zip(map(id, tcp), _owner_keys(tcp), strict=True))
    if len(answers) < len(LOOPBACKS) or len({keys[id(each)] for each in answers}) < 2:
        return ""
    names = [_name([each]) for each in answers]
    return fill(tr("localhost can mean either: 127.0.0.1 is answered by %1, ::1 by %2."), *names)


def _answers(address: str, listeners: Sequence[Listener]) -> Listener | None:
    """Who a connection to that loopback address reaches: the most specific bound address wins."""
    stacks = ("v4", "dual") if address == LOOPBACKS[0] else ("v6", "dual")
    wildcards = [each for each in listeners if _whole(each) and each.stack in stacks]
    own = [each for each in listeners if each.address == address]
    # A wildcard of the family itself is more specific than a dual one.
    return next(iter([*own, *sorted(wildcards, key=lambda each: each.stack == "dual")]), None)


def _hidden(held: Sequence[Listener]) -> str:
    rights = dict.fromkeys(missing_words(listener) for listener in held if listener.owner == "hidden")
    return (
        fill(tr("To see the hidden owner this needs %1."), _listed(list(filter(None, rights)))) if any(rights) else ""
    )


def _known(listener: Listener) -> str:
    text = visible(listener.known or "", 2000)
    return text if listener.known_verified is not False else f"{text} {tr('(Unverified.)')}"


def _listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return fill(tr("%1 and %2"), ", ".join(parts[:-1]), parts[-1])


def _free(port: int, system: str) -> Verdict:
    title = fill(tr("Nothing listens on port %1 here."), port)
    causes = [row.cause for row in _without_socket(port, system)]
    if not causes:
        return Verdict(title, tone=Tone.OK)
    text = tr("If it cannot be used all the same, or what arrives goes elsewhere: %1.")
    return Verdict(title, fill(text, "; ".join(causes[:CAUSES_NAMED])), Tone.OK)


@cache
def _without_socket(port: int, system: str) -> tuple[ConflictRow, ...]:
    """The rows of the conflict table for a port that nothing is bound to, single ports first."""
    found = [
        row
        for row in port_conflicts()
        if row.when == "no_socket" and system in row.os and row.protocol != "udp" and _covers(row, port)
    ]
    return tuple(sorted(found, key=lambda row: isinstance(row.ports, str)))


def _covers(row: ConflictRow, port: int) -> bool:
    if not isinstance(row.ports, str):
        return port in row.ports
    first, _, last = row.ports.partition("-")
    return int(first) <= port <= int(last)
