"""The quiet checks run by themselves, and a banner tells the gravest proven finding about the network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from net.multicast.records import NetworkChange
from tests.ui.pages.diagnosis.scene import HELD, QUIET, REPORT, SILENT, TUNNEL, TWO_OWNERS, told
from tests.ui.scenes import ANSWERS
from ui import standing_checks
from ui.pages.interfaces.change_book import change_book
from ui.standing_checks import KEY, StandingChecks, gravest
from ui.window import MainWindow

MakeWindow = Callable[..., MainWindow]
CHANGE = NetworkChange(number=1, time=0.0, what="default_route", text="utun3 up, took the default route from en0")


@pytest.fixture
def window(make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MainWindow:
    """Looks at interfaces; its quiet checks begin at once."""
    monkeypatch.setattr(standing_checks, "FIRST_MS", 0)
    monkeypatch.setattr(standing_checks, "SETTLED_MS", 0)
    steps = [told(*QUIET), told(REPORT), {"end": True}]
    window = make_window({**ANSWERS, "diagnosis.run": steps, "changes.watch": []}, log=str(tmp_path / "asked"))
    window.show_page("ports")
    StandingChecks(window)
    return window


def runs(tmp_path: Path) -> list[dict[str, Any]]:
    log = tmp_path / "asked"
    asks = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return [ask["with"] for ask in asks if ask.get("watch") == "diagnosis.run"]


def titles(window: MainWindow) -> list[str]:
    return [notice.title for notice in window.banners.notices() if notice.key == KEY]


def test_after_the_start_badge_and_banner_tell_what_is_wrong(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.waitUntil(lambda: titles(window) == [TUNNEL.title])
    assert [run["passive"] for run in runs(tmp_path)] == [True]
    assert window.page("diagnosis").badge.text == "2"
    assert window.current is not None
    assert window.current.name == "ports"


def test_a_change_of_the_network_runs_them_again(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    qtbot.waitUntil(lambda: bool(titles(window)))
    change_book(window.link).take((CHANGE,))
    qtbot.waitUntil(lambda: len(runs(tmp_path)) == 2)
    assert runs(tmp_path)[1]["passive"] is True


def test_changes_without_end_do_not_keep_the_checks_from_running(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: bool(titles(window)))
    monkeypatch.setattr(standing_checks, "SETTLED_MS", 200)
    flapping = QTimer(window, interval=20)
    flapping.timeout.connect(lambda: change_book(window.link).take((CHANGE,)))
    flapping.start()
    qtbot.waitUntil(lambda: len(runs(tmp_path)) >= 3)
    flapping.stop()


def test_what_to_do_leads_to_the_finding(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(titles(window)))
    notice = next(each for each in window.banners.notices() if each.key == KEY)
    notice.actions[0].run()
    assert window.current is not None
    assert window.current.name == "diagnosis"
    row = window.current.view.current_item()  # type: ignore[attr-defined]
    assert row.finding == TUNNEL


def test_the_banner_rests_where_the_page_says_it_itself(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(titles(window)))
    window.show_page("diagnosis")
    assert titles(window) == []
    window.show_page("ports")
    assert titles(window) == [TUNNEL.title]


def test_a_healthy_network_takes_the_banner_away(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(titles(window)))
    page = window.page("diagnosis")
    page.doubt_rows()  # type: ignore[attr-defined]
    page.change((), [row.key for row in page.model.rows])  # type: ignore[attr-defined]
    page.ran.emit()  # type: ignore[attr-defined]
    assert titles(window) == []


def test_only_a_proven_fault_of_the_network_is_worth_a_banner() -> None:
    error = msgspec.structs.replace(TUNNEL, severity="error", code="other")
    answering = msgspec.structs.replace(TWO_OWNERS, check="answering")
    assert gravest([HELD, TWO_OWNERS, answering, SILENT]) is None
    assert gravest([TUNNEL, error]) is error
    assert gravest([]) is None
