"""Counts what one sender sends to one group on one interface: rates, bursts, loss, jitter, by any known payload."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from net.multicast.bursts import INTERVAL, Bursts
from net.multicast.continuity import Continuity
from net.multicast.identification import Fitting, Identification
from net.multicast.numbering import Numbering
from net.multicast.payloads.format import Format
from net.multicast.room import Room
from net.multicast.sequence import Counts
from net.records import Stream

BATCH = 256
"""Packets whose times and sizes wait until they are worked in together, which costs less than one by one."""
ATTEMPTS_FIRST = 64
ATTEMPTS = 8
"""Packets at the start, and after each second, by which the format of a stream without one is looked for."""
MISFITS = 10
"""Packets since the last one that fitted, over whole seconds, from which another format is looked for."""
FRAME_V4 = 14 + 20 + 8
FRAME_V6 = 14 + 40 + 8
"""Bytes of Ethernet, IP and UDP headers around a payload."""


class StreamCounter:
    """Counts one stream datagram by datagram; ``rates`` closes a second, ``record`` tells how it stands.

    ``strips``: whether the record is to carry the strip of the last numbers. ``room`` is shared by the streams of a
    listen or a file.
    """

    __slots__ = (
        "_attempts", "_bursts", "_counter", "_counts", "_foreign", "_identification", "_last", "_misfits", "_octets",
        "_overhead", "_packets", "_room", "_second_foreign", "_second_octets", "_second_packets", "_sizes", "_strips",
        "_times", "_ttl_max", "_ttl_min", "bits_per_s", "first", "identity", "packets_per_s", "payload", "ttl",
    )  # fmt: skip

    def __init__(
        self, identity: tuple[str, int, str, int, str], time: float, *, strips: bool = False, room: Room | None = None
    ) -> None:
        """``identity`` is (source, source port, group, port, interface); ``time`` that of the first datagram."""
        self.identity = identity
        self.first = self._last = time
        self.ttl: int | None = None
        self.payload: str | None = None
        self.packets_per_s = self.bits_per_s = 0.0
        self._packets = self._octets = self._second_packets = self._second_octets = 0
        self._ttl_min: int | None = None
        self._ttl_max: int | None = None
        self._overhead = FRAME_V6 if ":" in identity[2] else FRAME_V4
        self._bursts = Bursts(time, self._overhead)
        self._times: list[float] = []
        self._sizes: list[int] = []
        self._strips = strips
        self._counts = Counts()
        self._counter: Numbering | Continuity | None = None
        self._room = room if room is not None else Room()
        self._identification = Identification(self._room)
        self._attempts = ATTEMPTS_FIRST
        self._foreign = self._second_foreign = self._misfits = 0

    def count(self, time: float, payload: bytes, ttl: int | None, size: int | None = None) -> None:
        """Take a datagram received at ``time`` (seconds since the epoch) into account.

        ``size`` is that of the whole payload, where ``payload`` is a part of it.
        """
        times = self._times
        times.append(time)
        self._sizes.append(len(payload) if size is None else size)
        if ttl != self.ttl:
            self._take_ttl(ttl)
        counter = self._counter
        if counter is None or not counter.count(time, payload):
            self._take_unread(time, payload)
        if len(times) >= BATCH:
            self._settle()

    def count_batch(self, times: Sequence[float], payloads: Sequence[bytes], ttls: Sequence[int | None]) -> None:
        """Take datagrams into account as ``count`` does, in less time: columns of equal length, in order of arrival."""
        if ttls.count(self.ttl) != len(ttls):
            for ttl in ttls:
                self._take_ttl(ttl)
        self._times.extend(times)
        self._sizes.extend(map(len, payloads))
        taken = 0
        while self._counter is None and self._attempts and taken < len(payloads):
            self._identify(times[taken], payloads[taken])
            taken += 1
        if self._counter is not None:
            self._foreign += self._counter.count_batch(times[taken:], payloads[taken:])
        elif self.payload is not None:
            self._foreign += len(payloads) - taken
        if len(self._times) >= BATCH:
            self._settle()

    @property
    def packets(self) -> int:
        return self._packets + len(self._times)

    @property
    def lost(self) -> int:
        """Numbers that have not come; 0 also where there are none."""
        return self._counts.lost

    @property
    def last(self) -> float:
        """When the newest datagram came (seconds since the epoch)."""
        return self._times[-1] if self._times else self._last

    def rates(self, elapsed: float) -> bool:
        """Set the rates to those of the ``elapsed`` seconds since the last call; tells whether they changed."""
        self._settle()
        packets, octets = self._packets - self._second_packets, self._octets - self._second_octets
        self._second_packets, self._second_octets = self._packets, self._octets
        self._judge_format(packets)
        before = self.packets_per_s
        self.packets_per_s, self.bits_per_s = packets / elapsed, octets * 8 / elapsed
        return before > 0 or packets > 0

    def record(self) -> Stream:
        """The stream as it stands, with the last second's rates."""
        self._settle()
        source, source_port, group, port, interface = self.identity
        bursts, span = self._bursts, self._last - self.first
        stream = Stream(
            source=source,
            source_port=source_port,
            group=group,
            port=port,
            interface=interface,
            packets=self._packets,
            bytes=self._octets,
            packets_per_s=round(self.packets_per_s, 3),
            bits_per_s=round(self.bits_per_s, 1),
            first=self.first,
            last=self._last,
            max_burst=bursts.max_burst,
            ttl=self.ttl,
            average_bits_per_s=self._average(span),
            maximum_bits_per_s=round(bursts.maximum_bits_per_s, 1),
            burst_alarms=bursts.burst_alarms,
            max_buffer_bytes=bursts.max_buffer_bytes,
            buffer_alarms=bursts.buffer_alarms,
            longest_silence_s=round(bursts.longest_silence, 6),
            ttl_min=self._ttl_min,
            ttl_max=self._ttl_max,
        )
        return stream if self.payload is None else self._numbered(stream)

    def _average(self, span: float) -> float | None:
        """Of a short life the mean would be above the maximum: n + 1 packets stand in n intervals."""
        if span < INTERVAL:
            return None
        average = (self._octets + self._packets * self._overhead) * 8 / span
        return round(min(average, self._bursts.maximum_bits_per_s), 1)

    def _numbered(self, stream: Stream) -> Stream:
        """``stream`` with what its payload's numbers and times tell; MPEG-TS counts cells, which have no order."""
        counts, counter = self._counts, self._counter
        ordered = counts.continuity_errors is None
        jitter = counter.jitter if isinstance(counter, Numbering) else None
        return replace(
            stream,
            payload=self.payload,
            lost=counts.lost,
            duplicated=counts.duplicated,
            restarts=counts.restarts,
            foreign=self._foreign,
            reordered=counts.reordered if ordered else None,
            reorder_distance=counts.distance if ordered else None,
            late=counts.late if ordered else None,
            wraps=counts.wraps if ordered else None,
            continuity_errors=counts.continuity_errors,
            jitter_ms=_milliseconds(jitter.value) if jitter is not None else None,
            mean_jitter_ms=_milliseconds(jitter.mean) if jitter is not None else None,
            strip=counter.strip() if counter is not None else None,
        )

    def _settle(self) -> None:
        times = self._times
        if not times:
            return
        self._bursts.count(times, self._sizes)
        self._packets += len(times)
        self._octets += sum(self._sizes)
        self._last = times[-1]
        times.clear()
        self._sizes.clear()
        if self._counter is not None:
            self._counter.settle()

    def _take_ttl(self, ttl: int | None) -> None:
        self.ttl = ttl
        if ttl is not None:
            self._ttl_min = ttl if self._ttl_min is None else min(ttl, self._ttl_min)
            self._ttl_max = ttl if self._ttl_max is None else max(ttl, self._ttl_max)

    def _take_unread(self, time: float, payload: bytes) -> None:
        """Take a payload by which nothing was counted: foreign to the format, or of one still to be found out."""
        if self._counter is None and self._attempts:
            self._identify(time, payload)
        elif self.payload is not None:
            self._foreign += 1

    def _identify(self, time: float, payload: bytes) -> None:
        found = self._identification.look(time, payload)
        self._attempts -= 1
        if found is not None:
            self._begin(*found)
        elif self.payload is not None:
            self._foreign += 1
        if not self._attempts:
            self._identification.forget()

    def _begin(self, form: Format, packets: list[Fitting]) -> None:
        """Count by ``form``, with the packets that proved it."""
        if self.payload is not None:
            # Another format after the one before ended: those but the last were counted as foreign until now.
            self._foreign -= len(packets) - 1
            self._counts.restarts += 1
        self.payload = form.name
        if form.counts_cells:
            self._counter = cells = Continuity(self._counts, strips=self._strips)
            for packet in packets:
                cells.count(packet.time, packet.cells)
        else:
            self._counter = numbers = Numbering(form, self._counts, strips=self._strips, room=self._room)
            for packet in packets:
                numbers.take(packet.time, packet.reading)

    def _judge_format(self, packets: int) -> None:
        """Closes a second with ``packets``: look for another format where nothing fits any more, or none was found."""
        foreign, self._second_foreign = self._foreign - self._second_foreign, self._foreign
        if packets:
            self._misfits = self._misfits + foreign if foreign == packets else 0
        if self._misfits >= MISFITS and self._counter is not None:
            self._counter.release()
            self._counter, self._misfits = None, 0
        if self._counter is None:
            self._attempts = max(self._attempts, ATTEMPTS)


def _milliseconds(seconds: float | None) -> float | None:
    return round(seconds * 1000, 4) if seconds is not None else None
