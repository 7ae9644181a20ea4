"""The Ports page looks into the lab by a real probe: who holds port 5000, and what comes and goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from net.ports.records import ProcessDetails
from tests.lab import Lab
from tests.lab.peers import airplay, tcp_listener, web_server
from ui.link import Link
from ui.pages.ports.columns import Mark
from ui.pages.ports.page import PortsPage
from ui.pages.ports.tools.answers import AnswersTool
from ui.pages.ports.tools.bind import BindTool
from ui.settings import Settings
from ui.window import MainWindow

PATIENCE_MS = 10_000


@pytest.fixture
def open_window(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[str], MainWindow]]:
    """A window that looks into a namespace; closed at the end, its probe with it."""
    windows: list[MainWindow] = []

    def open_it(netns: str) -> MainWindow:
        store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        window = MainWindow(Link(f"netns:{netns}"), Settings(store))
        windows.append(window)
        window.show()
        return window

    yield open_it
    for window in windows:
        window.close()
        window.deleteLater()


def ports_of(window: MainWindow) -> PortsPage:
    window.show_page("ports")
    return cast("PortsPage", window.page("ports"))


def addresses(page: PortsPage) -> list[str]:
    return [row.listener.address for row in page.proxy.shown_items()]


def test_who_owns_5000_names_both_programs_and_what_localhost_means(
    lab: Lab, open_window: Callable[[str], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    with (
        web_server(lab.alpha, "0.0.0.0", 5000, tmp_path) as four,
        web_server(lab.alpha, "::1", 5000, tmp_path) as six,
    ):
        window = open_window(lab.alpha.netns)
        page = ports_of(window)
        window.tools.filter.setText("5000")
        qtbot.waitUntil(lambda: addresses(page) == ["0.0.0.0", "::1"], timeout=PATIENCE_MS)
        python = page.proxy.shown_items()[0].listener.process
        held_by = (f"{python} (PID {four.pid})", f"{python} (PID {six.pid})")
        verdict, explanation = page.question.title.text(), page.question.text.text()
        assert verdict.startswith(f"Port 5000 is held by {held_by[1][:-1]}, command ")
        assert f") on ::1 and by {held_by[0][:-1]}, command " in verdict
        assert verdict.endswith(") on every IPv4 address.")
        assert f"127.0.0.1 is answered by {held_by[0]}, ::1 by {held_by[1]}" in explanation
        page.view.selectRow(1)
        assert page.form.details is not None
        text = page.form.details.as_text()
        assert f"PID: {six.pid}" in text
        assert f"TCP 0.0.0.0:5000  {python} ({four.pid})" in text
        assert "tests.lab.web ::1 5000" in text


def test_a_listener_that_opens_and_closes_is_marked(
    lab: Lab, open_window: Callable[[str], MainWindow], qtbot: QtBot
) -> None:
    def marks() -> list[Mark]:
        return [row.mark for row in page.model.items() if row.listener.port == 3000]

    with tcp_listener(lab.alpha, "0.0.0.0", 22):
        page = ports_of(open_window(lab.alpha.netns))
        qtbot.waitUntil(lambda: page.census.total == 1, timeout=PATIENCE_MS)
        with tcp_listener(lab.alpha, "127.0.0.1", 3000):
            qtbot.waitUntil(lambda: marks() == [Mark.NEW], timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: marks() == [Mark.CLOSED], timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: marks() == [], timeout=PATIENCE_MS)


def test_a_host_on_which_nothing_listens_says_so(
    lab: Lab, open_window: Callable[[str], MainWindow], qtbot: QtBot
) -> None:
    page = ports_of(open_window(lab.delta.netns))
    qtbot.waitUntil(
        lambda: page.empty.emptiness is not None and page.empty.emptiness.title == "Nothing listens here.",
        timeout=PATIENCE_MS,
    )


def test_who_answers_names_airplay_and_the_server_beside_it_and_the_bind_check_who_has_the_port(
    lab: Lab, open_window: Callable[[str], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    with (
        airplay(lab.alpha, 5000, "::1"),
        web_server(lab.alpha, "0.0.0.0", 5000, tmp_path) as four,
    ):
        page = ports_of(open_window(lab.alpha.netns))
        page.select("5000")
        qtbot.waitUntil(lambda: addresses(page) == ["0.0.0.0", "::1"], timeout=PATIENCE_MS)
        page.question.answers.click()
        tool = page.views.tool
        assert isinstance(tool, AnswersTool)
        qtbot.waitUntil(lambda: tool.verdict is not None, timeout=PATIENCE_MS)
        said = {answer.address: answer for answer in tool.answers.values()}
        assert said["127.0.0.1"].pid == four.pid
        assert said["::1"].identity == "AirPlay Receiver"
        assert "it answers like AirPlay" in tool.head.sentence
        assert f"PID {four.pid}" in tool.head.sentence
        page.select("5000")
        page.question.bind.click()
        check = page.views.tool
        assert isinstance(check, BindTool)
        qtbot.waitUntil(lambda: check.conclusion is not None, timeout=PATIENCE_MS)
        assert check.head.sentence == "No: TCP 5000 cannot be bound."
        assert f"PID {four.pid}" in check.head.remedy
        assert check.copy_button.text() == "Copy 5001"


def test_a_process_is_told_of_and_ended_and_its_watched_port_said_to_be_free(
    lab: Lab, open_window: Callable[[str], MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    with web_server(lab.alpha, "127.0.0.1", 8000, tmp_path) as server:
        page = ports_of(open_window(lab.alpha.netns))
        page.select("8000")
        qtbot.waitUntil(lambda: addresses(page) == ["127.0.0.1"], timeout=PATIENCE_MS)
        page.toggle_watched(8000)
        page.view.selectRow(0)
        (row,) = page.proxy.shown_items()
        qtbot.waitUntil(lambda: isinstance(page.desk.processes.of(row.listener), ProcessDetails), timeout=PATIENCE_MS)
        assert page.form.details is not None
        assert "Started by: " in page.form.details.as_text()
        page.desk.free_action(row).choices[-1].run()  # type: ignore[union-attr]
        box = page.desk.ender.question
        assert box is not None
        assert f"PID {server.pid}, running since" in box.text()
        next(button for button in box.buttons() if button.text() == "End process").click()
        qtbot.waitUntil(lambda: len(page.banners.notices()) == 2, timeout=PATIENCE_MS)
        titles = sorted(notice.title for notice in page.banners.notices())
        assert titles[0].startswith("Port 8000 is free since")
        assert titles[1].endswith(f"(PID {server.pid}) has ended after TERM.")
        assert page.question.title.text() == "Nothing listens on port 8000 here."
