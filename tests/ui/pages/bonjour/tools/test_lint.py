from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from discovery.records import HostScore, LintFinding
from resources.loader import lint_rules
from tests.ui.pages.bonjour.tools.conftest import MakeTool
from tests.ui.pages.bonjour.tools.scene import ASKED, LINT, NAS, SCORES, STATES, TV, finding
from tests.ui.scenes import INTERFACES, batch
from ui.pages.bonjour.tools.lint import FINDINGS, HOSTS, QUESTIONS, LintTool
from ui.pages.bonjour.tools.lint_columns import SEVERITIES, score_tone
from ui.theme import Tone
from ui.widgets.empty_panel import Why

Asked = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> LintTool:
    tool: LintTool = make_tool(LintTool)
    qtbot.waitUntil(lambda: len(tool.findings.model.rows) == len(LINT) and len(tool.questions.model.rows) == len(ASKED))
    return tool


def rules(tool: LintTool) -> list[str]:
    return [found.rule for found in tool.findings.proxy.shown_items()]


def title(tool: LintTool) -> str:
    empty = tool.front.empty
    assert tool.front.currentWidget() is empty
    assert empty.emptiness is not None
    return empty.emptiness.title


def paragraphs(tool: LintTool) -> dict[str, str]:
    assert tool.details.details is not None
    return {section.title: section.text for section in tool.details.details.sections}


def test_it_listens_without_asking_for_the_packets(tool: LintTool, asked: Asked) -> None:
    (ask,) = asked()
    assert ask["watch"] == "bonjour.hear"
    assert (ask["with"]["packets"], ask["with"]["lint"]) == (False, True)


def test_the_worst_stands_first(tool: LintTool, qtmodeltester: ModelTester) -> None:
    ranks = [SEVERITIES.index(found.severity) for found in tool.findings.proxy.shown_items()]
    assert ranks == sorted(ranks)
    assert [tool.switch.button(name).text() for name in (FINDINGS, QUESTIONS, HOSTS)] == [
        "Findings 6",
        "Questions 5",
        "Hosts 4",
    ]
    qtmodeltester.check(tool.findings.model)  # type: ignore[no-untyped-call]


def test_a_finding_says_what_it_means_and_what_to_do(tool: LintTool) -> None:
    tool.findings.view.select_key(LINT[0].key())
    rule = lint_rules()["txt_cut"]
    said = paragraphs(tool)
    assert said["What it means"] == rule.meaning
    assert said["What to do"] == rule.remedy
    assert said["What was seen"] == LINT[0].evidence


def test_the_bytes_that_break_the_rule_are_marked(tool: LintTool) -> None:
    found = LINT[0]
    assert isinstance(found, LintFinding)
    tool.findings.view.select_key(found.key())
    assert tool.packet.isVisible()
    assert tool.packet.bytes.marked == range(found.start, found.end)
    assert tool.packet.tree.currentIndex().data() == "✕ Data"


def test_counting_on_does_not_change_the_packet_that_is_read(tool: LintTool) -> None:
    found = LINT[0]
    assert isinstance(found, LintFinding)
    tool.findings.view.select_key(found.key())
    tool.packet.choose(0, 2)
    tool.take((replace(found, count=99, payload_hex="00" * 20),))
    assert tool.packet.payload.hex() == found.payload_hex
    assert tool.packet.tree.currentIndex().data() == "ID"
    facts = {fact.label: fact.value for fact in tool.details.details.sections[0].facts} if tool.details.details else {}
    assert facts["Seen"].startswith("99 times, from ")


def test_a_host_is_chosen_with_its_score(tool: LintTool) -> None:
    entries = [tool.host.itemText(row) for row in range(tool.host.count())]
    assert entries[:3] == ["All hosts", f"60  tv.local · {TV}", f"78  nas.local · {NAS}"]
    tool.host.setCurrentIndex(2)
    tool.host.activated.emit(2)
    assert rules(tool) == ["flush_on_shared", "nsec_next_name"]
    tool.take((replace(SCORES[0], score=10),))
    assert (tool.host.currentData(), rules(tool)) == (NAS, ["flush_on_shared", "nsec_next_name"])


def test_enter_on_a_host_shows_its_findings(tool: LintTool) -> None:
    tool.switch.choose(HOSTS)
    tool.scores.view.select_key(SCORES[0].key())
    assert tool.details.details is not None
    assert tool.details.details.state == "60 of 100 points"
    tool.details.details.actions[0].run()
    assert (tool.switch.current, rules(tool)) == (FINDINGS, ["txt_cut", "record_cut"])


