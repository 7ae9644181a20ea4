"""Goes through a capture file: counts what it holds, and makes the same rows of it as a listen does."""

from __future__ import annotations

import socket
import stat
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from net.multicast.capture.blocks import CaptureReader, DamagedError, NotACaptureError, Packet
from net.multicast.capture.frames import Frame, NoDatagramError, datagram
from net.multicast.drops import Drops
from net.multicast.records import Capture, CaptureInterface
from net.multicast.room import Room
from net.multicast.streams import StreamCounter
from net.multicast.summary import summarise
from net.problems import ProblemError, make_problem
from net.records import Datagram, Problem, Reception, Stream, Summary
from net.text import endpoint_text, visible

PAYLOAD_KEPT = 1024
"""Bytes of a payload handed on; the size tells the rest."""
MOST_STREAMS = 5000
MOST_GROUPS = 5000
"""Further streams and groups of a file are counted in its totals only."""
FILLED = 1500
"""Bytes to which a payload the capture holds a part of is filled up: some formats are recognised by their length."""
SECOND = 1.0
Identity = tuple[str, int, str, int, str]
"""Source, source port, group, port, interface."""
_LINK_NAMES = {0: "BSD loopback", 1: "Ethernet", 101: "IP", 113: "Linux cooked", 276: "Linux cooked v2"}


class Received:
    """The totals of a group and port on an interface, and whose the drops are.

    ``dropped`` adds up what the file says was lost before each packet; ``senders`` are those told apart.
    """

    def __init__(self, at: float, link: int) -> None:
        self.packets = self.bytes = self.dropped = self.senders = 0
        self.first = self.last = at
        self.last_source = ""
        self.link = link
        self.drops = Drops()
        self._only: Identity | None = None

    def begin_stream(self, identity: Identity) -> None:
        """One more sender."""
        if self._only is not None:
            self.drops.no_longer_alone(self._only)
        self.senders += 1
        self._only = identity if self.senders == 1 else None

    def record(self, group: str, port: int, interface: str) -> Reception:
        """As a listen tells it; the rates are means over the life of the group in the file."""
        span = self.last - self.first
        rate = (self.packets - 1) / span if span > 0 else 0.0
        return Reception(
            group=group,
            port=port,
            interface=interface,
            received=self.packets,
            bytes=self.bytes,
            packets_per_s=round(rate, 3),
            bits_per_s=round(rate * self.bytes * 8 / self.packets, 1),
            dropped_here=self.drops.total,
            last_source=self.last_source,
            last=self.last,
        )


class Survey:
    """One pass through the file at ``path``, in steps. It blocks: run it in a thread."""

    def __init__(self, path: str, *, strips: bool = False) -> None:
        """Raises ProblemError: capture_unreadable, capture_invalid."""
        self._path = path
        self._strips = strips
        self._file, self.bytes = open_file(path)
        try:
            self._reader = CaptureReader(self._file)
        except (NotACaptureError, DamagedError) as error:
            self._file.close()
            raise ProblemError(make_problem("capture_invalid", path, evidence=str(error))) from error
        self._packets = 0
        self._datagrams = 0
        self._by_link: Counter[int] = Counter()
        self._skipped: Counter[str] = Counter()
        self._dropped: Counter[int] = Counter()
        self._times: tuple[float, float] | None = None
        self._texts = Texts()
        self._streams: dict[Identity, StreamCounter] = {}
        self._room = Room()
        self._second: dict[Identity, float] = {}
        self._groups: dict[tuple[str, int, str], Received] = {}
        self.problem: Problem | None = None
        self._rest = self._until_damaged()

    def step(self, packets: int) -> bool:
        """Go on by so many packets; False at the end of what can be read."""
        before = self._packets
        for packet in islice(self._rest, packets):
            self._count(packet)
        return self._packets - before == packets

    def capture(self, shown: tuple[int, int] = (0, 0)) -> Capture:
        """What was found so far."""
        first, last = self._times if self._times is not None else (None, None)
        return Capture(
            path=self._path,
            format=self._reader.format,
            packets=self._packets,
            datagrams=self._datagrams,
            bytes=self.bytes,
            skipped=dict(sorted(self._skipped.items())),
            interfaces=tuple(
                CaptureInterface(
                    name=link.name,
                    link=_LINK_NAMES.get(link.type, f"link type {link.type}"),
                    packets=self._by_link[link.number],
                    dropped=self._told_drops(link.number),
                )
                for link in self._reader.links
            ),
            first=first,
            last=last,
            shown=shown,
            problem=self.problem,
        )

    def receptions(self) -> tuple[Reception, ...]:
        """The totals of each group, port and interface."""
        self._settle_drops()
        return tuple(received.record(*place) for place, received in self._groups.items())

    def summary(self) -> Summary:
        """The totals, and the streams with their mean rates."""
        receptions = self.receptions()
        told = [self._told_drops(link.number) for link in self._reader.links]
        dropped = sum(count or 0 for count in told) if any(count is not None for count in told) else None
        summary = summarise(receptions, (self._stream(*each) for each in self._streams.items()))
        return msgspec.structs.replace(summary, dropped_here=dropped)

    def _stream(self, identity: Identity, counter: StreamCounter) -> Stream:
        received = self._groups.get(identity[2:])
        record = counter.record()
        return received.drops.told(identity, record, alone=received.senders == 1) if received is not None else record

    def _told_drops(self, link: int) -> int | None:
        """What the capturing host dropped of an interface: its total, or the sum of what stands with the packets."""
        total, summed = self._reader.drops.get(link), self._dropped.get(link)
        return max(total or 0, summed or 0) if total is not None or summed is not None else None

    def _settle_drops(self) -> None:
        """What was dropped of an interface after its last packet can only be told of its only group."""
        groups = Counter(received.link for received in self._groups.values())
        for received in self._groups.values():
            told = self._told_drops(received.link)
            received.drops.learn(told if told is None or groups[received.link] == 1 else received.dropped)

    @property
    def datagrams(self) -> int:
        return self._datagrams

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()

    def _until_damaged(self) -> Iterator[Packet]:
        try:
            yield from self._reader
        except DamagedError as error:
            self.problem = make_problem("capture_damaged", self._path, evidence=str(error))
        except OSError as error:
            self.problem = make_problem("capture_unreadable", self._path, error)

    def _count(self, packet: Packet) -> None:
        self._packets += 1
        self._by_link[packet.link.number] += 1
        if packet.dropped:
            self._dropped[packet.link.number] += packet.dropped
        try:
            frame = datagram(packet.link.type, packet.data)
        except NoDatagramError as error:
            self._skipped[error.reason] += 1
            return
        self._datagrams += 1
        at = packet.time
        first, last = self._times if self._times is not None else (at, at)
        self._times = (min(first, at), max(last, at))
        source, group = self._texts.of(frame.source, packet.link.name), self._texts.of(frame.group)
        identity = (source, frame.source_port, group, frame.port, packet.link.name)
        received = self._count_group(identity, packet, frame)
        self._count_stream(identity, received, packet, frame)

    def _count_group(self, identity: Identity, packet: Packet, frame: Frame) -> Received | None:
        place = identity[2:]
        received = self._groups.get(place)
        if received is None:
            if len(self._groups) >= MOST_GROUPS:
                return None
            received = self._groups[place] = Received(packet.time, packet.link.number)
        received.packets += 1
        received.bytes += frame.size
        received.dropped += packet.dropped
        received.last = packet.time
        received.last_source = endpoint_text(identity[0], frame.source_port)
        return received

    def _count_stream(self, identity: Identity, received: Received | None, packet: Packet, frame: Frame) -> None:
        counter = self._streams.get(identity)
        if counter is None:
            if len(self._streams) >= MOST_STREAMS:
                return
            counter = StreamCounter(identity, packet.time, strips=self._strips, room=self._room)
            self._streams[identity] = counter
            self._second[identity] = packet.time
            if received is not None:
                received.begin_stream(identity)
        elif packet.time - self._second[identity] >= SECOND:
            counter.rates(packet.time - self._second[identity])
            self._second[identity] = packet.time
        lost = counter.lost
        # Where the capture holds a part only, the size counts as that of what was sent.
        payload = frame.payload.ljust(min(frame.size, FILLED), b"\0")
        counter.count(packet.time, payload, frame.ttl, frame.size)
        if received is not None and received.drops.matter(received.dropped):
            received.drops.arrived(identity, received.dropped, counter.lost - lost)


