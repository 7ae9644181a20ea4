"""The details of a stream in words: how it goes, what was lost where, and how evenly it comes."""

from __future__ import annotations

from ui import text
from ui.pages.multicast.states import tr
from ui.pages.multicast.stream_columns import StreamRow, bit_rate, milliseconds, seconds, share, ttl_range
from ui.pages.multicast.target import endpoint
from ui.pages.table_page import raw_text
from ui.text import fill
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, Fact, Section


def describe_stream(row: StreamRow, actions: tuple[Action, ...] = ()) -> Details:
    """All about a stream but its plot and strip, which the stream view shows."""
    stream = row.stream
    group = endpoint(stream.group, stream.port)
    return Details(
        title=endpoint(stream.source, stream.source_port),
        state=fill(tr("%1 · to %2 on %3"), row.state, group, stream.interface),
        tone=row.tone,
        sections=(
            Section(tr("Verdict"), text=verdict(row)),
            Section(tr("Numbers"), facts=_numbers(row)),
            Section(tr("Traffic"), facts=_traffic(row)),
            Section(tr("Bursts"), facts=_bursts(row)),
        ),
        actions=actions,
        raw=raw_text(stream),
    )


def verdict(row: StreamRow) -> str:
    """Where packets were lost, in a sentence or two."""
    stream = row.stream
    lost, dropped = stream.lost, stream.dropped_here
    if lost == dropped == 0:
        return tr("Nothing was lost.")
    said = []
    if lost is None:
        said.append(tr("Whether packets are lost cannot be told: the payload carries no number this program reads."))
    elif lost:
        words = tr("The network lost %1 of the packets (%2): they never reached this computer.")
        said.append(fill(words, text.count(lost), share(lost, stream)))
    elif dropped is None:
        said.append(tr("The network lost nothing."))
    if dropped:
        words = tr("This computer dropped %1 (%2), because the receive buffer was full; the network delivered them.")
        said.append(fill(words, text.count(dropped), share(dropped, stream)))
    elif dropped is None and lost is not None:
        said.append(tr("Whether this computer dropped some is unknown."))
    elif lost:
        said.append(tr("None was dropped here."))
    return " ".join(said)


def _numbers(row: StreamRow) -> tuple[Fact, ...]:
    stream = row.stream
    if stream.lost is None:
        return (Fact(tr("Format"), tr("not numbered")),)
    reordered = _count(stream.reordered)
    if stream.reorder_distance:
        reordered = fill(tr("%1, up to %2 back"), reordered, text.count(stream.reorder_distance))
    facts = [
        Fact(tr("Format"), stream.payload or text.UNKNOWN),
        Fact(tr("Lost on network"), _count(stream.lost), fixed=True),
        Fact(
            tr("Dropped here"),
            tr("unknown") if stream.dropped_here is None else _count(stream.dropped_here),
            fixed=True,
        ),
        Fact(tr("Came twice"), _count(stream.duplicated), fixed=True),
        Fact(tr("Reordered"), reordered, fixed=True),
        Fact(tr("Late"), _count(stream.late), fixed=True),
        Fact(tr("Restarts"), _count(stream.restarts), fixed=True),
        Fact(tr("Wraps"), _count(stream.wraps), fixed=True),
    ]
    if stream.continuity_errors is not None:
        facts.append(Fact(tr("Continuity errors"), _count(stream.continuity_errors), fixed=True))
    if stream.foreign:
        facts.append(Fact(tr("Not of the format"), _count(stream.foreign), fixed=True))
    return tuple(facts)


def _traffic(row: StreamRow) -> tuple[Fact, ...]:
    stream = row.stream
    of = tr("%1  of %2")
    return (
        Fact(
            tr("Packets"),
            fill(of, text.packet_rate(stream.packets_per_s).strip(), text.count(stream.packets)),
            fixed=True,
        ),
        Fact(tr("Bits"), fill(of, bit_rate(stream.bits_per_s), text.size(stream.bytes)), fixed=True),
        Fact(tr("Jitter"), milliseconds(stream.jitter_ms), fixed=True),
        Fact(tr("Mean jitter"), milliseconds(stream.mean_jitter_ms), fixed=True),
        Fact(tr("Longest silence"), seconds(stream.longest_silence_s), fixed=True),
        Fact(tr("TTL"), ttl_range(stream), fixed=True),
        Fact(tr("First packet"), text.clock(stream.first), fixed=True),
        Fact(tr("Last packet"), text.clock(stream.last), fixed=True),
    )


def _bursts(row: StreamRow) -> tuple[Fact, ...]:
    """The columns of Wireshark's UDP Multicast Streams dialog."""
    stream = row.stream
    buffer = text.size(stream.max_buffer_bytes)
    return (
        Fact(
            tr("Average"), bit_rate(stream.average_bits_per_s), fixed=True, note=tr("of frames, since the first packet")
        ),
        Fact(tr("Maximum"), bit_rate(stream.maximum_bits_per_s), fixed=True, note=tr("in the busiest 100 ms")),
        Fact(tr("Max burst"), _count(stream.max_burst), fixed=True, note=tr("packets in any 100 ms")),
        Fact(tr("Burst alarms"), _count(stream.burst_alarms), fixed=True, note=tr("50 packets within 100 ms")),
        Fact(tr("Max buffer"), buffer, fixed=True, note=tr("bytes that wait if 5 Mb/s are taken out")),
        Fact(tr("Buffer alarms"), _count(stream.buffer_alarms), fixed=True, note=tr("more than 10,000 bytes waited")),
    )


def _count(number: int | None) -> str:
    return text.UNKNOWN if number is None else text.count(number)
