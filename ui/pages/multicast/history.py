"""How a stream went in the last minutes: its rate and its losses, second by second."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from net.records import Stream

SECONDS = 120


class Sample(NamedTuple):
    """A second of a stream: packets/s, and what was found lost on the network and dropped here within it."""

    packets_per_s: float
    lost: int
    dropped: int


class History:
    """The newest SECONDS samples, the newest last. All times are on the clock of ``monotonic``.

    ``heard``: when the newest packet was told.
    """

    __slots__ = ("_counted", "_found", "_packets", "_rate", "_sampled", "heard", "samples")

    def __init__(self, now: float) -> None:
        self.samples: deque[Sample] = deque(maxlen=SECONDS)
        self.heard = now
        self._sampled = now
        self._packets = 0
        self._rate = 0.0
        # Lost and dropped: in all so far, and as they stood at the last sample.
        self._counted = self._found = (0, 0)

    def take(self, stream: Stream, now: float) -> None:
        """A newer state of the stream."""
        self.sample(now)
        if stream.packets != self._packets:
            self.heard, self._packets = now, stream.packets
        self._rate = stream.packets_per_s
        self._counted = (stream.lost or 0, stream.dropped_here or 0)

    def sample(self, now: float) -> None:
        """One sample for each second that has passed; what was lost belongs to the last of them."""
        seconds = int(now - self._sampled)
        if seconds <= 0:
            return
        self._sampled += seconds
        self.samples.extend([Sample(self._rate, 0, 0)] * min(seconds - 1, SECONDS))
        lost, dropped = (max(0, now_ - then) for now_, then in zip(self._counted, self._found, strict=True))
        self.samples.append(Sample(self._rate, lost, dropped))
        self._found = self._counted

    def begin_anew(self) -> None:
        """The next counts begin at zero."""
        self._rate = 0.0
        self._packets = 0
        self._counted = self._found = (0, 0)
