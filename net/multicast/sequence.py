"""Judges the numbers of a stream: lost, duplicated, reordered, late, and where the sender began anew."""

from __future__ import annotations

from bisect import bisect_right

from net.multicast.room import Room
from net.multicast.strip import DUPLICATED, LATE, REORDERED, Strip

MISORDER = 100
"""Numbers behind the highest up to which an arrival is reordered, and further behind late (RFC 3550 A.1)."""
LEAD = 8
"""A sender whose first number seen is at most so many after the one it begins with has lost those before."""
LOW = 1
LOW_BEHIND = 16
"""Senders count from 0 or 1: a return to those numbers from this far on may be a new beginning."""
MAX_GAPS = 4096
"""Gaps remembered; of more, the older half is forgotten: what then arrives there is late, even if it came twice."""
FEW_GAPS = 16
"""Gaps remembered also where the streams together have no room left."""


class Counts:
    """What was counted over all runs of a sender.

    ``distance`` is the furthest behind the highest number that a reordered or late one came. ``continuity_errors`` is
    None where the format has no such counters.
    """

    __slots__ = ("continuity_errors", "distance", "duplicated", "late", "lost", "reordered", "restarts", "wraps")

    def __init__(self) -> None:
        self.lost = self.duplicated = self.reordered = self.late = 0
        self.distance = self.restarts = self.wraps = 0
        self.continuity_errors: int | None = None

    def snapshot(self) -> tuple[int, ...]:
        """What an arrival from behind may change, for ``take_back``."""
        return self.lost, self.duplicated, self.reordered, self.late, self.distance

    def take_back(self, snapshot: tuple[int, ...]) -> None:
        """Return to the snapshot."""
        self.lost, self.duplicated, self.reordered, self.late, self.distance = snapshot


