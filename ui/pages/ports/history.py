"""Remembers who held a port before, for as long as the page lives."""

from __future__ import annotations

import time
from typing import NamedTuple

from net.ports.records import Listener
from ui.pages.ports.columns import owner_words, tr
from ui.text import fill

TURNS_KEPT = 20
PORTS_KEPT = 2000
SAME_TURN_SECONDS = 3.0
"""What follows within this time belongs to one change, as a program that hands its port over closes it first; an owner
that came and went meanwhile is a turn of its own."""

Owners = tuple[str, ...]


class Turn(NamedTuple):
    """A change of owners at ``time`` (seconds UTC); no owner: the port was free."""

    time: float
    before: Owners
    after: Owners


def owners_of(listeners: list[Listener]) -> Owners:
    """``postgres (812)``, each process once, in the order of the sockets."""
    return tuple(dict.fromkeys(_owner(listener) for listener in listeners))


def owners_in_words(owners: Owners) -> str:
    """``postgres (812) and node (4242)``; ``free`` for none."""
    return " + ".join(owners) if owners else tr("free")


def turn_words(turn: Turn) -> str:
    """``10:14:03  postgres (812) → com.docker.backend (1902)``."""
    moment = time.strftime("%H:%M:%S", time.localtime(turn.time))
    return fill(tr("%1  %2 → %3"), moment, owners_in_words(turn.before), owners_in_words(turn.after))


class History:
    """Turns by port, the oldest ports forgotten first."""

    def __init__(self) -> None:
        self._turns: dict[int, list[Turn]] = {}

    def note(self, port: int, before: Owners, after: Owners, now: float) -> Turn | None:
        """The owners of ``port`` are others now. The turn this is or completes; None where nothing has changed."""
        if before == after:
            return None
        turns = self._turns.pop(port, [])
        if turns and now - turns[-1].time < SAME_TURN_SECONDS and _forgets_nobody(turns[-1], after):
            before = turns.pop().before
        turn = Turn(now, before, after)
        if before != after:
            turns.append(turn)
        if turns:
            self._turns[port] = turns[-TURNS_KEPT:]
        while len(self._turns) > PORTS_KEPT:
            del self._turns[next(iter(self._turns))]
        return turn if before != after else None

    def of(self, port: int) -> tuple[Turn, ...]:
        """The turns of that port, newest first."""
        return tuple(reversed(self._turns.get(port, ())))


def _forgets_nobody(last: Turn, after: Owners) -> bool:
    """Whether from the owners before ``last`` to those of ``after`` each owner between is named."""
    return set(last.after) <= {*last.before, *after}


def _owner(listener: Listener) -> str:
    return owner_words(listener) if listener.pid is None else f"{owner_words(listener)} ({listener.pid})"
