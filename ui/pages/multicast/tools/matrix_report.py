"""What a test of all interfaces concludes, as details to read and as text to hand on."""

from __future__ import annotations

from collections.abc import Sequence

from net.verdict import Certainty, Verdict
from ui.pages.multicast.states import tr
from ui.pages.multicast.tools.matrix_columns import MatrixRow, path_words
from ui.pages.multicast.words import interfaces_in_words
from ui.text import visible
from ui.theme import Tone
from ui.widgets.details_form import Details, Fact, Section

GOOD = ("test_works", "test_works_on_several")


def tone_of(verdict: Verdict) -> Tone:
    """Green where nothing has to be done, red where multicast works nowhere."""
    if not verdict.working:
        return Tone.ERROR
    return Tone.OK if verdict.code in GOOD else Tone.WARNING


def certainty_words(certainty: Certainty) -> str:
    """In the person's language."""
    return {"proven": tr("proven"), "likely": tr("likely"), "possible": tr("possible")}[certainty]


def facts_of(verdict: Verdict) -> tuple[str, ...]:
    """The way of unbound traffic, and the interfaces that work."""
    if verdict.unbound_interface is None:
        way = tr("What chose no interface found no way out")
    else:
        way = tr("Unbound traffic took %1").replace("%1", verdict.unbound_interface)
    works = tr("works by index: %1").replace("%1", interfaces_in_words(verdict.working))
    return (way, certainty_words(verdict.certainty), *((works,) if verdict.working else ()))


def conclusion(verdict: Verdict) -> Details:
    """What to do first, then what was seen and what it is worth."""
    sections = [
        Section(tr("What to do"), facts=_numbered(verdict.remedy)),
        Section(tr("Why"), text=verdict.cause),
        Section(tr("Seen"), facts=_numbered(verdict.evidence)),
        Section(
            tr("Interfaces that do not count"),
            facts=tuple(
                Fact(visible(each.subject, 40), each.text, note=each.remedy) for each in verdict.not_working
            ),
        ),
        Section(
            tr("Others in this group"),
            facts=tuple(
                Fact(other.interface, tr("%1 packets, the last from %2").replace("%1", str(other.packets))
                     .replace("%2", other.source))
                for other in verdict.other_traffic
            ),
        ),
        Section(
            tr("What this proves"),
            text=" ".join(filter(None, (verdict.proves, verdict.not_proven, *verdict.further))),
        ),
    ]  # fmt: skip
    shown = tuple(section for section in sections if section.text or section.facts)
    return Details(title="", sections=shown, copies=False)


def as_text(verdict: Verdict, rows: Sequence[MatrixRow], names: Sequence[str], *, stale: str = "") -> str:
    """Verdict, matrix and conclusion, for a bug report; ``stale``: why they may hold no more."""
    title = tr("Multicast test of %1").replace("%1", verdict.subject)
    told = f"{verdict.text} ({certainty_words(verdict.certainty)})"
    lines = (title, "", told, *((stale,) if stale else ()), "", *_matrix(rows, names), "")
    return "\n".join(lines) + conclusion(verdict).as_text()


def _matrix(rows: Sequence[MatrixRow], names: Sequence[str]) -> list[str]:
    """In columns of equal width."""
    table = [[tr("Sent by"), *(tr("heard on %1").replace("%1", visible(name)) for name in names)]]
    for row in rows:
        sender = tr("no interface chosen") if row.sender is None else visible(row.sender)
        table.append([sender, *(path_words(row.paths[name]) if name in row.paths else "" for name in names)])
    widths = [max(len(line[at]) for line in table) for at in range(len(names) + 1)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]


def _numbered(sentences: Sequence[str]) -> tuple[Fact, ...]:
    if len(sentences) == 1:
        return (Fact("–", sentences[0]),)
    return tuple(Fact(str(number), sentence) for number, sentence in enumerate(sentences, start=1))
