"""The Multicast page in a window that looks through a scripted probe, with en0 chosen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.pages.multicast.scene import ANSWERS
from tests.ui.scenes import ANSWERS as SHARED
from ui.pages.multicast.page import MulticastPage
from ui.window import MainWindow

MakePage = Callable[..., MulticastPage]


class Asked:
    """What the page asked of the probe, read from the scripted probe's log."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._path.read_text().splitlines()] if self._path.exists() else []

    def of(self, method: str) -> list[dict[str, Any]]:
        """The parameters of each ask of ``method``."""
        return [line["with"] for line in self.lines() if line.get("watch") == method]

    def finished(self, method: str) -> int:
        """How many watches of ``method`` were asked for their last words."""
        ids = {line["id"] for line in self.lines() if line.get("watch") == method}
        return sum(line.get("finish", False) and line["id"] in ids for line in self.lines())

    def stopped(self, method: str) -> int:
        """How many watches of ``method`` were stopped."""
        ids = {line["id"] for line in self.lines() if line.get("watch") == method}
        return sum(line.get("stop", False) and line["id"] in ids for line in self.lines())


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(tmp_path / "asked.log")


@pytest.fixture
def make_page(make_window: Callable[..., MainWindow], asked: Asked, qtbot: QtBot) -> MakePage:
    """The page in front; ``answers`` go before those of the scene."""

    def make(answers: dict[str, Any] | None = None) -> MulticastPage:
        window = make_window(SHARED | ANSWERS | (answers or {}), log=str(asked._path))
        qtbot.waitUntil(lambda: window.chosen is not None and window.chosen.name == "en0")
        window.show_page("multicast")
        return cast("MulticastPage", window.page("multicast"))

    return make


@pytest.fixture
def page(make_page: MakePage) -> MulticastPage:
    return make_page()
