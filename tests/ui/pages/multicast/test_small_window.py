"""In the smallest window every control of the page is seen without scrolling."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from tests.ui.pages.multicast.conftest import MakePage
from tests.ui.pages.multicast.driving import join
from tests.ui.pages.multicast.scene import STREAM
from tests.ui.pages.multicast.tools.scene import ANSWERS, VIEWS
from ui.pages.multicast.page import MulticastPage
from ui.widgets.room import Room
from ui.window import MINIMUM_SIZE, MainWindow


@pytest.fixture
def page(make_page: MakePage, qtbot: QtBot) -> MulticastPage:
    page = make_page(ANSWERS)
    join(page, qtbot, "224.224.0.77:23019")
    page.window().resize(MINIMUM_SIZE)
    return page


def window_of(page: MulticastPage) -> MainWindow:
    window = page.window()
    assert isinstance(window, MainWindow)
    return window


def assert_seen_whole(page: MulticastPage, qtbot: QtBot) -> None:
    QApplication.processEvents()
    room = window_of(page).splitter.findChild(Room)
    assert isinstance(room, Room)
    qtbot.waitUntil(lambda: room.viewport().size() == room.size())
    least = page.minimumSizeHint()
    assert (least.width() <= room.width(), least.height() <= room.height()) == (True, True)


@pytest.mark.parametrize("options", [False, True])
def test_joining_and_sending_need_no_scrolling(page: MulticastPage, qtbot: QtBot, options: bool) -> None:
    page.strip.show_options(shown=options)
    page.send_strip.toggle.setChecked(True)
    assert_seen_whole(page, qtbot)


def test_every_stream_can_be_scrolled_to(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "239.69.0.121:5004")
    page.send_strip.toggle.setChecked(True)
    page.traffic.switch.choose("streams")
    streams = page.traffic.streams
    qtbot.waitUntil(lambda: streams.proxy.rowCount() > 1)
    QApplication.processEvents()
    viewport = streams.view.viewport()
    assert viewport.visibleRegion().boundingRect().height() == viewport.height()
    assert streams.view.verticalScrollBar().maximum() > 0


def test_that_the_pictures_of_a_stream_have_no_room_is_said(page: MulticastPage, qtbot: QtBot) -> None:
    page.traffic.switch.choose("streams")
    streams = page.traffic.streams
    qtbot.waitUntil(lambda: streams.proxy.rowCount() > 0)
    assert streams.hint.isHidden()
    streams.choose(STREAM.key())
    assert streams.pictures.isHidden()
    assert streams.hint.isVisible()
    page.window().resize(1280, 1000)
    QApplication.processEvents()
    streams.choose(STREAM.key())
    assert streams.pictures.isVisible()
    assert streams.hint.isHidden()


def test_the_titles_of_loss_and_drops_are_seen_whole(page: MulticastPage, qtbot: QtBot) -> None:
    page.traffic.switch.choose("streams")
    view = page.traffic.streams.view
    qtbot.waitUntil(lambda: page.traffic.streams.proxy.rowCount() > 0)
    QApplication.processEvents()
    header = view.horizontalHeader()
    for number, column in enumerate(page.traffic.streams.model.columns):
        if column.key in ("lost", "dropped"):
            assert header.sectionSize(number) >= view._delegate.width_of_title(column)


def test_a_refusal_in_two_lines_leaves_the_send_strip_whole(page: MulticastPage, qtbot: QtBot) -> None:
    page.send_strip.toggle.setChecked(True)
    page.send_strip.note.show_problem(make_problem("group_not_multicast", "192.168.1.20"))
    assert_seen_whole(page, qtbot)


@pytest.mark.parametrize(("view", "prepare"), VIEWS.items())
def test_no_tool_needs_scrolling(
    page: MulticastPage, qtbot: QtBot, view: str, prepare: Callable[[MainWindow], None]
) -> None:
    page.views.show_view(view)
    assert_seen_whole(page, qtbot)
    prepare(window_of(page))
    assert_seen_whole(page, qtbot)