class Rows:
    """The datagrams of the file from the number ``first`` on, ``count`` of them. It blocks: run it in a thread."""

    def __init__(self, path: str, first: int, count: int) -> None:
        self._file, _ = open_file(path)
        self._texts = Texts()
        self._rows = islice(self._datagrams(), first, first + count)

    def step(self, count: int) -> tuple[Datagram, ...]:
        """The next ones; empty at the end."""
        return tuple(self._record(*row) for row in islice(self._rows, count))

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._file.close()

    def _datagrams(self) -> Iterator[tuple[Packet, Frame]]:
        try:
            for packet in CaptureReader(self._file):
                try:
                    yield packet, datagram(packet.link.type, packet.data)
                except NoDatagramError:
                    continue
        except (DamagedError, NotACaptureError, OSError):
            # The survey that went before has told it.
            return

    def _record(self, packet: Packet, frame: Frame) -> Datagram:
        shown = frame.payload[:PAYLOAD_KEPT]
        return Datagram(
            time=packet.time,
            interface=packet.link.name,
            source=self._texts.of(frame.source, packet.link.name),
            source_port=frame.source_port,
            group=self._texts.of(frame.group),
            port=frame.port,
            ttl=frame.ttl,
            size=frame.size,
            payload_hex=shown.hex(),
            payload_text=_text(shown),
        )


class Texts:
    """Addresses as text, each made once; a link-local one gets the interface as its scope, as live."""

    MOST = 10_000

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, str | None], str] = {}

    def of(self, packed: bytes, interface: str | None = None) -> str:
        """``interface`` is that of a source."""
        key = (packed, interface)
        text = self._known.get(key)
        if text is None:
            if len(self._known) >= self.MOST:
                self._known.clear()
            text = socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)
            if interface is not None and packed[:1] == b"\xfe" and packed[1] & 0xC0 == 0x80 and len(packed) == 16:
                text = f"{text}%{interface}"
            self._known[key] = text
        return text


def open_file(path: str) -> tuple[BinaryIO, int]:
    """The file and its size. Raises ProblemError: capture_unreadable."""
    try:
        # A named pipe would block, and a device may never end.
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise ProblemError(make_problem("capture_unreadable", path, evidence="it is no regular file"))
        file = Path(path).open("rb")  # noqa: SIM115 - closed by whom it is given to
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, OSError) else None
        raise ProblemError(make_problem("capture_unreadable", path, reason, evidence=str(error))) from error
    return file, Path(path).stat().st_size


def _text(payload: bytes) -> str | None:
    try:
        return visible(payload.decode())
    except UnicodeDecodeError:
        return None
