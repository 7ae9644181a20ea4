"""The tables of the view Lint: which rules are broken by whom, who asks for what, and how well each host does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from discovery.records import Asked, HostScore, LintFinding
from ui.pages.bonjour.columns import tr
from ui.text import UNKNOWN, clock, count, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

SEVERITIES = ("error", "warning", "info")
SIGNS = {"error": ("✕", Tone.ERROR), "warning": ("▲", Tone.WARNING), "info": ("i", Tone.INFO)}
GOOD_SCORE, FAIR_SCORE = 90, 60
"""From here on a host keeps the rules; from there on it mostly does."""
NAME_CAP = 120


def severity_words(severity: str) -> str:
    return {"error": tr("error"), "warning": tr("warning")}.get(severity, tr("advice"))


def host_words(host: str | None, source: str) -> str:
    """The host's name where it is known, else its address."""
    return visible((host or source).removesuffix("."), NAME_CAP)


def score_tone(score: int) -> Tone:
    return Tone.OK if score >= GOOD_SCORE else Tone.WARNING if score >= FAIR_SCORE else Tone.ERROR


def finding_order(finding: LintFinding) -> tuple[int, float]:
    """The worst first, then as they came: counting on moves nothing."""
    return (SEVERITIES.index(finding.severity), finding.first)


def _severity(finding: LintFinding) -> Cell:
    glyph, tone = SIGNS[finding.severity]
    return Cell(severity_words(finding.severity), finding.section, dot=tone, glyph=glyph)


def _offender(finding: LintFinding) -> Cell:
    named = host_words(finding.host, finding.offender)
    address = visible(finding.offender, 60)
    return Cell(named, address if address != named else "")


def _rule(finding: LintFinding) -> Cell:
    return Cell(finding.title, visible(finding.subject, NAME_CAP), tip=visible(finding.evidence))


def finding_columns() -> tuple[Column[LintFinding], ...]:
    """In the person's language, so made when the page is."""
    return (
        Column("severity", tr("Severity"), _severity, sort=finding_order, width=16, least=14, weight=0,
               typical=(Cell(tr("warning"), "RFC 6762 §18.14", dot=Tone.WARNING),)),
        Column("rule", tr("Rule that is broken"), _rule, width=46, least=24, weight=3),
        Column("host", tr("Host"), _offender, detail_face=Face.FIXED, width=22, least=14, weight=1),
        Column("interface", tr("On"), lambda row: Cell(visible(row.interface, 40)), width=7, least=5, weight=0),
        Column("count", tr("Times"), lambda row: Cell(count(row.count)), sort=lambda row: -row.count, face=Face.FIXED,
               right=True, width=7, least=5, weight=0, moves=False),
        Column("last", tr("Last"), lambda row: Cell(clock(row.last)[:8]), sort=lambda row: -row.last, face=Face.FIXED,
               right=True, width=9, least=8, weight=0, moves=False),
    )  # fmt: skip


ADDRESS_FIELD: dict[str, Callable[[Any], str]] = {"address": lambda row: row.source}
FINDING_FIELDS = {
    "section": lambda row: row.section,
    "code": lambda row: row.rule,
    "address": lambda row: row.offender,
    "subject": lambda row: row.subject,
}


def _answered(asked: Asked) -> Cell:
    if asked.answered:
        return Cell(tr("answered"), dot=Tone.OK, glyph="✓")
    return Cell(tr("unanswered"), dot=Tone.WARNING, glyph="✕", tip=tr("No answer to it was heard here"))


def _interval(asked: Asked) -> Cell:
    if asked.interval is None:
        return Cell(UNKNOWN, dim=True)
    seconds = asked.interval
    return Cell(f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min")


def _number(value: int) -> Cell:
    return Cell(count(value), dim=not value)


def question_columns() -> tuple[Column[Asked], ...]:
    """Who asks for what, and how often."""
    return (
        Column("question", tr("Question"), lambda row: Cell(visible(row.name, NAME_CAP), row.type), face=Face.STRONG,
               detail_face=Face.FIXED, width=40, least=22, weight=3),
        Column("source", tr("Asked by"), lambda row: Cell(visible(row.source, 60)), face=Face.FIXED, width=26, least=15,
               weight=1),
        Column("interface", tr("On"), lambda row: Cell(visible(row.interface, 40)), width=7, least=5, weight=0),
        Column("qm", tr("QM"), lambda row: _number(row.multicast), sort=lambda row: -row.multicast, face=Face.FIXED,
               right=True, width=7, least=5, weight=0, moves=False, tip=tr("Times an answer by multicast was wanted")),
        Column("qu", tr("QU"), lambda row: _number(row.unicast), sort=lambda row: -row.unicast, face=Face.FIXED,
               right=True, width=7, least=5, weight=0, moves=False, tip=tr("Times an answer by unicast was wanted")),
        Column("every", tr("Every"), _interval, sort=lambda row: row.interval or 0.0, face=Face.FIXED, right=True,
               width=8, least=7, weight=0, moves=False, tip=tr("The mean time between")),
        Column("last", tr("Last"), lambda row: Cell(clock(row.last)[:8]), sort=lambda row: -row.last, face=Face.FIXED,
               right=True, width=9, least=8, weight=0, moves=False),
        Column("answered", tr("Answer"), _answered, width=14, least=12, weight=0,
               typical=(Cell(tr("unanswered"), dot=Tone.OK),)),
    )  # fmt: skip


def _score(host: HostScore) -> Cell:
    tone = score_tone(host.score)
    glyph = {Tone.OK: "✓", Tone.WARNING: "▲"}.get(tone, "✕")
    return Cell(str(host.score), dot=tone, glyph=glyph)


def host_columns() -> tuple[Column[HostScore], ...]:
    """The worst first."""
    return (
        Column("score", tr("Score"), _score, sort=lambda row: row.score, face=Face.FIXED, width=8, least=7, weight=0,
               tip=tr("100 less what its findings cost")),
        Column("host", tr("Host"), lambda row: Cell(host_words(row.host, row.source), visible(row.source, 60)),
               face=Face.STRONG, detail_face=Face.FIXED, width=30, least=18, weight=2),
        Column("interfaces", tr("On"), lambda row: Cell(visible(", ".join(row.interfaces), 80)), width=12, least=6,
               weight=1),
        Column("errors", tr("Errors"), lambda row: _number(row.errors), sort=lambda row: -row.errors, face=Face.FIXED,
               right=True, width=8, least=7, weight=0, moves=False),
        Column("warnings", tr("Warnings"), lambda row: _number(row.warnings), sort=lambda row: -row.warnings,
               face=Face.FIXED, right=True, width=9, least=9, weight=0, moves=False),
        Column("packets", tr("Packets"), lambda row: Cell(count(row.packets)), sort=lambda row: -row.packets,
               face=Face.FIXED, right=True, width=9, least=8, weight=0, moves=False),
    )  # fmt: skip
