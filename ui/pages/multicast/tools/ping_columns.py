"""The tables of the tool Ping: the replies, both ways compared, and the questions to our responder."""

from __future__ import annotations

from dataclasses import dataclass

from net.multicast.records import Pinging, PingQuestion, Reply
from net.text import endpoint_text
from ui.pages.multicast.states import tr
from ui.text import UNKNOWN, clock, count, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face


@dataclass(frozen=True, slots=True)
class WayRow:
    """One of the two ways, as counted: texts in the order of the columns."""

    name: str
    texts: tuple[str, ...]
    tone: Tone


WAYS = ("Received", "Lost", "Loss", "Duplicated", "Hops", "Min", "Average", "Max", "Deviation")
FIRST_TIME = WAYS.index("Min")


def way_rows(pinging: Pinging) -> tuple[WayRow, WayRow]:
    """Unicast over multicast."""
    counts = pinging.counts
    rows = []
    for name, side in ((tr("Unicast"), counts.unicast), (tr("Multicast"), counts.multicast)):
        loss = UNKNOWN if side.loss_percent is None else f"{side.loss_percent:.3g} %"
        times = (side.rtt_min_ms, side.rtt_avg_ms, side.rtt_max_ms, side.rtt_stddev_ms)
        texts = (
            count(side.received), count(side.lost), loss, count(side.duplicated),
            UNKNOWN if side.hops is None else str(side.hops), *(milliseconds(time) for time in times),
        )  # fmt: skip
        tone = Tone.ERROR if side.lost and not side.received else Tone.WARNING if side.lost else Tone.OK
        rows.append(WayRow(name, texts, tone if side.received or side.lost else Tone.NEUTRAL))
    return rows[0], rows[1]


def way_columns() -> tuple[Column[WayRow], ...]:
    """A column for each of WAYS."""
    titles = (
        tr("Received"), tr("Lost"), tr("Loss"), tr("Twice"), tr("Hops"), tr("RTT min"), tr("average"), tr("max"),
        tr("deviation"),
    )  # fmt: skip
    numbers = tuple(_way_column(place, title) for place, title in enumerate(titles))
    name = Column("way", tr("Way"), _way_cell, face=Face.STRONG, width=14, least=9,
                  typical=(Cell(tr("Multicast"), dot=Tone.OK),))  # fmt: skip
    return (name, *numbers)


def _way_cell(row: WayRow) -> Cell:
    return Cell(row.name, dot=row.tone)


def _way_column(place: int, title: str) -> Column[WayRow]:
    return Column(
        WAYS[place],
        title,
        lambda row: Cell(row.texts[place]),
        face=Face.FIXED,
        right=True,
        width=11,
        least=8 if place >= FIRST_TIME else 6 if WAYS[place] == "Loss" else 4,
        weight=int(place >= FIRST_TIME),
    )


def milliseconds(value: float | None) -> str:
    """``0.412 ms``, ``12.34 ms``, ``123.4 ms``: of one width up to a second."""
    if value is None:
        return UNKNOWN
    digits = 3 if value < 9.9995 else 2 if value < 99.995 else 1
    return f"{value:.{digits}f} ms"


def reply_columns() -> tuple[Column[Reply], ...]:
    """The newest first."""
    return (
        Column("number", tr("Number"), lambda row: Cell(count(row.sequence)), sort=lambda row: -row.sequence,
               face=Face.FIXED, right=True, width=9, least=7, weight=0),
        Column("sent", tr("Sent"), lambda row: Cell(clock(row.sent)), sort=lambda row: row.sent, face=Face.FIXED,
               width=15, least=13),
        Column("unicast", tr("Unicast"), lambda row: _back(row.unicast, row.unicast_rtt_ms), face=Face.FIXED, width=18,
               least=13),
        Column("multicast", tr("Multicast"), lambda row: _back(row.multicast, row.multicast_rtt_ms), face=Face.FIXED,
               width=18, least=13),
        Column("hops", tr("Hops"), _hops, face=Face.FIXED, width=16, least=9),
    )  # fmt: skip


def _back(came: bool, rtt: float | None) -> Cell:  # noqa: FBT001 - a field of the record
    if came:
        return Cell(milliseconds(rtt), dot=Tone.OK, glyph="✓", spoken=f"✓ {milliseconds(rtt)}")
    return Cell(tr("lost"), dot=Tone.ERROR, glyph="✕")


def _hops(row: Reply) -> Cell:
    """One number where both ways are as long."""
    known = [hops for hops in (row.unicast_hops, row.multicast_hops) if hops is not None]
    if not known:
        return Cell(UNKNOWN, dim=True)
    if len(set(known)) == 1:
        return Cell(str(known[0]))
    return Cell(tr("%1 unicast, %2 multicast").replace("%1", str(known[0])).replace("%2", str(known[1])))


def question_columns() -> tuple[Column[PingQuestion], ...]:
    """Who asked what, and what became of it."""
    return (
        Column("time", tr("Time"), lambda row: Cell(clock(row.time)), sort=lambda row: -row.time, face=Face.FIXED,
               width=14, least=13, weight=0),
        Column("who", tr("Asked by"), _who, face=Face.FIXED, width=30, least=16),
        Column("what", tr("Question"), _what, width=26, least=14),
        Column("group", tr("For group"), lambda row: Cell(visible(row.group or UNKNOWN, 60)), face=Face.FIXED, width=22,
               least=14),
        Column("answer", tr("Answer"), _answer, width=36, least=18, weight=2),
    )  # fmt: skip


def _who(row: PingQuestion) -> Cell:
    on = f" · {visible(row.interface, 40)}" if row.interface else ""
    return Cell(f"{endpoint_text(visible(row.requester, 60), row.port)}{on}")


def _what(row: PingQuestion) -> Cell:
    words = {"init": tr("session"), "query": tr("query")}.get(row.message or "", tr("not understood"))
    number = f" {row.sequence}" if row.sequence is not None else ""
    return Cell(f"{words}{number} · {row.dialect}" if row.dialect else words)


def _answer(row: PingQuestion) -> Cell:
    if row.refused is None and row.answered:
        return Cell(tr("answered"), dot=Tone.OK, glyph="✓")
    tip = f"{row.problem.text}\n{row.problem.remedy}" if row.problem is not None else ""
    return Cell(refusal_words(row.refused), dot=Tone.WARNING, glyph="✕", tip=visible(tip, 1000))


def refusal_words(refused: str | None) -> str:
    """Why a question was not answered."""
    return {
        "network": tr("refused: not on a link of this computer"),
        "rate": tr("refused: too often"),
        "group": tr("refused: a group that is not served"),
        "session": tr("refused: unknown session"),
        "version": tr("refused: unknown version"),
        "interface": tr("refused: not on the chosen interface"),
        "malformed": tr("refused: no message of multicast ping"),
        "send": tr("the reply could not be sent"),
    }.get(refused or "", tr("not answered"))
