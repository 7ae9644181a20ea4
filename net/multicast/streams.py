"""Counts what one sender sends to one group on one interface: rates, loss, duplicates, reordering, jitter."""

from __future__ import annotations

from net.multicast.payloads import Numbered, recognise
from net.records import Stream

WINDOW = 1024
"""Numbers behind the highest within which a late one is told from a duplicate."""


class Sequence:
    """Loss, duplicates and reordering of a numbered stream.

    A number above the highest leaves a gap, counted as lost until its members arrive late (reordered) or never. A
    number that was seen is a duplicate. One older than the window counts as reordered.
    """

    __slots__ = ("_highest", "_seen", "duplicated", "lost", "reordered")

    def __init__(self) -> None:
        self._highest: int | None = None
        self._seen = 0
        self.lost = self.duplicated = self.reordered = 0

    def count(self, number: int) -> None:
        """Take the next arrival into account."""
        if self._highest is None:
            self._highest, self._seen = number, 1
            return
        ahead = number - self._highest
        if ahead > 0:
            self.lost += ahead - 1
            self._seen = ((self._seen << ahead) | 1) & ((1 << WINDOW) - 1) if ahead < WINDOW else 1
            self._highest = number
            return
        bit = 1 << -ahead
        if -ahead < WINDOW and self._seen & bit:
            self.duplicated += 1
            return
        self.reordered += 1
        if -ahead < WINDOW:
            self._seen |= bit
        self.lost = max(0, self.lost - 1)


class StreamCounter:
    """Counts one stream datagram by datagram; ``rates`` closes a second, ``record`` tells how it stands."""

    __slots__ = (
        "_jitter", "_numbered", "_run", "_second_bytes", "_second_packets", "_sequence", "_transit", "bits_per_s",
        "bytes", "first", "identity", "last", "packets", "packets_per_s", "ttl",
    )  # fmt: skip

    def __init__(self, identity: tuple[str, int, str, int, str], time: float) -> None:
        """``identity`` is (source, source port, group, port, interface)."""
        self.identity = identity
        self.packets = self.bytes = 0
        self.first = self.last = time
        self.ttl: int | None = None
        self.packets_per_s = self.bits_per_s = 0.0
        self._second_packets = self._second_bytes = 0
        self._sequence = Sequence()
        self._numbered = False
        self._run = b""
        self._jitter = 0.0
        self._transit: float | None = None

    def count(self, time: float, payload: bytes, ttl: int | None) -> None:
        """Take a datagram received at ``time`` (seconds since the epoch) into account."""
        self.packets += 1
        self.bytes += len(payload)
        self.last = time
        self.ttl = ttl
        if self._numbered or self.packets == 1:
            numbered = recognise(payload)
            if numbered is not None:
                self._count_numbered(time, numbered)

    def rates(self, elapsed: float) -> bool:
        """Set the rates to those of the ``elapsed`` seconds since the last call; tells whether they changed."""
        packets, octets = self.packets - self._second_packets, self.bytes - self._second_bytes
        self._second_packets, self._second_bytes = self.packets, self.bytes
        before = self.packets_per_s
        self.packets_per_s, self.bits_per_s = packets / elapsed, octets * 8 / elapsed
        return before > 0 or packets > 0

    def record(self) -> Stream:
        """The stream as it stands, with the last second's rates."""
        source, source_port, group, port, interface = self.identity
        return Stream(
            source=source,
            source_port=source_port,
            group=group,
            port=port,
            interface=interface,
            packets=self.packets,
            bytes=self.bytes,
            packets_per_s=round(self.packets_per_s, 3),
            bits_per_s=round(self.bits_per_s, 1),
            first=self.first,
            last=self.last,
            lost=self._sequence.lost if self._numbered else None,
            duplicated=self._sequence.duplicated if self._numbered else None,
            reordered=self._sequence.reordered if self._numbered else None,
            jitter_ms=round(self._jitter * 1000, 4) if self._numbered else None,
            payload="lanscout numbers" if self._numbered else None,
            ttl=self.ttl,
        )

    def _count_numbered(self, time: float, numbered: Numbered) -> None:
        if numbered.run != self._run:
            # The sender began anew: its numbers do, too, but what was lost before stays counted.
            lost, duplicated, reordered = self._sequence.lost, self._sequence.duplicated, self._sequence.reordered
            self._sequence = Sequence()
            self._sequence.lost, self._sequence.duplicated, self._sequence.reordered = lost, duplicated, reordered
            self._run, self._numbered, self._transit = numbered.run, True, None
        self._sequence.count(numbered.number)
        transit = time - numbered.sent
        if self._transit is not None:
            # RFC 3550 section 6.4.1: J += (|D| - J) / 16
            self._jitter += (abs(transit - self._transit) - self._jitter) / 16
        self._transit = transit
