from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from net.records import Removed
from tests.ui import scenes
from tests.ui.scenes import INTERFACES, batch
from ui import link
from ui.details_splitter import DETAILS_LEAST
from ui.interfaces import stable_key
from ui.link import Phase
from ui.pages import PAGES
from ui.pages.base import Badge
from ui.pages.interfaces.page import InterfacesPage
from ui.pages.ports.page import PortsPage
from ui.settings import Settings
from ui.theme import Tone
from ui.widgets.actions import ActionButton
from ui.window import MainWindow

EN0, UTUN3, EN5 = INTERFACES[:3]
CTRL = Qt.KeyboardModifier.ControlModifier
MakeWindow = Callable[..., MainWindow]


def interfaces_page(window: MainWindow) -> InterfacesPage:
    page = window.page("interfaces")
    assert isinstance(page, InterfacesPage)
    return page


def count(window: MainWindow) -> int:
    return len(interfaces_page(window).model.rows)


@pytest.fixture
def window(make_window: MakeWindow, qtbot: QtBot) -> MainWindow:
    window = make_window()
    qtbot.waitUntil(lambda: count(window) == len(INTERFACES))
    return window


def titles(window: MainWindow) -> list[str]:
    return [notice.title for notice in window.banners.notices()]


def gone(window: MainWindow, name: str) -> None:
    window.book._take((Removed(of="interface", name=name),))


def test_the_first_start_chooses_the_usable_interface_with_a_gateway(window: MainWindow) -> None:
    assert window.interface_key == stable_key(EN0)
    assert window.tools.interfaces.currentText() == "en0 · Wi-Fi · 192.168.1.23/24"
    assert window.current is not None
    assert window.current.interface == EN0


def test_a_chosen_interface_that_vanishes_is_told_and_stays_chosen(window: MainWindow) -> None:
    window.choose_interface(stable_key(EN5))
    gone(window, "en5")
    assert titles(window) == ["en5 is gone."]
    assert window.interface_key == stable_key(EN5)
    assert window.tools.interfaces.currentText() == "en5 · gone"
    assert window.current is not None
    assert window.current.interface == EN5
    window.book._take((EN5,))
    assert titles(window) == []


def test_the_person_may_switch_to_all_when_it_vanished(window: MainWindow) -> None:
    window.choose_interface(stable_key(EN5))
    gone(window, "en5")
    window.banners.findChildren(ActionButton)[0].click()
    assert window.interface_key == ""
    assert titles(window) == []
    assert window.current is not None
    assert window.current.interface is None


def test_the_choice_is_remembered_for_the_place(window: MainWindow, settings: Settings) -> None:
    window.choose_interface(stable_key(EN5))
    assert settings.interface("local") == stable_key(EN5)


def test_pages_are_built_at_their_first_show(window: MainWindow) -> None:
    assert list(window.pages) == ["interfaces"]
    for entry in PAGES:
        window.show_page(entry.name)
        assert window.current is window.pages[entry.name]
        assert window.stack.currentWidget() is window.current
    assert len(window.pages) == len(PAGES)


@pytest.mark.parametrize("number", range(1, 6))
def test_keys_lead_to_the_pages(window: MainWindow, number: int) -> None:
    window.activateWindow()
    QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), CTRL)
    assert window.current is window.pages[PAGES[number - 1].name]


def test_keys_for_filter_pause_details_and_escape(window: MainWindow) -> None:
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_F, CTRL)
    assert window.tools.filter.hasFocus()
    QTest.keyClicks(window.tools.filter, "type:tunnel")
    assert interfaces_page(window).proxy.rowCount() == 3
    assert "3 of 9 interfaces" in window.status.facts()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.tools.filter.text() == ""
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert interfaces_page(window).view.hasFocus()
    QTest.keyClick(window, Qt.Key.Key_E, CTRL)
    assert window.tools.pause.isChecked()
    shown = window.details.isVisible()
    QTest.keyClick(window, Qt.Key.Key_I, CTRL)
    assert window.details.isVisible() is not shown


def test_pausing_freezes_what_is_shown_and_counts(window: MainWindow) -> None:
    window.tools.pause.setChecked(True)
    gone(window, "lo0")
    interfaces_page(window).model.flush()
    assert count(window) == len(INTERFACES)
    assert window.tools.chip.isVisible()
    assert window.tools.chip.text == "Paused 00:00 · 1 newer"
    assert "paused" in window.status.facts()
    window.tools.pause.setChecked(False)
    interfaces_page(window).model.flush()
    assert count(window) == len(INTERFACES) - 1
    assert not window.tools.chip.isVisible()


