"""The field and the filter ask for a port; the chosen interface and the filter's fields choose rows."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.pages.ports.driving import NEWCOMER, MakeWindow, gone, open_page, shown, tell, type_port, window_of
from tests.ui.pages.ports.scene import CONTROL_CENTER, NODE
from ui.interfaces import stable_key
from ui.pages.ports.page import PortsPage
from ui.widgets.empty_panel import Why


@pytest.mark.parametrize("by", ["field", "filter"])
def test_a_number_asks_who_owns_that_port(page: PortsPage, by: str) -> None:
    type_port(page, by, "5000")
    assert shown(page) == [(5000, "127.0.0.1"), (5000, "::")]
    assert page.question.title.text().startswith("Port 5000 is held by node (PID 4242) on 127.0.0.1 and by ")
    assert "switch AirPlay Receiver off" in page.question.text.text()
    assert page.question.field.text() == "5000"
    type_port(page, by, "500")
    assert shown(page) == [], "exactly this port"
    assert page.question.title.text() == "Nothing listens on port 500 here."
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.why is Why.FILTERED_OUT
    page.empty.emptiness.actions[0].run()
    assert len(shown(page)) == 14
    assert page.question.field.text() == window_of(page).tools.filter.text() == ""
    assert page.question.title.isHidden()


def test_the_field_outranks_a_number_in_the_filter(page: PortsPage) -> None:
    type_port(page, "filter", "5000")
    type_port(page, "field", "22")
    assert window_of(page).tools.filter.text() == ""
    assert page.question.field.text() == "22"
    assert shown(page) == [(22, "::")]


def test_words_in_the_filter_take_the_question_away(page: PortsPage) -> None:
    type_port(page, "filter", "5000")
    type_port(page, "filter", "5000x")
    assert page.question.field.text() == ""
    assert page.port is None
    type_port(page, "filter", "postgres")
    assert shown(page) == [(5432, "127.0.0.1"), (5432, "::1")]


def test_what_is_no_port_is_said_in_the_field(page: PortsPage) -> None:
    type_port(page, "field", "70000")
    assert page.question.title.text().endswith("is not a port: ports are whole numbers from 1 to 65535.")
    assert len(shown(page)) == 14


def test_the_verdict_follows_what_happens(page: PortsPage) -> None:
    type_port(page, "field", "3000")
    assert page.question.title.text() == "Nothing listens on port 3000 here."
    tell(page, NEWCOMER)
    assert page.question.title.text() == "Port 3000 is held by deno (PID 77) on every IPv4 address."
    tell(page, gone(NEWCOMER))
    assert page.question.title.text() == "Nothing listens on port 3000 here."


def test_escape_empties_the_field_before_the_window_hears_it(page: PortsPage) -> None:
    type_port(page, "field", "5000")
    field = page.question.field
    key = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    key.ignore()
    QApplication.sendEvent(field, key)
    assert key.isAccepted()
    QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier))
    assert (field.text(), page.port) == ("", None)


@pytest.mark.parametrize(
    ("filter_text", "count"),
    [
        ("port:5000", 2), ("port:500", 0), ("pid:815", 2), ("pid:81", 0), ("proc:node", 1), ("user:mia", 9),
        ("scope:everywhere proto:tcp", 5), ("proto:udp", 2), ("state:hidden", 3), ("-controlcenter port:5000", 1),
    ],
)  # fmt: skip
def test_the_filter_knows_its_fields(page: PortsPage, filter_text: str, count: int) -> None:
    page.set_filter(filter_text)
    assert len(shown(page)) == count
    assert page.facts()[0] == f"{count} of 14 listeners"


def test_the_chosen_interface_filters_by_address_and_the_rest_is_a_click_away(page: PortsPage) -> None:
    window_of(page).choose_interface(next(k for k in _keys(page) if k.startswith("en0")))
    assert {address for _, address in shown(page)} == {"0.0.0.0", "::", "192.168.1.23"}
    assert page.question.elsewhere.text() == "+6 at other addresses"
    type_port(page, "field", "5000")
    assert len(shown(page)) == 2, "a port that is asked for is shown at all its addresses"
    type_port(page, "field", "")
    page.question.elsewhere.click()
    assert len(shown(page)) == 14
    page.question.elsewhere.click()
    assert len(shown(page)) == 8


def _keys(page: PortsPage) -> list[str]:
    return [stable_key(interface) for interface in page.context.interfaces.ordered()]


def test_a_chosen_interface_without_a_socket_says_where_they_are(make_window: MakeWindow, qtbot: QtBot) -> None:
    page = open_page(make_window, qtbot, {"ports.watch": [{"batch": [msgspec.to_builtins(NODE)]}]})
    qtbot.waitUntil(lambda: len(shown(page)) == 1)
    window_of(page).choose_interface(next(key for key in _keys(page) if key.startswith("en5")))
    emptiness = page.empty.emptiness
    assert emptiness is not None
    assert emptiness.title == "No socket is bound to an address of en5."
    emptiness.actions[0].run()
    assert len(shown(page)) == 1


def test_another_page_can_ask_for_a_port(page: PortsPage) -> None:
    window_of(page).go_to("ports", "5000")
    assert shown(page) == [(5000, "127.0.0.1"), (5000, "::")]
    row = page.view.current_item()
    assert row is not None
    assert row.listener == NODE
    page.select("Chrome")
    assert page.view.current_item() is not None


def test_enter_on_a_row_asks_for_its_port_and_the_menu_copies_the_address(page: PortsPage) -> None:
    row = page.model.item(CONTROL_CENTER.key().name)
    assert row is not None
    menu = QMenu()
    page.fill_menu(menu, row)
    next(entry for entry in menu.actions() if entry.text() == "Copy address and port").trigger()
    assert QGuiApplication.clipboard().text() == "[::]:5000"
    page.activate(row)
    assert page.port == 5000
    menu.deleteLater()
