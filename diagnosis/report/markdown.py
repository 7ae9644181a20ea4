"""A report as Markdown, for an issue or a mail."""

from __future__ import annotations

import re

from diagnosis.records import CheckState, Finding, Report
from diagnosis.report.words import address_words, clock, moment, ordered, role_words, run_words, summary
from net.records import Interface
from net.text import visible

LINE_CAP = 4000
_MARKS = re.compile(r"([\\`*_<>#|~\[\]&])")
_LINKS = re.compile(r"(?i)(?<=\w)(?=://)|(?<=www)(?=\.)")
_MENTIONS = re.compile(r"(?<![\w.])@(?=\w)")
_BEGINS = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+=])")


def markdown(report: Report) -> str:
    """Summary, findings, interfaces, changes and checks. Text of the network is set so that it stays text."""
    lines = ["# Lanscout diagnosis", "", f"**{plain(summary(report.findings))}**", ""]
    lines += [f"{plain(run_words(report))}", f"{moment(report.time)}", ""]
    for finding in ordered(report.findings):
        lines += _finding(finding)
    lines += ["## Interfaces", "", "| name | what it is | addresses | roles |", "| --- | --- | --- | --- |"]
    lines += [_interface(face) for face in report.interfaces]
    if report.changes:
        lines += ["", "## What changed", ""]
        lines += [f"- {clock(change.time)} {plain(change.text)}" for change in report.changes]
    if report.changes_left_out:
        lines += [f"- {report.changes_left_out} earlier changes are left out."]
    lines += ["", "## Checks", "", *(_check(state) for state in report.checks)]
    if report.redacted is not None:
        lines += ["", plain(report.redacted)]
    return "\n".join(lines) + "\n"


def plain(text: str) -> str:
    """``text`` in one line, without anything Markdown would read."""
    escaped = _MARKS.sub(r"\\\1", visible(text, LINE_CAP).strip())
    escaped = _LINKS.sub(r"\\", escaped)
    escaped = _MENTIONS.sub("@\N{WORD JOINER}", escaped)  # where a backslash does not help
    return _BEGINS.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", escaped)


def _finding(finding: Finding) -> list[str]:
    lines = [
        f"## {finding.severity.capitalize()}: {plain(finding.title)}",
        "",
        f"About {plain(finding.subject)}; {finding.certainty}.",
        "",
        plain(finding.cause),
        "",
    ]
    if finding.remedy:
        steps = (f"{number}. {plain(remedy)}" for number, remedy in enumerate(finding.remedy, 1))
        lines += ["What to do:", "", *steps, ""]
    if finding.evidence:
        lines += ["What was seen:", "", *(f"- {plain(evidence)}" for evidence in finding.evidence), ""]
    return lines


def _interface(face: Interface) -> str:
    cells = (face.name, face.label, address_words(face), role_words(face))
    return f"| {' | '.join(plain(cell) for cell in cells)} |"


def _check(state: CheckState) -> str:
    took = "" if state.seconds is None else f", {state.seconds:.1f} s"
    return f"- {plain(state.title)} {state.state.replace('_', ' ')}{took}"
