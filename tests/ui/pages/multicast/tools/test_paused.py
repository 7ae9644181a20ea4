"""What the tools show while the window is paused: it rests, and counting goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from tests.ui.pages.multicast.tools.scene import ANSWERS, HOST, PINGING, QUESTIONS, RESPONDING, egress_change, endured
from tests.ui.pages.multicast.tools.scene import replies as made
from tests.ui.scenes import batch
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.tools.changes import ChangesTool
from ui.pages.multicast.tools.endurance import EnduranceTool
from ui.pages.multicast.tools.matrix import MatrixTool
from ui.pages.multicast.tools.ping import PingTool
from ui.window import MainWindow

MakePage = Callable[..., MulticastPage]


@pytest.fixture
def page(make_page: MakePage) -> MulticastPage:
    return make_page(ANSWERS | {"multicast.ping": [batch(*made(3)), batch(PINGING)], "multicast.respond": []})


def window_of(page: MulticastPage) -> MainWindow:
    return cast("MainWindow", page.window())


def pause(page: MulticastPage, *, paused: bool = True) -> None:
    window_of(page).tools.pause.setChecked(paused)


def pinging(page: MulticastPage, qtbot: QtBot) -> PingTool:
    page.views.show_view("ping")
    tool = cast("PingTool", page.views.tool)
    tool.host.setText(HOST)
    tool.run()
    qtbot.waitUntil(lambda: tool.pinging is not None)
    tool.model.flush()
    return tool


def shown(tool: PingTool) -> int:
    tool.model.flush()
    return len(tool.model.rows)


def test_a_ping_rests_counts_on_and_shows_all_of_it_afterwards(page: MulticastPage, qtbot: QtBot) -> None:
    tool = pinging(page, qtbot)
    facts = tool.head.facts
    pause(page)
    tool.take(
        (*made(24)[3:], msgspec.structs.replace(PINGING, counts=msgspec.structs.replace(PINGING.counts, sent=77)))
    )
    assert (shown(tool), tool.head.facts) == (3, facts)
    window_of(page)._update_pause_chip()
    assert window_of(page).tools.chip.text.endswith("22 newer")
    pause(page, paused=False)
    assert shown(tool) == 24
    assert "77 sent" in tool.head.facts
    assert page.newer == 0


def test_stopping_a_paused_ping_shows_how_it_ended(page: MulticastPage, qtbot: QtBot) -> None:
    tool = pinging(page, qtbot)
    pause(page)
    tool.take(made(24)[3:])
    tool.stop_button.click()
    assert shown(tool) == 24
    assert tool.run_button.isEnabled()


def test_who_asks_the_responder_is_told_afterwards(page: MulticastPage) -> None:
    page.views.show_view("ping")
    responder = cast("PingTool", page.views.tool).responder
    responder.take((RESPONDING, *QUESTIONS[:1]))
    pause(page)
    responder.take(QUESTIONS[1:])
    assert (len(responder.model.rows), page.newer) == (1, 3)
    pause(page, paused=False)
    assert len(responder.model.rows) == 4


def test_an_endurance_run_rests_and_loses_no_second(page: MulticastPage, qtbot: QtBot) -> None:
    page.views.show_view("endurance")
    tool = cast("EnduranceTool", page.views.tool)
    standing, _ = endured()
    tool.running = True
    tool.take((msgspec.structs.replace(standing, elapsed=5.0, seconds=420.0),))
    before = tool.head.facts
    pause(page)
    for second in (6, 7):
        tool.take((msgspec.structs.replace(standing, elapsed=float(second), arrived=second),))
    assert tool.head.facts == before
    pause(page, paused=False)
    assert tool.head.facts != before
    assert [tool._arrivals[second] for second in (5, 6)] == [6, 7]


def test_what_moved_where_joins_go_is_listed_afterwards(page: MulticastPage) -> None:
    page.views.show_view("changes")
    tool = cast("ChangesTool", page.views.tool)
    pause(page)
    page.drift.book.take((egress_change(),))
    assert (len(tool.drifts.model.rows), page.newer) == (0, 1)
    pause(page, paused=False)
    assert len(tool.drifts.model.rows) == 1


def test_a_test_that_is_asked_for_while_paused_is_shown(page: MulticastPage, qtbot: QtBot) -> None:
    page.views.show_view("test")
    tool = cast("MatrixTool", page.views.tool)
    pause(page)
    tool.run()
    qtbot.waitUntil(lambda: tool.verdict is not None)
    assert tool.head.sentence
