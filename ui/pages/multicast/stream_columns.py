"""The columns of the streams: who sends, how fast, what was lost where, and how evenly it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from net.records import Stream
from ui import text
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.states import tr
from ui.pages.multicast.target import endpoint
from ui.text import fill, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face

SILENT_SECONDS = 2.0
"""A stream without a packet for so long is called silent."""


@dataclass(frozen=True, slots=True)
class StreamRow:
    """A stream as its row shows it. ``silent``: whole seconds since its newest packet; None while packets come.

    ``listening``: whether its group is still joined. ``recorded``: it is of a capture file, with mean rates.
    """

    stream: Stream
    silent: int | None
    listening: bool
    recorded: bool = False

    @property
    def join_key(self) -> JoinKey:
        return JoinKey(self.stream.group, self.stream.port, self.stream.interface)

    @property
    def tone(self) -> Tone:
        """The colour of its dot."""
        if self.stream.lost or self.stream.dropped_here:
            return Tone.WARNING
        return Tone.NEUTRAL if self.silent is not None or not self.listening else Tone.OK

    @property
    def state(self) -> str:
        """How it goes, in words."""
        if self.recorded:
            return tr("from a file")
        if not self.listening:
            return tr("not joined now")
        return tr("arriving") if self.silent is None else tr("silent for %1").replace("%1", text.age(self.silent))


def bit_rate(bits_per_s: float | None) -> str:
    """``4.8 Mb/s``."""
    return text.rate(bits_per_s).strip().replace("B/s", "b/s")


def seconds(duration: float | None) -> str:
    """``12.5 s``, ``250 ms``."""
    if duration is None:
        return text.UNKNOWN
    return f"{duration:.1f} s" if duration >= 1 else f"{duration * 1000:.0f} ms"


def milliseconds(duration: float | None) -> str:
    """``0.412 ms``."""
    return text.UNKNOWN if duration is None else f"{duration:.3f} ms"


def ttl_range(stream: Stream) -> str:
    """``1``, ``1–64``."""
    low, high = (end if end is not None else stream.ttl for end in (stream.ttl_min, stream.ttl_max))
    if low is None or high is None:
        return text.UNKNOWN
    return str(low) if low == high else f"{low}–{high}"


def share(part: int, stream: Stream) -> str:
    """``0.25 %`` of what was sent, as far as that is known."""
    sent = stream.packets + (stream.lost or 0) + (stream.dropped_here or 0)
    return f"{100 * part / sent:.2f} %" if sent else ""


def _source(row: StreamRow) -> Cell:
    stream = row.stream
    source, group = endpoint(stream.source, stream.source_port), endpoint(stream.group, stream.port)
    way = fill(tr("%1 on %2"), visible(group), visible(stream.interface))
    return Cell(visible(source), detail=way, dot=row.tone, spoken=f"{visible(source)} → {way}")


def _interface(row: StreamRow) -> Cell:
    return Cell(visible(row.stream.interface))


def _rate(row: StreamRow) -> Cell:
    if not row.recorded and (row.silent is not None or not row.listening):
        return Cell(tr("silent") if row.listening else text.UNKNOWN, detail=_since(row), dim=True, spoken=row.state)
    return Cell(text.packet_rate(row.stream.packets_per_s).strip(), detail=bit_rate(row.stream.bits_per_s))


def _since(row: StreamRow) -> str:
    return tr("for %1").replace("%1", text.age(row.silent)) if row.listening else tr("not joined")


def _lost(row: StreamRow) -> Cell:
    stream = row.stream
    if stream.lost is None:
        tip = tr("The payload carries no number this program reads, so loss is not known.")
        return Cell(text.UNKNOWN, detail=tr("no numbers"), dim=True, tip=tip)
    tip = tr("Numbers that never reached this computer")
    return Cell(
        text.count(stream.lost),
        detail=share(stream.lost, stream) if stream.lost else tr("none"),
        dot=Tone.ERROR if stream.lost else None,
        glyph="×" if stream.lost else "",
        dim=not stream.lost,
        tip=tip,
    )


def _dropped(row: StreamRow) -> Cell:
    stream = row.stream
    if stream.dropped_here is None:
        unknown = tr("The system does not tell, or several send to this group and whose packets it dropped is unknown.")
        return Cell(text.UNKNOWN, detail=tr("unknown"), dim=True, tip=unknown)
    tip = tr("Received by this computer and dropped because the receive buffer was full; the network delivered them")
    return Cell(
        text.count(stream.dropped_here),
        detail=share(stream.dropped_here, stream) if stream.dropped_here else tr("none"),
        dot=Tone.WARNING if stream.dropped_here else None,
        glyph="▾" if stream.dropped_here else "",
        dim=not stream.dropped_here,
        tip=tip,
    )


def _reordered(row: StreamRow) -> Cell:
    number, back = row.stream.reordered, row.stream.reorder_distance
    if number is None:
        return Cell(text.UNKNOWN, dim=True)
    detail = tr("up to %1 back").replace("%1", text.count(back)) if back else ""
    return Cell(text.count(number), detail=detail, dim=not number)


def _payload(row: StreamRow) -> Cell:
    ttl = tr("TTL %1").replace("%1", ttl_range(row.stream))
    if row.stream.payload is None:
        return Cell(tr("not numbered"), detail=ttl, dim=True)
    return Cell(visible(row.stream.payload, 60), detail=ttl)


def _ttl(row: StreamRow) -> Cell:
    return Cell(ttl_range(row.stream))


def _number(name: str) -> Callable[[StreamRow], Cell]:
    def cell(row: StreamRow) -> Cell:
        number: int | None = getattr(row.stream, name)
        return Cell(text.UNKNOWN if number is None else text.count(number), dim=not number)

    return cell


def _of(name: str, words: Callable[[float | None], str]) -> Callable[[StreamRow], Cell]:
    return lambda row: Cell(words(getattr(row.stream, name)))


def _order(name: str) -> Callable[[StreamRow], float]:
    """The highest first; what is not known comes last."""
    return lambda row: -(-1.0 if getattr(row.stream, name) is None else getattr(row.stream, name))


def _size(number: float | None) -> str:
    return text.size(None if number is None else round(number))


def stream_columns() -> tuple[Column[StreamRow], ...]:
    """In the person's language, so made when the page is."""
    return (*_usual_columns(), *_further_columns())


