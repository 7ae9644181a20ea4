"""How the tests of the Ports page drive it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from pytestqt.qtbot import QtBot

from net.ports.records import Listener
from net.records import Record, Removed
from tests.ui.pages.ports.scene import listener
from tests.ui.scenes import ANSWERS
from ui.pages.ports.columns import Mark
from ui.pages.ports.page import PortsPage
from ui.widgets.actions import Action
from ui.window import MainWindow

MakeWindow = Callable[..., MainWindow]
NEWCOMER = listener(3000, "deno", 77, "0.0.0.0", command="deno serve --port 3000")


def open_page(make_window: MakeWindow, qtbot: QtBot, answers: dict[str, Any]) -> PortsPage:
    window = make_window({**ANSWERS, **answers})
    qtbot.waitUntil(lambda: window.chosen is not None)
    window.show_page("ports")
    window.choose_interface("")
    return cast("PortsPage", window.page("ports"))


def window_of(page: PortsPage) -> MainWindow:
    window = page.window()
    assert isinstance(window, MainWindow)
    return window


def tell(page: PortsPage, *records: Record, later: bool = True) -> None:
    """As if the probe had told them; ``later``: after the first answer."""
    page._settled = later
    page.feed(tuple(records))
    page.model.flush()


def shown(page: PortsPage) -> list[tuple[int, str]]:
    return [(row.listener.port, row.listener.address) for row in page.proxy.shown_items()]


def mark(page: PortsPage, of: Listener) -> Mark:
    row = page.model.item(of.key().name)
    assert row is not None
    return row.mark


def gone(of: Listener) -> Removed:
    return Removed(of="listener", name=of.key().name)


def type_port(page: PortsPage, by: str, text: str) -> None:
    if by == "filter":
        window_of(page).tools.filter.setText(text)
        return
    page.question.field.setText(text)
    page.question.field.textEdited.emit(text)


def action(page: PortsPage, text: str) -> Action:
    """The action of the details, or of their menu, with that word."""
    assert page.form.details is not None
    offered = [each for action in page.form.details.actions for each in (action, *action.choices)]
    return next(each for each in offered if each.text.startswith(text))
