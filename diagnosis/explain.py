"""Says what the errors in a pasted text mean, line by line, from the table of known errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from functools import cache
from typing import Literal, NamedTuple

from diagnosis.records import Explained, Explanation
from diagnosis.requests import ExplainRequest
from net.problems import ProblemError, make_problem
from net.records import Record
from net.text import visible
from resources.loader import KnownErrorRow, known_errors

LINES_READ = 1000
LINE_READ = 500
"""Lines of a text, and characters of a line, that are looked at."""

LINES_KEPT = 100
UNKNOWN_KEPT = 20
LINE_SHOWN = 300
SHORT = 60
"""A line known by its number alone is at most so long: in a longer one a number can be anything."""

How = Literal["text", "name", "number"]

_LINE_ENDS = re.compile(r"\r\n|[\n\r\u2028\u2029]")
_CODED = re.compile(r"((?:[^\W\d]+\W+?)*)(-?[0-9]{1,10})\W*")
"""Words, then the code they announce, and nothing after it."""
_WORD = re.compile(r"[^\W\d]+")
_NO_FACT = frozenset(("error", "code", "failed", "domain"))


class Match(NamedTuple):
    """A row that fits a line, and what of the line fitted."""

    row: KnownErrorRow
    how: How


async def explain(request: ExplainRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """An Explanation as soon as a line leads to it, those of several lines once more with all of them, one Explained.

    Raises ProblemError where the text is empty.
    """
    lines = [(number, line.strip()) for number, line in enumerate(_LINE_ENDS.split(request.text), 1) if line.strip()]
    if not lines:
        raise ProblemError(make_problem("explain_empty", "the text"))
    read = lines[:LINES_READ]
    known: dict[str, tuple[Match, ...]] = {}
    found: dict[str, tuple[Match, str, list[int]]] = {}
    unknown = []
    for number, line in read:
        await asyncio.sleep(0)  # a line is compared with every row, so others on the loop have their turn
        matches = known.get(line)
        if matches is None:
            matches = known[line] = match(line[:LINE_READ])
        if not matches:
            unknown.append(visible(line, LINE_SHOWN))
        fresh = [each for each in matches if each.row.id not in found]
        for each in matches:
            found.setdefault(each.row.id, (each, line, []))[2].append(number)
        if fresh:
            yield tuple(_explanation(*found[each.row.id]) for each in fresh)
    again = tuple(_explanation(*each) for each in found.values() if len(each[2]) > 1)
    ended = Explained(
        lines=len(lines),
        known=len(read) - len(unknown),
        unknown=tuple(unknown[:UNKNOWN_KEPT]),
        left_out=len(lines) - len(read),
        cut=sum(len(line) > LINE_READ for _, line in read),
    )
    yield (*again, ended)


def match(line: str) -> tuple[Match, ...]:
    """The rows that fit ``line``: by its form, else by a name it consists of, else by its only number."""
    by_text = tuple(Match(row, "text") for pattern, row in _patterns() if pattern.search(line))
    if by_text:
        return by_text
    named = _names().get(_bare(line), ())
    return tuple(Match(row, "name") for row in named) or tuple(Match(row, "number") for row in _numbered(line))


def _numbered(line: str) -> tuple[KnownErrorRow, ...]:
    """Rows of the number with which a short line ends; what stands before it must be words that the row has, too.

    An errno has its form, which the patterns know.
    """
    found = _CODED.fullmatch(line.strip()) if len(line) <= SHORT else None
    if found is None:
        return ()
    words = {word.casefold() for word in _WORD.findall(found[1])} - _NO_FACT
    rows = [row for row in known_errors() if str(row.code) == found[2] and words <= _words(row)]
    return tuple(sorted(rows, key=lambda row: row.domain != "errno")) if "errno" not in words else ()


def _bare(name: str) -> str:
    return name.strip(" \t:;,.").casefold()


def _words(row: KnownErrorRow) -> set[str]:
    return {word.casefold() for word in _WORD.findall(" ".join((row.domain, *row.names)))}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], KnownErrorRow], ...]:
    return tuple((re.compile(row.pattern), row) for row in known_errors())


@cache
def _names() -> dict[str, tuple[KnownErrorRow, ...]]:
    """The rows by each of their names, without regard to case."""
    names: dict[str, tuple[KnownErrorRow, ...]] = {}
    for row in known_errors():
        for name in dict.fromkeys(map(_bare, row.names)):
            names[name] = (*names.get(name, ()), row)
    return names


def _explanation(found: Match, line: str, numbers: list[int]) -> Explanation:
    row = found.row
    return Explanation(
        id=row.id,
        title=row.names[0] if row.names else row.id,
        domain=row.domain,
        systems=row.os,
        matched=visible(line, LINE_SHOWN),
        lines=tuple(numbers[:LINES_KEPT]),
        count=len(numbers),
        how=found.how,
        meaning=row.means,
        causes=row.causes,
        remedies=row.remedies,
        checks=row.checks,
        source=row.source,
        verified=row.verified,
    )
