"""What an endurance run says: how it stands, what it concludes, and the facts beside the plot."""

from __future__ import annotations

from net.multicast.records import Endurance, EnduranceVerdict, QueryCount
from ui.pages.multicast.states import tr
from ui.pages.multicast.target import endpoint
from ui.pages.multicast.tools.matrix_report import certainty_words
from ui.text import count, fill
from ui.theme import Tone
from ui.widgets.details_form import Details, Fact, Section

TONES = {
    "endure_lasted": Tone.OK,
    "endure_querier_missing": Tone.ERROR,
    "endure_reports_unheard": Tone.ERROR,
    "endure_nothing": Tone.ERROR,
    "endure_interface_gone": Tone.ERROR,
    "endure_join_lost": Tone.ERROR,
    "endure_forgotten": Tone.WARNING,
    "endure_stopped_at_membership_time": Tone.WARNING,
    "endure_stream_stopped": Tone.WARNING,
}
"""By the code of a verdict; any other tells neither good nor bad."""


def state_words(standing: Endurance) -> str:
    """How the run stands, in a sentence."""
    silent = f"{standing.silent_for:.0f}"
    words = {
        "waiting": tr("Joined; nothing of %1 has arrived yet."),
        "receiving": tr("%1 arrives, %2 packets in the last second."),
        "silent": tr("%1 has been silent for %3 s."),
        "reviving": tr("%1 fell silent; left and joined anew, waiting for what that does."),
    }[standing.state]
    return fill(words, endpoint(standing.group, standing.port), count(standing.arrived), silent)


def state_tone(standing: Endurance) -> Tone:
    """Green while it arrives."""
    return {"waiting": Tone.INFO, "receiving": Tone.OK}.get(standing.state, Tone.WARNING)


def query_words(queries: QueryCount) -> str:
    """How many queries came, or that it cannot be known without rights."""
    if queries.count is None:
        return {
            True: tr("a querier was heard; how often cannot be known without rights"),
            False: tr("none was heard; how many there were cannot be known without rights"),
        }.get(queries.seen, tr("cannot be known without rights"))  # type: ignore[arg-type]
    return count(queries.count)


def details_of(verdict: EnduranceVerdict, *, running: bool) -> Details:
    """``running``: the verdict is what would be concluded now."""
    silences = tuple(
        Fact(f"{silence.begin:.0f} s", _silence_words(silence.after_join, silence.end, silence.ended_by))
        for silence in verdict.silences
    )
    sections = [
        Section(tr("What to do"), facts=_numbered(verdict.remedy)) if not running else Section(""),
        Section(tr("So far"), text=f"{verdict.text} ({certainty_words(verdict.certainty)})") if running else
        Section(tr("Why"), text=verdict.cause),
        Section(tr("Queries of a querier"), facts=(
            Fact(tr("counted"), query_words(verdict.queries), note=verdict.queries.how),)),
        Section(tr("Silences"), facts=silences),
        Section(tr("Seen"), facts=_numbered(verdict.evidence)) if not running else Section(""),
    ]  # fmt: skip
    return Details(title="", sections=tuple(each for each in sections if each.facts or each.text), copies=False)


def _silence_words(after_join: float, end: float | None, ended_by: str | None) -> str:
    begin = fill(tr("%1 s after the join"), f"{after_join:.0f}")
    if end is None:
        return f"{begin}, {tr('and lasts')}"
    how = tr("joining anew ended it at %1 s") if ended_by == "rejoin" else tr("ended by itself at %1 s")
    return f"{begin}, {fill(how, f'{end:.0f}')}"


def _numbered(sentences: tuple[str, ...]) -> tuple[Fact, ...]:
    return tuple(Fact(str(number), sentence) for number, sentence in enumerate(sentences, start=1))