class Numbers:
    """The numbers of one run of a sender, judged one by one; ``counts`` is added to.

    A number above the highest leaves a gap, lost until it is filled. One that fills a gap is no longer lost but
    reordered, or late if it comes more than MISORDER behind. One that was seen is duplicated. What precedes the
    first number seen was never expected: up to MISORDER behind it is reordered, further it is late; neither was lost.

    ``modulus``: numbers go from it to 0, which is a wrap; None where they never do. ``first``: the number a sender
    begins with, from which it is expected after it began anew, and with ``whole`` from the start.

    A sender that begins anew without saying so is recognised as in RFC 3550 A.1 by two arrivals in a row whose numbers
    follow each other, the first far behind (more than MISORDER; LOW_BEHIND for a number up to LOW) and not one that
    was lost; where numbers come with the sender's clock, both must have been sent after the highest. ``unique``: a
    sender that begins anew is another sequence, so that none of this is looked for. The gaps are taken from ``room``.
    """

    __slots__ = (
        "_base", "_before_suspect", "_ends", "_first", "_forgotten", "_forgotten_lost", "_modulus", "_next", "_offset",
        "_room", "_sent", "_starts", "_suspect", "_suspect_before", "_unique", "_whole", "counts", "strip",
    )  # fmt: skip

    def __init__(
        self,
        counts: Counts,
        *,
        modulus: int | None = None,
        first: int | None = None,
        whole: bool = False,
        unique: bool = False,
        strip: Strip | None = None,
        room: Room | None = None,
    ) -> None:
        self.counts = counts
        self.strip = strip
        self._room = room if room is not None else Room()
        self._modulus = modulus
        self._first = first
        self._whole = whole
        self._unique = unique
        self._next = -1
        # Positions are numbers without the wraps: the number plus this multiple of the modulus.
        self._offset = 0
        self._base = 0
        self._sent: float | None = None
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._forgotten = self._forgotten_lost = 0
        self._suspect = self._suspect_before = -1
        self._before_suspect = counts.snapshot()

    def count(self, number: int, sent: float | None = None) -> None:
        """Judge the next arrival; ``sent`` is given where it is the sender's clock when it sent this number."""
        if number == self._next:
            self._next = number + 1
            self._sent = sent
            if self.strip is not None:
                self.strip.arrived()
            return
        self._count_irregular(number, sent)

    def release(self) -> None:
        """Give back the room of the gaps: nothing is counted any more."""
        self._room.gaps += len(self._starts)
        self._starts, self._ends = [], []

    def _count_irregular(self, number: int, sent: float | None) -> None:
        if self._next < 0:
            self._begin(number, sent, self._first if self._whole else None)
            return
        ahead = self._ahead(number)
        position = self._offset + self._next + ahead
        if ahead >= 0:
            self._go_on(number, sent, position, ahead)
        elif self._follows_suspect(number, sent):
            self._restart_at_suspect(sent)
            self.count(number, sent)
        else:
            before = self.counts.snapshot()
            if not self._look_back(position, -ahead - 1):
                self._suspect_restart(number, sent, -ahead - 1, before)

    def _ahead(self, number: int) -> int:
        """How far ``number`` is above the one expected next; the nearer way round where numbers wrap."""
        if self._modulus is None:
            return number - self._next
        ahead = (number - self._next) % self._modulus
        return ahead if ahead <= self._modulus // 2 else ahead - self._modulus

    def _begin(self, number: int, sent: float | None, first: int | None) -> None:
        missed = number - first if first is not None and 0 < number - first <= LEAD else 0
        self._offset = 0
        self._base = number - missed
        self._next = number + 1
        self._sent = sent
        # Arrivals from just before the base fill this gap, which nobody counted as lost.
        self._room.gaps += len(self._starts) - 1
        self._starts, self._ends = [self._base - MISORDER], [self._base - 1]
        self._forgotten, self._forgotten_lost = self._base - MISORDER - 1, 0
        self._suspect = -1
        if missed:
            self._open_gap(self._base, number - 1)
        if self.strip is not None:
            self.strip.arrived()

    def _go_on(self, number: int, sent: float | None, position: int, missing: int) -> None:
        if missing:
            self._open_gap(position - missing, position - 1)
        if self._modulus is not None:
            self.counts.wraps += position // self._modulus - (position - missing - 1) // self._modulus
        self._offset = position - number
        self._next = number + 1
        self._sent = sent
        if self.strip is not None:
            self.strip.arrived()

    def _open_gap(self, start: int, end: int) -> None:
        self.counts.lost += end - start + 1
        if self.strip is not None:
            self.strip.lost(end - start + 1)
        self._make_room()
        self._room.gaps -= 1
        self._starts.append(start)
        self._ends.append(end)

    def _make_room(self) -> None:
        """Forget the older half of the gaps if there is no room for one more."""
        gaps = len(self._starts)
        if gaps >= MAX_GAPS or (gaps >= FEW_GAPS and self._room.gaps <= 0):
            self._forget(gaps // 2)

    def _forget(self, gaps: int) -> None:
        self._forgotten = self._ends[gaps - 1]
        forgotten = zip(self._starts[:gaps], self._ends[:gaps], strict=True)
        self._forgotten_lost += sum(end - start + 1 for start, end in forgotten if start >= self._base)
        del self._starts[:gaps], self._ends[:gaps]
        self._room.gaps += gaps

    def _look_back(self, position: int, behind: int) -> bool:
        """Judge a number not above the highest; tells whether it was lost until now."""
        counts = self.counts
        if self._fill(position):
            lost = position >= self._base
            verdict = REORDERED if behind <= MISORDER else LATE
            counts.distance = max(counts.distance, behind)
        elif position > self._forgotten:
            lost = False
            verdict = DUPLICATED
        else:
            lost = position >= self._base and self._forgotten_lost > 0
            verdict = LATE
            self._forgotten_lost -= lost
        counts.lost -= lost
        counts.reordered += verdict == REORDERED
        counts.late += verdict == LATE
        counts.duplicated += verdict == DUPLICATED
        if self.strip is not None and position >= self._base:
            self.strip.mark(behind, verdict)
        return lost

    def _fill(self, position: int) -> bool:
        starts, ends = self._starts, self._ends
        at = bisect_right(starts, position) - 1
        if at < 0 or position > ends[at]:
            return False
        start, end = starts[at], ends[at]
        if start == end:
            del starts[at], ends[at]
            self._room.gaps += 1
        elif position == start:
            starts[at] += 1
        elif position == end:
            ends[at] -= 1
        else:
            ends[at] = position - 1
            starts.insert(at + 1, position + 1)
            ends.insert(at + 1, end)
            self._room.gaps -= 1
            self._make_room()
        return True

    def _suspect_restart(self, number: int, sent: float | None, behind: int, before: tuple[int, ...]) -> None:
        if self._unique or not self._is_newest(sent):
            return
        if behind > MISORDER or (number <= LOW and behind >= LOW_BEHIND):
            self._suspect, self._suspect_before, self._before_suspect = number, self._next, before

    def _is_newest(self, sent: float | None) -> bool:
        """Whether it may have been sent after the highest number."""
        return sent is None or self._sent is None or sent > self._sent

    def _follows_suspect(self, number: int, sent: float | None) -> bool:
        """Whether the arrival just before this one is suspected, and this is its successor."""
        suspect, self._suspect = self._suspect, -1
        if suspect < 0 or self._next != self._suspect_before or not self._is_newest(sent):
            return False
        if number != suspect + 1 and (self._modulus is None or number != (suspect + 1) % self._modulus):
            return False
        self._suspect = suspect
        return True

    def _restart_at_suspect(self, sent: float | None) -> None:
        self.counts.take_back(self._before_suspect)
        self.counts.restarts += 1
        self._begin(self._suspect, sent, self._first)
