"""Fixtures of the window's tests: scripted probes, settings in a file, windows that are closed at the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from PySide6.QtWidgets import QApplication

from tests.ui import scenes
from ui.link import Link
from ui.settings import Settings
from ui.window import MainWindow

PROBE = Path(__file__).parent / "scripted_probe.py"
Script = dict[str, Any]


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


@pytest.fixture
def make_window(
    qapp: QApplication, probe_command: Callable[[Script], Callable[[], list[str]]], settings: Settings
) -> Iterator[Callable[..., MainWindow]]:
    """Shown windows that look through a scripted probe; ``answers`` as in tests/ui/scenes.py, which is the default."""
    windows: list[MainWindow] = []

    def make(answers: Script | None = None, **script: Any) -> MainWindow:
        command = probe_command({"answers": scenes.ANSWERS if answers is None else answers, **script})
        window = MainWindow(Link("local", command=command), settings)
        windows.append(window)
        window.show()
        return window

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
