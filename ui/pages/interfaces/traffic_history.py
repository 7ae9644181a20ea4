"""Remembers the rates of an interface for ten minutes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from net.records import Traffic

SECONDS = 600
"""How far back it goes; a reading comes once a second."""
LISTED = 60
"""Readings of the sparkline in the list."""
SILENT = (0.0,) * LISTED
"""A line along the bottom, for all readings without traffic alike, so that such a row is never painted anew."""
GAP_SECONDS = 3.0
"""Readings further apart are not joined: nobody read while the page was hidden."""


class Reading(NamedTuple):
    """Rates at ``time``, bytes a second; ``bad``: errors and drops a second."""

    time: float
    received: float
    sent: float
    bad: float


@dataclass(slots=True)
class _Course:
    """What is remembered of one interface; ``rested``: for how many readings nothing moved or went wrong."""

    readings: deque[Reading] = field(default_factory=lambda: deque(maxlen=SECONDS))
    sums: deque[float] = field(default_factory=lambda: deque(maxlen=LISTED))
    rested: int = LISTED


class TrafficHistory:
    """Readings of all interfaces, by name."""

    def __init__(self) -> None:
        self._courses: dict[str, _Course] = {}

    def note(self, traffic: Traffic) -> None:
        """Remember its rates, if it has any."""
        received, sent = traffic.rx_bytes_per_s, traffic.tx_bytes_per_s
        if received is None or sent is None:
            return
        course = self._courses.setdefault(traffic.interface, _Course())
        bad = (traffic.errors_per_s or 0.0) + (traffic.drops_per_s or 0.0)
        course.readings.append(Reading(traffic.time, received, sent, bad))
        course.sums.append(received + sent)
        course.rested = 0 if received or sent or bad else course.rested + 1

    def forget(self, name: str) -> None:
        """The interface is gone."""
        self._courses.pop(name, None)

    def of(self, name: str) -> tuple[Reading, ...]:
        """The last ten minutes, oldest first."""
        course = self._courses.get(name)
        if course is None:
            return ()
        newest = course.readings[-1].time
        return tuple(each for each in course.readings if newest - each.time <= SECONDS)

    def spark(self, name: str) -> tuple[float, ...]:
        """Received and sent together, the last minute of readings; SILENT if there was nothing in it."""
        course = self._courses.get(name)
        if course is None:
            return ()
        return SILENT if self.silent(name) else tuple(course.sums)

    def silent(self, name: str) -> bool:
        """Whether nothing moved or went wrong in the last minute of readings, as far as it was read."""
        course = self._courses.get(name)
        return course is not None and course.rested >= LISTED
