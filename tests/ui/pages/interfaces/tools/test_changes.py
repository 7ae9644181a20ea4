from __future__ import annotations

import msgspec
import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from tests.ui.pages.interfaces.scene import AFTER, LOG, RESOLVERS, VPN_UP
from tests.ui.pages.interfaces.tools.conftest import Asked, MakeTool
from ui.pages.interfaces.tools.changes import ChangesTool
from ui.theme import Tone
from ui.widgets.empty_panel import Why


@pytest.fixture
def tool(make_tool: MakeTool, qtbot: QtBot) -> ChangesTool:
    tool: ChangesTool = make_tool(ChangesTool)
    qtbot.waitUntil(lambda: len(tool.log.model.rows) == len(LOG))
    return tool


def texts(tool: ChangesTool) -> list[str]:
    return [entry.change.text.partition(";")[0] for entry in tool.log.proxy.shown_items()]


def test_the_newest_change_stands_first_in_one_sentence(tool: ChangesTool, qtmodeltester: ModelTester) -> None:
    assert texts(tool)[0] == "en4 down"
    row = tool.log.model.rows[2]
    cell = tool.log.model.cell(row, 1)
    assert cell.text == "utun3 up, took the default route from en0"
    assert cell.detail.startswith("unbound multicast moved from en0 to utun3; from Wi-Fi")
    assert cell.dot is Tone.WARNING
    qtmodeltester.check(tool.log.model)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("typed", "left"), [("if:en5", ["en5 up"]), ("took", ["utun3 up, took the default route from en0"]), ("zzz", [])]
)
def test_the_log_is_filtered_by_words_and_interface(tool: ChangesTool, typed: str, left: list[str]) -> None:
    tool.set_filter(typed)
    assert texts(tool) == left


def test_the_details_name_every_single_difference(tool: ChangesTool) -> None:
    tool.log.view.select_key(2)
    details = tool.details.details
    assert details is not None
    for change in VPN_UP:
        assert change.text in details.as_text()


def test_numbers_count_on_over_a_restarted_probe(tool: ChangesTool) -> None:
    tool.book.take((LOG[0],))
    assert [entry.number for entry in tool.book.entries] == [1, 2, 3, 4, 5]
    assert len(tool.log.model.rows) == 5


def test_export_has_every_line_as_rows_records_and_report(tool: ChangesTool) -> None:
    assert len(tool.export_rows()) == len(LOG) + 1
    assert tool.export_records() == list(LOG)
    assert "utun3 up, took the default route from en0; unbound multicast moved" in tool.export_report()


def test_a_watch_that_failed_says_so_and_asks_again(make_tool: MakeTool, asked: Asked, qtbot: QtBot) -> None:
    problem = {"kind": "problem", "code": "x", "subject": "changes", "text": "Refused.", "remedy": "Allow it."}
    tool: ChangesTool = make_tool(ChangesTool, {"changes.watch": [{"problem": problem}]})
    qtbot.waitUntil(lambda: tool.book.problem is not None)
    emptiness = tool.log.empty.emptiness
    assert emptiness is not None
    assert (emptiness.why, emptiness.title) == (Why.CANNOT_WORK, "Refused.")
    emptiness.actions[0].run()
    qtbot.waitUntil(lambda: len(asked("changes.watch")) == 2)


def resolvers(tool: ChangesTool) -> list[tuple[str, str]]:
    return [(change.change, change.subject) for change in tool.differences if change.what == "resolver"]


def test_before_and_after_are_compared_with_the_dns_servers(tool: ChangesTool, asked: Asked, qtbot: QtBot) -> None:
    tool.take_before()
    qtbot.waitUntil(lambda: tool.before is not None and tool.servers[0] is not None)
    tool.take_after()
    qtbot.waitUntil(lambda: tool.after is not None and tool.servers[1] is not None)
    assert not tool.differences
    tool.take((AFTER, *VPN_UP[:2]))
    assert tool.differences == VPN_UP[:2]
    tool.take((RESOLVERS[0], RESOLVERS[2], msgspec.structs.replace(RESOLVERS[0], server="9.9.9.9", interface=None)))
    assert tool.differences[:2] == VPN_UP[:2]
    assert resolvers(tool) == [("removed", "10.8.0.1 for corp.example"), ("added", "9.9.9.9")]
    assert all(request["follow"] is False for request in asked("resolvers.watch"))


def test_dns_servers_that_are_all_gone_are_a_difference(tool: ChangesTool, qtbot: QtBot) -> None:
    tool.take_before()
    qtbot.waitUntil(lambda: tool.before is not None and tool.servers[0] is not None)
    tool.take_after()
    qtbot.waitUntil(lambda: tool.after is not None and tool.servers[1] is not None)
    tool.take((make_problem("resolvers_missing", "resolvers", where=""),))
    assert resolvers(tool) == [("removed", "10.8.0.1 for corp.example"), ("removed", "192.168.1.1")]


def test_a_paused_log_rests_and_catches_up(tool: ChangesTool) -> None:
    tool.set_paused(True)
    tool.book.take((LOG[1],))
    assert len(tool.log.model.rows) == 4
    assert tool.newer == 1
    tool.set_paused(False)
    assert len(tool.log.model.rows) == 5
