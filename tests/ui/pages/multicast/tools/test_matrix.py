from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from tests.ui.pages.multicast.conftest import Asked
from tests.ui.pages.multicast.tools.scene import (
    ANSWERS,
    ENDPOINT,
    NO_ADDRESS,
    PATHS,
    TESTED,
    UNREACHABLE,
    egress_change,
    path,
    verdict,
)
from tests.ui.scenes import batch
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.tools.matrix import MatrixTool
from ui.pages.multicast.tools.matrix_columns import matrix_rows, path_cell, path_words, receivers
from ui.text import moment
from ui.theme import Tone
from ui.widgets.actions import ActionButton
from ui.widgets.empty_panel import Why

MakePage = Callable[..., MulticastPage]


def tool_of(page: MulticastPage) -> MatrixTool:
    page.views.show_view("test")
    return cast("MatrixTool", page.views.tool)


@pytest.fixture
def tool(make_page: MakePage) -> MatrixTool:
    return tool_of(make_page(ANSWERS))


def made_test(tool: MatrixTool, qtbot: QtBot) -> MatrixTool:
    tool.run()
    qtbot.waitUntil(lambda: tool.verdict is not None)
    return tool


# The matrix


def test_a_row_for_each_sender_with_no_interface_chosen_before_them() -> None:
    rows = matrix_rows(PATHS, {}, ("en0", "en5"))
    assert [row.sender for row in rows] == [None, *TESTED, "en4"]
    assert receivers(rows) == TESTED


def test_each_cell_says_in_a_word_what_became_of_the_packets() -> None:
    assert path_words(path("en0", "en0")) == "heard · TTL 1"
    assert path_words(path("en0", "en5")) == "silent"
    assert path_words(path("ipsec0", "en0")) == "refused · errno 65"
    assert path_words(path("en4", "en4")) == "not possible"


@pytest.mark.parametrize(
    ("send", "receive", "tone", "detail"),
    [
        ("en0", "en0", Tone.OK, "3 of 3 packets"),
        ("utun3", "utun3", Tone.NEUTRAL, "3 of 3 packets"),
        (None, "utun3", Tone.WARNING, "3 of 3 packets"),
        ("en0", "en5", Tone.NEUTRAL, ""),
        ("ipsec0", "en0", Tone.ERROR, "errno 65, No route to host"),
        ("en4", "en0", Tone.NEUTRAL, NO_ADDRESS.text),
    ],
)
def test_a_cell_has_glyph_and_word_and_a_colour_for_where_the_lan_is(
    send: str | None, receive: str, tone: Tone, detail: str
) -> None:
    row = next(row for row in matrix_rows(PATHS, {}, ("en0", "en5")) if row.sender == send)
    cell = path_cell(row, receive)
    assert cell.glyph
    assert (cell.dot, cell.detail) == (tone, detail)


def test_a_refusal_shows_its_reason_and_remedy_under_the_pointer() -> None:
    row = next(row for row in matrix_rows(PATHS, {}, ()) if row.sender == "ipsec0")
    tip = path_cell(row, "en0").tip
    assert UNREACHABLE.text in tip
    assert UNREACHABLE.remedy in tip


# The tool


def test_nothing_is_sent_before_it_is_asked_for(tool: MatrixTool, asked: Asked, qtbot: QtBot) -> None:
    assert tool.empty.emptiness is not None
    assert tool.empty.emptiness.why is Why.NOT_ASKED
    qtbot.waitUntil(lambda: bool(asked.of("multicast.drift")))
    assert asked.of("multicast.test") == []
    assert not tool.copy_button.isEnabled()


