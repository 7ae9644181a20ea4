"""Makes a Problem from its code and facts; the sentences stand in resources/tables/problems.toml."""

from __future__ import annotations

import errno as errno_names
import os

from net.platform.system import SYSTEM
from net.records import Problem
from resources.loader import ProblemRow, problem_rows


class ProblemError(Exception):
    """An expected failure on its way to the border, where its ``problem`` travels on as a record."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


def make_problem(
    code: str,
    subject: str,
    error: OSError | None = None,
    *,
    evidence: str | None = None,
    **facts: object,
) -> Problem:
    """The Problem ``code`` about ``subject``; ``facts`` fill the braces of its row's sentences.

    ``{subject}``, ``{errno}`` and ``{reason}`` (the system's own words) are always there. Raises KeyError for a code
    without a row.
    """
    number = error.errno if error is not None else None
    row = _row(code, number)
    reason = os.strerror(number) if number is not None else evidence or ""
    values = {"subject": subject, "errno": number, "reason": reason, **facts}
    return Problem(
        code=code,
        subject=subject,
        text=_sentence(row.text.format(**values)),
        remedy=_sentence(row.remedy.format(**values)),
        errno=number,
        evidence=evidence,
    )


def _sentence(text: str) -> str:
    """With a full stop, which words that came from elsewhere may lack: another sentence follows."""
    text = text.rstrip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text.rstrip(':')}."


def _row(code: str, number: int | None) -> ProblemRow:
    name = errno_names.errorcode.get(number, "") if number is not None else ""
    rows = problem_rows()[code]
    for row in rows:
        if (not row.errno or name in row.errno) and (not row.os or SYSTEM in row.os):
            return row
    raise KeyError(f"{code}: no row for {name or 'no errno'} on {SYSTEM}")
