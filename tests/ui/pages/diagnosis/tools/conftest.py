"""Tools of the Diagnosis page in a window of their own, whose probe is a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.interfaces import InterfaceBook
from ui.link import Link
from ui.pages.base import PageContext
from ui.pages.tool import Tool
from ui.settings import Settings

AnyTool = TypeVar("AnyTool", bound=Tool)
MakeTool = Callable[..., Any]
Asked = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def make_tool(make_link: Callable[[dict[str, Any]], Link], settings: Settings, tmp_path: Path) -> Iterator[MakeTool]:
    """``make_tool(class, explain=steps)``: shown, beside its details."""
    made: list[tuple[Tool, QWidget]] = []

    def make(kind: type[AnyTool], **answers: Any) -> AnyTool:
        told = {f"diagnosis.{name}": steps for name, steps in answers.items()}
        link = make_link({"answers": told, "log": str(tmp_path / "asked")})
        tool = kind(PageContext(link, settings, InterfaceBook(link)))
        window = QWidget()
        layout = QHBoxLayout(window)
        layout.addWidget(tool, 3)
        if isinstance(details := getattr(tool, "details", None), QWidget):
            layout.addWidget(details, 1)
        window.resize(1100, 700)
        window.show()
        made.append((tool, window))
        link.start()
        tool.shown()
        return tool

    yield make
    for tool, window in made:
        tool.hidden()
        tool.close_tool()
        window.close()
        window.deleteLater()


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """What the probe was asked so far."""

    def read() -> list[dict[str, Any]]:
        log = tmp_path / "asked"
        lines = log.read_text().splitlines() if log.exists() else []
        return [ask for line in lines if (ask := json.loads(line)).get("watch")]

    return read
