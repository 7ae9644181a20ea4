"""The table of the view Bundle, the sentence above it, and the source of a rule in the details."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagnosis.records import Finding
from resources.loader import bundle_rules
from ui.pages.diagnosis.columns import FindingRow, columns, numbers_apart, tr
from ui.text import fill, plural, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Chip, Column
from ui.widgets.details_form import Details, Fact, Section

READ = ("bundle_fits", "bundle_read")
"""The findings on what was read, the last of each bundle."""


def bundle_columns() -> tuple[Column[FindingRow], ...]:
    """In the person's language, so made when the page is."""
    severity, finding, *_ = columns()
    return (
        severity,
        finding,
        Column("part", tr("Part"), _part_cell, sort=lambda row: numbers_apart(row.finding.subject), width=24, least=14,
               weight=1),
    )  # fmt: skip


def _part_cell(row: FindingRow) -> Cell:
    return Cell(chips=(Chip(visible(row.finding.subject, 60)),), tip=visible(row.finding.subject))


def head_words(findings: Sequence[Finding]) -> tuple[str, Tone, tuple[str, ...]]:
    """What came out in one sentence, its tone, and how much was read."""
    last = findings[-1]
    severities = [finding.severity for finding in findings]
    errors, warnings = severities.count("error"), severities.count("warning")
    counts = [
        words
        for number, words in (
            (errors, plural(errors, tr("%n error"), tr("%n errors"))),
            (warnings, plural(warnings, tr("%n warning"), tr("%n warnings"))),
        )
        if number
    ]
    facts = tuple(
        plural(len(finding.evidence), tr("%n fact read"), tr("%n facts read"))
        for finding in findings if finding.code in READ
    )  # fmt: skip
    if not counts:
        return last.title, Tone.OK, facts
    tone = Tone.ERROR if errors else Tone.WARNING
    return fill(tr("%1: %2."), visible(last.subject, 80), ", ".join(counts)), tone, facts


def with_source(details: Details, code: str) -> Details:
    """The details with where the rule stands."""
    rule = bundle_rules().get(code)
    if rule is None:
        return details
    source = Section(tr("The rule"), facts=(Fact(tr("Source"), rule.source), Fact(tr("Rule"), code, fixed=True)))
    return replace(details, sections=(*details.sections, source))
