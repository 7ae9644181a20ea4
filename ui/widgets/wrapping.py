"""Breaks a line of text as a person would: at spaces, then after signs that separate parts, else into even pieces."""

from __future__ import annotations

import re
from collections.abc import Callable

_WORDS = re.compile(r" *[^ ]+ *| +")
_PARTS = re.compile(r"[^:/._\-,;=]*[:/._\-,;=]+|[^:/._\-,;=]+")
_ORPHAN = 4
"""A last line shorter than this is given a part of the line before."""


def wrap(line: str, width: int, advance: Callable[[str], int]) -> list[str]:
    """The pieces of ``line``, each at most ``width`` wide by ``advance``, spaces at their ends aside; together they are
    ``line``."""
    if advance(line) <= width:
        return [line]
    pieces: list[str] = []
    current = ""
    for word in _WORDS.findall(line):
        if advance((current + word).rstrip(" ")) <= width:
            current += word
            continue
        if current:
            pieces.append(current)
        if advance(word.rstrip(" ")) <= width:
            current = word
        else:
            *whole, current = _wrap_word(word, width, advance)
            pieces += whole
    return [*pieces, current] if current else pieces


def _wrap_word(word: str, width: int, advance: Callable[[str], int]) -> list[str]:
    lines: list[list[str]] = [[]]
    for part in _PARTS.findall(word):
        for piece in [part] if advance(part.rstrip(" ")) <= width else _even(part, width, advance):
            if lines[-1] and advance("".join([*lines[-1], piece]).rstrip(" ")) > width:
                lines.append([])
            lines[-1].append(piece)
    if len(lines) > 1:
        before, last = lines[-2:]
        while (
            len("".join(last).rstrip(" ")) < _ORPHAN
            and len(before) > 1
            and advance("".join([before[-1], *last]).rstrip(" ")) <= width
        ):
            last.insert(0, before.pop())
    return ["".join(parts) for parts in lines]


def _even(part: str, width: int, advance: Callable[[str], int]) -> list[str]:
    """As few pieces as fit, of one length, so that none is a single character."""
    # Rounded to whole pixels a piece may be one narrower than it is.
    fewest = max(2, advance(part) // (width + 1))
    # By size, not by number: a word of a whole command line has tens of thousands of numbers, a line few sizes.
    for size in range(-(-len(part) // fewest), 1, -1):
        if size != -(-len(part) // -(-len(part) // size)):
            continue  # so many pieces would be more even with fewer characters
        pieces = [part[start : start + size] for start in range(0, len(part), size)]
        if all(advance(piece) <= width for piece in pieces):
            return pieces
    return list(part)
