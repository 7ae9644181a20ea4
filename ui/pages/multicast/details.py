"""The details of a joined group, with each sender's stream, and of a packet."""

from __future__ import annotations

import time
from collections.abc import Sequence
from time import monotonic

from net.records import Datagram, Problem, Route, Stream
from ui import text
from ui.pages.multicast.columns import GroupRow
from ui.pages.multicast.joins import Join
from ui.pages.multicast.states import tr
from ui.pages.multicast.target import endpoint
from ui.pages.table_page import raw_text
from ui.text import fill, plural
from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, Fact, Section

STREAMS_SHOWN = 12
RAW_STREAMS = 20


def describe_group(row: GroupRow, join: Join, route: Route | None, actions: tuple[Action, ...]) -> Details:
    """All about a join; ``route``: the way the kernel would choose for its group."""
    streams = join.tally.streams()
    records = [record for record in (join.joined, join.tally.reception, route) if record is not None]
    return Details(
        title=row.key.endpoint,
        state=tr("%1 on %2").replace("%2", row.key.interface).replace("%1", row.standing.line),
        tone=row.standing.tone,
        sections=(
            *_problem(row.standing.problem),
            *_note(join.note),
            *_known(row),
            *_unbound(row, route),
            *_sources(join),
            Section(tr("Received"), facts=_received(row, join)),
            *_capped(join),
            *_streams(streams),
        ),
        actions=actions,
        raw=raw_text(*records, *streams[:RAW_STREAMS]),
    )


def describe_packet(datagram: Datagram) -> Details:
    """All about a packet but its payload, which the payload view shows."""
    facts = [
        Fact(tr("Time"), _moment(datagram.time), fixed=True),
        Fact(tr("Arrived on"), datagram.interface),
        Fact(tr("From"), endpoint(datagram.source, datagram.source_port), fixed=True),
        Fact(tr("To"), endpoint(datagram.group, datagram.port), fixed=True),
        Fact(tr("TTL"), _ttl(datagram.ttl)),
        Fact(tr("Size"), plural(datagram.size, tr("%n byte"), tr("%n bytes"))),
    ]
    handed_on = len(datagram.payload_hex) // 2
    if handed_on < datagram.size:
        facts.append(Fact(tr("Shown"), plural(handed_on, tr("the first byte"), tr("the first %n bytes"))))
    return Details(
        title=tr("Packet from %1").replace("%1", datagram.source),
        state=tr("arrived on %1 at %2").replace("%2", text.clock(datagram.time)).replace("%1", datagram.interface),
        tone=Tone.OK,
        sections=(Section("", facts=tuple(facts)),),
    )


def _problem(problem: Problem | None) -> tuple[Section, ...]:
    if problem is None:
        return ()
    sections = (Section(tr("What is wrong"), text=problem.text), Section(tr("What to do"), text=problem.remedy))
    if problem.evidence:
        return (*sections, Section(tr("Evidence"), text=problem.evidence))
    return sections


def _note(note: Problem | None) -> tuple[Section, ...]:
    return (Section(tr("Good to know"), text=f"{note.text} {note.remedy}"),) if note is not None else ()


def _known(row: GroupRow) -> tuple[Section, ...]:
    if not row.name:
        return ()
    words = tr("%1, used by %2.").replace("%2", row.used_by).replace("%1", row.name)
    if row.unverified:
        words += " " + tr("Unverified: no source confirms it.")
    return (Section(tr("Well-known as"), text=words),)


def _unbound(row: GroupRow, route: Route | None) -> tuple[Section, ...]:
    if route is None:
        return ()
    if route.interface is None:
        words = tr("A join or send that names no interface has no way to this group now.")
    elif row.unbound is None:
        words = tr("A join or send that names no interface would use %1, too.").replace("%1", route.interface)
    else:
        words = tr("unbound joins would go to %1: a program that names no interface hears nothing of %2.")
        words = words.replace("%1", route.interface).replace("%2", row.key.interface)
        words = words[:1].upper() + words[1:]
    return (Section(tr("Without an interface"), text=words),)


