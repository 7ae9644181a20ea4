"""Remembers the rates of an interface for ten minutes."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from net.records import Traffic

SECONDS = 600
"""How far back it goes; a reading comes once a second."""
LISTED = 60
"""Readings of the sparkline in the list."""
GAP_SECONDS = 3.0
"""Readings further apart are not joined: nobody read while the page was hidden."""


class Reading(NamedTuple):
    """Rates at ``time``, bytes a second; ``bad``: errors and drops a second."""

    time: float
    received: float
    sent: float
    bad: float


class TrafficHistory:
    """Readings of all interfaces, by name."""

    def __init__(self) -> None:
        self._readings: dict[str, deque[Reading]] = {}

    def note(self, traffic: Traffic) -> None:
        """Remember its rates, if it has any."""
        if traffic.rx_bytes_per_s is None or traffic.tx_bytes_per_s is None:
            return
        readings = self._readings.setdefault(traffic.interface, deque(maxlen=SECONDS))
        bad = (traffic.errors_per_s or 0.0) + (traffic.drops_per_s or 0.0)
        readings.append(Reading(traffic.time, traffic.rx_bytes_per_s, traffic.tx_bytes_per_s, bad))

    def forget(self, name: str) -> None:
        """The interface is gone."""
        self._readings.pop(name, None)

    def of(self, name: str) -> tuple[Reading, ...]:
        """The last ten minutes, oldest first."""
        readings = self._readings.get(name, ())
        newest = readings[-1].time if readings else 0.0
        return tuple(each for each in readings if newest - each.time <= SECONDS)

    def spark(self, name: str) -> tuple[float, ...]:
        """Received and sent together, the last minute of readings."""
        readings = self._readings.get(name)
        if not readings:
            return ()
        first = max(0, len(readings) - LISTED)
        return tuple(readings[at].received + readings[at].sent for at in range(first, len(readings)))
