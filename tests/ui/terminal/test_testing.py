"""Tests of the printed matrix and verdict."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType

from net.multicast.records import MulticastPath
from net.problems import make_problem
from net.records import Problem
from net.verdict import OtherTraffic, Verdict
from ui.terminal.testing import matrix_table, verdict_text


def _printed(renderable: RenderableType) -> str:
    stream = io.StringIO()
    Console(file=stream, width=160, highlight=False, markup=False).print(renderable)
    return stream.getvalue()


def _path(by: str | None, at: str, *, heard: int = 0, sent: int = 3, problem: Problem | None = None) -> MulticastPath:
    return MulticastPath(
        group="224.224.0.77",
        port=23019,
        send_interface=by,
        receive_interface=at,
        received=heard > 0,
        ttl=1 if heard else None,
        problem=problem,
        unbound=by is None,
        sent=sent,
        heard=heard,
    )


DOWN = make_problem("test_interface_down", "en7")
REFUSED = make_problem("send_refused", "224.224.0.77:23019", OSError(1, ""), interface="en5")
PATHS = (
    _path("en0", "en0", heard=3),
    _path("en0", "en5"),
    _path("en0", "en7", problem=DOWN),
    _path("en5", "en0", sent=0, problem=REFUSED),
    _path("en5", "en5", sent=0, problem=REFUSED),
    _path("en5", "en7", sent=0, problem=REFUSED),
    *(_path("en7", at, sent=0, problem=DOWN) for at in ("en0", "en5", "en7")),
    _path(None, "en0", heard=2),
    _path(None, "en5"),
    _path(None, "en7", problem=DOWN),
)


def test_the_matrix_has_a_row_for_each_sender_and_one_for_none_chosen() -> None:
    lines = [line.rstrip() for line in _printed(matrix_table(PATHS)).splitlines()]
    assert lines[0].split("  ")[0] == "Sent by"
    assert "Heard on en0" in lines[0]
    assert "en7" not in lines[0], "what took no part is told below"
    assert lines[1].split() == ["en0", "heard,", "TTL", "1", "–"]
    assert lines[2].split() == ["en5", "refused", "(1)", "refused", "(1)"]
    assert lines[3].startswith("no interface chosen  heard 2 of 3, TTL 1")


def test_the_verdict_says_why_the_others_do_not_count_and_nothing_in_it_acts_on_the_terminal() -> None:
    verdict = Verdict(
        about="test",
        subject="239.1.1.1:5000",
        group="224.224.0.77",
        port=23019,
        code="test_works",
        unbound_interface="en0",
        working=("en0",),
        text="Multicast works on en0\x1b[31m.",
        cause="c",
        remedy=(),
        certainty="proven",
        not_working=(DOWN,),
        other_traffic=(OtherTraffic(interface="en0", packets=4, source="192.168.1.20"),),
    )
    printed = _printed(verdict_text(verdict, PATHS))
    assert "en7 is down." in printed
    assert "4 from 192.168.1.20 on en0" in printed
    assert "\x1b" not in printed
