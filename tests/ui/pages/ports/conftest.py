"""The Ports page with the sockets of the scene."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.pages.ports.driving import MakeWindow, open_page
from tests.ui.pages.ports.scene import ANSWERS, LISTENERS
from ui.pages.ports.page import PortsPage


@pytest.fixture
def page(make_window: MakeWindow, qtbot: QtBot) -> PortsPage:
    page = open_page(make_window, qtbot, ANSWERS)
    qtbot.waitUntil(lambda: page.census.total == len(LISTENERS) == page.proxy.rowCount())
    return page
