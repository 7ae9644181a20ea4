"""Columns and cells as data: what a table shows is said once, by functions of an item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from ui.theme import Tone

Item = TypeVar("Item")


class Face(Enum):
    """The font of a cell's first line."""

    TEXT = "text"
    STRONG = "strong"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Chip:
    """A role or state as an outlined pill with a word."""

    text: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows; all of it is text made visible already.

    ``text`` over ``detail``; ``dot`` before them, or ``glyph`` in the dot's tone; or ``chips``, under ``text`` if there
    is one; or ``spark`` (samples, oldest first) with ``text`` over ``detail`` right-aligned beside it. ``dim`` for what
    does not matter now. ``spoken``: for screen readers and copying, where the text alone does not say it.
    """

    text: str = ""
    detail: str = ""
    dot: Tone | None = None
    glyph: str = ""
    chips: tuple[Chip, ...] = ()
    spark: tuple[float, ...] | None = None
    dim: bool = False
    tip: str = ""
    spoken: str = ""

    @property
    def plain(self) -> str:
        """The cell as one line of plain text."""
        return self.spoken or " · ".join(
            part for part in (self.text, self.detail, *(c.text for c in self.chips)) if part
        )


@dataclass(frozen=True, slots=True)
class Column(Generic[Item]):
    """A column as data.

    ``key`` names it in settings and in the filter (``key:value``); ``cell`` formats an item; ``sort`` gives an item's
    sort key (one type for all items; see ``none_last``), by default its text. ``width`` and ``least`` are in average
    characters of its face; ``weight`` is its part of the room left over. ``typical``: cells that are never to be cut,
    however little room there is. ``moves``: a row changes place when this column changes;
    False for numbers that change every second, after which rows would run away. ``extra``: not shown until asked for.
    """

    key: str
    title: str
    cell: Callable[[Item], Cell]
    sort: Callable[[Item], object] | None = None
    face: Face = Face.TEXT
    detail_face: Face = Face.TEXT
    right: bool = False
    width: int = 20
    least: int = 8
    typical: tuple[Cell, ...] = ()
    weight: int = 1
    moves: bool = True
    tip: str = ""
    extra: bool = False


def none_last(value: object) -> tuple[bool, object]:
    """A sort key that puts None behind everything."""
    return (value is None, 0 if value is None else value)
