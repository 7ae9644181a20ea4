"""A sequence whose items are made when they are looked at, for what is too much to make in one turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar, overload

Made_co = TypeVar("Made_co", covariant=True)


class Later(Sequence[Made_co]):
    """``length`` items, of which ``make`` makes the one at a place, each time anew."""

    def __init__(self, length: int, make: Callable[[int], Made_co]) -> None:
        self._places = range(length)
        self._make = make

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Made_co: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Made_co]: ...
    def __getitem__(self, place: int | slice) -> Made_co | Sequence[Made_co]:
        if isinstance(place, slice):
            return [self._make(each) for each in self._places[place]]
        return self._make(self._places[place])


def joined(first: Sequence[Made_co], second: Sequence[Made_co]) -> Sequence[Made_co]:
    """Both, one after the other."""
    head = len(first)
    return Later(head + len(second), lambda place: first[place] if place < head else second[place - head])
