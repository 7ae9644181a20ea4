"""The table of the view What stands between, the sentence above it, and the details of one thing that packets pass."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from diagnosis.records import Barrier
from resources.loader import barrier_rows
from ui.pages.diagnosis.columns import tr
from ui.pages.table_page import raw_text
from ui.text import count, fill, plural, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.columns import Cell, Column, Face, none_last
from ui.widgets.details_form import Details, Fact, Section

EVIDENCE_CAP = 400


def order(row: Barrier) -> tuple[object, ...]:
    """From the program down to the wire; in a layer what is known first."""
    return (layer_rank(row.layer), not row.known, row.name.casefold())


@lru_cache(maxsize=1)
def _layers() -> dict[str, int]:
    return {code: place for place, code in enumerate(barrier_rows())}


def layer_rank(layer: str) -> int:
    """The place of a layer in the table of the sentences; one that is not there comes last."""
    return _layers().get(layer, len(_layers()))


def known_word(row: Barrier) -> str:
    if row.known:
        return tr("read")
    return tr("partly known") if row.evidence or row.state else tr("not known")


def _layer_cell(row: Barrier) -> Cell:
    return Cell(visible(row.title, 60), tip=visible(row.means))


def _name_cell(row: Barrier) -> Cell:
    detail = row.evidence or row.why_unknown or ""
    return Cell(visible(row.name, 120), detail=visible(detail, EVIDENCE_CAP), dim=not row.known)


def _state_cell(row: Barrier) -> Cell:
    detail = fill(tr("%1 listed"), count(row.count)) if row.count is not None else ""
    return Cell(visible(row.state or "–", 40), detail=detail)


def _known_cell(row: Barrier) -> Cell:
    return Cell(known_word(row), dot=Tone.OK if row.known else Tone.NEUTRAL, glyph="✓" if row.known else "?")


def inventory_columns() -> tuple[Column[Barrier], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column("layer", tr("Layer"), _layer_cell, sort=lambda row: layer_rank(row.layer), width=20, least=18, weight=0),
        Column("name", tr("Name"), _name_cell, face=Face.STRONG, width=38, least=24, weight=4),
        Column("state", tr("State"), _state_cell, sort=lambda row: none_last(row.state), width=22, least=11, weight=1),
        Column("known", tr("What is known"), _known_cell, sort=lambda row: not row.known, width=14, least=12, weight=0),
    )


FIELDS = {
    "layer": lambda row: f"{row.layer} {row.title}",
    "state": lambda row: row.state or "",
    "known": lambda row: "no" if not row.known else "yes",
}


def head_words(rows: Sequence[Barrier]) -> tuple[str, tuple[str, ...]]:
    """How much packets pass here in one sentence, and how much of it is not known."""
    known = sum(1 for row in rows if row.known and row.count != 0)
    sentence = plural(
        known,
        tr("One thing stands between programs and the wire here."),
        tr("%n things stand between programs and the wire here."),
    )
    if not known:
        sentence = tr("Nothing that can be seen stands between programs and the wire here.")
    empty = sum(1 for row in rows if row.known and row.count == 0)
    unknown = sum(1 for row in rows if not row.known)
    facts = (
        (empty, plural(empty, tr("one is empty"), tr("%n are empty"))),
        (unknown, plural(unknown, tr("one is not known, or in part"), tr("%n are not known, or in part"))),
    )
    return sentence, tuple(words for number, words in facts if number)


def describe_barrier(row: Barrier, actions: tuple[Action, ...]) -> Details:
    """All about one thing: what it can do to packets, what was read, what cannot be known, what lists it."""
    facts = [Fact(tr("State"), row.state)] if row.state else []
    facts += [Fact(tr("Number"), count(row.count))] if row.count is not None else []
    facts += [Fact(tr("Seen"), row.evidence)] if row.evidence else []
    sections = [Section(tr("What it can do"), text=row.means)]
    if facts:
        sections.append(Section(tr("What was read"), facts=tuple(facts)))
    if row.why_unknown is not None:
        sections.append(Section(tr("What cannot be known"), text=row.why_unknown))
    sections.append(Section(tr("Listed by"), facts=(Fact(tr("Command"), row.command, fixed=True),)))
    return Details(
        title=row.name,
        state=" · ".join((row.title, known_word(row))),
        tone=Tone.INFO if row.known else Tone.NEUTRAL,
        sections=tuple(sections),
        actions=actions,
        raw=raw_text(row),
    )
