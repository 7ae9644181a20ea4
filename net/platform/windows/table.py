"""Reads a table that PowerShell prints for people (Format-Table)."""

from __future__ import annotations

import re
import unicodedata

import msgspec


class Table(msgspec.Struct, frozen=True):
    """The headings, and the cells of each row in the same order, stripped."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, heading: str) -> tuple[str, ...]:
        """The cells under ``heading``; empty texts where there is no such column."""
        if heading not in self.headings:
            return ("",) * len(self.rows)
        place = self.headings.index(heading)
        return tuple(row[place] for row in self.rows)


def parse(text: str) -> Table:
    """The first table in ``text``; the line of dashes under the headings says where each column begins.

    Columns are counted in cells of the console, where an East Asian character takes two.
    """
    lines = text.splitlines()
    dashes = next((place for place, line in enumerate(lines) if re.fullmatch(r"-+( +-+)* *", line)), None)
    if not dashes:
        return Table((), ())
    starts = [found.start() for found in re.finditer(r"-+", lines[dashes])]
    rows = []
    for line in lines[dashes + 1 :]:
        if not line.strip():
            break
        rows.append(_cells(line, starts))
    return Table(_cells(lines[dashes - 1], starts), tuple(rows))


def _cells(line: str, starts: list[int]) -> tuple[str, ...]:
    wide = "".join(letter + "\0" if unicodedata.east_asian_width(letter) in "WF" else letter for letter in line)
    ends = [*starts[1:], len(wide)]
    return tuple(wide[start:end].replace("\0", "").strip() for start, end in zip(starts, ends, strict=True))
