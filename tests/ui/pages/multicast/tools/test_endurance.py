from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from net.multicast.records import Endurance, EnduranceVerdict, QueryCount, Silence
from net.problems import make_problem
from resources.loader import finding_rows
from tests.ui.pages.multicast.conftest import Asked
from tests.ui.pages.multicast.tools.scene import ANSWERS, ENDPOINT, GROUP, PORT
from tests.ui.scenes import batch
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.tools.endurance import EnduranceTool
from ui.pages.multicast.tools.endurance_plot import Course
from ui.pages.multicast.tools.endurance_words import query_words
from ui.widgets.empty_panel import Why
from ui.window import MainWindow

MakePage = Callable[..., MulticastPage]
UNKNOWN_QUERIES = QueryCount(count=None, seen=None, how="IGMP queries need a raw socket, so root.")


def standing(elapsed: float, **more: Any) -> Endurance:
    facts: dict[str, Any] = {
        "state": "receiving", "arrived": 50, "received": int(elapsed * 50), "silent_for": 0.0, "joined": 0.0,
        "rejoins": 0, "silences": 0,
    } | more  # fmt: skip
    return Endurance(group=GROUP, port=PORT, interface="en0", elapsed=elapsed, seconds=300.0, **facts)


def verdict(
    code: str = "endure_querier_missing", *, final: bool = True, queries: QueryCount = UNKNOWN_QUERIES
) -> EnduranceVerdict:
    row = finding_rows()[code]
    facts = {
        "subject": ENDPOINT, "interface": "en0", "after": "260", "membership": "260", "half": "130", "seconds": "300",
        "needed": "300", "gap": "0.1",
    }  # fmt: skip
    return EnduranceVerdict(
        group=GROUP,
        port=PORT,
        interface="en0",
        code=code,
        certainty="likely",
        text=row.title.format(**facts),
        cause=row.cause.format(**facts),
        evidence=("14,500 datagrams arrived in 300 s.",),
        remedy=tuple(remedy.format(**facts) for remedy in row.remedy),
        seconds=300.0,
        received=14_500,
        per_second=(50,) * 260 + (0,) * 11 + (50,) * 29 if final else (),
        silences=(Silence(begin=260.0, after_join=260.0, end=271.0, ended_by="rejoin"),),
        stopped_after=260.0,
        revived=True,
        queries=queries,
        final=final,
    )


def tool_of(page: MulticastPage) -> EnduranceTool:
    page.views.show_view("endurance")
    assert isinstance(page.views.tool, EnduranceTool)
    return page.views.tool


def made(make_page: MakePage, *steps: Any) -> EnduranceTool:
    return tool_of(make_page(ANSWERS | {"multicast.endurance": list(steps)}))


def labels(tool: EnduranceTool) -> dict[str, str]:
    """The facts beside the plot, by their label."""
    assert tool.form.details is not None
    return {fact.label: fact.value for section in tool.form.details.sections for fact in section.facts}


