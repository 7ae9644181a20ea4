"""The columns of the joined groups: where each is joined, how that stands, and what arrives."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from net.records import Interface
from ui import text
from ui.pages.multicast.joins import Join, JoinKey, Phase
from ui.pages.multicast.known import name_of
from ui.pages.multicast.states import Standing, tr
from ui.text import visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face, none_last

FILE_MARK = " · "
"""Between interface and file in the name that an interface of a capture file has here."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A join as its row shows it. ``unbound``: the interface a join that names none would use, where it is another.

    ``last_seen`` is on the clock of ``monotonic``. ``more_buffer``: packets were dropped here, and the system would
    grant a larger receive buffer. ``recorded``: it is no join but stands for what a capture file holds.
    """

    key: JoinKey
    name: str
    used_by: str
    unverified: bool
    place: str
    unbound: str | None
    standing: Standing
    active: bool
    received: int
    dropped: int | None
    packets_per_s: float
    bytes_per_s: float
    samples: tuple[float, ...]
    last_source: str | None
    last_seen: float | None
    more_buffer: bool = False
    recorded: bool = False


def make_row(join: Join, standing: Standing, interface: Interface | None, unbound: str | None) -> GroupRow:
    """The row of ``join`` now; ``unbound``: where a join to its group that names no interface would go."""
    known = name_of(join.key.group, join.key.port)
    tally = join.tally
    return GroupRow(
        key=join.key,
        name=known.name if known is not None else "",
        used_by=known.used_by if known is not None else "",
        unverified=known is not None and not known.verified,
        place=interface.label if interface is not None else "",
        unbound=unbound if unbound != join.key.interface else None,
        standing=standing,
        active=join.active,
        received=tally.received,
        dropped=tally.dropped_here,
        packets_per_s=tally.packets_per_s,
        bytes_per_s=tally.bytes_per_s,
        samples=tuple(tally.samples),
        last_source=tally.last_source,
        last_seen=tally.last_seen,
        recorded=join.phase is Phase.RECORDED,
        more_buffer=bool(tally.dropped_here) and join.joined is not None and join.joined.buffer_limit is None,
    )


def known_as(row: GroupRow) -> str:
    """The well-known name, or that there is none."""
    if not row.name:
        return tr("no well-known name")
    return tr("%1 · unverified").replace("%1", row.name) if row.unverified else row.name


def _group_cell(row: GroupRow) -> Cell:
    return Cell(
        visible(row.key.endpoint),
        detail=visible(known_as(row)),
        dot=row.standing.tone,
        dim=not row.active,
        tip=visible(row.used_by),
    )


def _interface_cell(row: GroupRow) -> Cell:
    detail, tip = visible(row.place), ""
    if row.unbound is not None:
        other = visible(row.unbound)
        detail = tr("unbound → %1").replace("%1", other)
        tip = tr("unbound joins would go to %1").replace("%1", other)
    if row.recorded:
        name, _, file = row.key.interface.partition(FILE_MARK)
        return Cell(visible(name), detail=visible(file), dim=True, tip=visible(row.key.interface))
    return Cell(visible(row.key.interface), detail=detail, dim=not row.active, tip=tip)


def _state_cell(row: GroupRow) -> Cell:
    problem = row.standing.problem
    tip = visible(f"{problem.text} {problem.remedy}", 1000) if problem is not None else ""
    return Cell(chips=row.standing.chips, tip=tip, spoken=row.standing.line)


def _traffic_cell(row: GroupRow) -> Cell:
    """Bytes over packets a second, beside the last minute."""
    if not row.active:
        return Cell(text.UNKNOWN, spark=row.samples, dim=True)
    rates = text.rate(row.bytes_per_s), text.packet_rate(row.packets_per_s)
    spoken = tr("%1, %2 packets").replace("%2", rates[1].strip()).replace("%1", rates[0].strip())
    return Cell(*rates, spark=row.samples, dim=not row.packets_per_s, spoken=spoken)


def _received_cell(row: GroupRow) -> Cell:
    if row.dropped is None:
        return Cell(text.count(row.received), dim=not row.received)
    words = tr("%1 dropped here").replace("%1", text.count(row.dropped))
    if row.dropped == 0:
        return Cell(text.count(row.received), detail=words, dim=not row.received)
    tip = tr("This host dropped them because the receive buffer was full; the network had delivered them.")
    return Cell(text.count(row.received), detail=words, dot=Tone.WARNING, tip=tip)


def _last_cell(row: GroupRow) -> Cell:
    if row.last_source is None:
        return Cell(tr("nothing yet") if row.active else text.UNKNOWN, dim=True)
    seconds = monotonic() - row.last_seen if row.last_seen is not None else None
    when = text.age(seconds)
    ago = when if seconds is None or seconds < 1 else tr("%1 ago").replace("%1", when)
    return Cell(visible(row.last_source), detail=ago, dim=not row.active)


def columns() -> tuple[Column[GroupRow], ...]:
    """In the person's language, so made when the page is."""
    return (*_join_columns(), *_arrival_columns())


def _join_columns() -> tuple[Column[GroupRow], ...]:
    """Which group, where, and how that stands."""
    return (
        Column(
            "group",
            tr("Group"),
            _group_cell,
            sort=lambda row: (":" in row.key.group, row.key.group, row.key.port),
            face=Face.STRONG,
            width=24,
            least=20,
            typical=(Cell("224.224.0.77:23019", dot=Tone.OK),),
        ),
        Column("interface", tr("Interface"), _interface_cell, face=Face.STRONG, width=14, least=11),
        Column("state", tr("State"), _state_cell, sort=lambda row: row.standing.line, width=18, least=15),
    )


def _arrival_columns() -> tuple[Column[GroupRow], ...]:
    """What arrives, how much of it, and from whom."""
    return (
        Column(
            "traffic",
            tr("Traffic"),
            _traffic_cell,
            sort=lambda row: -row.bytes_per_s,
            width=26,
            least=10,
            moves=False,
            tip=tr("Payload bytes a second over the last minute, and packets a second"),
        ),
        Column(
            "received",
            tr("Received"),
            _received_cell,
            sort=lambda row: -row.received,
            face=Face.FIXED,
            right=True,
            width=14,
            least=11,
            typical=(Cell("9,999", detail=tr("%1 dropped here").replace("%1", "9,999"), dot=Tone.WARNING),),
            weight=0,
            moves=False,
            tip=tr("Packets, and those this host dropped because the receive buffer was full"),
        ),
        Column(
            "last",
            tr("Last source"),
            _last_cell,
            sort=lambda row: none_last(row.last_source),
            face=Face.FIXED,
            width=21,
            least=12,
            moves=False,
        ),
    )


FIELDS = {"state": lambda row: row.standing.line}
