"""What the sentences about a port call the owners of its sockets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Literal

from net.ports.records import CONTAINER_FORWARDER, Listener, programs_of
from net.text import visible

COMMAND_NAMED = 200
"""Characters of a command that tells programs of one name apart."""
Grade = Literal["proved", "probable", "hidden"]

GUESS = "probably "
"""Before an owner that was not seen holding the socket."""
UNNAMED = "an unnamed process"
"""One that gave itself an empty name."""


def seen_name(
    process: str | None,
    pids: Sequence[int],
    grade: Grade | None = "proved",
    container: str | None = None,
    command: str | None = None,
) -> str | None:
    """``node (PID 12)``, ``probably nginx (PID 9)``, ``container web (docker-proxy, PID 11)``; None where hidden.

    A forwarder is called by the ``container`` it stands for. ``command`` tells programs of one name apart.
    """
    if process is None and not pids:
        return None
    name, facts = process or UNNAMED, []
    if process == CONTAINER_FORWARDER and container is not None:
        name, facts = f"container {container}", [process]
    if pids:
        facts.append(f"{'PID' if len(pids) == 1 else 'PIDs'} {', '.join(map(str, pids))}")
    if command is not None:
        facts.append(f"command {command}")
    guess = GUESS if grade == "probable" else ""
    return f"{guess}{name} ({', '.join(facts)})" if facts else f"{guess}{name}"


def listener_name(listener: Listener) -> str | None:
    """The owner with its lowest PID; None where it is hidden."""
    pids = () if listener.pid is None else (listener.pid,)
    return seen_name(listener.process, pids, listener.owner, listener.container)


def held_text(listeners: Sequence[Listener]) -> str:
    """``by node (PID 12) on 127.0.0.1 and by ruby (PID 13) on ::1``: every program of a port with its addresses."""
    programs: dict[Hashable, list[Listener]] = {}
    for listener, program in zip(listeners, programs_of(listeners), strict=True):
        hidden = (listener.service, listener.container, listener.user, listener.process)
        programs.setdefault(hidden if program is None else program, []).append(listener)
    names = Counter(held[0].process for held in programs.values())
    return joined(_held(held, alike=names[held[0].process] > 1) for held in programs.values())


def _held(held: Sequence[Listener], *, alike: bool) -> str:
    first = held[0]
    pids = tuple(dict.fromkeys(each.pid for each in held if each.pid is not None))
    command = visible(first.command, COMMAND_NAMED) if alike and pids and first.command else None
    name = seen_name(first.process, pids, first.owner, first.container, command)
    return f"by {name or 'a hidden owner'} on {joined(dict.fromkeys(each.address for each in held))}"


def joined(parts: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; "" for none."""
    every = tuple(parts)
    return " and ".join(part for part in (", ".join(every[:-1]), *every[-1:]) if part)
