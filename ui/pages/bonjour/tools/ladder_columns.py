"""The table of the view Why empty?: the steps of finding the reason, on each interface."""

from __future__ import annotations

from discovery.records import Rung
from ui.pages.bonjour.columns import tr
from ui.pages.bonjour.tools.ask_columns import milliseconds
from ui.text import visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

TEXT_CAP = 500
SIGNS = {
    "waiting": ("·", Tone.NEUTRAL),
    "running": ("…", Tone.INFO),
    "passed": ("✓", Tone.OK),
    "failed": ("✕", Tone.ERROR),
    "skipped": ("–", Tone.NEUTRAL),
}


def step_words(rung: Rung) -> str:
    """What the step tries."""
    return {
        "interface": tr("The interface can carry mDNS"),
        "join": tr("The group is joined"),
        "loopback": tr("Our own question comes back"),
        "foreign": tr("Another host is heard"),
        "multicast_answer": tr("An answer by multicast"),
        "unicast_answer": tr("An answer by unicast"),
        "reachable": tr("A known host is reachable"),
    }[rung.step]


def state_words(rung: Rung) -> str:
    return {
        "waiting": tr("to come"),
        "running": tr("running"),
        "passed": tr("passed"),
        "failed": tr("failed"),
        "skipped": tr("not tried"),
    }[rung.state]


def _state(rung: Rung) -> Cell:
    glyph, tone = SIGNS[rung.state]
    return Cell(state_words(rung), dot=tone, glyph=glyph, dim=rung.state in ("waiting", "skipped"))


def _step(rung: Rung) -> Cell:
    return Cell(f"{rung.place}  {step_words(rung)}", dim=rung.state in ("waiting", "skipped"))


def _said(rung: Rung) -> Cell:
    remedy = visible(rung.remedy or "", TEXT_CAP) if rung.state == "failed" else ""
    return Cell(visible(rung.text, TEXT_CAP), remedy, dim=rung.state in ("waiting", "skipped"))


def rung_columns() -> tuple[Column[Rung], ...]:
    """An interface after the other, each from its first step."""
    return (
        Column("step", tr("Step"), _step, sort=lambda row: (row.interface, row.place), face=Face.STRONG, width=36,
               least=22, weight=1),
        Column("interface", tr("On"), lambda row: Cell(visible(row.interface, 40)), width=8, least=5, weight=0),
        Column("state", tr("State"), _state, width=12, least=11, weight=0,
               typical=(Cell(tr("not tried"), dot=Tone.OK),)),
        Column("ms", tr("After"), lambda row: Cell("" if row.ms is None else milliseconds(row.ms)), face=Face.FIXED,
               right=True, width=11, least=9, weight=0, moves=False),
        Column("text", tr("What was seen"), _said, width=52, least=24, weight=3),
    )  # fmt: skip
