from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from discovery.bonjour.ladder.facts import STEPS
from discovery.records import LadderVerdict, Rung
from tests.ui.pages.bonjour.tools.conftest import MakeTool
from tests.ui.pages.bonjour.tools.scene import RUNGS, VERDICT, rung
from tests.ui.scenes import INTERFACES, batch
from ui.pages.bonjour.tools.ladder import LadderTool
from ui.pages.bonjour.tools.ladder_columns import SIGNS, state_words, step_words
from ui.widgets.empty_panel import Why

Asked = Callable[[], list[dict[str, Any]]]


def over(tool: LadderTool) -> bool:
    return tool.run_button.isEnabled() and bool(tool.verdicts)


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> LadderTool:
    tool: LadderTool = make_tool(LadderTool)
    tool.run()
    qtbot.waitUntil(lambda: over(tool))
    return tool


def test_nothing_is_sent_before_the_person_asks(make_tool: MakeTool, asked: Asked) -> None:
    tool: LadderTool = make_tool(LadderTool)
    assert asked() == []
    assert tool.table.empty.emptiness is not None
    assert tool.table.empty.emptiness.why is Why.NOT_ASKED


def test_the_steps_stand_in_order_under_what_they_say(tool: LadderTool, qtmodeltester: ModelTester) -> None:
    titles, *rows = tool.export_rows()
    assert [row[titles.index("State")] for row in rows] == [*["passed"] * 3, "failed", "failed", "passed", "passed"]
    assert [row[0].split()[0] for row in rows] == list("1234567")
    assert (tool.head.sentence, tool.head.remedy) == (VERDICT.text, VERDICT.remedy)
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_every_step_and_state_has_its_words() -> None:
    steps, states = (get_args(Rung.__annotations__[name]) or () for name in ("step", "state"))
    assert set(steps or STEPS) == set(STEPS)
    for place in range(1, len(STEPS) + 1):
        assert step_words(rung("en0", place, "passed", 1, ""))
    assert {state_words(rung("en0", 1, state, None, "")) for state in states or SIGNS} == {
        "to come",
        "running",
        "passed",
        "failed",
        "not tried",
    }


def test_a_known_host_and_the_chosen_interface_are_asked_for(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    tool: LadderTool = make_tool(LadderTool)
    tool.set_interface(INTERFACES[0])
    assert tool.run_button.text() == "Find out on en0"
    tool.host.setText("192.168.1.40")
    tool.run_button.click()
    qtbot.waitUntil(lambda: over(tool))
    assert {"interfaces": ["en0"], "host": "192.168.1.40"}.items() <= asked()[0]["with"].items()


def test_of_several_interfaces_one_with_a_reason_is_told_first(make_tool: MakeTool, qtbot: QtBot) -> None:
    fine = LadderVerdict(interface="en5", failed=None, text="Other hosts are heard and answer.")
    steps = [*RUNGS, rung("en5", 1, "passed", 0.1, "en5 is up.")]
    tool: LadderTool = make_tool(LadderTool, ladder=[batch(*steps), batch(fine), batch(VERDICT), {"end": True}])
    tool.run()
    qtbot.waitUntil(lambda: len(tool.verdicts) == 2)
    assert tool.head.sentence == f"en0: {VERDICT.text}"
    assert tool.head.facts == "en5: Other hosts are heard and answer."
    report = tool.export_report()
    assert report.startswith(f"## en0\n\n{VERDICT.text} {VERDICT.remedy}")
    assert "4. Another host is heard: failed." in report


def test_steps_move_on_while_they_are_taken(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: LadderTool = make_tool(LadderTool, ladder=[batch(rung("en0", 1, "running", None, "Looking."))])
    tool.run()
    qtbot.waitUntil(lambda: len(tool.rungs) == 1)
    assert tool.head.sentence == "Taking the steps."
    tool.take((RUNGS[0],))
    assert tool.export_rows()[1][2] == "passed"
    tool.stop_button.click()
    assert tool.head.sentence == "Stopped before the steps said anything."


def test_the_details_say_what_to_do(tool: LadderTool) -> None:
    tool.table.view.select_key(RUNGS[3].key())
    assert tool.details.details is not None
    said = {section.title: section.text for section in tool.details.details.sections}
    assert said["What to do"] == RUNGS[3].remedy
    assert said["All steps on en0"].startswith(VERDICT.text)
