"""The table of the view Ask: who answered, after how long against what RFC 6762 allows, and with what."""

from __future__ import annotations

from discovery.records import MdnsAnswer
from ui.pages.bonjour.columns import tr
from ui.text import UNKNOWN, fill, plural, visible
from ui.theme import Tone
from ui.widgets.columns import Cell, Column, Face
from ui.widgets.details_form import Details, Fact, Section

VALUE_CAP = 300
MOST_RECORDS = 40
"""Records of an answer in the details, each several widgets."""
SIGNS = {"in_time": ("✓", Tone.OK), "early": ("▲", Tone.WARNING), "late": ("▲", Tone.WARNING)}


def window_words(answer: MdnsAnswer) -> str:
    """What RFC 6762 section 6 allows: at once for what one host alone has, 20 to 120 ms for what several may have."""
    if answer.timing == "not_judged":
        return tr("no rule for it")
    unique = all(record.flush for record in answer.records[:1])
    return tr("unique: at once") if unique else tr("shared: 20 to 120 ms")


def timing_words(answer: MdnsAnswer) -> str:
    return {
        "in_time": tr("in time"),
        "early": tr("too early"),
        "late": tr("too late"),
    }.get(answer.timing, tr("not judged"))


def _timing(answer: MdnsAnswer) -> Cell:
    glyph, tone = SIGNS.get(answer.timing, ("–", Tone.NEUTRAL))
    return Cell(timing_words(answer), window_words(answer), dot=tone, glyph=glyph)


def milliseconds(value: float) -> str:
    """``0.4 ms``, ``24.0 ms``, ``1,204 ms``."""
    return f"{value:,.1f} ms" if value < 1000 else f"{value:,.0f} ms"


def _records(answer: MdnsAnswer) -> Cell:
    if not answer.records:
        return Cell(UNKNOWN)
    first, *more = answer.records
    rest = plural(len(more), tr("and one more record"), tr("and %n more records")) if more else visible(first.name)
    return Cell(f"{first.type} {visible(first.data, VALUE_CAP)}", rest)


def answer_columns() -> tuple[Column[MdnsAnswer], ...]:
    """In the order of their coming."""
    return (
        Column("ms", tr("After"), lambda row: Cell(milliseconds(row.ms)), sort=lambda row: row.ms, face=Face.FIXED,
               right=True, width=11, least=10, weight=0),
        Column("timing", tr("Timing"), _timing, width=20, least=16, weight=0,
               typical=(Cell(tr("not judged"), tr("shared: 20 to 120 ms"), dot=Tone.OK),),
               tip=tr("RFC 6762 section 6, with room for the way and for timers")),
        Column("source", tr("From"), lambda row: Cell(visible(row.source, 60), _way(row)), face=Face.FIXED, width=24,
               least=15, weight=1),
        Column("interface", tr("On"), lambda row: Cell(visible(row.interface, 40)), width=7, least=5, weight=0),
        Column("records", tr("Answer"), _records, face=Face.FIXED, width=40, least=20, weight=3),
    )  # fmt: skip


def _way(answer: MdnsAnswer) -> str:
    way = tr("unicast") if answer.unicast else tr("multicast")
    return way if answer.ip_ttl is None else f"{way} · TTL {answer.ip_ttl}"


def describe_answer(answer: MdnsAnswer) -> Details:
    """All records of an answer, and its time."""
    facts = (
        Fact(tr("From"), answer.source, fixed=True),
        Fact(tr("On"), answer.interface),
        Fact(tr("By"), _way(answer)),
        Fact(tr("After"), milliseconds(answer.ms), fixed=True),
        Fact(tr("Allowed"), window_words(answer)),
    )
    records = tuple(
        Section(
            f"{record.type} {visible(record.name)}",
            facts=(
                Fact(tr("Data"), visible(record.data), fixed=True),
                Fact(tr("TTL"), fill(tr("%1 s"), f"{record.ttl:,}"), fixed=True),
                Fact(tr("Cache flush"), tr("yes: only this host has it") if record.flush else tr("no: shared")),
            ),
        )
        for record in answer.records[:MOST_RECORDS]
    )
    more = len(answer.records) - MOST_RECORDS
    if more > 0:
        records = (*records, Section("", text=plural(more, tr("%n more record"), tr("%n more records"))))
    glyph_tone = SIGNS.get(answer.timing, ("–", Tone.NEUTRAL))[1]
    title = fill(tr("Answer of %1"), visible(answer.source, 60))
    return Details(title=title, state=timing_words(answer), tone=glyph_tone, sections=(Section("", facts), *records))
