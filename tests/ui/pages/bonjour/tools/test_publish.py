from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from tests.ui.pages.bonjour.tools.conftest import MakeTool
from tests.ui.pages.bonjour.tools.scene import PUBLISHED
from tests.ui.scenes import INTERFACES, batch
from ui.pages.bonjour.tools.publish import PublishTool
from ui.widgets.empty_panel import Why

Asked = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def tool(make_tool: MakeTool) -> PublishTool:
    tool: PublishTool = make_tool(PublishTool)
    fill(tool)
    return tool


def fill(tool: PublishTool) -> None:
    tool.form.name.setText("Web on alpha")
    tool.form.kind.setText("_http._tcp.local.")


def states(tool: PublishTool) -> list[str]:
    return [row[0] for row in tool.export_rows()[1:]]


def test_nothing_is_sent_before_the_person_publishes(tool: PublishTool, asked: Asked) -> None:
    assert asked() == []
    assert tool.table.empty.emptiness is not None
    assert tool.table.empty.emptiness.why is Why.NOT_ASKED
    assert tool.form.note.text == "Publishing sends: every host on the link sees the service until you stop it."


def test_name_and_type_are_needed(tool: PublishTool, asked: Asked) -> None:
    tool.form.kind.clear()
    tool.publish()
    assert tool.form.note.text == "Type a name and a type, such as _http._tcp."
    assert (tool.running, asked()) == (0, [])


def test_all_that_is_typed_is_asked_for(tool: PublishTool, qtbot: QtBot, asked: Asked) -> None:
    tool.set_interface(INTERFACES[0])
    form = tool.form
    form.port.setValue(0)
    form.subtypes.setText("_printer, _scanner")
    form.host.setText("old-printer.local")
    form.addresses.setText("192.168.1.40 fe80::1")
    form.txt.setPlainText("path=/a b\nversion\n")
    form.rename.setChecked(False)
    form.anywhere.setChecked(True)
    QTest.keyClick(form.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(asked()) == 1)
    assert asked()[0]["with"] == {
        "name": "Web on alpha",
        "type": "_http._tcp",
        "port": 0,
        "host": "old-printer",
        "addresses": ["192.168.1.40", "fe80::1"],
        "subtypes": ["_printer", "_scanner"],
        "txt": ["path=/a b", "version"],
        "txt_hex": None,
        "interfaces": ["en0"],
        "point_to_point": True,
        "rename": False,
    }


def test_txt_can_be_given_as_bytes(tool: PublishTool) -> None:
    tool.form.txt_kind.setCurrentIndex(1)
    tool.form.txt.setPlainText("03 61 3d\n62")
    request = tool.form.request(())
    assert request is not None
    assert (request.txt, request.txt_hex) == ((), "03613d62")


def test_the_types_of_the_table_are_offered_by_any_part(tool: PublishTool) -> None:
    completer = tool.form.kind.completer()
    completer.setCompletionPrefix("AIRPL")
    assert completer.currentCompletion() == "_airplay._tcp"


