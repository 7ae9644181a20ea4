"""Counts what comes back of the probes of a multicast ping."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from net.multicast.ping.counts import PingCounts, PingSide
from net.multicast.records import Reply

Way = Literal["unicast", "multicast"]

KEPT = 2048
"""Probes remembered, so that a reply that comes twice is known as such."""


class Probe:
    """A query that was sent and what came back for it."""

    __slots__ = ("hops", "over", "rtt", "seen", "sent", "told")

    def __init__(self, sent: float) -> None:
        self.sent = sent
        self.rtt: dict[Way, float] = {}
        self.hops: dict[Way, int | None] = {}
        self.seen: set[Way] = set()
        self.told = False
        self.over = False


class Side:
    """One way's counts, and mean and variance of its round-trip times by Welford's method."""

    __slots__ = ("_highest", "_lowest", "_mean", "_squares", "duplicated", "hops", "lost", "received")

    def __init__(self) -> None:
        self.received = self.lost = self.duplicated = 0
        self.hops: int | None = None
        self._mean = self._squares = self._highest = 0.0
        self._lowest = math.inf

    def count(self, rtt: float, hops: int | None) -> None:
        """Take a reply into account; ``rtt`` in seconds."""
        self.received += 1
        off = rtt - self._mean
        self._mean += off / self.received
        self._squares += off * (rtt - self._mean)
        self._lowest, self._highest = min(self._lowest, rtt), max(self._highest, rtt)
        if hops is not None:
            self.hops = hops

    def record(self) -> PingSide:
        """As it stands."""
        decided = self.received + self.lost
        timed = self.received > 0
        return PingSide(
            received=self.received,
            lost=self.lost,
            loss_percent=round(100 * self.lost / decided, 3) if decided else None,
            duplicated=self.duplicated,
            hops=self.hops,
            rtt_min_ms=_ms(self._lowest) if timed else None,
            rtt_avg_ms=_ms(self._mean) if timed else None,
            rtt_max_ms=_ms(self._highest) if timed else None,
            rtt_stddev_ms=_ms(math.sqrt(self._squares / self.received)) if timed else None,
        )


class Tally:
    """The probes of one ping; times are seconds since the epoch."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._probes: dict[int, Probe] = {}
        self._sides: dict[Way, Side] = {"unicast": Side(), "multicast": Side()}
        self._sent = 0
        self._bytes = 0
        self._joined: float | None = None
        self._setup: float | None = None
        self._first: int | None = None
        self._lost_since_first = 0
        self.waiting = 0
        """Probes for which a reply is still waited for."""
        self.malformed = self.foreign = self.late = 0

    def joined(self, time: float) -> None:
        """The group was joined (anew); the time from here to its first packet is the tree's set-up."""
        self._joined = time

    def sent(self, sequence: int, time: float) -> None:
        """A query left."""
        self._sent += 1
        self.waiting += 1
        self._probes[sequence] = Probe(time)
        while len(self._probes) > KEPT:
            oldest = next(iter(self._probes))
            if not self._probes[oldest].over:
                break
            del self._probes[oldest]

    def arrived(self, sequence: int, way: Way, *, time: float, hops: int | None, size: int, group: str) -> Reply | None:
        """A reply of ``size`` bytes came; returns the record of its probe once both replies are there."""
        probe = self._probes.get(sequence)
        if probe is None:
            self.foreign += 1
            return None
        side = self._sides[way]
        if way in probe.seen:
            side.duplicated += 1
            return None
        probe.seen.add(way)
        if probe.over:
            self.late += 1
            return None
        rtt = max(0.0, time - probe.sent)
        probe.rtt[way], probe.hops[way] = rtt, hops
        side.count(rtt, hops)
        self._bytes += size
        if way == "multicast":
            self._count_first(sequence, time)
        if len(probe.rtt) < len(self._sides):
            return None
        self._end(probe)
        return self._reply(sequence, probe, group)

    def expire(self, sequence: int, group: str) -> Reply | None:
        """The wait for this probe is over; returns its record unless it was told already."""
        probe = self._probes[sequence]
        if probe.over:
            return None
        for way, side in self._sides.items():
            if way not in probe.rtt:
                side.lost += 1
                if way == "multicast" and self._first is not None and sequence > self._first:
                    self._lost_since_first += 1
        self._end(probe)
        return self._reply(sequence, probe, group)

    def counts(self, base: PingCounts) -> PingCounts:
        """``base`` with the counts as they stand."""
        multicast = self._sides["multicast"]
        since_first = multicast.received + self._lost_since_first
        return msgspec.structs.replace(
            base,
            sent=self._sent,
            bytes=self._bytes,
            unicast=self._sides["unicast"].record(),
            multicast=multicast.record(),
            first_multicast=self._first,
            loss_since_first_percent=round(100 * self._lost_since_first / since_first, 3) if since_first else None,
            tree_setup_ms=_ms(self._setup) if self._setup is not None else None,
            malformed=self.malformed,
            foreign=self.foreign,
            late=self.late,
        )

    def _count_first(self, sequence: int, time: float) -> None:
        if self._setup is None and self._joined is not None:
            self._setup = max(0.0, time - self._joined)
        if self._first is None or sequence < self._first:
            self._first = sequence

    def _end(self, probe: Probe) -> None:
        probe.over = True
        self.waiting -= 1

    def _reply(self, sequence: int, probe: Probe, group: str) -> Reply:
        rtt: dict[Way, float] = {way: _ms(seconds) for way, seconds in probe.rtt.items()}
        first: Way = "unicast" if "unicast" in rtt else "multicast"
        return Reply(
            sequence=sequence,
            unicast="unicast" in rtt,
            multicast="multicast" in rtt,
            rtt_ms=rtt.get(first),
            hops=probe.hops.get(first),
            unicast_rtt_ms=rtt.get("unicast"),
            multicast_rtt_ms=rtt.get("multicast"),
            unicast_hops=probe.hops.get("unicast"),
            multicast_hops=probe.hops.get("multicast"),
            host=self._host,
            group=group,
            sent=probe.sent,
        )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
