from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from net.records import Interface
from ui.pages.base import PageContext
from ui.pages.multicast import page as page_module
from ui.pages.multicast.page import MulticastPage
from ui.pages.tool import ToolEntry
from ui.window import MainWindow


class Probing(QWidget):
    """A tool that notes what it is told."""

    message = Signal(str)
    go_to = Signal(str, str)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.context = context
        self.told: list[object] = []

    def shown(self) -> None:
        self.told.append("shown")

    def hidden(self) -> None:
        self.told.append("hidden")

    def close_tool(self) -> None:
        self.told.append("closed")

    def set_interface(self, interface: Interface | None) -> None:
        self.told.append(interface.name if interface is not None else None)

    def export_report(self) -> str:
        return "# Report"


class Plain(QWidget):
    """A tool that has none of the hooks, but details."""

    def __init__(self, _context: PageContext) -> None:
        super().__init__()
        self.details = QWidget()


@pytest.fixture
def page(make_page: Callable[..., MulticastPage], monkeypatch: pytest.MonkeyPatch) -> MulticastPage:
    tools = (
        ToolEntry("multicast", "probing", "Probing", __name__, "Probing"),
        ToolEntry("multicast", "plain", "Plain", __name__, "Plain"),
    )
    monkeypatch.setattr(page_module, "TOOLS", tools)
    return make_page()


def test_tools_stand_beside_listening_and_are_built_when_first_chosen(page: MulticastPage) -> None:
    assert page.views.current == "listen"
    assert page.views.stack.count() == 1
    page.views.show_view("probing")
    tool = cast("Probing", page.views.tool)
    assert tool.told == ["en0", "shown"]
    assert page.views.stack.currentWidget() is tool
    page.views.show_view("listen")
    assert tool.told[-1] == "hidden"
    page.views.show_view("probing")
    assert page.views.tool is tool


def test_a_tool_is_told_of_the_interface_of_hiding_and_of_the_end(page: MulticastPage, qtbot: QtBot) -> None:
    window = cast("MainWindow", page.window())
    page.views.show_view("probing")
    tool = cast("Probing", page.views.tool)
    window.choose_interface("")
    window.show_page("interfaces")
    window.show_page("multicast")
    page.close_page()
    assert tool.told == ["en0", "shown", None, "hidden", "shown", "closed"]
    messages: list[str] = []
    page.message.connect(messages.append)
    tool.message.emit("Done.")
    assert messages == ["Done."]
    assert page.export_report() == "# Report"


def test_only_a_view_with_details_has_the_pane_beside_it(page: MulticastPage) -> None:
    window = cast("MainWindow", page.window())
    window.resize(1240, 780)
    assert window.details.isVisible()
    page.views.show_view("probing")
    assert not window.details.isVisible()
    page.views.show_view("plain")
    assert window.details.isVisible()
    assert page.views.details.currentWidget() is cast("Plain", page.views.tool).details
    page.views.show_view("listen")
    assert page.views.details.currentWidget() is page.form


def test_without_tools_there_is_no_switch(
    make_page: Callable[..., MulticastPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "TOOLS", ())
    assert not make_page().views.head.isVisible()
