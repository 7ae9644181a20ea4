"""Tests of net.multicast.course and endurance_verdict: what a run of minutes proves, without waiting for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from net.multicast.course import Course, Timing
from net.multicast.endpoint import parse_endpoint
from net.multicast.endurance_verdict import conclude, judge
from net.multicast.records import EnduranceVerdict, QueryCount

ENDPOINT = parse_endpoint("224.224.0.77:23019")
UNKNOWN = QueryCount(count=None, seen=None, how="not known")
NONE_HEARD = QueryCount(count=0, seen=False, how="none")
HEARD = QueryCount(count=2, seen=True, how="two")
STEP = 0.5

Talks = Callable[[float, float], bool]
"""Whether a packet arrives at a time of the run, so many seconds after the last join."""


def _run(talks: Talks, *, every: float = STEP, **timing: float) -> tuple[Course, float]:
    """The course of a run in which a packet arrives each ``every`` seconds while ``talks``, and its end."""
    course = Course(Timing(**timing))
    step = 0
    while step * STEP < course.timing.seconds or course.reviving(step * STEP):
        step += 1
        now = step * STEP
        if now % every == 0 and talks(now, now - course.joins[-1]):
            course.arrived(now, 1)
        if course.tick(now):
            course.joined(now)
    return course, step * STEP


def _verdict(
    talks: Talks, queries: QueryCount = UNKNOWN, *, every: float = STEP, shared: bool = False, **timing: float
) -> EnduranceVerdict:
    course, now = _run(talks, every=every, **timing)
    return conclude(ENDPOINT, "en0", course, now, queries, shared=shared, final=True)


def _forgets_after(seconds: float) -> Talks:
    return lambda now, after_join: after_join <= seconds


def _stops_at(seconds: float) -> Talks:
    return lambda now, after_join: now <= seconds


@pytest.mark.parametrize("stop", [241, 255, 260, 279])
def test_a_stop_at_the_membership_time_that_a_new_join_ends_is_snooping_without_querier(stop: float) -> None:
    verdict = _verdict(_forgets_after(stop))
    assert (verdict.code, verdict.certainty) == ("endure_querier_missing", "likely")
    assert verdict.stopped_after == pytest.approx(stop, abs=STEP)
    assert verdict.revived is True
    (silence,) = verdict.silences
    assert silence.ended_by == "rejoin"
    assert verdict.seconds <= 320
    assert 0 <= len(verdict.per_second) - int(verdict.seconds) <= 1
    assert sum(verdict.per_second) == verdict.received
    assert verdict.remedy
    assert "{" not in verdict.text + verdict.cause + "".join(verdict.remedy)


def test_that_no_query_was_heard_or_that_it_stops_twice_makes_it_proven() -> None:
    assert _verdict(_forgets_after(260), NONE_HEARD).certainty == "proven"
    verdict = _verdict(_forgets_after(260), seconds=600)
    assert (verdict.certainty, len(verdict.silences)) == ("proven", 2)


def test_with_queries_heard_the_reports_do_not_reach_the_switch() -> None:
    verdict = _verdict(_forgets_after(260), HEARD)
    assert (verdict.code, verdict.certainty) == ("endure_reports_unheard", "likely")


def test_other_timers_are_possible_once_and_likely_twice() -> None:
    assert (_verdict(_forgets_after(120)).code, _verdict(_forgets_after(120)).certainty) == (
        "endure_forgotten",
        "likely",
    )
    once = _verdict(lambda now, after_join: not 120 < now < 132)
    assert (once.code, once.certainty) == ("endure_forgotten", "possible")


@pytest.mark.parametrize(
    ("stop", "code", "certainty"),
    [
        (260, "endure_stopped_at_membership_time", "possible"),
        (100, "endure_stream_stopped", "likely"),
        (296, "endure_lasted", "proven"),
    ],
)
def test_a_stream_that_a_new_join_does_not_bring_back(stop: float, code: str, certainty: str) -> None:
    verdict = _verdict(_stops_at(stop))
    assert (verdict.code, verdict.certainty) == (code, certainty)
    assert verdict.revived in (False, None)
    if verdict.silences:
        assert verdict.silences[0].end is None
        assert any("to the end" in sentence for sentence in verdict.evidence)


def test_another_join_on_this_host_weakens_what_a_new_join_shows() -> None:
    verdict = _verdict(_stops_at(100), shared=True)
    assert verdict.certainty == "possible"
    assert any("same join" in sentence for sentence in verdict.evidence)


@pytest.mark.parametrize(
    ("every", "timing", "code"),
    [
        (0.5, {}, "endure_lasted"),
        (5.0, {}, "endure_lasted"),
        (9.0, {}, "endure_lasted"),
        (30.0, {}, "endure_sparse"),
        (0.5, {"seconds": 200.0}, "endure_too_short"),
        (0.5, {"seconds": 30.0}, "endure_too_short"),
        (12.0, {"seconds": 100.0}, "endure_sparse"),
        (15.0, {"seconds": 100.0}, "endure_sparse"),
    ],
)
def test_a_stream_that_lasts_is_judged_by_how_long(every: float, timing: dict[str, Any], code: str) -> None:
    verdict = _verdict(lambda now, after_join: True, every=every, **timing)
    assert verdict.code == code
    assert verdict.certainty == ("proven" if code == "endure_lasted" else "possible")


@pytest.mark.parametrize("pause", [12, 15, 19, 25, 40])
def test_a_stream_that_comes_in_bursts_is_no_fault(pause: int) -> None:
    """Three seconds of packets, then a pause: a new join in the pause is not what ends it."""
    verdict = _verdict(lambda now, after_join: now % (pause + 3) < 3)
    assert verdict.code == ("endure_lasted" if pause < 30 else "endure_sparse")
    assert not [silence for silence in verdict.silences if silence.ended_by == "rejoin"]


def test_nothing_at_all_says_so_and_never_joins_anew() -> None:
    course, now = _run(lambda now, after_join: False)
    assert course.joins == [0.0]
    verdict = conclude(ENDPOINT, "en0", course, now, UNKNOWN, shared=False, final=True)
    assert (verdict.code, verdict.received, verdict.certainty) == ("endure_nothing", 0, "proven")


def test_a_silence_too_near_the_end_decides_nothing() -> None:
    verdict = _verdict(_stops_at(93), seconds=100)
    assert (verdict.code, verdict.revived) == ("endure_undecided", None)


def test_a_run_ends_only_when_a_new_join_has_had_its_time() -> None:
    course, now = _run(_stops_at(285), seconds=300)
    assert len(course.joins) == 2
    assert now > 304
    assert judge(course, now, UNKNOWN, shared=False).code != "endure_undecided"


def test_the_group_is_joined_anew_once_for_each_silence() -> None:
    course, _ = _run(_stops_at(100))
    assert len(course.joins) == 2


def test_the_state_follows_the_course() -> None:
    course = Course(Timing())
    assert course.state(5) == "waiting"
    course.arrived(46, 3)
    assert (course.state(46), course.arrived_in(46), course.arrived_in(45), course.received) == ("receiving", 3, 0, 3)
    assert not course.tick(55)
    assert course.tick(56)
    course.joined(56)
    assert not course.tick(57)
    assert course.state(57) == "reviving"
    assert course.state(67) == "silent"
    course.arrived(68, 1)
    assert course.state(68) == "receiving"


def test_long_lists_of_silences_are_counted() -> None:
    verdict = _verdict(_forgets_after(120), seconds=2000)
    assert sum("Silent from" in sentence for sentence in verdict.evidence) == 5
    assert any("more silences" in sentence for sentence in verdict.evidence)
