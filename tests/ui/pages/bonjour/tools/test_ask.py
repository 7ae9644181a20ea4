from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from tests.ui.pages.bonjour.tools.conftest import MakeTool
from tests.ui.pages.bonjour.tools.scene import ANSWERED, ASK_SUMMARY, INSTANCE, VERIFIED
from tests.ui.scenes import INTERFACES, batch
from ui.pages.bonjour.tools.ask import AskTool
from ui.pages.bonjour.tools.ask_columns import describe_answer, timing_words, window_words
from ui.widgets.empty_panel import Why

Asked = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def tool(make_tool: MakeTool) -> AskTool:
    tool: AskTool = make_tool(AskTool)
    return tool


def rows(tool: AskTool) -> Sequence[tuple[str, ...]]:
    return tool.export_rows()[1:]


def over(tool: AskTool) -> bool:
    return tool.run_button.isEnabled()


def test_nothing_is_asked_before_the_person_asks(tool: AskTool, asked: Asked) -> None:
    assert (asked(), tool.head.isHidden()) == ([], True)
    assert tool.answers.empty.emptiness is not None
    assert tool.answers.empty.emptiness.why is Why.NOT_ASKED


def test_the_question_goes_out_as_it_is_typed(tool: AskTool, qtbot: QtBot, asked: Asked) -> None:
    tool.set_interface(INTERFACES[0])
    assert (tool.run_button.text(), tool.verify_button.text()) == ("Ask on en0", "Verify on en0")
    tool.name.setText(" nas.local ")
    tool.kind.setCurrentText("aaaa")
    tool.mode.setCurrentIndex(tool.mode.findData("legacy"))
    tool.seconds.setValue(7)
    tool.run_button.click()
    qtbot.waitUntil(lambda: over(tool))
    wanted = {"name": "nas.local", "type": "AAAA", "mode": "legacy", "interfaces": ["en0"], "seconds": 7}
    assert asked()[0] == {"id": 1, "watch": "bonjour.ask", "with": wanted}


def test_an_empty_name_asks_for_all_types(tool: AskTool, qtbot: QtBot, asked: Asked) -> None:
    tool.run()
    qtbot.waitUntil(lambda: over(tool))
    assert asked()[0]["with"]["name"] == "_services._dns-sd._udp.local"


def test_answers_stand_with_their_time_and_what_is_allowed(
    tool: AskTool, qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    tool.run()
    qtbot.waitUntil(lambda: over(tool))
    assert [row[0] for row in rows(tool)] == ["4.2 ms", "38.1 ms", "97.6 ms", "118.0 ms", "412.7 ms"]
    assert rows(tool)[0][1] == "too early · shared: 20 to 120 ms"
    assert rows(tool)[-1][1] == "too late · shared: 20 to 120 ms"
    sentence, _, rest = ASK_SUMMARY.text.partition(". ")
    assert (tool.head.sentence, tool.head.remedy) == (f"{sentence}.", rest)
    qtmodeltester.check(tool.answers.model)  # type: ignore[no-untyped-call]


def test_what_one_host_alone_can_have_is_due_at_once() -> None:
    answer = replace(ANSWERED[1], records=(replace(ANSWERED[1].records[0], flush=True),))
    assert window_words(answer) == "unique: at once"
    assert (window_words(replace(answer, timing="not_judged")), timing_words(replace(answer, timing="not_judged"))) == (
        "no rule for it",
        "not judged",
    )


def test_the_details_hold_every_record(tool: AskTool, qtbot: QtBot) -> None:
    details = describe_answer(ANSWERED[1])
    assert [section.title for section in details.sections[1:]] == ["PTR _services._dns-sd._udp.local."] * 3
    many = describe_answer(replace(ANSWERED[1], records=ANSWERED[1].records * 30))
    assert many.sections[-1].text == "50 more records"


def test_silence_is_told_in_the_sentence_of_the_probe(make_tool: MakeTool, qtbot: QtBot) -> None:
    silent = replace(ASK_SUMMARY, answers=0, responders=(), text="Nobody answered in 3 s: no host here has it.")
    tool: AskTool = make_tool(AskTool, ask=[batch(silent), {"end": True}])
    tool.run()
    qtbot.waitUntil(lambda: over(tool))
    assert tool.head.sentence == silent.text
    assert tool.answers.empty.emptiness is not None
    assert tool.answers.empty.emptiness.title == "No answer."


def test_a_record_is_verified_on_each_interface(tool: AskTool, qtbot: QtBot, asked: Asked) -> None:
    tool.verify(INSTANCE, "SRV", "0 0 631 printer.local.")
    qtbot.waitUntil(lambda: over(tool) and len(tool.verified) == 2)
    assert asked()[0]["with"] == {
        "name": INSTANCE.removesuffix("."),
        "type": "SRV",
        "data": "0 0 631 printer.local.",
        "interfaces": [],
    }
    assert tool.head.sentence == "Alive: the record is answered for on en0."
    assert "en0: answered by 192.168.1.40 after 2.4 ms" in tool.head.facts
    assert "en5: no answer to 2 queries" in tool.head.facts


def test_a_record_nobody_answers_for_is_dead(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: AskTool = make_tool(AskTool, verify=[batch(VERIFIED[1]), {"end": True}])
    tool.verify(INSTANCE, "SRV")
    qtbot.waitUntil(lambda: over(tool) and bool(tool.verified))
    assert tool.head.sentence == "Dead: nobody answers for the record any more."
    assert "RFC 6762 section 10.4" in tool.head.remedy


def test_a_refusal_stands_with_its_remedy_and_can_be_tried_again(
    make_tool: MakeTool, qtbot: QtBot, asked: Asked
) -> None:
    problem = make_problem("interface_unknown", "en9", names="en0")
    tool: AskTool = make_tool(AskTool, ask=[{"problem": msgspec.to_builtins(problem)}])
    tool.run()
    qtbot.waitUntil(lambda: tool.head.sentence == problem.text)
    assert tool.head.remedy == problem.remedy
    tool.rescan()
    qtbot.waitUntil(lambda: len(asked()) == 2)


def test_stopped_what_came_stays(make_tool: MakeTool, qtbot: QtBot, asked: Asked) -> None:
    tool: AskTool = make_tool(AskTool, ask=[batch(*ANSWERED)])
    tool.run()
    qtbot.waitUntil(lambda: len(rows(tool)) == len(ANSWERED))
    assert tool.head.sentence == "5 answers until now."
    tool.stop_button.click()
    assert (tool.head.sentence, len(rows(tool))) == ("Stopped.", len(ANSWERED))
    qtbot.waitUntil(lambda: asked()[-1].get("stop") is True)


def test_the_last_question_is_remembered(tool: AskTool, make_tool: MakeTool, qtbot: QtBot) -> None:
    tool.ask_for("nas.local", "A")
    qtbot.waitUntil(lambda: over(tool))
    again: AskTool = make_tool(AskTool)
    assert (again.name.text(), again.kind.currentText()) == ("nas.local", "A")
