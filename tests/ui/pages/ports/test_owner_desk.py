"""What is learned of an owner, and what can be done with it: gentlest first, and nothing without being asked twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from net.ports.records import Ended
from net.problems import make_problem
from net.records import Removed
from tests.ui.pages.ports.driving import MakeWindow, action, open_page, tell, window_of
from tests.ui.pages.ports.scene import (
    ANSWERS,
    CONTROL_CENTER,
    CONTROL_PROCESS,
    LISTENERS,
    NODE,
    NODE_PROCESS,
    listener,
)
from tests.ui.scenes import batch
from ui.pages.ports import processes
from ui.pages.ports.page import PortsPage

END = {"end": True}
GONE = Ended(pid=4242, process="node", signal="TERM", gone=True, text="node (PID 4242) has ended.")
STAYS = Ended(pid=4242, process="node", signal="TERM", gone=False, text="node (PID 4242) has not ended in 5 s.")


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "PAUSE_MS", 0)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "asked"


def asked(log: Path, watch: str) -> list[dict[str, Any]]:
    asks = [json.loads(line) for line in log.read_text().splitlines()]
    return [ask["with"] for ask in asks if ask.get("watch") == watch]


def page_with(make_window: MakeWindow, qtbot: QtBot, log: Path, **answers: Any) -> PortsPage:
    told = ANSWERS | {f"ports.{name}": steps for name, steps in answers.items()}
    page = open_page(lambda script: make_window(script, log=str(log)), qtbot, told)
    qtbot.waitUntil(lambda: page.census.total == len(LISTENERS) == page.proxy.rowCount())
    return page


@pytest.fixture
def node_page(make_window: MakeWindow, qtbot: QtBot, log: Path) -> Iterator[PortsPage]:
    page = page_with(make_window, qtbot, log, process=[batch(NODE_PROCESS)], end=[batch(STAYS), END])
    page.view.select_key(NODE.key().name)
    qtbot.waitUntil(lambda: page.desk.processes.of(NODE) == NODE_PROCESS)
    yield page
    if page.desk.ender.question is not None:
        page.desk.ender.question.close()


def text_of(page: PortsPage) -> str:
    assert page.form.details is not None
    return page.form.details.as_text()


def question(page: PortsPage) -> QMessageBox:
    assert page.desk.ender.question is not None
    return page.desk.ender.question


def press(page: PortsPage, words: str) -> None:
    next(button for button in question(page).buttons() if button.text() == words).click()


def test_the_details_tell_from_where_a_process_runs(node_page: PortsPage, log: Path) -> None:
    (wanted,) = asked(log, "ports.process")
    assert (wanted["pid"], wanted["started"]) == (4242, NODE.started)
    text = text_of(node_page)
    for part in (
        "Git: /Users/mia/shop",
        "on branch checkout-page",
        "npm run dev (4101)",
        "launchd (1)",
        "/opt/homebrew/bin/node",
    ):
        assert part in text, part


def test_a_container_its_project_and_what_would_start_it_again_are_named(
    make_window: MakeWindow, qtbot: QtBot, log: Path
) -> None:
    docker = msgspec.structs.replace(
        NODE_PROCESS, manager="docker", unit="shop-web-1", stop="docker stop shop-web-1", container="shop-web-1",
        project="shop", forwards_for="shop-web-1", repository=None, cwd=None,
    )  # fmt: skip
    page = page_with(make_window, qtbot, log, process=[batch(docker)])
    page.view.select_key(NODE.key().name)
    qtbot.waitUntil(lambda: "compose project shop" in text_of(page))
    assert "Docker: shop-web-1" in text_of(page)
    assert "the container behind it holds the port" in text_of(page)
    action(page, "Copy “docker stop").run()
    assert QGuiApplication.clipboard().text() == "docker stop shop-web-1"
    assert page.banners.notices()[0].title == "Copied: docker stop shop-web-1"


def test_a_process_that_ends_while_it_is_looked_at_is_said_to_have_ended(node_page: PortsPage) -> None:
    node_page.desk.processes._told((Removed(of="process_details", name="4242"),))
    assert "The process with PID 4242 has ended." in text_of(node_page)
    assert not action(node_page, "End process").enabled


def test_a_process_that_had_ended_before_is_said_to_have_ended(
    make_window: MakeWindow, qtbot: QtBot, log: Path
) -> None:
    problem = msgspec.to_builtins(make_problem("process_ended", "431"))
    page = page_with(make_window, qtbot, log, process=[{"problem": problem}])
    page.view.select_key(CONTROL_CENTER.key().name)
    qtbot.waitUntil(lambda: "The process with PID 431 has ended." in text_of(page))


def test_details_of_another_process_are_not_taken_for_the_owners(node_page: PortsPage) -> None:
    node_page.desk.processes._told((CONTROL_PROCESS,))
    assert node_page.desk.processes.of(NODE) == NODE_PROCESS


def test_rows_on_the_way_are_not_asked_about(page: PortsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    page.desk.processes._pause.setInterval(60_000)
    page.view.select_key(NODE.key().name)
    page.view.select_key(CONTROL_CENTER.key().name)
    assert page.desk.processes._wanted == (431, CONTROL_CENTER.started)
    assert page.desk.processes._watch is None


def test_a_page_left_watches_no_process(node_page: PortsPage, qtbot: QtBot, log: Path) -> None:
    window_of(node_page).show_page("interfaces")
    assert node_page.desk.processes._watch is None
    window_of(node_page).show_page("ports")
    assert node_page.desk.processes._wanted == (4242, NODE.started)


def test_the_question_names_pid_program_and_start_and_cancelling_ends_nothing(node_page: PortsPage, log: Path) -> None:
    action(node_page, "End process…").run()
    box = question(node_page)
    assert box.text().startswith("node, PID 4242, running since 20")
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert node_page.desk.ender.question is None
    assert asked(log, "ports.end") == []


def test_a_process_is_asked_first_and_forced_after_a_second_question(
    node_page: PortsPage, qtbot: QtBot, log: Path
) -> None:
    action(node_page, "End process…").run()
    press(node_page, "End process")
    qtbot.waitUntil(lambda: bool(node_page.banners.notices()))
    (notice,) = node_page.banners.notices()
    assert notice.title == STAYS.text
    assert asked(log, "ports.end") == [{"pid": 4242, "started": NODE.started, "kill": False}]
    notice.actions[0].run()
    assert "By force (KILL)" in question(node_page).informativeText()
    press(node_page, "Kill")
    qtbot.waitUntil(lambda: len(asked(log, "ports.end")) == 2)
    assert asked(log, "ports.end")[1]["kill"] is True


def test_a_button_made_for_one_row_ends_the_owner_of_the_row_that_is_current(
    node_page: PortsPage, qtbot: QtBot
) -> None:
    kept = action(node_page, "End process…")
    other = listener(4000, "deno", 99)
    tell(node_page, other)
    node_page.view.select_key(other.key().name)
    kept.run()
    assert node_page.desk.ender.question is None, "nothing is known of that process yet"


def test_what_has_ended_is_told(node_page: PortsPage) -> None:
    node_page.desk._ended(GONE, NODE_PROCESS)
    (notice,) = node_page.banners.notices()
    assert (notice.title, notice.actions) == (GONE.text, ())


def test_ending_what_starts_again_warns(make_window: MakeWindow, qtbot: QtBot, log: Path) -> None:
    willing = msgspec.structs.replace(CONTROL_PROCESS, may_end=True, end_refused=None)
    page = page_with(make_window, qtbot, log, process=[batch(willing)])
    page.view.select_key(CONTROL_CENTER.key().name)
    qtbot.waitUntil(lambda: page.desk.processes.of(CONTROL_CENTER) == willing)
    action(page, "End process…").run()
    assert question(page).informativeText().startswith("This may not free the port: AirPlay Receiver")
    question(page).close()


def test_a_setting_is_opened_by_its_url(page: PortsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)  # type: ignore[func-returns-value]
    page.desk._open("ms-settings:remotedesktop")
    assert [url.scheme() for url in opened] == ["ms-settings"]
    assert page.banners.notices() == []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    page.desk._open("ms-settings:remotedesktop")
    assert page.banners.notices()[0].title == "The setting could not be opened."


def test_a_hidden_owner_offers_to_look_as_root(page: PortsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page.view.select_key(LISTENERS[0].key().name)
    window = window_of(page)
    went: list[tuple[str, str]] = []
    page.look_from.disconnect(window.look_from)
    page.look_from.connect(lambda place, subject: went.append((place, subject)))
    monkeypatch.setattr("ui.pages.ports.owner_desk.root_place", lambda: "pkexec")
    action(page, "Look as root").run()
    assert went == [("pkexec", "22")]
    page.view.select_key(NODE.key().name)
    assert page.form.details is not None
    assert "Look as root" not in [each.text for each in page.form.details.actions]
