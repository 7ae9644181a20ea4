"""How much the streams of one listen or one file may remember together, whatever is sent to them."""

from __future__ import annotations

GAPS = 1 << 18
"""Gaps in the numbers of all streams, of about 80 bytes each."""
READINGS = 1 << 17
"""Readings of payloads whose format is not known yet, of about 250 bytes each."""


class Room:
    """What is left of both; those who remember take from it and give back.

    Each run keeps a few gaps, and each stream a few readings, also where nothing is left.
    """

    __slots__ = ("gaps", "readings")

    def __init__(self, *, gaps: int = GAPS, readings: int = READINGS) -> None:
        self.gaps = gaps
        self.readings = readings
