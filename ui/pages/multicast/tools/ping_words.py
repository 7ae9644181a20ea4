"""What a multicast ping says so far, in one sentence, and the facts beside it."""

from __future__ import annotations

from dataclasses import dataclass

from net.multicast.records import Pinging
from net.records import Problem
from ui.pages.multicast.states import tr
from ui.problems import told
from ui.text import count, fill
from ui.theme import Tone

NOTABLE_PERCENT = 1.0
"""Loss that multicast has more than unicast, from which on it is the point."""


@dataclass(frozen=True, slots=True)
class PingVerdict:
    """A sentence, and what to do about it where something is."""

    sentence: str
    tone: Tone
    remedy: str = ""


def judge(pinging: Pinging, *, over: bool) -> PingVerdict:
    """``over``: nothing more will come, so that silence counts."""
    counts = pinging.counts
    unicast, multicast = counts.unicast, counts.multicast
    if not unicast.received and not multicast.received:
        if over and counts.sent:
            return _of(told("ping_silent", counts.host, port=counts.port), Tone.ERROR)
        if over and counts.dialect == "v2":
            return _of(told("ping_no_session", counts.host, port=counts.port), Tone.ERROR)
        return PingVerdict(fill(tr("Waiting for the first reply of %1."), counts.host), Tone.INFO)
    if unicast.received and not multicast.received and (over or multicast.lost):
        problem = told("ping_no_multicast", counts.host, group=counts.group, interface=counts.interface)
        return _of(problem, Tone.ERROR)
    if not unicast.received and (over or unicast.lost):
        return _of(told("ping_no_unicast", counts.host, group=counts.group), Tone.WARNING)
    return _compared(pinging)


def from_summary(problem: Problem) -> PingVerdict:
    """What the probe itself concluded goes first."""
    return _of(problem, Tone.ERROR)


def facts_of(pinging: Pinging) -> tuple[str, ...]:
    """Who answered and how, and the time until the tree stood."""
    counts = pinging.counts
    facts = [counts.address if counts.address == counts.host else f"{counts.host} ({counts.address})"]
    if counts.dialect is not None:
        facts.append(f"{counts.dialect} · {counts.server}" if counts.server else counts.dialect)
    facts.append(fill(tr("%1 on %2"), counts.group, counts.interface))
    facts.append(fill(tr("%1 sent"), count(counts.sent)))
    if counts.tree_setup_ms is not None:
        facts.append(fill(tr("first multicast packet %1 ms after the join"), f"{counts.tree_setup_ms:.1f}"))
    if (
        counts.first_multicast is not None
        and counts.first_multicast > 1
        and counts.loss_since_first_percent is not None
    ):
        facts.append(fill(tr("%1 % of multicast lost since"), f"{counts.loss_since_first_percent:g}"))
    return tuple(facts)


def _compared(pinging: Pinging) -> PingVerdict:
    """Both arrive; which is lost more."""
    counts = pinging.counts
    unicast, multicast = counts.unicast.loss_percent or 0.0, counts.multicast.loss_percent or 0.0
    since = counts.loss_since_first_percent if counts.loss_since_first_percent is not None else multicast
    shares = (f"{multicast:.3g}", f"{unicast:.3g}", counts.host)
    if since > unicast + NOTABLE_PERCENT:
        words = tr("Unicast works, but the network drops multicast: of the replies of %3, %1 % are lost by multicast, "
                   "%2 % by unicast.")  # fmt: skip
        return PingVerdict(fill(words, *shares), Tone.WARNING, tr("Look at Wi-Fi rates, snooping and overload."))
    if multicast > unicast + NOTABLE_PERCENT:
        words = tr(
            "Unicast and multicast arrive from %3; the first %1 % of multicast were lost while its tree was set up."
        )
        return PingVerdict(fill(words, *shares), Tone.OK)
    if unicast > NOTABLE_PERCENT:
        words = tr("Unicast and multicast are lost alike between here and %3: %1 % of multicast, %2 % of unicast.")
        return PingVerdict(fill(words, *shares), Tone.WARNING)
    return PingVerdict(fill(tr("Unicast and multicast both arrive from %1."), counts.host), Tone.OK)


def _of(problem: Problem, tone: Tone) -> PingVerdict:
    return PingVerdict(problem.text, tone, problem.remedy)
