"""What the course of an endurance run proves: above all, whether a switch snoops without a querier."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from net.multicast.course import Course, Timing
from net.multicast.endpoint import Endpoint
from net.multicast.records import EnduranceVerdict, QueryCount, Silence
from net.verdict import Certainty
from resources.loader import finding_rows

NAMED = 5
"""Silences described in the evidence; the rest is counted."""


Lost: TypeAlias = Literal["interface", "join"]
"""What ended the join on this host: its interface vanished, or the kernel's table no longer lists it."""


class Judgement(NamedTuple):
    """The row of findings.toml that fits, how sure that is, and the silence it rests on."""

    code: str
    certainty: Certainty
    silence: Silence | None = None


def judge(
    course: Course, now: float, queries: QueryCount, *, shared: bool, lost: tuple[Lost, float] | None = None
) -> Judgement:
    """Conclude from the course up to ``now``.

    ``shared``: another socket of this host holds the same join, so that joining anew sent no report. ``lost``: what
    ended the join on this host, and when (seconds); then silence says nothing about the network.
    """
    if lost is not None:
        return Judgement("endure_interface_gone" if lost[0] == "interface" else "endure_join_lost", "proven")
    timing = course.timing
    revived = [silence for silence in course.silences if silence.ended_by == "rejoin"]
    in_time = [silence for silence in revived if timing.at_membership_time(silence.after_join)]
    if in_time and queries.seen:
        return Judgement("endure_reports_unheard", "likely", in_time[-1])
    if in_time:
        sure = len(in_time) > 1 or queries.seen is False
        return Judgement("endure_querier_missing", "proven" if sure else "likely", in_time[-1])
    if revived:
        return Judgement("endure_forgotten", "likely" if _alike(revived, timing) else "possible", revived[-1])
    if course.silent is not None:
        return _not_revived(course, now, course.silent, shared=shared)
    return _kept_on(course, now)


def conclude(
    endpoint: Endpoint,
    interface: str,
    course: Course,
    now: float,
    queries: QueryCount,
    *,
    shared: bool,
    final: bool,
    lost: tuple[Lost, float] | None = None,
) -> EnduranceVerdict:
    """The EnduranceVerdict at ``now``."""
    judgement = judge(course, now, queries, shared=shared, lost=lost)
    silence, timing = judgement.silence, course.timing
    row = finding_rows()[judgement.code]
    facts = {
        "subject": str(endpoint),
        "interface": interface,
        "seconds": _number(now),
        "after": _number(silence.after_join) if silence is not None else "",
        "membership": _number(timing.membership),
        "half": _number(timing.membership / 2),
        "needed": _number(timing.membership + timing.tolerance + course.threshold + timing.revive),
        "gap": _number(course.longest_gap),
        "lost": _number(lost[1]) if lost is not None else "",
    }
    return EnduranceVerdict(
        group=str(endpoint.group),
        port=endpoint.port,
        interface=interface,
        code=judgement.code,
        certainty=judgement.certainty,
        text=row.title.format(**facts),
        cause=row.cause.format(**facts),
        evidence=tuple(_evidence(course, now, queries, shared=shared)),
        remedy=tuple(remedy.format(**facts) for remedy in row.remedy),
        seconds=round(now, 3),
        received=course.received,
        per_second=_per_second(course, now) if final else (),
        silences=tuple(course.silences),
        stopped_after=round(silence.after_join, 3) if silence is not None else None,
        revived=_revived(silence, course, now),
        queries=queries,
        final=final,
    )


def _not_revived(course: Course, now: float, silence: Silence, *, shared: bool) -> Judgement:
    if course.reviving(now) or course.joins[-1] < silence.begin:
        return Judgement("endure_undecided", "possible", silence)
    if course.timing.at_membership_time(silence.after_join):
        return Judgement("endure_stopped_at_membership_time", "possible", silence)
    return Judgement("endure_stream_stopped", "possible" if shared else "likely", silence)


def _kept_on(course: Course, now: float) -> Judgement:
    """Without a silence that tells: whether the run was long enough."""
    timing = course.timing
    if course.last is None:
        return Judgement("endure_nothing", "proven")
    pause = now - course.last
    if pause > max(timing.silence / 2, 2 * course.longest_gap):
        begin = Silence(begin=course.last, after_join=course.last - course.joins[-1])
        return Judgement("endure_undecided", "possible", begin)
    if course.last - course.joins[-1] > timing.membership + timing.tolerance:
        return Judgement("endure_lasted", "proven")
    if course.longest_gap * 2 > timing.silence:
        return Judgement("endure_sparse", "possible")
    return Judgement("endure_too_short", "possible")


def _alike(silences: Sequence[Silence], timing: Timing) -> bool:
    """Whether the stream stopped twice after the same time."""
    times = [silence.after_join for silence in silences]
    return len(times) > 1 and max(times) - min(times) <= timing.tolerance


def _revived(silence: Silence | None, course: Course, now: float) -> bool | None:
    if silence is None or silence.ended_by == "itself":
        return None
    if silence.ended_by == "rejoin":
        return True
    return None if course.reviving(now) or course.joins[-1] < silence.begin else False


def _evidence(course: Course, now: float, queries: QueryCount, *, shared: bool) -> list[str]:
    rate = course.received / now if now > 0 else 0.0
    evidence = [f"{course.received} datagrams arrived in {_number(now)} s, {_number(rate)} a second on average."]
    for silence in course.silences[:NAMED]:
        begin = f"Silent from {_number(silence.begin)} s on, {_number(silence.after_join)} s after the join"
        if silence.end is None:
            evidence.append(f"{begin}, to the end.")
        else:
            how = "the group was joined anew" if silence.ended_by == "rejoin" else "it ended by itself"
            evidence.append(f"{begin}, until {_number(silence.end)} s, when {how}.")
    if len(course.silences) > NAMED:
        evidence.append(f"{len(course.silences) - NAMED} more silences.")
    evidence.append(queries.how)
    if shared:
        evidence.append("Another program of this host holds the same join, so joining anew sent no report.")
    return evidence


def _per_second(course: Course, now: float) -> tuple[int, ...]:
    return tuple(course.arrived_in(second) for second in range(max(math.ceil(now), len(course.per_second))))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
