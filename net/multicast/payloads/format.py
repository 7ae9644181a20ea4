"""What a payload format is: how its numbers are read, and how they go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

Reading: TypeAlias = tuple[int | bytes, int, float | None]
"""What a payload says: the run of the sender or the flow it belongs to, its number, and when it was sent (seconds;
None where the format does not say). A plain tuple, as one is made for each packet."""

STEP = 64
"""Numbers that one packet of a stream to be recognised may be away from the one before."""
HOUR = 3600.0
"""Seconds that the times of two packets in a row may be apart: no network delays that long."""


class Numbered(NamedTuple):
    """A payload that was read: by which format, run or flow, number, modulus of the numbers, time of sending."""

    format: str
    run: int | bytes
    number: int
    modulus: int | None
    sent: float | None


class Format(NamedTuple):
    """A payload format with numbers.

    ``read`` returns None for what is not of this format, and never raises. ``first_bytes``: those its payloads may
    begin with. ``proof``: packets that must fit each other before it is believed; 1 where one packet is proof enough.
    ``modulus``: numbers go from it to 0; None where they never do. ``first``: the number a sender begins with.
    ``from_first``: a stream that begins within a few of that has lost those before, as the format's own receiver
    says. ``clock``: ``sent`` goes on with the numbers, so what was sent later is no duplicate. ``parallel``: runs are
    flows that go on side by side; else another run is a sender that began anew. ``unique``: one that begins anew
    always has another run. ``counts_cells``: the payload is made
    of cells with counters of their own (net.multicast.continuity), and a reading says no more than that it fits.
    """

    name: str
    read: Callable[[bytes], Reading | None]
    first_bytes: bytes
    proof: int = 1
    modulus: int | None = None
    first: int | None = None
    from_first: bool = False
    clock: bool = False
    parallel: bool = False
    unique: bool = False
    counts_cells: bool = False

    def fits(self, before: Reading, now: Reading) -> bool | None:
        """Whether ``now`` goes on from ``before``; None where it may, but proves nothing."""
        if self.counts_cells:
            return True
        if now[0] != before[0]:
            return None
        if self.clock and now[2] is not None and before[2] is not None and abs(now[2] - before[2]) > HOUR:
            return False
        step = now[1] - before[1]
        if self.modulus is not None:
            step = (step + STEP) % self.modulus - STEP
        return True if 0 < step <= STEP else None if -STEP <= step <= 0 else False


def is_time(microseconds: int) -> bool:
    """Whether the microseconds of a struct timeval are some."""
    return microseconds < 1_000_000
