"""The course by which a name becomes ours at one place: three probes, then announcements (RFC 6762 section 8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

Step = Literal["probe", "announce"]

PROBES: Final = 3
PROBE_INTERVAL: Final = 0.25
"""Seconds, section 8.1; the first probe waits a random part of it."""
ANNOUNCEMENTS: Final = 2
ANNOUNCE_INTERVAL: Final = 1.0
"""Section 8.3."""
DEFERRED: Final = 1.0
"""Section 8.2: who loses a tie waits so long and probes again."""
REPAIR: Final = (0.02, 0.12)
"""Seconds, as an answer that several may give (section 6)."""
MANY_CONFLICTS, CONFLICT_SPAN, CONFLICT_PAUSE = 15, 10.0, 5.0
"""Section 8.1: after 15 conflicts within 10 s each further probe waits 5 s."""


class Claim:
    """Times are seconds of any one clock; ``choose`` draws evenly between two numbers."""

    def __init__(self, choose: Callable[[float, float], float]) -> None:
        self._choose = choose
        self._probes = 0
        self._announcements = 0
        self._announced_at: float | None = None
        self._probed_at: float | None = None
        self.due: float | None = None

    @property
    def announced(self) -> bool:
        """Whether the names are ours: until then nothing is answered."""
        return self._announcements > 0

    def begin(self, now: float, pause: float = 0.0) -> None:
        """Probe from the start, as far from a probe before as from the next: one of the two names may be the same."""
        self._probes = self._announcements = 0
        due = now + pause + self._choose(0.0, PROBE_INTERVAL)
        self.due = due if self._probed_at is None else max(due, self._probed_at + PROBE_INTERVAL)

    def defer(self, now: float) -> None:
        """A simultaneous probe won."""
        self._probes = self._announcements = 0
        self.due = now + DEFERRED

    def announce_again(self, now: float) -> None:
        """Once more, because another host withdrew what is ours too; not within a second (section 6)."""
        if self.announced and self.due is None:
            earliest = now if self._announced_at is None else self._announced_at + ANNOUNCE_INTERVAL
            self._announcements = ANNOUNCEMENTS - 1
            self.due = max(now + self._choose(*REPAIR), earliest)

    def turn(self, now: float) -> Step | None:
        """What is to be sent now."""
        if self.due is None or now < self.due:
            return None
        if self._probes < PROBES:
            self._probes += 1
            self._probed_at = now
            self.due = now + PROBE_INTERVAL
            return "probe"
        self._announcements += 1
        self._announced_at = now
        self.due = now + ANNOUNCE_INTERVAL if self._announcements < ANNOUNCEMENTS else None
        return "announce"


class Conflicts:
    """Counts conflicts, lest two hosts flood the link with probes."""

    def __init__(self) -> None:
        self._times: list[float] = []

    def pause(self, now: float) -> float:
        """Take note of a conflict; seconds to wait before the next probe."""
        self._times = [time for time in self._times if now - time < CONFLICT_SPAN] + [now]
        return CONFLICT_PAUSE if len(self._times) >= MANY_CONFLICTS else 0.0
