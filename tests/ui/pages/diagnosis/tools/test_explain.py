from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from diagnosis.requests import TEXT_LIMIT
from net.problems import make_problem
from tests.ui.pages.diagnosis.tools.conftest import Asked, MakeTool
from tests.ui.pages.diagnosis.tools.scene import explained
from ui.pages.diagnosis.tools.explain import ExplainTool
from ui.pages.diagnosis.tools.explain_columns import place_of_check
from ui.widgets.empty_panel import Why

TEXT = "start\nDNSServiceBrowse failed: PolicyDenied(-65570)\nerrno 65\nPolicyDenied(-65570) again"


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> ExplainTool:
    tool: ExplainTool = make_tool(ExplainTool, explain=explained(TEXT))
    tool.explain(TEXT)
    qtbot.waitUntil(lambda: tool.ended is not None and not tool._watches)
    return tool


def test_nothing_is_asked_before_a_text_is_given(make_tool: MakeTool, asked: Asked) -> None:
    tool: ExplainTool = make_tool(ExplainTool)
    assert asked() == []
    assert tool.table.empty.emptiness is not None
    assert tool.table.empty.emptiness.why is Why.NOT_ASKED


def test_each_error_is_a_row_in_the_order_of_the_lines(
    tool: ExplainTool, asked: Asked, qtmodeltester: ModelTester
) -> None:
    assert [ask["with"] for ask in asked()] == [{"text": TEXT}]
    _, *rows = tool.export_rows()
    assert [(row[0].split(" · ")[0], row[1].split(" · ")[0]) for row in rows] == [
        ("kDNSServiceErr_PolicyDenied", "line 2, 2 times"),
        ("EHOSTUNREACH", "line 3"),
    ]
    assert tool.head.sentence == "2 errors are known."
    assert tool.head.facts == "4 lines, 3 of them with an error that is known"
    qtmodeltester.check(tool.table.model)  # type: ignore[no-untyped-call]


def test_the_first_error_is_open_with_causes_remedies_source_and_where_to_look(tool: ExplainTool) -> None:
    details = tool.details.details
    assert details is not None
    text = details.as_text()
    for part in ("What it means", "Causes", "What to do", "Lines: 2, 4", "by the form of the line", "Source: "):
        assert part in text, part
    assert "Check an app" in [action.text for action in details.actions]


def test_an_action_leads_to_the_page_that_looks_for_the_cause(tool: ExplainTool, qtbot: QtBot) -> None:
    assert tool.details.details is not None
    action = next(each for each in tool.details.details.actions if each.text == "Show mDNS packets")
    with qtbot.waitSignal(tool.go_to) as told:
        action.run()
    assert told.args == ["bonjour", "packets"]


def test_what_is_not_known_is_said_with_its_lines(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: ExplainTool = make_tool(ExplainTool, explain=explained("all is well"))
    tool.explain("all is well")
    qtbot.waitUntil(lambda: tool.ended is not None)
    emptiness = tool.table.empty.emptiness
    assert emptiness is not None
    assert emptiness.why is Why.NOTHING_FOUND
    assert "all is well" in emptiness.reasons


def test_the_answer_is_shown_before_the_probe_says_that_it_was_all(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: ExplainTool = make_tool(ExplainTool, explain=explained("all is well")[:-1])
    tool.explain("all is well")
    qtbot.waitUntil(lambda: tool.ended is not None)
    assert tool._watch is not None
    assert tool.table.empty.emptiness is not None
    assert tool.table.empty.emptiness.why is Why.NOTHING_FOUND


def test_an_empty_text_is_refused_with_an_example(make_tool: MakeTool, qtbot: QtBot) -> None:
    problem = make_problem("explain_empty", "the text")
    tool: ExplainTool = make_tool(ExplainTool, explain=[{"problem": msgspec.to_builtins(problem)}])
    tool.explain("")
    qtbot.waitUntil(lambda: tool._failed is not None and not tool._watches)
    assert tool.table.empty.emptiness is not None
    assert "for example" in tool.table.empty.emptiness.reasons[0]


def test_control_and_return_submit_the_field(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    tool: ExplainTool = make_tool(ExplainTool, explain=explained("errno 48"))
    qtbot.keyClicks(tool.field, "errno 48")  # type: ignore[no-untyped-call]
    qtbot.keyClick(tool.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: tool.ended is not None)
    assert [ask["with"]["text"] for ask in asked()] == ["errno 48"]


def test_a_text_that_is_too_long_is_cut_and_that_is_said(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    tool: ExplainTool = make_tool(ExplainTool, explain=explained("errno 48"))
    tool.field.setPlainText("x" * (TEXT_LIMIT + 1))
    tool.run()
    qtbot.waitUntil(lambda: len(asked()) == 1)
    assert len(asked()[0]["with"]["text"]) == TEXT_LIMIT
    assert "too long" in tool.strip.note.text


@pytest.mark.parametrize("verb", ["services", "records", "interfaces", "route", "resolve", "groups", "listen", "send",
                                  "test", "ports", "answers", "bind", "bundle", "inventory", "diagnose"])  # fmt: skip
def test_each_verb_has_a_page_of_its_own_words(verb: str) -> None:
    words, page, _ = place_of_check(verb)
    assert words
    assert page in ("bonjour", "interfaces", "multicast", "ports", "diagnosis")
    assert (page == "diagnosis") == (verb in ("bundle", "inventory", "diagnose"))
