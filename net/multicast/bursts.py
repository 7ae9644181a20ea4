"""The columns of Wireshark's UDP Multicast Streams dialog, and the longest silence, kept live for one stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

INTERVAL = 0.1
"""Seconds of the sliding window: the dialog's burst measurement interval."""
BURST_ALARM = 50
"""Packets in the window from which there is a burst alarm."""
BUFFER_ALARM = 10_000
"""Bytes in the buffer from which there is a buffer alarm."""
EMPTY_SPEED = 5_000_000
"""Bits/s at which the buffer of a stream empties."""
MAX_WINDOW = 65_536
"""Packets kept of the window; of more, the oldest leave it early."""
ROUNDING = 1e-6
"""Seconds by which a difference of times since the epoch may be off: as floats they have steps of 0.24 µs."""

# The loops below run once for each packet received: locals instead of attributes, comparisons instead of max().


class Bursts:
    """Bandwidth, bursts, and the buffer that would smooth a stream; the times and sizes of one INTERVAL are kept.

    As in Wireshark's ui/mcast_stream.c, with its parameters and defaults: bytes are those of the frame, and an alarm
    counts each time its threshold is reached from below. Four things are errors there and differ. The window takes in
    both its edges and the newest packet (there bursts are one packet short). The maximum bandwidth is the most bytes
    that were in the window (there the largest burst times the size of its last packet). The buffer empties before a
    packet comes in (there the packet itself drains), and it begins empty (there the first packet counts twice).
    """

    __slots__ = (
        "_alarmed", "_bytes", "_in_burst", "_last", "_level", "_most_bytes", "_most_level", "_overhead", "_window",
        "buffer_alarms", "burst_alarms", "longest_silence", "max_burst",
    )  # fmt: skip

    def __init__(self, time: float, overhead: int) -> None:
        """``time``: when the first packet came. ``overhead``: bytes of the frame around each payload."""
        self._overhead = overhead
        self._window: deque[tuple[float, int]] = deque()
        self._last = time
        self._bytes = self._most_bytes = 0
        self._level = self._most_level = self.longest_silence = 0.0
        self._in_burst = self._alarmed = False
        self.max_burst = self.burst_alarms = self.buffer_alarms = 0

    @property
    def maximum_bits_per_s(self) -> float:
        """The bandwidth of the INTERVAL with the most bytes."""
        return self._most_bytes * 8 / INTERVAL

    @property
    def max_buffer_bytes(self) -> int:
        """The most the buffer held."""
        return round(self._most_level)

    def count(self, times: Sequence[float], sizes: Sequence[int]) -> None:
        """Take packets, at least one, into account: when they came (seconds), in that order, and bytes of payload."""
        self._count_window(times, sizes)
        self._count_buffer(times, sizes)

    def _count_window(self, times: Sequence[float], sizes: Sequence[int]) -> None:
        window, held, most, overhead, burst = (
            self._window,
            self._bytes,
            self._most_bytes,
            self._overhead,
            self.max_burst,
        )
        for time, size in zip(times, sizes, strict=True):
            window.append((time, size + overhead))
            held += size + overhead
            edge = time - (INTERVAL + ROUNDING)
            while window[0][0] < edge:
                held -= window.popleft()[1]
            if held > most:  # noqa: PLR1730 - see above
                most = held
            packets = len(window)
            if packets > burst:  # noqa: PLR1730 - see above
                burst = packets
            if (packets >= BURST_ALARM) != self._in_burst:
                self._in_burst = not self._in_burst
                self.burst_alarms += self._in_burst
        if window[0][0] > window[-1][0] + INTERVAL:
            # The clock was set back: the window would only grow until it has caught up.
            window.clear()
            held = 0
        while len(window) > MAX_WINDOW:
            held -= window.popleft()[1]
        self._bytes, self._most_bytes, self.max_burst = held, most, burst

    def _count_buffer(self, times: Sequence[float], sizes: Sequence[int]) -> None:
        last, level, most, overhead, silence = (
            self._last, self._level, self._most_level, self._overhead, self.longest_silence,
        )  # fmt: skip
        for time, size in zip(times, sizes, strict=True):
            elapsed = time - last
            last = time
            if elapsed > 0:
                if elapsed > silence:  # noqa: PLR1730 - see above
                    silence = elapsed
                level -= elapsed * (EMPTY_SPEED / 8)
                if level < 0:
                    level = 0.0
            level += size + overhead
            if level > most:  # noqa: PLR1730 - see above
                most = level
            if (level >= BUFFER_ALARM) != self._alarmed:
                self._alarmed = not self._alarmed
                self.buffer_alarms += self._alarmed
        self._last, self._level, self._most_level, self.longest_silence = last, level, most, silence
