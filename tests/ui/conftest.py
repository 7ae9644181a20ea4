"""Fixtures of the window's tests: the offscreen platform, scripted probes, settings in a file, nothing left behind."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from ui.link import Link
from ui.settings import Settings

PROBE = Path(__file__).parent / "scripted_probe.py"
Script = dict[str, Any]


@pytest.fixture(autouse=True)
def no_window_or_timer_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test ends without a window, and no timer of it runs on."""
    yield
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in application.topLevelWidgets() if widget.isVisible()]
    for widget in left:
        widget.close()
        widget.deleteLater()
    timers = [timer for timer in application.findChildren(QTimer) if timer.isActive()]
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not left, f"windows left open: {left}"
    assert not timers, f"timers left running: {timers}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings in a file of this test's own."""
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def probe_command(tmp_path: Path) -> Callable[[Script], Callable[[], list[str]]]:
    """Turns a script into what Link takes as ``command``."""

    def make(script: Script) -> Callable[[], list[str]]:
        path = tmp_path / f"script{len(list(tmp_path.glob('script*.json')))}.json"
        path.write_text(json.dumps(script))
        return lambda: [sys.executable, "-I", str(PROBE), str(path)]

    return make


@pytest.fixture
def make_link(
    qapp: QApplication, probe_command: Callable[[Script], Callable[[], list[str]]]
) -> Iterator[Callable[[Script], Link]]:
    """Links to scripted probes, closed at the end."""
    links: list[Link] = []

    def make(script: Script) -> Link:
        link = Link("local", command=probe_command(script))
        links.append(link)
        return link

    yield make
    for link in links:
        link.close()
