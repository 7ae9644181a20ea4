"""Limits how often each host is answered, by the generic cell rate algorithm."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

BURST = 5
"""Messages that may come at once, as in omping (gcra.h)."""
MOST_HOSTS = 4096
"""Hosts remembered; beyond them the one that asked longest ago is forgotten."""


class Limiter:
    """GCRA (ITU-T I.371): one message each ``interval`` seconds for each host, BURST of them at once."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._expected: OrderedDict[Hashable, float] = OrderedDict()

    def allows(self, host: Hashable, now: float) -> bool:
        """Whether a message of ``host`` at ``now`` (seconds of a clock that only goes forward) conforms."""
        expected = max(now, self._expected.get(host, now))
        if expected - now > (BURST - 1) * self._interval:
            return False
        self._expected[host] = expected + self._interval
        self._expected.move_to_end(host)
        if len(self._expected) > MOST_HOSTS:
            self._expected.popitem(last=False)
        return True