def test_questions_tell_who_asks_how_often_and_whether_anybody_answers(tool: LintTool) -> None:
    tool.switch.choose(QUESTIONS)
    titles, *rows = tool.export_rows()
    row = dict(zip(titles, next(row for row in rows if row[0].startswith("_oldscanner")), strict=True))
    assert (row["QM"], row["QU"], row["Every"], row["Answer"]) == ("41", "0", "1.5 s", "unanswered")
    tool.questions.view.select_key(ASKED[2].key())
    assert paragraphs(tool)["Answer"].startswith("Nobody was heard to answer")
    assert tool.packet.isHidden()


@pytest.mark.parametrize(
    ("text", "left"), [("severity:error", 3), ("code:txt_cut", 1), ("section:6762", 4), ("tv.", 2)]
)
def test_the_filter_knows_words_and_fields(tool: LintTool, text: str, left: int) -> None:
    tool.set_filter(text)
    assert len(rules(tool)) == left


def test_the_score_has_three_tones() -> None:
    assert [score_tone(score) for score in (100, 90, 89, 60, 59)] == [
        Tone.OK,
        Tone.OK,
        Tone.WARNING,
        Tone.WARNING,
        Tone.ERROR,
    ]


# Empty tables


def test_no_finding_says_how_much_was_judged(make_tool: MakeTool, qtbot: QtBot) -> None:
    clean = [replace(score, score=100, errors=0, warnings=0) for score in SCORES]
    tool: LintTool = make_tool(LintTool, hear=[batch(*STATES, *clean)])
    qtbot.waitUntil(lambda: len(tool.hosts) == len(SCORES))
    tool._since -= 60
    tool._tell()
    assert title(tool) == "394 packets of 4 hosts heard on en0, en5 in 60 s, no rule of the format is broken."
    assert tool.findings.empty.emptiness is not None
    assert "How much a host sends is no rule of these" in tool.findings.empty.emptiness.reasons[0]
    tool.switch.choose(QUESTIONS)
    assert title(tool) == "394 packets of 4 hosts heard on en0, en5 in 60 s, no question among them."


def test_silence_is_no_praise(make_tool: MakeTool, qtbot: QtBot) -> None:
    tool: LintTool = make_tool(LintTool, hear=[batch(*STATES)])
    qtbot.waitUntil(lambda: len(tool.states) == 2)
    tool._tell()
    assert title(tool) == "Listening for mDNS on en0, en5. Nothing is sent."
    tool._since -= 15
    tool._tell()
    assert title(tool) == "No mDNS packet on en0, en5 for 15 s, so there is nothing to judge."


def test_a_filter_without_a_match_says_so(tool: LintTool) -> None:
    tool.set_filter("nowhere")
    assert tool.findings.empty.emptiness is not None
    assert tool.findings.empty.emptiness.why is Why.FILTERED_OUT


# Beside watching


def test_paused_the_tables_rest(tool: LintTool) -> None:
    tool.set_paused(True)
    fresh = finding("name_loop", b"\0" * 12, (0, 2), TV)
    tool.take((fresh, replace(SCORES[1], packets=500)))
    assert (len(tool.findings.model.rows), tool.newer) == (len(LINT), 2)
    tool.set_paused(False)
    assert tool.findings.model.item(fresh.key()) == fresh
    assert tool.hosts[NAS].packets == 500


def test_another_interface_begins_anew(tool: LintTool, qtbot: QtBot, asked: Asked) -> None:
    tool.set_interface(INTERFACES[0])
    assert (tool.findings.model.rows, tool.hosts) == ([], {})
    qtbot.waitUntil(lambda: len(tool.findings.model.rows) == len(LINT))
    assert asked()[-1]["with"]["interfaces"] == ["en0"]


def test_the_report_names_each_host_and_what_it_breaks(tool: LintTool) -> None:
    report = tool.export_report()
    assert report.index("tv.local") < report.index("nas.local") < report.index("printer.local")
    assert "## 192.168.1.57 (192.168.1.57): 100 of 100\n\n- no rule broken" in report
    assert all(isinstance(record, LintFinding) for record in tool.export_records())
    tool.switch.choose(HOSTS)
    assert all(isinstance(record, HostScore) for record in tool.export_records())