def test_it_runs_for_five_minutes_on_the_chosen_interface_unless_told_otherwise(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    tool = made(make_page)
    assert tool.run_button.text() == "Run on en0"
    assert tool.empty.emptiness is not None
    assert tool.empty.emptiness.why is Why.NOT_ASKED
    tool.run_button.click()
    qtbot.waitUntil(lambda: len(asked.of("multicast.endurance")) == 1)
    (request,) = asked.of("multicast.endurance")
    assert (request["group"], request["interface"]) == (ENDPOINT, "en0")
    assert request.get("seconds", 300) == 300


def test_progress_tells_state_time_and_what_arrived(make_page: MakePage, qtbot: QtBot) -> None:
    tool = made(make_page, batch(standing(1.0), verdict("endure_too_short", final=False)), batch(standing(2.0)))
    tool.run()
    qtbot.waitUntil(lambda: tool.standing is not None and tool.standing.elapsed == 2.0)
    assert tool.head.sentence == f"{ENDPOINT} arrives, 50 packets in the last second."
    assert tool.head.facts == f"00:02 of 05:00  ·  {ENDPOINT} on en0  ·  100 received  ·  0 silences  ·  joined once"
    assert tool.plot.course.arrivals == {0: 50, 1: 50}
    assert not tool.run_button.isEnabled()


def test_a_silence_and_a_new_join_are_in_the_plot(make_page: MakePage, qtbot: QtBot) -> None:
    silent = standing(272.0, state="silent", arrived=0, silent_for=12.0, joined=270.5, rejoins=1, silences=1)
    tool = made(make_page, batch(silent, verdict(final=False)))
    tool.run()
    qtbot.waitUntil(lambda: tool.verdict is not None)
    assert tool.head.sentence == f"{ENDPOINT} has been silent for 12 s."
    assert tool.plot.course.joins == (0.0, 270.5)
    assert [silence.begin for silence in tool.plot.course.silences] == [260.0]


def test_the_verdict_stands_with_its_certainty_remedy_and_the_queries(make_page: MakePage, qtbot: QtBot) -> None:
    tool = made(make_page, batch(standing(300.0, rejoins=1, silences=1), verdict()), {"end": True})
    tool.run()
    qtbot.waitUntil(lambda: not tool.running)
    assert tool.head.sentence == verdict().text
    assert tool.head.facts.startswith("likely  ·  05:00 of 05:00")
    assert len(tool.export_rows()) == 301
    assert labels(tool)["counted"] == "cannot be known without rights"
    assert labels(tool)["260 s"] == "260 s after the join, joining anew ended it at 271 s"
    assert labels(tool)["1"] == verdict().evidence[0]
    assert verdict().remedy[0] in tool.export_report()


def test_stopping_early_leaves_the_verdict_so_far(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    tool = made(make_page, batch(standing(30.0), verdict("endure_too_short", final=False)))
    tool.run()
    qtbot.waitUntil(lambda: tool.verdict is not None)
    tool.stop()
    qtbot.waitUntil(lambda: asked.stopped("multicast.endurance") == 1)
    assert tool.head.sentence == verdict("endure_too_short").text
    assert "ended early" in tool.head.facts
    assert tool.run_button.isEnabled()


def test_queries_are_a_number_or_the_right_that_is_missing() -> None:
    assert query_words(QueryCount(count=3, seen=True, how="")) == "3"
    assert query_words(UNKNOWN_QUERIES) == "cannot be known without rights"
    assert query_words(QueryCount(count=None, seen=True, how="")).startswith("a querier was heard")


def test_a_refused_join_says_why(make_page: MakePage, qtbot: QtBot) -> None:
    refused = make_problem("bind_refused", ENDPOINT, OSError(98, "Address already in use"))
    tool = made(make_page, {"problem": msgspec.to_builtins(refused)})
    tool.run()
    qtbot.waitUntil(lambda: not tool.running)
    assert tool.empty.emptiness is not None
    assert (tool.empty.emptiness.title, tool.empty.emptiness.reasons) == (refused.text, (refused.remedy,))


def test_what_is_no_group_is_said_at_the_field(make_page: MakePage) -> None:
    tool = made(make_page)
    tool.field.setText("no group")
    tool.run()
    assert tool.strip.note.text
    assert not tool.running


def test_a_run_goes_on_behind_other_pages_and_ends_with_the_page(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    page = make_page(ANSWERS | {"multicast.endurance": [batch(standing(1.0))]})
    tool = tool_of(page)
    tool.run()
    qtbot.waitUntil(lambda: tool.standing is not None)
    window = page.window()
    assert isinstance(window, MainWindow)
    window.show_page("interfaces")
    assert asked.stopped("multicast.endurance") == 0
    page.close_page()
    qtbot.waitUntil(lambda: asked.stopped("multicast.endurance") == 1)


@pytest.mark.parametrize(
    ("joins", "forgotten"), [((0.0,), (260.0,)), ((0.0, 272.0), (260.0, 532.0)), ((0.0, 100.0), (360.0,))]
)
def test_each_join_that_a_switch_forgets_keeps_its_line(joins: tuple[float, ...], forgotten: tuple[float, ...]) -> None:
    assert Course(seconds=600.0, joins=joins).forgotten == forgotten


def test_the_plot_paints_arrivals_silences_and_joins(make_page: MakePage) -> None:
    tool = made(make_page)
    plot = tool.plot
    plot.resize(600, 160)
    plot.show_course(Course(seconds=300.0))
    blank = plot.grab().toImage()
    plot.show_course(Course(seconds=300.0, elapsed=150.0, arrivals=dict.fromkeys(range(100), 50)))
    arrived = plot.grab().toImage()
    assert arrived != blank
    silent = Silence(begin=100.0, after_join=100.0)
    plot.show_course(Course(seconds=300.0, elapsed=150.0, arrivals=dict.fromkeys(range(100), 50), silences=(silent,)))
    assert plot.grab().toImage() != arrived
    assert "1 silences" in plot.accessibleDescription()
