from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.ports.records import Binding
from tests.ui.pages.ports.scene import BINDINGS, taken
from tests.ui.pages.ports.tools.conftest import Asked, MakeTool
from tests.ui.scenes import batch
from ui.pages.ports.endpoint import Wanted
from ui.pages.ports.tools.bind import BindTool
from ui.pages.ports.tools.bind_words import conclude
from ui.theme import Tone
from ui.widgets.empty_panel import Why

GRANTED = Binding(address="0.0.0.0", port=5000, protocol="tcp", stack="v4", possible=True, with_reuse=True)
SHADOWED = Binding(
    address="0.0.0.0", port=5000, protocol="tcp", stack="v4", possible=True,
    caveat="A rule of Docker takes it. Stop the container.",
)  # fmt: skip
UNSEEN = Binding(
    address="::", port=5000, protocol="tcp", stack="v6", possible=True, unknown="Whether a rule takes it is not known."
)


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> BindTool:
    tool: BindTool = make_tool(BindTool)
    tool.ask(5000)
    qtbot.waitUntil(lambda: tool.conclusion is not None)
    return tool


def test_nothing_is_tried_before_the_person_asks(make_tool: MakeTool, asked: Asked) -> None:
    tool: BindTool = make_tool(BindTool)
    assert asked() == []
    assert tool.table.empty.emptiness is not None
    assert tool.table.empty.emptiness.why is Why.NOT_ASKED
    assert not tool.copy_button.isEnabled()


def test_a_refusal_says_why_who_has_it_and_which_port_is_free(tool: BindTool, qtmodeltester: ModelTester) -> None:
    assert tool.head.sentence == "No: TCP 5000 cannot be bound."
    assert tool.head.remedy.startswith("0.0.0.0:5000 is taken (Address already in use, 48): node (PID 4242)")
    assert tool.head.facts == "nearest free port: 5001  ·  tried as me"
    _, *rows = tool.export_rows()
    assert [row[0] for row in rows] == [
        "0.0.0.0 · IPv4 · every address", ":: · IPv6 only · every address", ":: · IPv6 and IPv4 · every address",
    ]  # fmt: skip
    assert [row[1:3] for row in rows] == [("no", "no")] * 3
    assert rows[1][3].startswith("Held by ControlCenter (PID 431) at ::")
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_the_free_port_is_copied(tool: BindTool) -> None:
    assert tool.copy_button.text() == "Copy 5001"
    tool.copy_button.click()
    assert QGuiApplication.clipboard().text() == "5001"


def test_the_details_of_a_try_say_what_to_do(tool: BindTool) -> None:
    tool.table.view.select_key(BINDINGS[0].key())
    assert tool.details.details is not None
    text = tool.details.details.as_text()
    assert "Use another port, or let the other program use one." in text
    assert "errno: 48" in text


def test_udp_is_tried_at_once_when_it_is_chosen(tool: BindTool, qtbot: QtBot, asked: Asked) -> None:
    tool.protocol.choose("udp")
    qtbot.waitUntil(lambda: len(asked()) == 2)
    assert [ask["with"]["protocol"] for ask in asked()] == ["tcp", "udp"]


def test_an_address_and_enter(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    tool: BindTool = make_tool(BindTool)
    qtbot.keyClicks(tool.field, "[::1]:80")  # type: ignore[no-untyped-call]
    qtbot.keyClick(tool.field, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: len(asked()) == 1)
    assert asked()[0]["with"] == {"port": 80, "address": "::1", "protocol": "tcp"}


@pytest.mark.parametrize("typed", ["0", "65536", "http", "5000-5010", "300.1.1.1:80", "host:80", "::1:80", ""])
def test_bad_input_is_said_and_not_tried(make_tool: MakeTool, typed: str, asked: Asked) -> None:
    tool: BindTool = make_tool(BindTool)
    tool.field.setText(typed)
    tool.run_button.click()
    assert tool.strip.note.text
    assert tool.wanted is None
    assert asked() == []


def test_bad_input_takes_the_conclusion_before_away(tool: BindTool) -> None:
    tool.field.setText("5000-5010")
    tool.run_button.click()
    assert "Give one number, such as 5000" in tool.strip.note.text
    assert tool.conclusion is None
    assert tool.export_records() == []
    assert not tool.head.isVisible()
    assert not tool.copy_button.isEnabled()


def test_all_some_or_none_of_the_ways_are_told_apart(qapp: QApplication) -> None:
    wanted = Wanted(5000)
    assert conclude(wanted, "tcp", [GRANTED])[:2] == ("Yes: TCP 5000 can be bound.", Tone.OK)
    some = conclude(wanted, "tcp", [taken("::", "v6"), GRANTED])
    assert some.sentence == "Partly: TCP 5000 can be bound as IPv4, but not otherwise."
    assert (some.tone, some.free) == (Tone.WARNING, 5001)
    beware = conclude(wanted, "tcp", [SHADOWED])
    assert (beware.tone, beware.why) == (Tone.WARNING, "A rule of Docker takes it. Stop the container.")
    unseen = conclude(wanted, "tcp", [UNSEEN])
    assert (unseen.tone, unseen.why) == (Tone.OK, "Whether a rule takes it is not known.")


def test_what_may_go_wrong_all_the_same_is_told_of_a_bind_that_is_granted(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: BindTool = make_tool(BindTool, bind=[batch(SHADOWED, UNSEEN), {"end": True}])
    tool.ask(5000)
    qtbot.waitUntil(lambda: tool.conclusion is not None)
    assert tool.head.remedy == "A rule of Docker takes it. Stop the container. Whether a rule takes it is not known."
    assert "A rule of Docker takes it." in tool.export_rows()[1][3]
    for binding, text in ((SHADOWED, "A rule of Docker takes it."), (UNSEEN, "Whether a rule takes it is not known.")):
        tool.table.view.select_key(binding.key())
        assert tool.details.details is not None
        assert text in tool.details.details.as_text()
