"""The table of the view System: each service as the system's own responder and we know it."""

from __future__ import annotations

from discovery.records import SystemService
from resources.services import label
from ui.pages.bonjour.columns import tr
from ui.text import UNKNOWN, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face
from ui.widgets.details_form import Details, Fact, Section

NAME_CAP = 120
TEXT_CAP = 300


def order(row: SystemService) -> tuple[bool, str, str, str]:
    """What differs first."""
    return (row.difference is None, row.type, row.name.casefold(), row.interface)


def difference_words(row: SystemService) -> str:
    return {
        "only_raw": tr("only heard here"),
        "only_system": tr("only the system"),
    }.get(row.difference or "", tr("both"))


def _tone(row: SystemService) -> Tone:
    return Tone.OK if row.difference is None else Tone.WARNING


def _difference(row: SystemService) -> Cell:
    return Cell(difference_words(row), dot=_tone(row), glyph="✓" if row.difference is None else "▲")


def _host(row: SystemService) -> Cell:
    if row.host is None:
        return Cell(UNKNOWN, dim=True)
    host = visible(row.host.removesuffix("."), NAME_CAP)
    return Cell(f"{host}:{row.port}" if row.port else host)


def _meaning(row: SystemService) -> Cell:
    return Cell(visible(row.text or "", TEXT_CAP), dim=True)


def system_columns() -> tuple[Column[SystemService], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column("difference", tr("Known to"), _difference, width=18, least=15, weight=0,
               typical=(Cell(tr("only the system"), dot=Tone.OK),)),
        Column("name", tr("Service"), lambda row: Cell(visible(row.name, NAME_CAP), label(row.type) or row.type),
               face=Face.STRONG, width=28, least=16, weight=2),
        Column("interface", tr("On"), lambda row: Cell(visible(row.interface, 40)), width=8, least=5, weight=0),
        Column("host", tr("Host and port"), _host, face=Face.FIXED, width=26, least=14, weight=2),
        Column("meaning", tr("What that means"), _meaning, width=36, least=12, weight=3),
    )  # fmt: skip


def describe_system_service(row: SystemService) -> Details:
    """What it means that they differ, or that they do not."""
    facts = (
        Fact(tr("Type"), row.type, fixed=True),
        Fact(tr("Domain"), row.domain),
        Fact(tr("On"), row.interface),
        Fact(tr("Host and port"), _host(row).text, fixed=True),
        Fact(tr("Heard here"), tr("yes") if row.ours else tr("no")),
        Fact(tr("System"), tr("yes") if row.system else tr("no")),
    )
    agreed = tr("The system's responder tells it, and it was heard here.")
    return Details(
        title=visible(row.name, NAME_CAP),
        state=difference_words(row),
        tone=_tone(row),
        sections=(Section("", facts=facts), Section(tr("What that means"), text=row.text or agreed)),
    )
