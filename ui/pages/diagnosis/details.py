"""The details of a finding: what was seen, why it is so, and what to do, in the order one reads it."""

from __future__ import annotations

from ui.pages.diagnosis.columns import (
    FindingRow,
    certainty_word,
    clock_words,
    numbered,
    severity_tone,
    severity_word,
    tr,
)
from ui.pages.table_page import raw_text
from ui.text import fill
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, Section


def describe(row: FindingRow, actions: tuple[Action, ...]) -> Details:
    """All about a finding."""
    finding = row.finding
    seen = clock_words(row) if row.stale else fill(tr("seen %1"), clock_words(row))
    return Details(
        title=finding.title,
        state=" · ".join((severity_word(finding), certainty_word(finding), finding.subject, seen)),
        tone=Tone.NEUTRAL if row.stale else severity_tone(finding),
        sections=(
            Section(tr("Why"), text=finding.cause),
            Section(tr("What to do"), facts=numbered(finding.remedy)),
            Section(tr("What was seen"), facts=numbered(finding.evidence)),
            Section(tr("How sure"), text=_certainty(row)),
        ),
        actions=actions,
        raw=raw_text(finding),
    )


def _certainty(row: FindingRow) -> str:
    words = {
        "proven": tr("Proven: the values above were read from the system and leave no other reading."),
        "likely": tr("Likely: the values above fit this and nothing else that is common."),
        "possible": tr("Possible: the values above fit this, and other causes too."),
    }
    text = words[row.finding.certainty]
    if row.stale:
        return f"{text} {tr('An older run saw it; the check has not been made again since.')}"
    return text
