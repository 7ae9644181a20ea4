from __future__ import annotations

import msgspec
import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.records import Removed
from net.resolvers.records import Resolution
from tests.ui.pages.interfaces.scene import CELLS, NAME, RESOLVERS, VERDICT
from tests.ui.pages.interfaces.tools.conftest import Asked, MakeTool
from tests.ui.scenes import INTERFACES
from ui.pages.interfaces.tools import resolvers
from ui.pages.interfaces.tools.resolver_columns import cell_words
from ui.pages.interfaces.tools.resolvers import ResolversTool
from ui.theme import Tone
from ui.widgets.empty_panel import Why


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> ResolversTool:
    tool: ResolversTool = make_tool(ResolversTool)
    qtbot.waitUntil(lambda: len(tool.servers.model.rows) == len(RESOLVERS))
    return tool


@pytest.fixture
def answered(tool: ResolversTool, qtbot: QtBot) -> ResolversTool:
    tool.name_field.setText(NAME)
    tool.run()
    qtbot.waitUntil(lambda: bool(tool.verdicts) and tool._asking is None)
    return tool


def test_servers_are_listed_and_nothing_is_sent_before_the_person_asks(
    tool: ResolversTool, asked: Asked, qtmodeltester: ModelTester
) -> None:
    assert [each.order for each in tool.servers.proxy.shown_items()] == [0, 101, 200]
    tool.run()
    tool.rescan()
    assert asked("resolvers.resolve") == []
    assert tool.matrix.empty.emptiness is not None
    assert tool.matrix.empty.emptiness.why is Why.NOT_ASKED
    qtmodeltester.check(tool.servers.model)  # type: ignore[no-untyped-call]


def test_the_matrix_has_a_row_for_each_server_and_path_and_the_system_first(
    answered: ResolversTool, qtmodeltester: ModelTester
) -> None:
    lines = answered.matrix.proxy.shown_items()
    assert lines[0].system is not None
    assert [(line.server, line.bound) for line in lines[1:]] == [
        ("10.8.0.1", False), ("10.8.0.1", True), ("192.168.1.1", False), ("192.168.1.1", True),
    ]  # fmt: skip
    cells = [answered.matrix.model.cell(answered.matrix.model.rows[1], column) for column in range(1, 5)]
    assert [cell.text for cell in cells] == ["ok", "silence", "ok", "10.20.0.7"]
    assert [cell.dot for cell in cells[:3]] == [Tone.OK, Tone.ERROR, Tone.OK]
    qtmodeltester.check(answered.matrix.model)  # type: ignore[no-untyped-call]


def test_the_verdict_stands_above_with_its_remedy_and_in_the_details_with_its_evidence(answered: ResolversTool) -> None:
    assert answered.head.sentence == VERDICT.text
    assert answered.head.remedy == VERDICT.remedy[0]
    assert answered.head.facts == "2 servers asked  ·  likely"
    answered.matrix.view.select_key(("10.8.0.1", 53, False, "utun3"))
    assert answered.details.details is not None
    for sentence in (*VERDICT.evidence, *VERDICT.remedy, VERDICT.cause):
        assert sentence in answered.details.details.as_text()


def test_all_servers_of_the_system_are_asked_whichever_interface_is_chosen(
    tool: ResolversTool, asked: Asked, qtbot: QtBot
) -> None:
    tool.set_interface(INTERFACES[0])
    tool.name_field.setText(NAME)
    tool.run()
    tool.server_field.setText("9.9.9.9")
    tool.run()
    qtbot.waitUntil(lambda: len(asked("resolvers.resolve")) == 2)
    first, second = asked("resolvers.resolve")
    assert (first["servers"], first["interfaces"]) == ([], [])
    assert (second["servers"], second["interfaces"]) == (["9.9.9.9"], ["en0"])


def test_where_there_is_little_room_the_answers_get_it(tool: ResolversTool, monkeypatch: pytest.MonkeyPatch) -> None:
    tool._make_room()
    assert tool._splitter.sizes()[1] > 0
    monkeypatch.setattr(resolvers, "ROOMY_LINES", 1000)
    tool.name_field.setText(NAME)
    tool.run()
    assert tool._splitter.sizes()[1] == 0


def test_a_server_that_goes_leaves_the_list(tool: ResolversTool) -> None:
    tool.take((Removed(of="resolver", name=RESOLVERS[1].key().name),))
    assert [each.server for each in tool.servers.proxy.shown_items()] == ["192.168.1.1", "192.168.1.1"]


def test_a_refused_question_is_told_with_its_remedy(make_tool: MakeTool, qtbot: QtBot) -> None:
    problem = {"kind": "problem", "code": "x", "subject": "q", "text": "No such server.", "remedy": "Name another."}
    tool: ResolversTool = make_tool(ResolversTool, {"resolvers.resolve": [{"problem": problem}]})
    tool.name_field.setText(NAME)
    tool.run()
    qtbot.waitUntil(lambda: tool._failed is not None)
    assert tool.matrix.empty.emptiness is not None
    assert tool.matrix.empty.emptiness.title == "No such server."
    assert not tool.head.isVisible()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "ok"),
        ({"truncated": True}, "ok, cut"),
        ({"rcode": "SERVFAIL"}, "SERVFAIL"),
        ({"answered": 3, "ok": False}, "3 of 5"),
        ({"answered": 0, "ok": False}, "silence"),
        ({"answered": 0, "ok": False, "errno": 111}, "refused"),
        ({"answered": 0, "ok": False, "errno": 1}, "not let out"),
        ({"answered": 0, "ok": False, "errno": 5}, "failed, errno 5"),
        ({"answered": 0, "ok": False, "malformed": 4}, "no DNS"),
        ({"answered": 0, "ok": False, "unexpected_source": "10.0.0.9"}, "10.0.0.9 instead"),
    ],
)
def test_a_cell_says_what_happened(facts: dict[str, object], words: str) -> None:
    sound: Resolution = next(cell for cell in CELLS if cell.rcode == "NOERROR")
    assert cell_words(msgspec.structs.replace(sound, **facts)) == words
