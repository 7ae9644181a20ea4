"""The columns of the matrix: a service, and how it stands on each interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from discovery.records import BrowseState
from ui.pages.bonjour.columns import EMPTY, NAME_CAP, sign
from ui.pages.bonjour.hearing import Heard, Hearing, failure, hearing_of, hearing_words, tr
from ui.pages.bonjour.rows import Line, ServiceRow, State
from ui.text import fill, visible, visible_name
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

DETAIL_CAP = 120
ORDER = {"browsing": 0, "failed": 1, "skipped": 2}


def places(states: Mapping[str, BrowseState]) -> tuple[str, ...]:
    """The interfaces in the order of the columns: those listened on, those that failed, those left out."""
    return tuple(sorted(states, key=lambda name: (ORDER[states[name].state], name)))


def matrix_columns(names: Sequence[str], states: Mapping[str, BrowseState]) -> tuple[Column[Line], ...]:
    """``states`` is read when a cell is formatted, so it may change; the names may not."""
    return (
        Column("name", tr("Service"), _name_cell, sort=_name_order, face=Face.STRONG, width=24, least=12, weight=2),
        *(
            Column(
                f"on {name}",
                visible(name, 24),
                _cell_of(name, states),
                sort=_order_of(name, states),
                width=12,
                least=8,
                typical=(Cell(tr("join failed"), dot=Tone.ERROR, glyph="✕"),),
                tip=place_words(states[name]) if name in states else "",
            )
            for name in names
        ),
    )


def place_words(state: BrowseState) -> str:
    """What becomes of listening on that interface."""
    reason = visible(state.reason or "", DETAIL_CAP)
    if state.state == "failed":
        return f"{failure(state.errno)}. {reason}".strip()
    if state.state == "skipped":
        return fill(tr("skipped: %1"), reason) if reason else tr("skipped")
    if state.packets is None:
        return tr("listened on")
    return fill(tr("listened on; %1 packets heard from other hosts"), state.packets)


def _name_cell(line: Line) -> Cell:
    if not isinstance(line, ServiceRow):
        return EMPTY
    glyph, tone = sign(line)
    name, kind = visible_name(line.service.name, NAME_CAP), visible(line.head.title, NAME_CAP)
    return Cell(name, detail=kind, dot=tone, glyph=glyph, dim=line.state is State.GONE)


def _name_order(line: Line) -> str:
    return line.service.name.casefold() if isinstance(line, ServiceRow) else ""


def _cell_of(name: str, states: Mapping[str, BrowseState]) -> Callable[[Line], Cell]:
    def cell(line: Line) -> Cell:
        return hearing_cell(hearing_of(line, states.get(name), name)) if isinstance(line, ServiceRow) else EMPTY

    return cell


def _order_of(name: str, states: Mapping[str, BrowseState]) -> Callable[[Line], int]:
    order = list(Heard)

    def key(line: Line) -> int:
        return order.index(hearing_of(line, states.get(name), name).heard) if isinstance(line, ServiceRow) else 0

    return key


def hearing_cell(hearing: Hearing) -> Cell:
    """Glyph and word, the reason beneath, all of it as the tooltip."""
    tip = hearing_words(hearing)
    reason = visible(hearing.reason, DETAIL_CAP)
    match hearing.heard:
        case Heard.HEARD:
            return Cell(tr("heard"), dot=Tone.OK, glyph="✓", spoken=tip)
        case Heard.OTHER:
            return Cell(tr("other host"), detail=reason, dot=Tone.WARNING, glyph="≠", tip=tip, spoken=tip)
        case Heard.GONE | Heard.SKIPPED:
            word, glyph = (tr("gone"), "−") if hearing.heard is Heard.GONE else (tr("skipped"), "⊘")
            return Cell(word, detail=reason, dot=Tone.NEUTRAL, glyph=glyph, dim=True, tip=tip, spoken=tip)
        case Heard.FAILED:
            said = failure(hearing.errno).partition(" · ")
            return Cell(said[0], detail=said[2] or reason, dot=Tone.ERROR, glyph="✕", tip=tip, spoken=tip)
        case Heard.SILENT:
            return Cell(tr("silent"), dot=Tone.NEUTRAL, glyph="–", dim=True, tip=tip, spoken=tip)
        case _:
            return Cell(tr("not told"), dot=Tone.NEUTRAL, glyph="?", dim=True, tip=tip, spoken=tip)
