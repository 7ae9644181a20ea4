from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from net.records import Problem
from tests.ui import scenes
from tests.ui.pages.diagnosis.scene import told
from tests.ui.pages.diagnosis.tools.conftest import Asked, MakeTool
from tests.ui.pages.diagnosis.tools.scene import barriers
from ui.pages.diagnosis.page import DiagnosisPage
from ui.pages.diagnosis.tools.inventory import InventoryTool
from ui.widgets.empty_panel import Why
from ui.window import MainWindow

BARRIERS = barriers()
FILTERS = next(each for each in BARRIERS if each.layer == "socket_filter")
NONE = next(each for each in BARRIERS if each.layer == "ip_filter")
TRANSLATION = next(each for each in BARRIERS if each.layer == "nat")


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> InventoryTool:
    tool: InventoryTool = make_tool(InventoryTool, inventory=[told(*BARRIERS), {"end": True}])
    qtbot.waitUntil(lambda: bool(tool.table.model.rows) and not tool._watches)
    return tool


def names(tool: InventoryTool) -> list[str]:
    return [row.name for row in tool.table.proxy.shown_items()]


def test_it_is_read_when_first_shown_and_not_again_when_it_comes_back(
    tool: InventoryTool, asked: Asked, qtmodeltester: ModelTester
) -> None:
    tool.hidden()
    tool.shown()
    assert [ask["watch"] for ask in asked()] == ["diagnosis.inventory"]
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_rows_go_from_the_program_down_to_the_wire_with_their_counts_above(tool: InventoryTool) -> None:
    layers = [row.layer for row in tool.table.proxy.shown_items()]
    assert layers[:3] == ["privacy", "network_extension", "vpn"]
    assert layers.index("socket_filter") < layers.index("packet_filter") < layers.index("nat")
    assert tool.head.sentence == "5 things stand between programs and the wire here."
    assert tool.head.facts == "one is empty  ·  4 are not known, or in part"


def test_a_row_says_layer_name_what_was_read_state_and_whether_it_is_known(tool: InventoryTool) -> None:
    rows = {row.item.key(): row for row in tool.table.model.rows}
    layer, name, state, known = (tool.table.model.cell(rows[NONE.key()], column) for column in range(4))
    assert (layer.text, name.text, name.detail) == ("IP filter", "IP filters", "none since boot")
    assert (state.text, state.detail, known.glyph, known.text) == ("none", "0 listed", "✓", "read")
    _, name, _, known = (tool.table.model.cell(rows[FILTERS.key()], column) for column in range(4))
    assert name.detail == FILTERS.evidence
    assert (known.glyph, known.text) == ("?", "partly known")
    _, name, _, known = (tool.table.model.cell(rows[TRANSLATION.key()], column) for column in range(4))
    assert name.detail == TRANSLATION.why_unknown
    assert (known.glyph, known.text) == ("?", "not known")


def test_details_hold_the_evidence_what_cannot_be_known_and_the_command_to_copy(
    tool: InventoryTool, qtbot: QtBot
) -> None:
    tool.table.view.select_key(FILTERS.key())
    details = tool.details.details
    assert details is not None
    by_title = {section.title: section for section in details.sections}
    assert [fact.value for fact in by_title["What was read"].facts] == ["attached", "5", FILTERS.evidence]
    assert by_title["What cannot be known"].text == FILTERS.why_unknown
    assert [fact.value for fact in by_title["Listed by"].facts] == ["netstat -s"]
    with qtbot.waitSignal(tool.message):
        details.actions[0].run()
    assert QGuiApplication.clipboard().text() == "netstat -s"


def test_what_is_known_does_not_say_that_it_is_not(tool: InventoryTool) -> None:
    tool.table.view.select_key(NONE.key())
    assert tool.details.details is not None
    assert "What cannot be known" not in tool.details.details.as_text()


def test_read_again_what_is_gone_goes_and_the_selection_stays(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    tool: InventoryTool = make_tool(InventoryTool, inventory=[told(FILTERS), {"end": True}])
    qtbot.waitUntil(lambda: bool(tool.table.model.rows) and not tool._watches)
    tool.table.put([(NONE.key(), NONE)])
    assert len(names(tool)) == 2
    tool.table.view.select_key(FILTERS.key())
    tool.rescan()
    assert len(names(tool)) == 2, "rows stay until it is known that they are gone"
    qtbot.waitUntil(lambda: not tool._watches)
    assert names(tool) == [FILTERS.name]
    assert tool.table.view.current_item() == FILTERS
    assert len(asked()) == 2


def test_what_failed_is_said_and_tried_again_when_it_is_shown_again(
    make_tool: MakeTool, qtbot: QtBot, asked: Asked
) -> None:
    problem = Problem(code="unexpected", subject="diagnosis.inventory", text="It failed (bad news).", remedy="Wait.")
    tool: InventoryTool = make_tool(InventoryTool, inventory=[{"problem": msgspec.to_builtins(problem)}])
    qtbot.waitUntil(lambda: tool._failed is not None and not tool._watches)
    emptiness = tool.table.empty.emptiness
    assert emptiness is not None
    assert (emptiness.why, emptiness.title) == (Why.CANNOT_WORK, problem.text)
    tool.hidden()
    tool.shown()
    qtbot.waitUntil(lambda: len(asked()) == 2)


def test_a_problem_on_reading_again_keeps_the_rows(tool: InventoryTool) -> None:
    before = names(tool)
    tool.rescan()
    assert tool._watch is not None
    tool._watch.problem.emit(make_problem("unexpected", "diagnosis.inventory", detail="x"))
    tool._watch.ended.emit()
    assert names(tool) == before


def test_hostile_names_are_visible(tool: InventoryTool) -> None:
    hostile = msgspec.structs.replace(NONE, name="a\u202eb", evidence="<b>x</b>\n", why_unknown="<i>", known=False)
    tool.take((hostile,))
    row = next(row for row in tool.table.model.rows if row.item == hostile)
    assert tool.table.model.cell(row, 1).text == "a⟨U+202E⟩b"
    tool.table.view.select_key(row.key)
    assert not tool.window().grab().isNull()


def test_a_vpn_of_this_host_leads_to_its_interface(make_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = make_window({**scenes.ANSWERS, "diagnosis.inventory": [told(*BARRIERS), {"end": True}]})
    qtbot.waitUntil(lambda: window.chosen is not None)
    window.go_to("diagnosis", "inventory")
    page = window.page("diagnosis")
    assert isinstance(page, DiagnosisPage)
    tool = page.views.tool
    assert isinstance(tool, InventoryTool)
    qtbot.waitUntil(lambda: bool(tool.table.model.rows) and not tool._watches)
    utun = next(row.key for row in tool.table.model.rows if row.item.name == "utun3")
    tool.table.view.select_key(utun)
    assert tool.details.details is not None
    tool.details.details.actions[1].run()
    assert window.current is window.page("interfaces")
