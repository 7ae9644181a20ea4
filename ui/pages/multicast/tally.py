"""Adds up what one joined group has received, over every probe that listened to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import msgspec

from net.records import Key, Reception, Stream
from ui.pages.multicast.history import History

SAMPLES = 60
STREAMS_KEPT = 1000
"""As many senders as a probe tells apart; of more, those heard last."""


class Tally:
    """Totals and streams of a group on one interface. A probe counts from zero; ``begin_anew`` keeps what was before.

    ``samples``: bytes/s of the last minute, one a second. ``last_seen``: when the newest datagram was told, on the
    window's own clock (``monotonic``), since a probe elsewhere may have another time. ``histories``: of each stream.
    """

    def __init__(self) -> None:
        self.reception: Reception | None = None
        self.samples: deque[float] = deque(maxlen=SAMPLES)
        self.last_seen: float | None = None
        self.last_source: str | None = None
        self._received = self._bytes = 0
        self._dropped: int | None = None
        self._streams: dict[Key, Stream] = {}
        self._earlier: dict[Key, Stream] = {}
        self.histories: dict[Key, History] = {}
        self._sampled: float | None = None

    @property
    def received(self) -> int:
        """Datagrams, also those that were not shown."""
        return self._received + (self.reception.received if self.reception is not None else 0)

    @property
    def bytes(self) -> int:
        return self._bytes + (self.reception.bytes if self.reception is not None else 0)

    @property
    def dropped_here(self) -> int | None:
        """None where the system does not tell."""
        now = self.reception.dropped_here if self.reception is not None else None
        return _sum(self._dropped, now)

    @property
    def packets_per_s(self) -> float:
        return self.reception.packets_per_s if self.reception is not None else 0.0

    @property
    def bytes_per_s(self) -> float:
        return self.reception.bits_per_s / 8 if self.reception is not None else 0.0

    def take(self, record: Reception | Stream, now: float) -> None:
        """A newer state of the totals or of a stream, told at ``now``."""
        if isinstance(record, Stream):
            self._take_stream(record, now)
            return
        self.sample(now)
        if record.last is not None and (self.reception is None or record.last != self.reception.last):
            self.last_seen = now
            self.last_source = record.last_source
        self.reception = record

    def sample(self, now: float) -> None:
        """One sample for each second that has passed, of the rate that held."""
        for history in self.histories.values():
            history.sample(now)
        if self._sampled is None:
            self._sampled = now
            return
        seconds = int(now - self._sampled)
        if seconds > 0:
            self._sampled += seconds
            self.samples.extend([self.bytes_per_s] * min(seconds, SAMPLES))

    def begin_anew(self) -> None:
        """The next counts begin at zero; the rates are unknown until then, so zero."""
        self._received, self._bytes, self._dropped = self.received, self.bytes, self.dropped_here
        self.reception = None
        self._earlier = {stream.key(): stream for stream in self.streams()}
        self._streams.clear()
        self.histories = {kept: history for kept, history in self.histories.items() if kept in self._earlier}
        for history in self.histories.values():
            history.begin_anew()

    def streams(self) -> list[Stream]:
        """All streams as they stand, heard last first."""
        still = {key: _joined(self._earlier.get(key), stream) for key, stream in self._streams.items()}
        gone = {key: _silent(stream) for key, stream in self._earlier.items() if key not in still}
        return _newest((*still.values(), *gone.values()))

    def _take_stream(self, stream: Stream, now: float) -> None:
        key = stream.key()
        self._streams[key] = stream
        history = self.histories.get(key)
        if history is None:
            history = self.histories[key] = History(now)
        history.take(stream, now)
        if len(self._streams) > 2 * STREAMS_KEPT:
            self._streams = {kept.key(): kept for kept in _newest(self._streams.values())}
            known = self._streams.keys() | self._earlier.keys()
            self.histories = {kept: history for kept, history in self.histories.items() if kept in known}


def _newest(streams: Iterable[Stream]) -> list[Stream]:
    return sorted(streams, key=lambda stream: -stream.last)[:STREAMS_KEPT]


ADDED = (
    "packets", "bytes", "lost", "duplicated", "reordered", "late", "restarts", "wraps", "continuity_errors", "foreign",
    "burst_alarms", "buffer_alarms", "dropped_here",
)  # fmt: skip
HIGHEST = (
    "max_burst", "maximum_bits_per_s", "max_buffer_bytes", "reorder_distance", "longest_silence_s", "ttl_max"
)  # fmt: skip


def _joined(before: Stream | None, now: Stream) -> Stream:
    """One stream that two probes have heard."""
    if before is None:
        return now
    facts: dict[str, object] = {name: _sum(getattr(before, name), getattr(now, name)) for name in ADDED}
    for name in HIGHEST:
        known = [value for value in (getattr(before, name), getattr(now, name)) if value is not None]
        facts[name] = max(known, default=None)
    ttls = [ttl for ttl in (before.ttl_min, now.ttl_min) if ttl is not None]
    strip = now.strip if now.strip is not None else before.strip
    return msgspec.structs.replace(now, first=before.first, ttl_min=min(ttls, default=None), strip=strip, **facts)


def _silent(stream: Stream) -> Stream:
    return msgspec.structs.replace(stream, packets_per_s=0.0, bits_per_s=0.0)


def _sum(before: int | None, now: int | None) -> int | None:
    return now if before is None else before + (now or 0)