def test_the_button_tests_and_the_verdict_stands_above_with_the_interfaces(
    tool: MatrixTool, asked: Asked, qtbot: QtBot
) -> None:
    tool.run_button.click()
    qtbot.waitUntil(lambda: tool.verdict is not None)
    assert [request["group"] for request in asked.of("multicast.test")] == [ENDPOINT]
    assert tool.head.sentence == verdict().text
    assert tool.head.facts.startswith("Unbound traffic took utun3  ·  proven  ·  works by index: en0 and en5")
    assert tool.view is not None
    titles, *rows = tool.export_rows()
    assert titles == ("Sent by", *(f"heard on {name}" for name in TESTED))
    assert len(rows) == 8
    assert rows[0] == (
        "no interface chosen · left to the system",
        *["silent"] * 4,
        "heard · TTL 1 · 3 of 3 packets",
        "silent",
    )
    assert tool.form.details is not None
    assert tuple(fact.value for fact in tool.form.details.sections[0].facts) == verdict().remedy
    qtbot.waitUntil(tool.run_button.isEnabled)
    assert tool.run_button.text() == "Test again"


def test_the_matrix_obeys_the_rules_of_models(tool: MatrixTool, qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    made_test(tool, qtbot)
    assert tool.view is not None
    qtmodeltester.check(tool.view.model())  # type: ignore[no-untyped-call]


def test_enter_tests_the_group_that_was_typed(tool: MatrixTool, asked: Asked, qtbot: QtBot) -> None:
    tool.field.setText("239.1.2.3:5000")
    qtbot.keyClick(tool.field, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: [request["group"] for request in asked.of("multicast.test")] == ["239.1.2.3:5000"])


@pytest.mark.parametrize("typed", ["239.9.9.9:4000", "239.9.9.9-20:4000"])
def test_an_empty_field_means_the_group_that_stands_in_the_field_of_the_page(
    make_page: MakePage, asked: Asked, qtbot: QtBot, typed: str
) -> None:
    page = make_page(ANSWERS)
    page.strip.field.setText(typed)
    tool = tool_of(page)
    assert tool.field.placeholderText() == "239.9.9.9:4000"
    tool.run()
    qtbot.waitUntil(lambda: [request["group"] for request in asked.of("multicast.test")] == ["239.9.9.9:4000"])


def test_what_is_no_group_is_said_at_the_field_and_nothing_is_asked(
    tool: MatrixTool, asked: Asked, qtbot: QtBot
) -> None:
    tool.field.setText("192.168.1.1:5000")
    tool.run()
    assert "192.168.1.1" in tool.strip.note.text
    qtbot.waitUntil(lambda: bool(asked.of("multicast.drift")))
    assert asked.of("multicast.test") == []


def test_a_second_click_while_it_runs_asks_nothing(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    tool = tool_of(make_page(ANSWERS | {"multicast.test": [batch(*PATHS)]}))
    tool.run()
    tool.run()
    assert not tool.run_button.isEnabled()
    qtbot.waitUntil(lambda: len(asked.of("multicast.test")) == 1)


def test_a_refused_test_says_why_and_can_be_tried_again(make_page: MakePage, qtbot: QtBot) -> None:
    refused = make_problem("bind_refused", ENDPOINT, OSError(98, "Address already in use"))
    answer: dict[str, Any] = {"multicast.test": [{"problem": msgspec.to_builtins(refused)}]}
    tool = tool_of(make_page(ANSWERS | answer))
    tool.run()
    qtbot.waitUntil(lambda: tool.empty.emptiness is not None and tool.empty.emptiness.why is Why.CANNOT_WORK)
    assert tool.empty.emptiness is not None
    assert (tool.empty.emptiness.title, tool.empty.emptiness.reasons) == (refused.text, (refused.remedy,))
    qtbot.waitUntil(tool.run_button.isEnabled)


# A verdict that the network has outlived


def test_a_verdict_is_marked_once_joins_go_another_way_and_testing_again_unmarks_it(
    make_page: MakePage, qtbot: QtBot
) -> None:
    page = make_page(ANSWERS)
    tool = made_test(tool_of(page), qtbot)
    assert tool.head.remedy == ""
    change = egress_change()
    page.drift.book.take((change,))
    mark = f"Taken before the network changed at {moment(change.time)}. Test again to see how it stands now."
    assert tool.head.remedy == mark
    assert tool.head.sentence == verdict().text
    assert mark in tool.export_report()
    page.drift.book.take((egress_change("en0", "utun3", after_seconds=8),))
    assert tool.head.remedy == mark, "the first change counts"
    qtbot.waitUntil(tool.run_button.isEnabled)
    made_test(tool, qtbot)
    assert tool.head.remedy == ""
    assert "network changed" not in tool.export_report()


@pytest.mark.parametrize(
    ("changed", "marked"),
    [
        ({"up": False}, True),
        ({"addresses": ()}, True),
        ({"takes_multicast_v4": True}, True),
        ({"rx_bytes": 77, "speed_mbps": 10}, False),
    ],
)
def test_a_verdict_is_marked_when_an_interface_changes_in_what_matters(
    make_page: MakePage, qtbot: QtBot, changed: dict[str, Any], marked: bool
) -> None:
    tool = made_test(tool_of(make_page(ANSWERS)), qtbot)
    book = tool.context.interfaces
    book._take((msgspec.structs.replace(book.by_name["en0"], **changed),))
    assert bool(tool.head.remedy) is marked


def test_a_change_before_the_test_marks_nothing_and_one_while_it_runs_marks_its_verdict(
    make_page: MakePage, qtbot: QtBot
) -> None:
    page = make_page(ANSWERS)
    tool = tool_of(page)
    page.drift.book.take((egress_change(),))
    tool.run()
    page.drift.book.take((egress_change("en0", "utun3", after_seconds=8),))
    qtbot.waitUntil(lambda: tool.verdict is not None)
    assert moment(egress_change("en0", "utun3", after_seconds=8).time) in tool.head.remedy


def test_copying_gives_verdict_matrix_and_remedy_as_text(tool: MatrixTool, qtbot: QtBot) -> None:
    made_test(tool, qtbot)
    tool.copy_button.click()
    text = QGuiApplication.clipboard().text()
    lines = text.splitlines()
    assert lines[0] == f"Multicast test of {ENDPOINT}"
    assert verdict().text in lines[2]
    assert any(line.split() == ["en5", "silent", "heard", "·", "TTL", "1", *["silent"] * 4] for line in lines)
    assert "What to do" in lines
    assert any(verdict().remedy[0] in line for line in lines)


def test_names_from_the_network_are_shown_as_plain_visible_text(make_page: MakePage, qtbot: QtBot) -> None:
    hostile = "<b>x\u202e"
    told = msgspec.structs.replace(verdict(), text=f"{hostile} works", unbound_interface=hostile)
    tool = tool_of(make_page(ANSWERS | {"multicast.test": [batch(path(hostile, hostile)), batch(told)]}))
    made_test(tool, qtbot)
    assert "\u202e" not in tool.head.sentence + tool.head.facts
    assert tool.head._sentence.textFormat() == Qt.TextFormat.PlainText
    assert all("\u202e" not in cell for row in tool.export_rows() for cell in row)


def test_a_closed_page_stops_the_test(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    page = make_page(ANSWERS | {"multicast.test": [batch(*PATHS)]})
    tool_of(page).run()
    qtbot.waitUntil(lambda: len(asked.of("multicast.test")) == 1)
    page.close_page()
    qtbot.waitUntil(lambda: asked.stopped("multicast.test") == 1)


def test_the_button_of_the_interfaces_page_leads_here_and_tests(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(ANSWERS)
    window: Any = page.window()
    window.show_page("interfaces")
    banners = window.page("interfaces").banners
    qtbot.waitUntil(lambda: bool(banners.notices()))
    buttons = {button.text(): button for button in banners.findChildren(ActionButton)}
    buttons["Test all interfaces"].click()
    assert window.current is page
    tool = cast("MatrixTool", page.views.tool)
    qtbot.waitUntil(lambda: tool.verdict is not None)
