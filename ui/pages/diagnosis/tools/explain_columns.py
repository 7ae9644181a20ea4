"""The table of the view Explain and the details of an error: what it means, why, what to do, where to look now."""

from __future__ import annotations

from diagnosis.records import Explanation
from ui.pages.diagnosis.columns import numbered, tr
from ui.pages.table_page import raw_text
from ui.text import count, fill, plural, visible
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.columns import Cell, Chip, Column, Face
from ui.widgets.details_form import Details, Fact, Section

TITLE_CAP = 160
MEANING_CAP = 400
LINES_SHOWN = 8


def order(row: Explanation) -> tuple[object, ...]:
    """As the lines stand in the text; what is known by its number alone last."""
    return (row.how == "number", row.lines[0], row.title)


def how_words(row: Explanation) -> str:
    return {
        "text": tr("by the form of the line"),
        "name": tr("by its name"),
        "number": tr("by its number alone, which others use too"),
    }[row.how]


def place_of_check(verb: str) -> tuple[str, str, str]:
    """What the button says, the page, and what to select there, for a verb of the terminal."""
    places = {
        "services": (tr("Show services"), "bonjour", ""),
        "records": (tr("Show mDNS packets"), "bonjour", "packets"),
        "interfaces": (tr("Show interfaces"), "interfaces", ""),
        "route": (tr("Show the way out"), "interfaces", "way"),
        "resolve": (tr("Ask the DNS servers"), "interfaces", "resolvers"),
        "groups": (tr("Show groups"), "multicast", ""),
        "listen": (tr("Join a group"), "multicast", ""),
        "send": (tr("Send to a group"), "multicast", ""),
        "test": (tr("Test all interfaces"), "multicast", "test"),
        "ports": (tr("Show ports"), "ports", ""),
        "answers": (tr("Who answers?"), "ports", "answers"),
        "bind": (tr("May I have it?"), "ports", "bind"),
        "bundle": (tr("Check an app"), "diagnosis", "bundle"),
        "inventory": (tr("What stands between"), "diagnosis", "inventory"),
    }
    return places.get(verb, (tr("Show findings"), "diagnosis", "findings"))


def _error_cell(row: Explanation) -> Cell:
    return Cell(visible(row.title, TITLE_CAP), detail=visible(row.meaning, MEANING_CAP))


def _seen_cell(row: Explanation) -> Cell:
    first = fill(tr("line %1"), row.lines[0])
    if row.count > 1:
        first = fill(tr("%1, %2 times"), first, count(row.count))
    return Cell(first, detail=how_words(row), dim=row.how == "number")


def _domain_cell(row: Explanation) -> Cell:
    return Cell(chips=(Chip(visible(row.domain, 40)),), tip=", ".join(row.systems))


def explanation_columns() -> tuple[Column[Explanation], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column("error", tr("Error"), _error_cell, face=Face.STRONG, width=60, least=30, weight=4),
        Column("seen", tr("Seen"), _seen_cell, sort=lambda row: row.lines[0], width=26, least=16, weight=1),
        Column("domain", tr("Domain"), _domain_cell, sort=lambda row: row.domain, width=16, least=10, weight=0),
    )  # fmt: skip


FIELDS = {
    "domain": lambda row: row.domain,
    "os": lambda row: " ".join(row.systems),
    "how": lambda row: row.how,
}


def describe_explanation(row: Explanation, actions: tuple[Action, ...]) -> Details:
    """All about an error."""
    lines = ", ".join(map(str, row.lines[:LINES_SHOWN]))
    more = row.count - min(LINES_SHOWN, len(row.lines))
    seen = fill(tr("%1 and %2 more"), lines, more) if more > 0 else lines
    source = row.source if row.verified else fill(tr("%1 (not confirmed there)"), row.source)
    return Details(
        title=row.title,
        state=" · ".join((row.domain, ", ".join(row.systems))),
        tone=Tone.INFO,
        sections=(
            Section(tr("What it means"), text=row.meaning),
            Section(tr("Causes"), facts=numbered(row.causes)),
            Section(tr("What to do"), facts=numbered(row.remedies)),
            Section(
                tr("Seen"),
                facts=(
                    Fact(plural(row.count, tr("Line"), tr("Lines")), seen),
                    Fact(tr("Text"), row.matched, fixed=True),
                    Fact(tr("Known"), how_words(row)),
                    Fact(tr("Source"), source),
                ),
            ),
        ),
        actions=actions,
        raw=raw_text(row),
    )
