"""The list of the tool Changes: what moved where joins go, and which streams have come and gone."""

from __future__ import annotations

from collections.abc import Sequence

from net.multicast.records import Change
from net.records import Stream
from resources.loader import change_rows
from ui.pages.multicast.drift import Drift
from ui.pages.multicast.states import tr
from ui.pages.multicast.target import endpoint
from ui.text import moment, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

CAP = 1000


def tone_of(drift: Drift) -> Tone:
    """A tunnel or no way out is the trap."""
    if drift.change.tunnel or drift.change.interface is None:
        return Tone.WARNING
    return Tone.INFO


def sentence(drift: Drift) -> str:
    """``10:14:02 utun3 came up and took the default route from en0; unbound joins now go to utun3``."""
    change = drift.change
    cause = change.cause.rstrip(".")
    return f"{moment(change.time)} {cause}; {unbound_words(drift)}"


def unbound_words(drift: Drift) -> str:
    """``unbound joins now go to utun3``."""
    change = drift.change
    if change.interface is None:
        return tr("unbound joins are refused now")
    if not drift.moved:
        return tr("unbound joins still go to %1").replace("%1", change.interface)
    return tr("unbound joins now go to %1").replace("%1", change.interface)


def drift_columns() -> tuple[Column[Drift], ...]:
    """Newest first, so by the number."""
    return (
        Column("time", tr("Time"), _time_cell, sort=lambda drift: -drift.number, face=Face.FIXED, width=9, least=9,
               weight=0),
        Column("change", tr("What changed"), _change_cell, width=60, least=38, weight=3),
        Column("running", tr("Running joins"), _running_cell, width=46, least=24, weight=2),
        Column("groups", tr("Groups"), _groups_cell, face=Face.FIXED, width=16, least=13, weight=1),
    )  # fmt: skip


def _time_cell(drift: Drift) -> Cell:
    return Cell(moment(drift.change.time))


def _change_cell(drift: Drift) -> Cell:
    cause, words = visible(drift.change.cause, CAP), visible(unbound_words(drift), CAP)
    tip = f"{cause}\n{visible(drift.change.text, CAP)}"
    return Cell(cause, words[:1].upper() + words[1:], dot=tone_of(drift), tip=tip, spoken=visible(sentence(drift), CAP))


def _running_cell(drift: Drift) -> Cell:
    first, _, rest = visible(drift.change.running_text, CAP).partition(": ")
    return Cell(
        first + (":" if rest else ""), rest, dim=not drift.change.running, tip=visible(drift.change.running_text, CAP)
    )


def _groups_cell(drift: Drift) -> Cell:
    shown = [visible(group, 60) for group in drift.groups]
    return Cell(shown[0], " ".join(shown[1:]), tip="\n".join(shown))


def stream_changes(before: Sequence[Stream], after: Sequence[Stream]) -> tuple[Change, ...]:
    """Which streams have come and gone."""
    old, new = {stream.key(): stream for stream in before}, {stream.key(): stream for stream in after}
    gone = [_stream_change("removed", stream) for key, stream in old.items() if key not in new]
    return (*gone, *(_stream_change("added", stream) for key, stream in new.items() if key not in old))


def _stream_change(how: str, stream: Stream) -> Change:
    subject = f"{endpoint(stream.source, stream.source_port)} → {endpoint(stream.group, stream.port)}"
    text = change_rows()[f"difference_stream_{how}"].text.format(subject=subject, interface=stream.interface)
    if how == "added":
        return Change(what="stream", change="added", subject=subject, text=text, interface=stream.interface)
    return Change(what="stream", change="removed", subject=subject, text=text, interface=stream.interface)
