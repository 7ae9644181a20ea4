"""Tools of the Bonjour page in a window of their own, whose probe is a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tests.ui.pages.bonjour.tools.scene import ANSWERS
from ui.interfaces import InterfaceBook
from ui.link import Link
from ui.pages.base import PageContext
from ui.pages.tool import Tool
from ui.settings import Settings

AnyTool = TypeVar("AnyTool", bound=Tool)
MakeTool = Callable[..., Any]


@pytest.fixture
def make_tool(make_link: Callable[[dict[str, Any]], Link], settings: Settings, tmp_path: Path) -> Iterator[MakeTool]:
    """``make_tool(class, watch=steps)``: shown, beside its details; without steps the probe tells the scene."""
    made: list[tuple[Tool, QWidget]] = []

    def make(kind: type[AnyTool], shown: bool = True, **answers: Any) -> AnyTool:
        told = ANSWERS | {f"bonjour.{name}": steps for name, steps in answers.items()}
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
        if shown:
            tool.shown()
        return tool

    yield make
    for tool, window in made:
        tool.hidden()
        tool.close_tool()
        window.close()
        window.deleteLater()
