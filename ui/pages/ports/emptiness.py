"""Why the table of ports is empty, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from ui.pages.ports.columns import tr
from ui.text import fill, visible
from ui.widgets.actions import Action
from ui.widgets.empty_panel import Emptiness, Why


def reading() -> Emptiness:
    """Nothing was told yet."""
    return Emptiness(Why.LISTENING, tr("Reading the listening sockets."))


def nothing_listens(rescan: Action) -> Emptiness:
    """There is no socket at that place."""
    text = tr("No TCP socket listens and no UDP socket is bound at this place. New ones appear by themselves.")
    return Emptiness(Why.NOTHING_FOUND, tr("Nothing listens here."), (text,), (rescan,))


def port_is_free(port: int, forget: Callable[[], object]) -> Emptiness:
    """None of the sockets has the port that was asked for."""
    text = fill(tr("A program that opens port %1 appears here by itself."), port)
    return Emptiness(Why.FILTERED_OUT, tr("No socket to show."), (text,), (Action(tr("Show all ports"), forget),))


def none_at(interface: str, show: Callable[[], object]) -> Emptiness:
    """All sockets are at other addresses than those of the interface that is chosen."""
    title = fill(tr("No socket is bound to an address of %1."), visible(interface, 40))
    text = tr("Those there are listen at other addresses of this computer.")
    return Emptiness(Why.FILTERED_OUT, title, (text,), (Action(tr("Show all addresses"), show),))
