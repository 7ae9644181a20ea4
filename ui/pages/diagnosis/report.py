"""The findings as a Markdown report to hand on."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from ui.pages.diagnosis.columns import (
    CheckRow,
    FindingRow,
    certainty_word,
    check_glyph,
    check_time,
    check_word,
    clock_words,
    severity_glyph,
    severity_word,
    tr,
)
from ui.text import fill, visible

LINE_CAP = 4000
_MARKS = re.compile(r"([\\`*_<>#|~]|\](?=[(\[]))")


def markdown(findings: Iterable[FindingRow], checks: Iterable[CheckRow], *, place: str, moment: float) -> str:
    """The report on ``place`` as of ``moment`` (UTC). Text of the network is set so that it stays text."""
    clock = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))
    lines = [f"# {tr('Lanscout diagnosis')}", "", f"{plain(place)}, {clock}", "", f"## {tr('Checks')}", ""]
    lines += [_check(row) for row in checks]
    rows = list(findings)
    for row in rows:
        lines += ["", *_finding(row)]
    if not rows:
        lines += ["", tr("Nothing was found.")]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """``text`` in one line, without anything Markdown would read."""
    return _MARKS.sub(r"\\\1", visible(text, LINE_CAP))


def _check(row: CheckRow) -> str:
    took = check_time(row)
    state = fill(tr("%1, %2"), check_word(row), took) if took else check_word(row)
    return f"- {check_glyph(row)} {plain(row.state.title)} ({state})"


def _finding(row: FindingRow) -> list[str]:
    finding = row.finding
    facts = (finding.subject, certainty_word(finding), clock_words(row))
    lines = [
        f"## {severity_glyph(finding)} {severity_word(finding)}: {plain(finding.title)}",
        "",
        " · ".join(plain(fact) for fact in facts),
        "",
        plain(finding.cause),
    ]
    if finding.remedy:
        steps = [f"{number}. {plain(remedy)}" for number, remedy in enumerate(finding.remedy, start=1)]
        lines += ["", f"{tr('What to do')}:", "", *steps]
    if finding.evidence:
        lines += ["", f"{tr('What was seen')}:", "", *(f"- {plain(evidence)}" for evidence in finding.evidence)]
    return lines
