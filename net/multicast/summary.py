"""Sums up what was received, from the newest record of each group and stream."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from net.records import Reception, Stream, Summary


def summarise(receptions: Iterable[Reception], streams: Iterable[Stream]) -> Summary:
    """The totals; the rates of the streams become the means over their whole life.

    ``dropped_here`` is None where the system tells it of no group.
    """
    receptions = tuple(receptions)
    dropped = [reception.dropped_here for reception in receptions if reception.dropped_here is not None]
    return Summary(
        received=sum(reception.received for reception in receptions),
        bytes=sum(reception.bytes for reception in receptions),
        dropped_here=sum(dropped) if dropped or not receptions else None,
        streams=tuple(_mean(stream) for stream in streams),
    )


def _mean(stream: Stream) -> Stream:
    """Rates over (last - first), so of all datagrams but the first; zero for a single one."""
    span = stream.last - stream.first
    if span <= 0:
        return msgspec.structs.replace(stream, packets_per_s=0.0, bits_per_s=0.0)
    share = (stream.packets - 1) / stream.packets
    return msgspec.structs.replace(
        stream,
        packets_per_s=round((stream.packets - 1) / span, 3),
        bits_per_s=round(stream.bytes * 8 * share / span, 1),
    )
