"""The columns of the findings and of the checks that made them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication

from diagnosis.records import CheckState, Finding
from ui.text import fill, plural, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Chip, Column, Face
from ui.widgets.details_form import Fact

translate = QCoreApplication.translate

CAUSE_SHOWN = 400
RANKS = {"error": 0, "warning": 1, "info": 2, "ok": 3}


class FindingRow(NamedTuple):
    """A finding with when it was made, in UTC; ``stale``: by an older run, and the present one has not said more."""

    finding: Finding
    seen: float
    stale: bool = False


class CheckRow(NamedTuple):
    """A check of the run. ``began``: when it started, in UTC, while it runs; ``stopped``: by the person, or lost."""

    state: CheckState
    place: int
    began: float | None = None
    elapsed: int = 0
    stopped: bool = False


def tr(source: str) -> str:
    return translate("diagnosis", source)


def severity_word(finding: Finding) -> str:
    return {"error": tr("Error"), "warning": tr("Warning"), "info": tr("Note"), "ok": tr("Fine")}[finding.severity]


def severity_glyph(finding: Finding) -> str:
    return {"error": "✕", "warning": "!", "info": "i", "ok": "✓"}[finding.severity]


def severity_tone(finding: Finding) -> Tone:
    return {"error": Tone.ERROR, "warning": Tone.WARNING, "info": Tone.INFO, "ok": Tone.OK}[finding.severity]


def certainty_word(finding: Finding) -> str:
    return {"proven": tr("proven"), "likely": tr("likely"), "possible": tr("possible")}[finding.certainty]


def clock_words(row: FindingRow) -> str:
    """``10:14``, or ``from 10:14`` where an older run found it."""
    clock = time.strftime("%H:%M", time.localtime(row.seen))
    return fill(tr("from %1"), clock) if row.stale else clock


def check_glyph(row: CheckRow) -> str:
    return {"running": "…", "done": "✓", "failed": "✕", "not_run": "–"}[_state(row)]


def check_word(row: CheckRow) -> str:
    """The state in one word."""
    if row.stopped:
        return tr("stopped")
    return {"running": tr("running"), "done": tr("done"), "failed": tr("failed"), "not_run": tr("not run")}[_state(row)]


def check_tone(row: CheckRow) -> Tone:
    tones = {"running": Tone.INFO, "done": Tone.OK, "failed": Tone.ERROR, "not_run": Tone.NEUTRAL}
    return tones[_state(row)]


def check_time(row: CheckRow) -> str:
    """How long it took, or how long it has been running."""
    seconds = row.state.seconds
    if seconds is not None and _state(row) in ("done", "failed"):
        return f"{seconds:.1f} s" if seconds >= 1 else f"{max(1, round(seconds * 1000))} ms"
    return f"{row.elapsed} s" if _state(row) == "running" and row.elapsed else ""


def check_rank(row: CheckRow) -> tuple[int, int]:
    """What failed or runs first, then in the order of the run."""
    return (("failed", "running", "done", "not_run").index(_state(row)), row.place)


def check_counts(rows: Iterable[CheckRow]) -> tuple[str, Tone]:
    """``22 checks: 1 failed, 3 running, 18 done`` and its tone."""
    words = [check_word(row) for row in sorted(rows, key=check_rank)]
    counts = ", ".join(fill(tr("%1 %2"), words.count(word), word) for word in dict.fromkeys(words))
    tone = Tone.ERROR if tr("failed") in words else Tone.INFO if tr("running") in words else Tone.NEUTRAL
    return fill(tr("%1: %2"), plural(len(words), tr("%n check"), tr("%n checks")), counts), tone


def _state(row: CheckRow) -> str:
    return "not_run" if row.stopped else row.state.state


def _severity_cell(row: FindingRow) -> Cell:
    finding = row.finding
    word = severity_word(finding)
    return Cell(
        word, detail=certainty_word(finding), dot=severity_tone(finding), glyph=severity_glyph(finding), dim=row.stale
    )


def _finding_cell(row: FindingRow) -> Cell:
    return Cell(visible(row.finding.title), detail=visible(row.finding.cause, CAUSE_SHOWN), dim=row.stale)


def _subject_cell(row: FindingRow) -> Cell:
    return Cell(chips=(Chip(visible(row.finding.subject, 60)),))


def _seen_cell(row: FindingRow) -> Cell:
    tip = tr("By an older run; the check has not been made again.") if row.stale else ""
    return Cell(clock_words(row), dim=True, tip=tip)


def natural(row: FindingRow) -> tuple[object, ...]:
    """The worst first, then what is known best and newest, then by subject as a person counts."""
    certainty = ("proven", "likely", "possible").index(row.finding.certainty)
    return (RANKS[row.finding.severity], row.stale, certainty, row.finding.code, numbers_apart(row.finding.subject))


def numbers_apart(text: str) -> tuple[tuple[int, int | str], ...]:
    """``en10`` after ``en9``."""
    parts = re.split(r"([0-9]+)", text[:100])
    return tuple((1, int(part)) if part.isdigit() else (0, part) for part in parts if part)


def numbered(lines: tuple[str, ...]) -> tuple[Fact, ...]:
    """Causes, remedies or evidence, in their order."""
    if not lines:
        return (Fact("–", tr("nothing")),)
    return tuple(Fact(str(number), line) for number, line in enumerate(lines, start=1))


def columns() -> tuple[Column[FindingRow], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column("severity", tr("Severity"), _severity_cell, sort=_severity, width=13, least=12, weight=0),
        Column("finding", tr("Finding"), _finding_cell, face=Face.STRONG, width=60, least=30, weight=4),
        Column("subject", tr("About"), _subject_cell, sort=_subject, width=16, least=8, weight=0),
        Column("seen", tr("Seen"), _seen_cell, sort=_seen, face=Face.FIXED, width=12, least=11, weight=0),
    )


def _severity(row: FindingRow) -> int:
    return RANKS[row.finding.severity]


def _subject(row: FindingRow) -> tuple[tuple[int, int | str], ...]:
    return numbers_apart(row.finding.subject)


def _seen(row: FindingRow) -> float:
    return -row.seen


def check_columns() -> tuple[Column[CheckRow], ...]:
    """Of the small table of checks."""
    return (
        Column("state", tr("State"), _check_state_cell, width=11, least=10, weight=0),
        Column("check", tr("Check"), lambda row: Cell(visible(row.state.title), dim=row.state.state == "not_run"),
               width=40, least=24, weight=3),
        Column("sends", tr("On the network"), _sends_cell, width=18, least=14, weight=1),
        Column("time", tr("Time"), lambda row: Cell(check_time(row), dim=True), face=Face.FIXED, right=True, width=8,
               least=7, weight=0),
    )  # fmt: skip


def _check_state_cell(row: CheckRow) -> Cell:
    return Cell(check_word(row), dot=check_tone(row), glyph=check_glyph(row))


def _sends_cell(row: CheckRow) -> Cell:
    return Cell(tr("asks and listens") if row.state.sends else tr("sends nothing"), dim=True)


FIELDS = {
    "severity": lambda row: f"{row.finding.severity} {severity_word(row.finding)}",
    "certainty": lambda row: f"{row.finding.certainty} {certainty_word(row.finding)}",
    "check": lambda row: row.finding.check or "",
    "code": lambda row: row.finding.code,
    "state": lambda row: "old" if row.stale else "new",
}
