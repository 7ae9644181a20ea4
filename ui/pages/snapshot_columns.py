"""The table of what differs between two snapshots."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from net.multicast.records import Change
from ui.text import UNKNOWN, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

CAP = 1000
SIGNS = {
    "added": ("+", Tone.OK),
    "up": ("↑", Tone.OK),
    "removed": ("−", Tone.ERROR),
    "down": ("↓", Tone.ERROR),
    "changed": ("~", Tone.WARNING),
}


def tr(source: str) -> str:
    return QCoreApplication.translate("snapshots", source)


def difference_columns() -> tuple[Column[tuple[int, Change]], ...]:
    """In the order the probe tells: causes first."""
    return (
        Column("what", tr("What"), _what_cell, width=20, least=14, weight=0),
        Column("text", tr("Change"), _text_cell, sort=lambda row: row[0], width=58, least=30, weight=3),
        Column("before", tr("Before"), lambda row: _side_cell(row[1].before), face=Face.FIXED, width=22, least=12),
        Column("after", tr("After"), lambda row: _side_cell(row[1].after), face=Face.FIXED, width=22, least=12),
    )


def _what_cell(row: tuple[int, Change]) -> Cell:
    words = {
        "interface": tr("interface"),
        "address": tr("address"),
        "route": tr("route"),
        "default_route": tr("default route"),
        "unbound": tr("unbound joins"),
        "membership": tr("join"),
        "stream": tr("stream"),
        "resolver": tr("DNS server"),
    }
    glyph, tone = SIGNS[row[1].change]
    return Cell(words[row[1].what], dot=tone, glyph=glyph, spoken=f"{words[row[1].what]} {row[1].change}")


def _text_cell(row: tuple[int, Change]) -> Cell:
    text = visible(row[1].text, CAP)
    return Cell(text, tip=text)


def _side_cell(side: str | None) -> Cell:
    return Cell(UNKNOWN, dim=True) if side is None else Cell(visible(side, CAP))
