from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.records import Removed
from tests.ui.pages.bonjour.tools.conftest import MakeTool
from tests.ui.pages.bonjour.tools.scene import RESPONDER, SYSTEM
from tests.ui.scenes import INTERFACES, batch
from ui.pages.bonjour.tools.system import BOTH, ONLY_RAW, ONLY_SYSTEM, SystemTool
from ui.widgets.empty_panel import Why

Asked = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> SystemTool:
    tool: SystemTool = make_tool(SystemTool)
    tool.run_button.click()
    qtbot.waitUntil(lambda: len(tool.table.model.rows) == len(SYSTEM))
    return tool


def names(tool: SystemTool) -> list[str]:
    return [row.name for row in tool.table.proxy.shown_items()]


def why(tool: SystemTool) -> Why | None:
    showing = tool.table.currentWidget() is tool.table.empty
    return tool.table.empty.emptiness.why if showing and tool.table.empty.emptiness is not None else None


def test_nothing_is_asked_before_the_person_compares(make_tool: MakeTool, asked: Asked) -> None:
    tool: SystemTool = make_tool(SystemTool)
    assert (why(tool), asked()) == (Why.NOT_ASKED, [])


def test_what_differs_stands_first_and_is_counted(tool: SystemTool, qtmodeltester: ModelTester) -> None:
    assert names(tool)[:2] == ["Wohnzimmer", "Scanner im Keller"]
    assert tool.head.sentence == "2 services are known to one side only."
    assert tool.head.facts == "mDNSResponder 2200.80.15  ·  mDNSResponder answers."
    assert tool.switch.button(BOTH).text() == "Both 3"
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_each_side_can_be_shown_alone(tool: SystemTool) -> None:
    tool.switch.choose(ONLY_RAW)
    assert names(tool) == ["Wohnzimmer"]
    tool.switch.choose(ONLY_SYSTEM)
    assert names(tool) == ["Scanner im Keller"]
    tool.switch.choose(BOTH)
    assert len(names(tool)) == 3


def test_the_details_say_what_a_difference_means(tool: SystemTool) -> None:
    tool.table.view.select_key(SYSTEM[3].key())
    assert tool.details.details is not None
    assert tool.details.details.sections[-1].text == SYSTEM[3].text
    tool.table.view.select_key(SYSTEM[0].key())
    assert tool.details.details.state == "both"


def test_a_service_that_went_leaves_the_table(tool: SystemTool) -> None:
    tool.take((Removed(of="system_service", name=SYSTEM[3].key().name), replace(SYSTEM[4], ours=True, difference=None)))
    assert "Wohnzimmer" not in names(tool)
    assert tool.head.sentence == "The system's responder and we know the same services."


@pytest.mark.parametrize("state", ["refused", "absent"])
def test_a_responder_that_does_not_answer_is_told_with_its_error(make_tool: MakeTool, qtbot: QtBot, state: Any) -> None:
    told = replace(
        RESPONDER, state=state, error=-26, error_name="Daemon not running", text="No avahi-daemon runs here: start it."
    )
    tool: SystemTool = make_tool(SystemTool, system=[batch(told), {"end": True}])
    tool.run()
    qtbot.waitUntil(lambda: tool.head.sentence == told.text)
    assert "Daemon not running (-26)" in tool.head.facts
    qtbot.waitUntil(lambda: why(tool) is Why.NOTHING_FOUND)


def test_stop_and_compare_again(tool: SystemTool, qtbot: QtBot, asked: Asked) -> None:
    assert tool.run_button.text() == "Stop"
    tool.run_button.click()
    assert (tool.run_button.text(), len(names(tool))) == ("Compare", len(SYSTEM))
    tool.set_interface(INTERFACES[0])
    tool.run_button.click()
    qtbot.waitUntil(lambda: asked()[-1].get("with", {}).get("interfaces") == ["en0"])
