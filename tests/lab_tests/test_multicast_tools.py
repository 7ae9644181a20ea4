"""The tools of the Multicast page on real traffic, and the banner that tells where joins go now."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.lab import Lab, peers
from ui.link import Link
from ui.pages.multicast.drift import NOTICE
from ui.pages.multicast.joins import Phase
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.tools.change_columns import sentence
from ui.pages.multicast.tools.changes import ChangesTool
from ui.pages.multicast.tools.endurance import EnduranceTool
from ui.pages.multicast.tools.matrix import MatrixTool
from ui.pages.multicast.tools.ping import PingTool
from ui.settings import Settings
from ui.widgets.actions import ActionButton
from ui.window import MainWindow

GROUP, PORT = "224.224.0.77", 23019
ENDPOINT = f"{GROUP}:{PORT}"
BETA = "192.168.1.20"
DROP_MULTICAST = (
    "add table ip t; add chain ip t o { type filter hook output priority 0; }; "
    "add rule ip t o ip daddr 224.0.0.0/4 drop"
)
PATIENCE_MS = 15_000
SOON = 1.0
"""Seconds from the kernel's change to the sentence and the banner."""


@pytest.fixture
def page(fresh_lab: Lab, qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[MulticastPage]:
    """The page of a window that looks into alpha, with en0 chosen."""
    settings = Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
    window = MainWindow(Link(f"netns:{fresh_lab.alpha.netns}"), settings)
    window.show()
    qtbot.waitUntil(lambda: "en0" in window.book.by_name, timeout=PATIENCE_MS)
    window.choose_interface("en0")
    window.show_page("multicast")
    yield cast("MulticastPage", window.page("multicast"))
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def banner(page: MulticastPage) -> str:
    """What the drift banner says; empty where there is none."""
    return next((f"{each.title} {each.text}" for each in page.banners.notices() if each.key == NOTICE), "")


def seconds_until(qtbot: QtBot, change: Callable[[], None], told: Callable[[], bool]) -> float:
    """Make the change; how long it took to be told, from when the kernel had it."""
    change()
    begin = time.monotonic()
    qtbot.waitUntil(told, timeout=PATIENCE_MS)
    return time.monotonic() - begin


def wait_for_the_watch(page: MulticastPage, qtbot: QtBot) -> None:
    """Until the first answer of the watch has come: what changes from now on is told."""
    qtbot.waitUntil(lambda: page.drift.book._watch is not None, timeout=PATIENCE_MS)


def test_the_test_names_utun3_as_the_unbound_path_and_en0_and_en5_as_working(
    page: MulticastPage, fresh_lab: Lab, qtbot: QtBot
) -> None:
    fresh_lab.vpn_up()
    page.select("test")
    tool = cast("MatrixTool", page.views.tool)
    qtbot.waitUntil(lambda: tool.verdict is not None, timeout=PATIENCE_MS)
    assert tool.verdict is not None
    assert (tool.verdict.unbound_interface, tool.verdict.working) == ("utun3", ("en0", "en5"))
    assert "leaves by utun3, a tunnel" in tool.head.sentence
    assert "works on en0 and en5" in tool.head.sentence
    titles, *rows = tool.export_rows()
    cells = {row[0].partition(" · ")[0]: dict(zip(titles[1:], row[1:], strict=True)) for row in rows}
    for name in ("en0", "en5", "utun3"):
        assert cells[name][f"heard on {name}"] == "heard · TTL 1 · 3 of 3 packets"
    assert cells["no interface chosen"]["heard on utun3"] == "heard · TTL 1 · 3 of 3 packets"
    assert cells["no interface chosen"]["heard on en0"] == "silent"
    fresh_lab.vpn_down()
    tool.run()
    qtbot.waitUntil(lambda: tool.verdict is not None, timeout=PATIENCE_MS)
    assert tool.verdict.unbound_interface == "en0"


def test_a_vpn_that_comes_and_goes_is_told_within_a_second_with_banner_and_sentence(
    page: MulticastPage, fresh_lab: Lab, qtbot: QtBot
) -> None:
    page.join(ENDPOINT)
    qtbot.waitUntil(lambda: [join.phase for join in page.groups.active] == [Phase.JOINED], timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.drift.book.groups == (GROUP,), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: page.drift.book._watch is page.drift.book._next, timeout=PATIENCE_MS)
    page.views.show_view("changes")
    tool = cast("ChangesTool", page.views.tool)
    wait_for_the_watch(page, qtbot)
    up = seconds_until(qtbot, fresh_lab.vpn_up, lambda: bool(banner(page)))
    assert up < SOON
    assert banner(page).startswith(
        "utun3 came up and took the default route from en0. Joins that choose no interface go"
    )
    assert banner(page).endswith("The group joined here stays on en0.")
    down = seconds_until(qtbot, fresh_lab.vpn_down, lambda: not banner(page))
    assert down < SOON
    told = [sentence(drift).partition(" ")[2] for drift in tool.book.drifts]
    assert told == [
        "utun3 came up and took the default route from en0; unbound joins now go to utun3",
        "utun3 went down, and the default route is en0's; unbound joins now go to en0",
    ]
    assert len(tool.drifts.model.rows) == 2


def test_rejoining_moves_the_group_to_the_interface_chosen_now(
    page: MulticastPage, fresh_lab: Lab, qtbot: QtBot
) -> None:
    page.join(ENDPOINT)
    qtbot.waitUntil(lambda: [join.phase for join in page.groups.active] == [Phase.JOINED], timeout=PATIENCE_MS)
    wait_for_the_watch(page, qtbot)
    fresh_lab.vpn_up()
    qtbot.waitUntil(lambda: bool(banner(page)), timeout=PATIENCE_MS)
    cast("MainWindow", page.window()).choose_interface("en5")
    assert banner(page).endswith("1 group is still joined on en0, not on en5.")
    next(each for each in page.banners.findChildren(ActionButton) if each.text() == "Rejoin on en5").click()

    def joined_on() -> list[str]:
        told = fresh_lab.alpha.lanscout("groups")
        return [each["interface"] for each in told if each.get("group") == GROUP]

    qtbot.waitUntil(lambda: joined_on() == ["en5"], timeout=PATIENCE_MS)


def test_two_snapshots_tell_what_the_vpn_changed(page: MulticastPage, fresh_lab: Lab, qtbot: QtBot) -> None:
    page.views.show_view("changes")
    tool = cast("ChangesTool", page.views.tool)
    tool.take_before()
    qtbot.waitUntil(lambda: tool.before is not None, timeout=PATIENCE_MS)
    fresh_lab.vpn_up()
    tool.take_after()
    qtbot.waitUntil(lambda: tool.after is not None, timeout=PATIENCE_MS)
    texts = [change.text for change in tool.differences]
    assert "utun3 came up." in texts
    assert "The default route (IPv4) moved from en0 to utun3." in texts


def test_a_ping_is_answered_both_ways_until_a_firewall_drops_multicast(
    page: MulticastPage, fresh_lab: Lab, qtbot: QtBot
) -> None:
    page.views.show_view("ping")
    tool = cast("PingTool", page.views.tool)
    tool.host.setText(BETA)
    tool.count.setValue(2)
    with fresh_lab.beta.lanscout_process("respond", "--no-announce") as server:
        server.record("responding")
        tool.run()
        qtbot.waitUntil(lambda: tool.summary is not None, timeout=PATIENCE_MS)
        assert tool.head.sentence == f"Unicast and multicast both arrive from {BETA}."
        fresh_lab.beta.run(["nft", DROP_MULTICAST])
        qtbot.waitUntil(tool.run_button.isEnabled, timeout=PATIENCE_MS)
        tool.run()
        qtbot.waitUntil(lambda: tool.summary is not None, timeout=PATIENCE_MS)
    assert tool.head.sentence.startswith(f"{BETA} answers by unicast, but of what it sends to ")
    assert tool.pinging is not None
    assert (tool.pinging.counts.unicast.received, tool.pinging.counts.multicast.received) == (2, 0)


def test_our_responder_tells_who_asked(page: MulticastPage, fresh_lab: Lab, qtbot: QtBot) -> None:
    page.views.show_view("ping")
    responder = cast("PingTool", page.views.tool).responder
    responder.announce.setChecked(False)
    responder.toggle()
    qtbot.waitUntil(lambda: responder.state is not None, timeout=PATIENCE_MS)
    asking = fresh_lab.beta.lanscout("ping", "192.168.1.23", "--count", "2", "--interval-ms", "1000")
    assert asking[-1]["received"] == 4
    qtbot.waitUntil(lambda: responder.state is not None and responder.state.answered >= 2, timeout=PATIENCE_MS)
    responder.model.flush()
    asked = responder.view.rows_as_text(selected=False)[1:]
    assert {row[1].rpartition(":")[0] for row in asked} == {BETA}
    responder.toggle()


def test_endurance_counts_a_stream_and_says_when_the_run_was_too_short(
    page: MulticastPage, fresh_lab: Lab, qtbot: QtBot
) -> None:
    page.views.show_view("endurance")
    tool = cast("EnduranceTool", page.views.tool)
    tool.field.setText(ENDPOINT)
    tool.seconds.setValue(5)
    with peers.talker(fresh_lab.beta, GROUP, PORT, "train", seconds_between=0.02):
        tool.run()
        qtbot.waitUntil(lambda: tool.verdict is not None and tool.verdict.final, timeout=PATIENCE_MS)
    assert tool.verdict is not None
    assert tool.verdict.code == "endure_too_short"
    assert tool.verdict.received > 150
    assert "too short for a verdict" in tool.head.sentence
    assert len(tool.export_rows()) >= 6
