from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from net.records import Removed
from tests.ui.pages.bonjour.tools.conftest import MakeTool
from tests.ui.pages.bonjour.tools.device_scene import DEVICES
from ui.pages.bonjour.tools.device_columns import title
from ui.pages.bonjour.tools.devices import DevicesTool
from ui.widgets.empty_panel import Why

Asked = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> DevicesTool:
    tool: DevicesTool = make_tool(DevicesTool)
    qtbot.waitUntil(lambda: len(tool.table.model.rows) == len(DEVICES))
    return tool


def named(name: str) -> Any:
    return next(row for row in DEVICES if title(row) == name)


def watches(asked: Asked) -> list[dict[str, Any]]:
    return [line["with"] for line in asked() if line.get("watch") == "devices.watch"]


def sections(tool: DevicesTool) -> dict[str, Any]:
    assert tool.details.details is not None
    return {section.title: section for section in tool.details.details.sections}


def test_nothing_is_asked_before_the_view_is_opened(make_tool: MakeTool, asked: Asked) -> None:
    tool: DevicesTool = make_tool(DevicesTool, shown=False)
    tool.set_interface(None)
    assert asked() == []


def test_each_device_is_a_row_and_those_with_a_name_stand_first(tool: DevicesTool, qtmodeltester: ModelTester) -> None:
    rows = [title(row) for row in tool.table.proxy.shown_items()]
    assert rows == ["Drucker im Flur", "NAS", "NAS (2)", "Wohnzimmer", "192.168.1.1"]
    assert tool.heard.text() == "5 devices · 53 packets of SSDP and WS-Discovery"
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_the_details_say_who_told_what_and_why_it_is_one_device(tool: DevicesTool) -> None:
    tool.table.view.select_key(named("NAS").key())
    told = sections(tool)
    assert set(told) >= {"mDNS", "SSDP", "WS-Discovery", "neighbour", "Why this is one device"}
    location = next(fact for fact in told["SSDP"].facts if fact.label == "Says it is described at")
    assert location.note == "told by 192.168.1.30 · never fetched: whoever answers chooses it"
    assert "00:11:32:32:a1:b2" in told["Why this is one device"].text


def test_what_was_claimed_and_not_believed_is_shown(tool: DevicesTool) -> None:
    tool.table.view.select_key(named("NAS (2)").key())
    assert sections(tool)["Contested"].text.startswith("evil.local claims the address 192.168.1.30")
    assert tool.details.details is not None
    assert tool.details.details.state == "claims contested"


def test_a_device_that_went_leaves_the_table(tool: DevicesTool) -> None:
    tool.take((Removed(of="device", name=named("NAS").id),))
    assert "NAS" not in [title(row) for row in tool.table.proxy.shown_items()]


def test_quiet_looks_again_without_sending_and_tells_the_page(tool: DevicesTool, asked: Asked, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tool.quiet_changed):
        tool.quiet_box.click()
    qtbot.waitUntil(lambda: len(watches(asked)) == 2)
    assert [request["quiet"] for request in watches(asked)] == [False, True]
    assert tool.heard.text().endswith("nothing is sent")


def test_nothing_is_sent_while_nobody_looks_and_what_is_known_stays(
    tool: DevicesTool, asked: Asked, qtbot: QtBot
) -> None:
    tool.hidden()
    assert len(tool.table.model.rows) == len(DEVICES)
    tool.set_quiet(True)
    tool.shown()
    qtbot.waitUntil(lambda: len(watches(asked)) == 2)
    assert watches(asked)[1]["quiet"] is True
    assert sum("stop" in line for line in asked()) == 1


def test_what_looking_again_does_not_find_leaves_the_table(tool: DevicesTool) -> None:
    tool.rescan()
    tool.take((DEVICES[0],))
    assert list(tool.table.proxy.shown_items()) == [DEVICES[0]]


def test_an_empty_table_says_why(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: DevicesTool = make_tool(DevicesTool, shown=False)

    def why() -> Why | None:
        return tool.table.empty.emptiness.why if tool.table.empty.emptiness is not None else None

    assert why() is Why.LISTENING
    tool.set_quiet(True)
    tool._tell()
    assert "silence proves nothing" in tool.table.empty.emptiness.reasons[0]  # type: ignore[union-attr]
    tool.failed(make_problem("interface_unknown", "en9", names="en0"))
    tool._tell()
    assert why() is Why.CANNOT_WORK