def test_a_killed_probe_is_told_and_rows_stay(window: MainWindow, qtbot: QtBot) -> None:
    assert window.link.hello is not None
    phases: list[Phase] = []
    shown: list[list[str]] = []
    window.link.state_changed.connect(lambda state: phases.append(state.phase))
    window.banners.changed.connect(lambda: shown.append(titles(window)))
    os.kill(window.link.hello.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: phases == [Phase.RESTARTING, Phase.CONNECTED])
    assert any("started again" in title for title in shown[0])
    assert titles(window) == []
    assert count(window) == len(INTERFACES)


def test_a_probe_that_cannot_start_is_told_with_its_last_words(
    make_window: MakeWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "RESTART_SECONDS", (0.01,))
    window = make_window({}, hello=False, stderr=["ssh: Could not resolve hostname nowhere"], exit=255)
    qtbot.waitUntil(lambda: window.link.state.phase is Phase.FAILED, timeout=15_000)
    notice = window.banners.notices()[0]
    assert notice.tone is Tone.ERROR
    assert notice.text == "ssh: Could not resolve hostname nowhere"
    assert "not connected" in window.status.facts()


@pytest.mark.usefixtures("caplog")
def test_lines_not_understood_are_counted_on_one_banner(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window({"interfaces.watch": [{"raw": "no json"}, {"raw": "{}"}, batch(EN0)]})
    qtbot.waitUntil(lambda: count(window) == 1)
    assert [title for title in titles(window) if "understood" in title] == [
        "The probe sent 2 lines that were not understood."
    ]


def test_problems_are_counted_and_lead_to_diagnosis(window: MainWindow) -> None:
    assert window.status._problems.text() == "1 warning"
    window.status._problems.click()
    assert window.current is window.pages["diagnosis"]


def test_one_number_says_what_is_wrong(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window(scenes.answers())
    qtbot.waitUntil(lambda: window.status._problems.text() == "1 warning")
    window.show_page("diagnosis")
    page = window.page("diagnosis")
    qtbot.waitUntil(lambda: page.badge.text != "")
    qtbot.waitUntil(lambda: window.status._problems.text() == f"{page.badge.text} problems found")
    assert page.problems_found == int(page.badge.text)


def test_the_title_names_the_place(window: MainWindow, qtbot: QtBot) -> None:
    assert window.link.hello is not None
    qtbot.waitUntil(lambda: window.windowTitle() == f"Lanscout: {window.link.hello.host}")  # type: ignore[union-attr]
    window.link.place = "netns:alpha"
    window._greeted()
    assert window.windowTitle() == "Lanscout: netns:alpha"


def test_a_long_message_takes_only_the_room_there_is(window: MainWindow) -> None:
    window.resize(900, 560)
    before = window.status._state.width()
    window.status.show_message("Joining 239.255.255.250:1900 on en0, en5, bridge100 and many more interfaces " * 2)
    QApplication.processEvents()
    assert window.status._state.width() == before
    assert window.status._message.geometry().right() < window.status._problems.x()


def test_badges_stand_beside_the_pages(window: MainWindow) -> None:
    from ui.widgets.nav_list import BADGE, TONE

    assert window.nav.item(0).data(BADGE) == "9"
    page = window.page("diagnosis")
    page.badge_changed.emit(Badge("2", Tone.ERROR))
    assert window.nav.item(4).data(BADGE) == "2"
    assert window.nav.item(4).data(TONE) == "error"
    assert not window.nav.grab().isNull()


def test_a_narrow_window_has_the_details_under_the_table(window: MainWindow) -> None:
    window.resize(1200, 760)
    assert window.splitter.orientation() == Qt.Orientation.Horizontal
    window.resize(900, 560)
    assert window.splitter.orientation() == Qt.Orientation.Vertical
    window.resize(1200, 760)
    assert window.splitter.orientation() == Qt.Orientation.Horizontal


def test_nothing_is_cut_in_the_smallest_window(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window(scenes.answers())
    window.resize(900, 560)
    for entry in PAGES:
        window.show_page(entry.name)
        QApplication.processEvents()
        page = window.current
        assert page is not None
        assert page.height() >= page.minimumSizeHint().height()
        assert page.width() >= page.minimumSizeHint().width()
        if window.details.isHidden():
            continue
        assert window.details.height() >= window.fontMetrics().height() * DETAILS_LEAST[1]
        bottom = window.details.mapTo(window, window.details.rect().bottomLeft()).y()
        assert bottom < window.status.mapTo(window, window.status.rect().topLeft()).y()


def test_under_the_table_the_details_take_room_only_while_a_row_is_selected(
    make_window: MakeWindow, qtbot: QtBot
) -> None:
    window = make_window(scenes.answers())
    window.resize(900, 560)
    qtbot.waitUntil(lambda: count(window) == len(INTERFACES))
    view = interfaces_page(window).view
    view.selectionModel().clearCurrentIndex()
    QApplication.processEvents()
    assert window.details.isHidden()
    whole = view.height()
    view.selectRow(len(INTERFACES) - 1)
    QApplication.processEvents()
    assert window.details.height() >= window.fontMetrics().height() * DETAILS_LEAST[1]
    assert view.height() < whole
    qtbot.waitUntil(lambda: view.viewport().rect().contains(view.visualRect(view.currentIndex())))
    window.tools.filter.setText("no such thing")
    assert window.details.isHidden()
    window.resize(1240, 780)
    QApplication.processEvents()
    assert window.details.isVisible()


def test_the_room_of_the_details_is_remembered_though_they_were_hidden(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window(scenes.answers())
    window.resize(900, 560)
    qtbot.waitUntil(lambda: count(window) == len(INTERFACES))
    window.close()
    again = make_window(scenes.answers())
    again.resize(900, 560)
    qtbot.waitUntil(lambda: count(again) == len(INTERFACES))
    interfaces_page(again).view.selectRow(0)
    QApplication.processEvents()
    assert again.details.height() >= again.fontMetrics().height() * DETAILS_LEAST[1]


def test_only_the_page_in_front_asks_for_room(window: MainWindow) -> None:
    window.show_page("multicast")
    window.show_page("interfaces")
    assert window.current is not None
    assert window.stack.minimumSizeHint() == window.current.minimumSizeHint()


def test_geometry_page_and_details_are_remembered(make_window: MakeWindow, qtbot: QtBot) -> None:
    first = make_window()
    first.resize(900, 666)
    first.show_page("diagnosis")
    first.tools.menu.details.setChecked(False)
    first.close()
    second = make_window()
    assert second.height() == 666
    assert second.current is second.pages["diagnosis"]
    assert not second.tools.menu.details.isChecked()


def test_closing_leaves_no_probe(window: MainWindow) -> None:
    assert window.link.hello is not None
    pid = window.link.hello.pid
    window.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_another_place_is_another_probe_and_fresh_pages(window: MainWindow, qtbot: QtBot) -> None:
    assert window.link.hello is not None
    pid = window.link.hello.pid
    before = window.current
    window.look_from("moon:base")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert window.current is not before
    assert count(window) == 0
    assert "moon:base" in titles(window)[0]


def test_a_page_that_wants_to_look_from_elsewhere_is_shown_there_with_its_subject(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    window.show_page("ports")
    monkeypatch.setattr(PortsPage, "select", lambda _page, subject: asked.append(subject))
    page = window.page("ports")
    page.look_from.emit("moon:base", "5000")
    qtbot.waitUntil(lambda: window.link.place == "moon:base")
    assert window.current is not None
    assert window.current is not page
    assert (window.current.name, asked) == ("ports", ["5000"])


def test_an_unexpected_failure_is_told_with_a_report_to_copy(window: MainWindow) -> None:
    window.show_failure("ValueError: x", "Traceback ...\nValueError: x")
    window.banners.findChildren(ActionButton)[-1].click()
    assert QGuiApplication.clipboard().text().startswith("Traceback")


def test_every_control_has_an_accessible_name(window: MainWindow) -> None:
    for entry in PAGES:
        window.show_page(entry.name)
    controls: list[Any] = [
        *window.findChildren(QAbstractButton), *window.findChildren(QLineEdit), *window.findChildren(QComboBox)
    ]  # fmt: skip
    nameless = [
        control
        for control in controls
        if not control.accessibleName() and not getattr(control, "text", str)()
        and not control.objectName().startswith("qt_")
    ]  # fmt: skip
    assert not [control for control in nameless if isinstance(control.parent(), QComboBox | QLineEdit) is False]


def test_export_writes_text_and_json_lines(window: MainWindow, tmp_path: Path) -> None:
    from ui.export import Exporter

    said: list[str] = []
    exporter = Exporter(window, interfaces_page(window), said.append)
    exporter.write(str(tmp_path / "x.tsv"))
    exporter.write(str(tmp_path / "x.jsonl"))
    exporter.write(str(tmp_path / "no" / "x.tsv"))
    lines = (tmp_path / "x.tsv").read_text().splitlines()
    assert lines[0].split("\t") == ["Interface", "Addresses", "Role", "Traffic"]
    assert len(lines) == 10
    first = msgspec.json.decode((tmp_path / "x.jsonl").read_bytes().splitlines()[0])
    assert (first["kind"], first["name"]) == ("interface", "en0")
    assert said[0] == "9 rows written to x.tsv."
    assert "could not be written" in said[2]


def test_the_keys_are_listed(window: MainWindow) -> None:
    window.show_keys()
    dialogs = [widget for widget in QApplication.topLevelWidgets() if type(widget).__name__ == "KeyList"]
    assert len(dialogs) == 1
    dialogs[0].close()