def _received(row: GroupRow, join: Join) -> tuple[Fact, ...]:
    tally = join.tally
    seen = monotonic() - tally.last_seen if tally.last_seen is not None else None
    last = "\n".join((row.last_source, text.age(seen))) if row.last_source is not None else tr("nothing yet")
    return (
        Fact(
            tr("Packets"),
            f"{text.packet_rate(row.packets_per_s).strip()}  {_of(text.count(tally.received))}",
            fixed=True,
        ),
        Fact(tr("Bytes"), f"{text.rate(row.bytes_per_s).strip()}  {_of(text.size(tally.bytes))}", fixed=True),
        Fact(tr("Dropped here"), text.UNKNOWN if row.dropped is None else text.count(row.dropped), fixed=True),
        Fact(tr("Buffer"), _buffer(join)),
        Fact(tr("Last source"), last, fixed=True),
    )


def _buffer(join: Join) -> str:
    joined = join.joined
    if joined is None or joined.buffer_bytes is None:
        return tr("not told")
    granted = tr("%1 granted").replace("%1", text.size(joined.buffer_bytes))
    if joined.buffer_limit is None or joined.buffer_asked is None:
        return granted
    return fill(tr("%1, of %2 asked for"), granted, text.size(joined.buffer_asked))


def _capped(join: Join) -> tuple[Section, ...]:
    """What keeps the buffer small, and the command that raises it."""
    joined = join.joined
    if joined is None or joined.buffer_limit is None or joined.buffer_asked is None:
        return ()
    words = tr("%1 caps the receive buffer. To raise it, run: sudo sysctl -w %1=%2. Then join again.")
    return (Section(tr("Buffer capped"), text=fill(words, joined.buffer_limit, joined.buffer_asked)),)


def _sources(join: Join) -> tuple[Section, ...]:
    joined = join.joined
    if joined is None:
        return ()
    if joined.observing:
        words = tr("Nothing was joined and no report was sent: only what other programs of this computer have joined "
                   "is heard.")  # fmt: skip
        return (Section(tr("Observing"), text=words),)
    if joined.source_filter:
        words = tr("Only what these send is let in (INCLUDE): %1.")
        return (Section(tr("Sources"), text=words.replace("%1", ", ".join(joined.source_filter))),)
    if joined.excluded:
        words = tr("All but what these send is let in (EXCLUDE): %1.")
        return (Section(tr("Sources"), text=words.replace("%1", ", ".join(joined.excluded))),)
    return ()


def _of(total: str) -> str:
    return tr("of %1").replace("%1", total)


def _streams(streams: Sequence[Stream]) -> tuple[Section, ...]:
    if not streams:
        return ()
    shown = [
        Section(endpoint(stream.source, stream.source_port), facts=_stream(stream))
        for stream in streams[:STREAMS_SHOWN]
    ]
    left = len(streams) - len(shown)
    if left:
        more = plural(left, tr("%n more sender was heard earlier."), tr("%n more senders were heard earlier."))
        shown.append(Section(tr("More"), text=more))
    return tuple(shown)


def _stream(stream: Stream) -> tuple[Fact, ...]:
    rate = f"{text.packet_rate(stream.packets_per_s).strip()}  {_of(text.count(stream.packets))}"
    facts = [Fact(tr("Packets"), rate, fixed=True), Fact(tr("Bits"), bit_rate(stream.bits_per_s), fixed=True)]
    if stream.lost is not None:
        facts += [
            Fact(tr("Lost"), text.count(stream.lost), fixed=True),
            Fact(tr("Duplicated"), text.count(stream.duplicated or 0), fixed=True),
            Fact(tr("Reordered"), text.count(stream.reordered or 0), fixed=True),
        ]
        jitter = f"{stream.jitter_ms:.3f} ms" if stream.jitter_ms is not None else text.UNKNOWN
        facts.append(Fact(tr("Jitter"), jitter, fixed=True))
    else:
        facts.append(Fact(tr("Loss"), tr("not known: the payload carries no number this program reads")))
    facts.append(Fact(tr("TTL"), text.UNKNOWN if stream.ttl is None else str(stream.ttl), fixed=True))
    return tuple(facts)


def bit_rate(bits_per_s: float) -> str:
    """``4.8 Mb/s``."""
    return text.rate(bits_per_s).strip().replace("B/s", "b/s")


def _ttl(ttl: int | None) -> str:
    if ttl is None:
        return tr("not told")
    return tr("1 · no router passes it on") if ttl == 1 else str(ttl)


def _moment(moment: float) -> str:
    """With date and microseconds, in local time."""
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(moment))}.{int(moment % 1 * 1e6):06}"
