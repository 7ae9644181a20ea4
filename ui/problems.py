"""Problems the window finds by itself, in the words every problem has: resources/tables/problems.toml."""

from __future__ import annotations

from net.records import Problem
from resources.loader import problem_rows


def told(code: str, subject: str, **facts: object) -> Problem:
    """The Problem ``code`` about ``subject``, for what no system call refused; ``facts`` fill its sentences' braces."""
    row = problem_rows()[code][-1]
    values = {"subject": subject, "errno": None, "reason": "", **facts}
    return Problem(code=code, subject=subject, text=row.text.format(**values), remedy=row.remedy.format(**values))
