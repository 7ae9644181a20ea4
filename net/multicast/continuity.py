"""Counts the packets of an MPEG transport stream by the continuity counters of its cells."""

from __future__ import annotations

from collections.abc import Sequence

from net.multicast.payloads.transport_stream import CELL, is_transport_stream
from net.multicast.sequence import Counts
from net.multicast.strip import DUPLICATED, Strip

NULL = 0x1FFF
"""The PID of padding, whose counter means nothing (ISO/IEC 13818-1 section 2.4.3.3), and the mask of PIDs."""
UNSEEN = 0xFF
KEPT = 2048
"""Bytes up to which a payload is kept to tell a repeated one; of a longer one its hash."""


class Continuity:
    """Adds to ``counts`` what the counters show, 4 bits for each PID that go on with each cell that has a payload.

    ``continuity_errors`` are the cells that do not go on from the one before. ``lost`` are the cells missing, at most
    15 of a PID at a time, in units of a datagram: so many datagrams at least. A datagram that repeats the one before
    is duplicated; a single cell may repeat the one before it. Reordering cannot be told from loss. A jump that a cell
    announces is no error.
    """

    __slots__ = ("_before", "_counters", "_errors", "_strip", "counts")

    def __init__(self, counts: Counts, *, strips: bool) -> None:
        self.counts = counts
        self._errors = counts.continuity_errors = counts.continuity_errors or 0
        self._before: bytes | int = b""
        # By PID, of which a hostile sender may use all.
        self._counters = bytearray((UNSEEN,)) * (NULL + 1)
        self._strip = Strip() if strips else None

    def count(self, time: float, payload: bytes) -> bool:  # noqa: ARG002 - the counters have no time
        """Take a packet into account; False if it is no transport stream."""
        if not is_transport_stream(payload):
            return False
        seen = payload if len(payload) <= KEPT else hash(payload)
        if seen == self._before:
            self._take_duplicate()
            return True
        self._before = seen
        counters = self._counters
        missing = 0
        for at, (high, low, control) in enumerate(
            zip(payload[1::CELL], payload[2::CELL], payload[3::CELL], strict=True)
        ):
            # Without a payload (0x10) the counter stands still; a transport error (0x80) makes the header doubtful.
            pid = (high << 8 | low) & NULL
            if not control & 0x10 or high & 0x80 or pid == NULL:
                continue
            counter = control & 0x0F
            before = counters[pid]
            counters[pid] = counter
            if before == UNSEEN or counter == (before + 1) & 0x0F or counter == before:
                continue
            if not (control & 0x20 and _announces_jump(payload, at * CELL)):
                self._errors += 1
                missing += (counter - before - 1) & 0x0F
        self.counts.continuity_errors = self._errors
        self._take(missing, len(payload) // CELL)
        return True

    def count_batch(self, times: Sequence[float], payloads: Sequence[bytes]) -> int:
        """Take packets into account; returns how many are no transport stream."""
        return sum(not self.count(*packet) for packet in zip(times, payloads, strict=True))

    def release(self) -> None:
        """Nothing of the room that streams share is taken."""

    def settle(self) -> None:
        """Nothing waits."""

    def strip(self) -> str | None:
        """The last datagrams, None where no strips are kept."""
        return self._strip.text() if self._strip is not None else None

    def _take(self, missing: int, cells: int) -> None:
        lost = max(1, round(missing / cells)) if missing else 0
        self.counts.lost += lost
        if self._strip is not None:
            self._strip.lost(lost)
            self._strip.arrived()

    def _take_duplicate(self) -> None:
        self.counts.duplicated += 1
        if self._strip is not None:
            self._strip.mark(0, DUPLICATED)


def _announces_jump(payload: bytes, at: int) -> bool:
    """The discontinuity indicator of the adaptation field."""
    return payload[at + 4] > 0 and bool(payload[at + 5] & 0x80)
