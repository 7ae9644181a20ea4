"""The Interfaces page looks into the lab by a real probe: a VPN that comes and goes, and an interface that vanishes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.lab import Lab
from ui.link import Link
from ui.pages.interfaces.change_book import Entry, change_book
from ui.pages.interfaces.columns import roles
from ui.pages.interfaces.page import InterfacesPage
from ui.pages.interfaces.tools.changes import ChangesTool
from ui.pages.interfaces.tools.way import WayTool
from ui.pages.interfaces.tools.way_columns import way_tone
from ui.settings import Settings
from ui.theme import Tone
from ui.window import MainWindow

PATIENCE_MS = 10_000
SOON = 0.3
"""Seconds after the kernel's change within which the window shows it."""
GROUP = "224.224.0.77"


@pytest.fixture
def page(qapp: QApplication, tmp_path: Path, fresh_lab: Lab, qtbot: QtBot) -> Iterator[InterfacesPage]:
    """The page of a window that looks into alpha, its log standing; the window is closed at the end."""
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(Link(f"netns:{fresh_lab.alpha.netns}"), Settings(store))
    window.show()
    window.show_page("interfaces")
    page = cast("InterfacesPage", window.page("interfaces"))
    log_stands(page, fresh_lab, qtbot)
    yield page
    window.close()
    window.deleteLater()


def log_stands(page: InterfacesPage, lab: Lab, qtbot: QtBot) -> None:
    """Until the log has its first entry of a change, and the last of those that were made for it."""
    entries, numbers = change_book(page.context.link).entries, itertools.count(1)

    def stirred() -> bool:
        lab.alpha.ip(f"address add 10.66.9.{next(numbers)}/32 dev en5")
        return bool(change_book(page.context.link).entries)

    assert not entries
    qtbot.waitUntil(stirred, timeout=PATIENCE_MS)
    lab.alpha.ip("link add mark0 type bridge")
    qtbot.waitUntil(lambda: "mark0 appeared" in log(page)[-1].change.text, timeout=PATIENCE_MS)


def log(page: InterfacesPage) -> list[Entry]:
    return change_book(page.context.link).entries


def chips(page: InterfacesPage, name: str) -> list[str]:
    """As the list shows them."""
    return [chip.text for row in page.model.items() if row.interface.name == name for chip in roles(row)]


def soon(qtbot: QtBot, change: Callable[[], object], shown: Callable[[], bool]) -> None:
    """Make the change, and see that it is shown in time."""
    change()
    begin = time.monotonic()
    qtbot.waitUntil(shown, timeout=PATIENCE_MS)
    assert time.monotonic() - begin < SOON


def test_roles_follow_the_vpn_up_and_down_in_time(fresh_lab: Lab, page: InterfacesPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "default route" in chips(page, "en0"), timeout=PATIENCE_MS)
    assert chips(page, "utun3") == ["down"]
    for _ in range(3):
        soon(qtbot, fresh_lab.vpn_up, lambda: "default route" in chips(page, "utun3"))
        assert "unbound IPv4 multicast" in chips(page, "utun3")
        assert "second IPv4 default" in chips(page, "en0")
        assert not {"default route", "unbound IPv4 multicast"} & set(chips(page, "en0"))
        assert [notice.title for notice in page.banners.notices()] == ["The VPN on utun3 takes unbound IPv4 multicast."]
        soon(qtbot, fresh_lab.vpn_down, lambda: chips(page, "utun3") == ["down"])
        soon(qtbot, lambda: None, lambda: "default route" in chips(page, "en0"))
        assert not page.banners.notices()


def test_changes_are_told_in_time_and_the_difference_of_snapshots_names_the_vpn(
    fresh_lab: Lab, page: InterfacesPage, qtbot: QtBot
) -> None:
    page.select("changes")
    tool = page.views.tool
    assert isinstance(tool, ChangesTool)

    def newest() -> str:
        entries: list[Entry] = tool.log.model.items()
        return max(entries, key=lambda entry: entry.number).change.text

    tool.take_before()
    qtbot.waitUntil(lambda: tool.before is not None and tool.servers[0] is not None, timeout=PATIENCE_MS)
    soon(qtbot, fresh_lab.vpn_up, lambda: newest().startswith("utun3 up"))
    assert newest().startswith("utun3 up, took the default route from en0; unbound multicast moved from en0 to utun3")
    tool.take_after()
    qtbot.waitUntil(lambda: bool(tool.differences), timeout=PATIENCE_MS)
    told = {(change.what, change.before, change.after) for change in tool.differences}
    assert ("default_route", "en0", "utun3") in told
    soon(qtbot, fresh_lab.vpn_down, lambda: newest().startswith("utun3 down"))
    assert newest().startswith("utun3 down, the default route is en0's; unbound multicast moved from utun3 to en0")
    assert "utun3 up, took the default route from en0" in tool.export_report()


def test_the_way_out_moves_with_the_vpn_and_warns_of_it(fresh_lab: Lab, page: InterfacesPage, qtbot: QtBot) -> None:
    page.select("way")
    tool = page.views.tool
    assert isinstance(tool, WayTool)
    tool.ask(GROUP)
    qtbot.waitUntil(lambda: "by en0, from 192.168.1.23" in tool.head.sentence, timeout=PATIENCE_MS)
    soon(qtbot, fresh_lab.vpn_up, lambda: "by utun3, from 10.8.0.2" in tool.head.sentence)
    assert "a tunnel, where nobody on the LAN hears it" in tool.head.remedy
    assert way_tone(tool.ways[""]) is Tone.WARNING
    soon(qtbot, fresh_lab.vpn_down, lambda: "by en0" in tool.head.sentence)
    assert tool.head.remedy == ""
    qtbot.waitUntil(lambda: "utun3" not in [way.bound for way in tool.table.model.items()], timeout=PATIENCE_MS)


def test_an_interface_that_vanishes_or_is_renamed_leaves_the_list_and_its_details(
    fresh_lab: Lab, page: InterfacesPage, qtbot: QtBot
) -> None:
    def names() -> set[str]:
        return {row.interface.name for row in page.model.items()}

    qtbot.waitUntil(lambda: "mark0" in names(), timeout=PATIENCE_MS)
    page.view.select_key("mark0")
    assert page.form.details is not None
    assert page.form.details.title == "mark0"
    fresh_lab.alpha.ip("link set en5 down")
    soon(qtbot, lambda: fresh_lab.alpha.ip("link set en5 name lan5"), lambda: {"lan5"} <= names() - {"en5"})
    soon(qtbot, lambda: fresh_lab.alpha.ip("link del mark0"), lambda: "mark0" not in names())
    assert page.form.details is None or page.form.details.title != "mark0"
    assert any("lan5" in entry.change.text for entry in log(page))


def test_the_same_address_on_two_ipsec_interfaces_is_pointed_out(
    fresh_lab: Lab, page: InterfacesPage, qtbot: QtBot
) -> None:

    def duplicate(name: str) -> bool:
        return "duplicate address" in chips(page, name)

    for words in ("tuntap add ipsec1 mode tun", "link set ipsec1 up", "address add 192.0.0.6/32 dev ipsec1"):
        fresh_lab.alpha.ip(words)
    for name, other in (("ipsec0", "ipsec1"), ("ipsec1", "ipsec0")):
        qtbot.waitUntil(partial(duplicate, name), timeout=PATIENCE_MS)
        page.model.flush()
        page.view.select_key(name)
        assert page.form.details is not None
        assert f"192.0.0.6 is on {other} too" in page.form.details.as_text()
    assert not duplicate("en0")
