"""The details of a socket: who owns it, since when, what else that process and that port have, and how to free it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from net.ports.records import Listener
from ui.pages.ports.columns import (
    ListenerRow,
    Mark,
    in_conflict,
    missing_words,
    owner_words,
    scope_words,
    stack_words,
    tr,
)
from ui.pages.ports.history import Turn, turn_words
from ui.pages.ports.process_details import Known, process_sections
from ui.pages.table_page import raw_text
from ui.text import age, count, fill, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, Fact, Section

COMMAND_CAP = 100_000
RELATED_SHOWN = 12


def endpoint_words(listener: Listener) -> str:
    """``127.0.0.1:5000``, ``[::1]:5000``."""
    address = visible(listener.address)
    return f"[{address}]:{listener.port}" if ":" in address else f"{address}:{listener.port}"


def describe(
    row: ListenerRow,
    same_port: Sequence[Listener],
    same_process: Sequence[Listener],
    now: float,
    actions: tuple[Action, ...] = (),
    *,
    process: Known = None,
    turns: Sequence[Turn] = (),
) -> Details:
    """All about a socket. ``same_port`` and ``same_process`` are the other sockets there, ``process`` what is known of
    its owner and ``turns`` who had the port before; ``now`` is a time in UTC.
    """
    listener = row.listener
    return Details(
        title=fill(tr("%1 port %2"), listener.protocol.upper(), listener.port),
        state=_state(row),
        tone=_tone(row),
        sections=(
            *_conflict(listener),
            Section(tr("Owner"), facts=_owner(listener, now)),
            *process_sections(listener, process),
            Section(tr("Socket"), facts=_socket(row)),
            *_history(turns),
            *_others(tr("Also on this port: %1"), same_port, process=True),
            *_others(tr("Other sockets of this process: %1"), same_process, process=False),
        ),
        actions=actions,
        raw=raw_text(listener),
    )


def _state(row: ListenerRow) -> str:
    words = {Mark.CLOSED: tr("closed just now"), Mark.NEW: tr("new"), Mark.CHANGED: tr("changed just now")}
    parts = [owner_words(row.listener), scope_words(row)]
    return " · ".join([*parts, words[row.mark]] if row.mark in words else parts)


def _tone(row: ListenerRow) -> Tone:
    if row.mark is Mark.CLOSED:
        return Tone.NEUTRAL
    return Tone.WARNING if in_conflict(row.listener) else Tone.OK


def _conflict(listener: Listener) -> tuple[Section, ...]:
    """What the table of port conflicts knows of this owner."""
    if not listener.known:
        return ()
    facts = []
    if listener.known_source:
        facts.append(Fact(tr("Source"), listener.known_source))
    if listener.known_verified is False:
        facts.append(Fact(tr("Unverified"), tr("no text that was read confirms this")))
    return (
        Section(
            tr("Known conflict") if in_conflict(listener) else tr("Hidden owner"),
            facts=tuple(facts),
            text=listener.known,
        ),
    )


def _owner(listener: Listener, now: float) -> tuple[Fact, ...]:
    facts = [Fact(tr("Process"), owner_words(listener))]
    if listener.pid is not None:
        facts.append(Fact(tr("PID"), str(listener.pid), fixed=True))
    if listener.shared_with:
        pids = " ".join(str(pid) for pid in listener.shared_with)
        facts.append(Fact(tr("Shared with"), pids, fixed=True))
    facts.append(Fact(tr("User"), listener.user or tr("unknown")))
    if listener.command:
        facts.append(Fact(tr("Command"), listener.command, fixed=True, cap=COMMAND_CAP))
    if listener.started is not None:
        facts.append(Fact(tr("Started"), _since(listener.started, now), fixed=True))
    if listener.service:
        facts.append(Fact(tr("Service"), listener.service))
    if listener.container:
        facts.append(Fact(tr("Container"), listener.container, fixed=True))
    return (*facts, *_grade(listener))


def _grade(listener: Listener) -> tuple[Fact, ...]:
    """How sure the owner is, and what would prove or show it."""
    if listener.owner == "proved":
        return (Fact(tr("Certainty"), tr("proved: this process was seen holding the socket")),)
    if listener.owner == "probable":
        words = tr("probable: inferred from user, group of processes and command line")
        if listener.pid is None:
            words = tr("probable: several processes of this program could hold the socket")
        sure = Fact(tr("Certainty"), words)
        return (sure, Fact(tr("To prove it"), listener.missing_right or tr("unknown")))
    label = tr("To see it") if missing_words(listener) else tr("Missing right")
    return (Fact(label, listener.missing_right or tr("unknown")),)


def _since(started: float, now: float) -> str:
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(started))
    return f"{moment}\n{fill(tr('%1 ago'), age(max(0.0, now - started)))}"


def _socket(row: ListenerRow) -> tuple[Fact, ...]:
    listener = row.listener
    facts = [
        Fact(tr("Address"), endpoint_words(listener), fixed=True),
        Fact(tr("Reached from"), scope_words(row)),
        Fact(tr("Stack"), _stack(listener)),
        Fact(tr("State"), tr("listening") if listener.protocol == "tcp" else tr("bound")),
        Fact(tr("Reuse"), _reuse(listener)),
    ]
    if listener.interface is not None:
        facts.append(Fact(tr("Interface"), listener.interface))
    if listener.iana is not None:
        facts.append(Fact(tr("Registered as"), fill(tr("%1? (by number only: a guess)"), listener.iana)))
    if listener.inode is not None:
        facts.append(Fact(tr("Inode"), str(listener.inode), fixed=True))
    return tuple(facts)


def _reuse(listener: Listener) -> str:
    """Which options let others bind the same port beside it."""
    if listener.reuse is None:
        return tr("not told by this system")
    names = {"reuseaddr": "SO_REUSEADDR", "reuseport": "SO_REUSEPORT"}
    return " + ".join(names.get(option, option) for option in listener.reuse) or tr("none")


def _history(turns: Sequence[Turn]) -> tuple[Section, ...]:
    if not turns:
        return ()
    lines = "\n".join(turn_words(turn) for turn in turns)
    return (Section(tr("Owners of this port so far"), facts=(Fact(tr("Changes"), lines, fixed=True),)),)


def _stack(listener: Listener) -> str:
    if listener.stack == "dual":
        return tr("dual: IPv6, and IPv4 through it")
    if listener.stack == "v4":
        return tr("v4: IPv4")
    return fill(tr("%1: IPv6"), stack_words(listener))


def _others(title: str, listeners: Sequence[Listener], *, process: bool) -> tuple[Section, ...]:
    if not listeners:
        return ()
    lines = [_line(listener, process=process) for listener in listeners[:RELATED_SHOWN]]
    if len(listeners) > RELATED_SHOWN:
        lines.append(fill(tr("and %1 more"), count(len(listeners) - RELATED_SHOWN)))
    title = fill(title, count(len(listeners)))
    return (Section(title, facts=(Fact(tr("Sockets"), "\n".join(lines), fixed=True),)),)


def _line(listener: Listener, *, process: bool) -> str:
    line = f"{listener.protocol.upper()} {endpoint_words(listener)}"
    if not process:
        return line
    pid = "" if listener.pid is None else f" ({listener.pid})"
    return f"{line}  {owner_words(listener)}{pid}"
