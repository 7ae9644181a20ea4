"""A Bonjour page whose probe is a script, and what it asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.pages.bonjour.driving import feed
from tests.ui.pages.bonjour.scene import RECORDS
from ui.interfaces import InterfaceBook
from ui.link import Link
from ui.pages.base import PageContext
from ui.pages.bonjour.page import BonjourPage
from ui.settings import Settings

MakePage = Callable[..., BonjourPage]


class Clock:
    """The page's clock, put forward by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """The asks and stops that have reached the probe."""
    log = tmp_path / "asked"

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    return read


@pytest.fixture
def make_page(
    make_link: Callable[[dict[str, Any]], Link], settings: Settings, qtbot: QtBot, tmp_path: Path
) -> Iterator[MakePage]:
    """Pages in a window of their own, beside their details; the probe answers with ``steps``."""
    made: list[tuple[BonjourPage, QWidget]] = []

    def make(*steps: Any, shown: bool = True) -> BonjourPage:
        link = make_link({"answers": {"bonjour.browse": list(steps)}, "log": str(tmp_path / "asked")})
        page = BonjourPage(PageContext(link, settings, InterfaceBook(link)))
        window = QWidget()
        layout = QHBoxLayout(window)
        layout.addWidget(page, 3)
        layout.addWidget(page.views.details, 1)
        window.resize(1100, 700)
        window.show()
        made.append((page, window))
        link.start()
        if shown:
            page.shown()
        return page

    yield make
    for page, window in made:
        page.hidden()
        page.close_page()
        window.close()
        window.deleteLater()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("ui.pages.bonjour.page.monotonic", clock)
    monkeypatch.setattr("ui.pages.bonjour.intake.monotonic", clock)
    monkeypatch.setattr("ui.pages.bonjour.columns.monotonic", clock)
    return clock


@pytest.fixture
def page(make_page: MakePage) -> BonjourPage:
    page = make_page()
    feed(page, *RECORDS)
    return page