def test_a_name_that_is_taken_leads_to_a_visible_rename(
    tool: PublishTool, qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    tool.publish()
    qtbot.waitUntil(lambda: states(tool) == ["renamed"])
    said = "Another host holds the name Web on alpha, so it was announced as Web on alpha (2)."
    assert tool.form.note.text == f"One service is published from here. {said}"
    assert tool.details.details is not None
    assert tool.details.details.title == "Web on alpha (2)"
    assert PUBLISHED.evidence in [section.text for section in tool.details.details.sections]
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_a_name_that_this_computer_holds_is_said_to_be(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: PublishTool = make_tool(PublishTool, publish=[batch(replace(PUBLISHED, held_here=True))])
    fill(tool)
    tool.publish()
    qtbot.waitUntil(lambda: states(tool) == ["renamed"])
    said = "Web on alpha is already published from this computer, so it was announced as Web on alpha (2)."
    assert tool.form.note.text.endswith(said)


def test_the_same_is_not_published_twice_while_it_runs(tool: PublishTool, qtbot: QtBot) -> None:
    tool.publish()
    qtbot.waitUntil(lambda: states(tool) == ["renamed"])
    tool.publish()
    assert states(tool) == ["renamed"]
    assert tool.form.note.text == "That is published from here already: stop it first, or change a field."
    tool.stop_button.click()
    tool.publish()
    qtbot.waitUntil(lambda: states(tool) == ["renamed", "withdrawn"])


def test_stopping_withdraws_the_selected_one_only(tool: PublishTool, qtbot: QtBot, asked: Asked) -> None:
    tool.publish()
    tool.form.port.setValue(tool.form.port.value() + 1)
    tool.publish()
    qtbot.waitUntil(lambda: states(tool) == ["renamed", "renamed"])
    assert tool.form.note.text.startswith("2 are published from here.")
    tool.table.view.select_key(1)
    tool.stop_button.click()
    assert states(tool) == ["renamed", "withdrawn"]
    assert tool.form.note.text.startswith("One service is published from here.")
    assert not tool.stop_button.isEnabled()
    tool.table.view.select_key(2)
    tool.stop_button.click()
    assert tool.form.note.text == "Withdrawn: a goodbye was sent."
    qtbot.waitUntil(lambda: {"id": asked()[0]["id"], "stop": True} in asked())


def test_a_refusal_stands_at_the_form_and_in_the_row(make_tool: MakeTool, qtbot: QtBot) -> None:
    problem = make_problem("publish_own_host", "alpha")
    tool: PublishTool = make_tool(PublishTool, publish=[{"problem": msgspec.to_builtins(problem)}])
    fill(tool)
    tool.publish()
    qtbot.waitUntil(lambda: states(tool) == ["refused"])
    assert tool.form.note.text == f"{problem.text} {problem.remedy}"
    assert tool.running == 0


def test_why_the_selected_one_was_refused_is_said_above_while_another_is_published(
    make_tool: MakeTool, qtbot: QtBot
) -> None:
    problem = make_problem("publish_own_host", "alpha")
    tool: PublishTool = make_tool(PublishTool, publish=[batch(PUBLISHED)])
    fill(tool)
    tool.publish()
    qtbot.waitUntil(lambda: states(tool) == ["renamed"])
    tool.form.port.setValue(tool.form.port.value() + 1)
    tool.publish()
    tool._refused(2, problem)
    tool._over(2)
    assert tool.form.note.text == f"{problem.text} {problem.remedy}"
    assert states(tool) == ["refused", "renamed"]
    assert problem.text in tool.export_rows()[1][2]
    assert tool.details.details is not None
    assert tool.details.details.sections[0].text == f"{problem.text} {problem.remedy}"
    tool.table.view.select_key(1)
    assert tool.form.note.text.startswith("One service is published from here.")


def test_the_form_leaves_room_for_what_is_published(tool: PublishTool, qtbot: QtBot) -> None:
    tool.publish()
    qtbot.waitUntil(lambda: states(tool) == ["renamed"])
    assert tool.table.minimumSizeHint().height() < tool.table.empty.minimumSizeHint().height()


def test_an_interface_that_is_left_out_is_told_while_it_is_published(make_tool: MakeTool, qtbot: QtBot) -> None:
    problem = make_problem("publish_nowhere", "", interfaces="utun3")
    tool: PublishTool = make_tool(PublishTool, publish=[batch(problem)])
    fill(tool)
    tool.publish()
    qtbot.waitUntil(lambda: tool.form.note.text == f"{problem.text} {problem.remedy}")
    assert states(tool) == ["probing"]


def test_closing_the_window_stops_all(tool: PublishTool, qtbot: QtBot, asked: Asked) -> None:
    tool.publish()
    qtbot.waitUntil(lambda: states(tool) == ["renamed"])
    tool.close_tool()
    qtbot.waitUntil(lambda: asked()[-1].get("stop") is True)
