"""Places in a table as runs, so that Qt is told of many rows at once."""

from __future__ import annotations


def runs_of(places: list[int], step: int = 1) -> list[tuple[int, int]]:
    """Ascending numbers as runs (first, last); those at most ``step`` apart are one run."""
    found: list[tuple[int, int]] = []
    for place in places:
        if found and place - found[-1][1] <= step:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
