"""Interarrival jitter (RFC 3550 section 6.4.1) from the transit times of a stream."""

from __future__ import annotations

STEP = 3600.0
"""Seconds by which two transit times cannot differ: a clock was set, or a timestamp began anew."""


class Jitter:
    """``value`` is the jitter as it stands, in seconds, None before any packet said when it was sent.

    ``transits`` takes the transit time of each packet in the order they came (received minus sent; the clocks need
    not agree); ``settle`` works them in.
    """

    __slots__ = ("_count", "_sum", "_value", "transits")

    def __init__(self) -> None:
        self.transits: list[float] = []
        self._value = self._sum = 0.0
        self._count = 0

    @property
    def value(self) -> float | None:
        return self._value if self.transits else None

    @property
    def mean(self) -> float | None:
        """The mean of the jitter over all packets, as newer versions of iperf 2 print it at their end."""
        if not self.transits:
            return None
        return self._sum / self._count if self._count else 0.0

    def settle(self) -> None:
        """Work in all transit times; the last is kept for the next packet to be compared with."""
        transits = self.transits
        if len(transits) < 2:
            return
        value, total, before = self._value, self._sum, transits[0]
        for transit in transits[1:]:
            difference = abs(transit - before)
            before = transit
            if difference < STEP:
                value += (difference - value) / 16
            total += value
        self._value, self._sum = value, total
        self._count += len(transits) - 1
        del transits[:-1]

    def go_on_from(self, transit: float | None) -> float | None:
        """What comes next belongs to another flow, whose last transit time this is; returns that of the flow left."""
        self.settle()
        left = self.transits[-1] if self.transits else None
        self.transits[:] = [] if transit is None else [transit]
        return left