def _usual_columns() -> tuple[Column[StreamRow], ...]:
    """Who sends, how much, and what became of it."""
    return (
        Column("source", tr("Stream"), _source, face=Face.FIXED, width=24, least=21, weight=3,
               tip=tr("Who sends, over the group it is sent to")),
        Column("interface", tr("On"), _interface, face=Face.FIXED, width=6, least=5, weight=0,
               tip=tr("The interface it arrives on"), extra=True),
        _figure("rate", tr("Rate"), _rate, 10, "packets_per_s",
                tr("Packets and bits of payload a second"), extra=False),
        _figure("lost", tr("Lost on network"), _lost, 13, "lost",
                tr("Numbers that never reached this computer"), extra=False),
        _figure("dropped", tr("Dropped here"), _dropped, 11, "dropped_here",
                tr("Received by this computer and dropped because the receive buffer was full"), extra=False),
        _figure("reordered", tr("Reordered"), _reordered, 10, "reordered",
                tr("Numbers that came up to 100 behind the highest, and how far back at most"), extra=False),
        _figure("duplicated", tr("Twice"), _number("duplicated"), 6, "duplicated",
                tr("Duplicates: numbers that came more than once"), extra=False),
        Column("payload", tr("Payload"), _payload, width=15, least=11, weight=1,
               tip=tr("The format by whose numbers loss is counted, and the TTL on arrival")),
    )  # fmt: skip


def _further_columns() -> tuple[Column[StreamRow], ...]:
    """Those that are shown when chosen: times, TTL, and the columns of Wireshark."""
    return (
        _figure("jitter", tr("Jitter"), _of("jitter_ms", milliseconds), 11, "jitter_ms",
                tr("How unevenly packets arrive, against the sender's clock (RFC 3550)")),
        _figure("silence", tr("Longest silence"), _of("longest_silence_s", seconds), 14, "longest_silence_s",
                tr("The longest time between two packets")),
        _figure("late", tr("Late"), _number("late"), 6, "late", tr("Numbers more than 100 behind the highest")),
        _figure("restarts", tr("Restarts"), _number("restarts"), 9, "restarts", tr("The sender began anew")),
        _figure("ttl", tr("TTL"), _ttl, 7, "ttl", tr("The lowest and highest TTL on arrival")),
        _figure("average", tr("Average"), _of("average_bits_per_s", bit_rate), 10, "average_bits_per_s",
                tr("Bits of frames a second since the first packet, as Wireshark counts them")),
        _figure("maximum", tr("Maximum"), _of("maximum_bits_per_s", bit_rate), 10, "maximum_bits_per_s",
                tr("Bits of frames a second in the busiest 100 ms")),
        _figure("burst", tr("Max burst"), _number("max_burst"), 10, "max_burst", tr("Most packets in any 100 ms")),
        _figure("burst-alarms", tr("Burst alarms"), _number("burst_alarms"), 12, "burst_alarms",
                tr("How often 50 packets came within 100 ms")),
        _figure("buffer", tr("Max buffer"), _of("max_buffer_bytes", _size), 10, "max_buffer_bytes",
                tr("Most bytes in a buffer that is emptied at 5 Mb/s")),
        _figure("buffer-alarms", tr("Buffer alarms"), _number("buffer_alarms"), 13, "buffer_alarms",
                tr("How often that buffer held more than 10,000 bytes")),
    )  # fmt: skip


def _figure(
    key: str,
    title: str,
    cell: Callable[[StreamRow], Cell],
    width: int,
    name: str,
    tip: str = "",
    *,
    extra: bool = True,
) -> Column[StreamRow]:
    """A column of numbers, sorted by the field ``name`` of the stream."""
    return Column(
        key, title, cell, sort=_order(name), face=Face.FIXED, right=True, width=width, least=width - 2, weight=0,
        moves=False, tip=tip, extra=extra,
    )  # fmt: skip
