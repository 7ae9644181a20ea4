from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from tests.ui.pages.ports.scene import ADDRESSES, ANSWERS_VERDICT, answer
from tests.ui.pages.ports.tools.conftest import Asked, MakeTool
from tests.ui.scenes import batch
from ui.pages.ports.tools.answer_columns import answer_words
from ui.pages.ports.tools.answers import AnswersTool
from ui.widgets.empty_panel import Why


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> AnswersTool:
    tool: AnswersTool = make_tool(AnswersTool)
    tool.ask(5000)
    qtbot.waitUntil(lambda: tool.verdict is not None and not tool._watches)
    return tool


def test_nothing_is_connected_to_before_the_person_asks(make_tool: MakeTool, asked: Asked) -> None:
    tool: AnswersTool = make_tool(AnswersTool)
    assert asked() == []
    assert tool.table.empty.emptiness is not None
    assert tool.table.empty.emptiness.why is Why.NOT_ASKED


def test_the_verdict_stands_over_the_addresses_in_the_order_of_localhost(
    tool: AnswersTool, asked: Asked, qtmodeltester: ModelTester
) -> None:
    assert [ask["with"] for ask in asked()] == [{"port": 5000}]
    assert (tool.head.sentence, tool.head.remedy) == (ANSWERS_VERDICT.text, ANSWERS_VERDICT.remedy[0])
    assert tool.head.facts == "5 addresses asked  ·  5 answer  ·  proven"
    _, *rows = tool.export_rows()
    assert [row[0].split(" · ")[0] for row in rows] == ["::1", "127.0.0.1", "10.8.0.2", "10.66.0.1", "192.168.1.23"]
    assert rows[0][0].endswith("localhost, 1st")
    assert rows[0][2:] == (
        "ControlCenter · PID 431 · mia",
        "AirPlay Receiver · HTTP 403; Server: AirTunes/870.14.1",
    )
    assert rows[2][1] == "answers · 0.5 ms"
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_the_details_say_who_took_the_connection_and_what_that_means(tool: AnswersTool) -> None:
    assert tool.details.details is not None
    assert "AirPlay Receiver was met at ::1" in tool.details.details.as_text(), "the verdict, while no row is chosen"
    tool.table.view.select_key(ADDRESSES[1].key())
    text = tool.details.details.as_text()
    for part in (
        "127.0.0.1:5000",
        "Taken by: node",
        "PID: 4242",
        "HTTP 200",
        "Write the address instead of localhost: http://127.0.0.1:5000/.",
    ):
        assert part in text, part


def test_enter_in_the_field_asks(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    tool: AnswersTool = make_tool(AnswersTool)
    qtbot.keyClicks(tool.field, "8080")  # type: ignore[no-untyped-call]
    qtbot.keyClick(tool.field, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: [ask["with"]["port"] for ask in asked()] == [8080])


@pytest.mark.parametrize("typed", ["", "0", "65536", "http", "1-5", "٥٠٠٠"])
def test_what_is_no_port_is_said_and_not_asked(make_tool: MakeTool, typed: str, asked: Asked) -> None:
    tool: AnswersTool = make_tool(AnswersTool)
    tool.field.setText(typed)
    tool.run_button.click()
    assert "ports are whole numbers from 1 to 65535" in tool.strip.note.text
    assert tool.port is None
    assert asked() == []


def test_bad_input_takes_the_verdict_before_away(tool: AnswersTool) -> None:
    tool.field.setText("http")
    tool.run_button.click()
    assert "give the number, such as 80 for http" in tool.strip.note.text
    assert (tool.verdict, tool.port, tool.answers) == (None, None, {})
    assert not tool.head.isVisible()


def test_what_cannot_be_asked_says_why(make_tool: MakeTool, qtbot: QtBot) -> None:
    problem = msgspec.to_builtins(make_problem("port_invalid", "7"))
    tool: AnswersTool = make_tool(AnswersTool, answers=[{"problem": problem}])
    tool.ask(7)
    qtbot.waitUntil(lambda: not tool._watches)
    assert tool.table.empty.emptiness is not None
    assert tool.table.empty.emptiness.why is Why.CANNOT_WORK


def test_a_late_answer_of_the_port_before_is_not_shown(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: AnswersTool = make_tool(AnswersTool, answers=[batch(*ADDRESSES)])
    tool.ask(5000)
    tool.ask(5001)
    qtbot.waitUntil(lambda: len(tool.answers) == len(ADDRESSES))
    assert len(tool._watches) == 1, "the first was stopped"


@pytest.mark.parametrize(
    ("errno", "words"),
    [(111, "nobody"), (61, "nobody"), (10061, "nobody"), (110, "silent"), (None, "silent"), (113, "failed, errno 113")],
)
def test_a_refusal_has_the_words_of_the_system_the_probe_runs_on(
    qapp: QApplication, errno: int | None, words: str
) -> None:
    assert answer_words(answer("::1", "lo", connected=False, errno=errno)) == words
