"""Why the Multicast page shows nothing: no group joined, nothing arrived, or nowhere to join."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from net.records import Problem
from ui.pages.multicast.joins import Join
from ui.pages.multicast.known import EXAMPLES, name_of
from ui.pages.multicast.states import tr
from ui.pages.multicast.target import EXAMPLE, Target, parse_target
from ui.pages.multicast.words import interfaces_in_words
from ui.text import count
from ui.widgets.actions import Action
from ui.widgets.empty_panel import Emptiness, Why

PATIENCE_SECONDS = 10.0
"""After so long without a packet, the likely reasons are told."""


def nowhere_to_join(target: Target) -> Problem:
    """No interface was chosen, and none is usable."""
    text = tr("No interface here can carry LAN multicast now, so %1 was not joined.")
    return _nowhere(target, text, tr("Connect one, or choose one at the top of the window to join there all the same."))


def nowhere_to_send(target: Target) -> Problem:
    """The same for a send."""
    text = tr("No interface here can carry LAN multicast now, so nothing was sent to %1.")
    return _nowhere(target, text, tr("Connect one, or choose one at the top of the window to send there all the same."))


def _nowhere(target: Target, text: str, remedy: str) -> Problem:
    text = text.replace("%1", target.endpoint)
    return Problem(code="interface_none_usable", subject=target.endpoint, text=text, remedy=remedy)


def no_group(join: Callable[[str], None], places: Sequence[str]) -> Emptiness:
    """What to type, what that sends, and examples of one click."""
    type_it = tr("Type a group and port above, such as %1, and press Enter.").replace("%1", EXAMPLE)
    on = interfaces_in_words(places)
    where = tr("It is joined on %1, whatever the default route is.").replace("%1", on) if places else ""
    quiet = tr("Nothing is sent but a membership report (IGMP or MLD), by which the network learns of the join.")
    actions = tuple(_example(text, join) for text in EXAMPLES)
    return Emptiness(
        Why.NOTHING_FOUND, tr("No group is joined."), tuple(line for line in (type_it, where, quiet) if line), actions
    )


def no_packet(joins: Sequence[Join], *, received: int, kept: int, clear_filter: Action, diagnose: Action) -> Emptiness:
    """``joins``: those whose packets would be shown; ``kept``: their packets that the filter hides."""
    if kept:
        text = tr("None of %1 packets matches the filter.").replace("%1", count(kept))
        return Emptiness(Why.FILTERED_OUT, text, actions=(clear_filter,))
    if received:
        text = tr("%1 packets have arrived, and made way for newer ones of other groups.")
        return Emptiness(Why.NOTHING_FOUND, text.replace("%1", count(received)))
    active = [join for join in joins if join.active]
    if not active:
        return Emptiness(Why.NOTHING_FOUND, tr("It is not joined now, and nothing had arrived."))
    on = interfaces_in_words(sorted({join.key.interface for join in active}))
    if monotonic() - min(join.asked_at for join in active) < PATIENCE_SECONDS:
        return Emptiness(Why.LISTENING, tr("Listening on %1. Nothing has arrived yet.").replace("%1", on))
    reasons = (
        tr("Does something send now, to exactly this group and port?"),
        tr("A sender with a VPN may send into its tunnel: it must name the interface, by index."),
        tr("A switch with IGMP snooping but no querier, or a Wi-Fi access point, may hold multicast back."),
    )
    return Emptiness(Why.NOTHING_FOUND, tr("Nothing has arrived on %1.").replace("%1", on), reasons, (diagnose,))


def no_stream(joins: Sequence[Join], *, hidden: int, clear_filter: Action, diagnose: Action) -> Emptiness:
    """``joins``: those whose streams would be shown; ``hidden``: how many streams the filter hides."""
    if hidden:
        text = tr("None of %1 streams matches the filter.").replace("%1", count(hidden))
        return Emptiness(Why.FILTERED_OUT, text, actions=(clear_filter,))
    return no_packet(joins, received=0, kept=0, clear_filter=clear_filter, diagnose=diagnose)


def _example(text: str, join: Callable[[str], None]) -> Action:
    target = parse_target(text)
    row = name_of(target.group, target.port) if isinstance(target, Target) and text != EXAMPLE else None
    return Action(row.name if row is not None else text, lambda: join(text), tr("Join %1").replace("%1", text))
