"""The course of an endurance run: what arrived when, the silences, and when to join anew. It knows no clock."""

from __future__ import annotations

from typing import Literal

import msgspec

from net.multicast.records import Silence

GAPS = 4
"""A silence counts once it is so many times as long as the longest pause of the stream."""

STRETCH = 3
"""Arrivals must have lasted so many times the shortest silence before a new join can show anything: a stream that
comes in bursts pauses by itself, and its pauses are learned first."""

State = Literal["waiting", "receiving", "silent", "reviving"]


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """The times of a run in seconds, as net.multicast.requests.EnduranceRequest explains them."""

    seconds: float = 300
    membership: float = 260
    tolerance: float = 20
    silence: float = 10
    revive: float = 10

    def at_membership_time(self, after_join: float) -> bool:
        """Whether that long after a join a snooping switch without a querier stops forwarding."""
        return abs(after_join - self.membership) <= self.tolerance


class Course:
    """Arrivals and silences of one run, in seconds since the first join.

    Call ``arrived`` for what was read, ``tick`` now and then (it says whether to join anew), ``joined`` after that.
    """

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.received = 0
        self.per_second: list[int] = []
        self.joins = [0.0]
        self.last: float | None = None
        self.longest_gap = 0.0
        self.silences: list[Silence] = []
        self._revive_until: float | None = None
        self._tried = False

    def arrived(self, now: float, count: int) -> None:
        """``count`` datagrams were read at ``now``."""
        second = int(now)
        self.per_second.extend([0] * (second + 1 - len(self.per_second)))
        self.per_second[second] += count
        self.received += count
        if self.silences and self.silences[-1].end is None:
            self._end_silence(now)
        elif self.last is not None:
            self.longest_gap = max(self.longest_gap, now - self.last)
        self.last = now

    def tick(self, now: float) -> bool:
        """Look at the time; True: leave the group and join it again, then call ``joined``."""
        if self.last is None or now - self.last < self.threshold:
            return False
        silence = self.silent
        if silence is None:
            silence = Silence(begin=self.last, after_join=self.last - self.joins[-1])
            self.silences.append(silence)
            self._tried = False
        if self._tried or not (self._long_enough(silence) or now - silence.begin >= STRETCH * self.threshold):
            return False
        self._tried = True
        return True

    def joined(self, now: float) -> None:
        """The group was joined anew at ``now``."""
        self.joins.append(now)
        self._revive_until = now + max(self.timing.revive, 2 * self.longest_gap)

    @property
    def threshold(self) -> float:
        """Seconds after which a pause of this stream is a silence."""
        return max(self.timing.silence, GAPS * self.longest_gap)

    @property
    def silent(self) -> Silence | None:
        """The silence that lasts."""
        return self.silences[-1] if self.silences and self.silences[-1].end is None else None

    def reviving(self, now: float) -> bool:
        """Whether the time is not over in which a new join can bring the stream back."""
        return self.silent is not None and self._revive_until is not None and now < self._revive_until

    def state(self, now: float) -> State:
        """How it stands."""
        if self.last is None:
            return "waiting"
        if self.silent is None:
            return "receiving"
        return "reviving" if self.reviving(now) else "silent"

    def arrived_in(self, second: int) -> int:
        """Datagrams of one second of the run."""
        return self.per_second[second] if 0 <= second < len(self.per_second) else 0

    def _end_silence(self, now: float) -> None:
        open_silence = self.silences[-1]
        by_join = self.reviving(now) and self._long_enough(open_silence)
        self.silences[-1] = msgspec.structs.replace(open_silence, end=now, ended_by="rejoin" if by_join else "itself")
        if not by_join:
            # So long a pause is this stream's own way.
            self.longest_gap = max(self.longest_gap, now - open_silence.begin)
        self._revive_until = None

    def _long_enough(self, silence: Silence) -> bool:
        return silence.after_join >= STRETCH * self.timing.silence
