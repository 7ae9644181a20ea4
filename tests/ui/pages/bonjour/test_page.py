"""Tests of the Bonjour page around its rows: filter, strip, emptiness, typed types, actions, details, export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from discovery.records import BrowseState, Service
from net.problems import make_problem
from net.records import Removed
from tests.ui.pages.bonjour.conftest import MakePage
from tests.ui.pages.bonjour.driving import feed, names, row, shown, why
from tests.ui.pages.bonjour.scene import RECORDS, SERVICES, service
from tests.ui.scenes import INTERFACES
from ui.pages.bonjour.page import BonjourPage
from ui.pages.bonjour.rows import ServiceRow, State, TypeRow, type_key
from ui.settings import Settings
from ui.widgets.empty_panel import Why

Asked = Callable[[], list[dict[str, Any]]]
BY_NAME = {interface.name: interface for interface in INTERFACES}
PRINTER = SERVICES[2]


# Filter


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name:drucker", ["Drucker im Flur"]),
        ("type:printer", ["Drucker im Flur"]),
        ("type:_http", ["Familienfotos · Büro", "Router"]),
        ("host:beta", ["beta", "Familienfotos · Büro"]),
        ("address:10.66", ["Wohnzimmer", "Messgerät № 7", "beta"]),
        ("address:fe80::ba27", ["Drucker im Flur"]),
        ("port:80", ["Router"]),
        ("interface:en5 type:ssh", ["beta"]),
        ("txt:pdl=application/pdf", ["Drucker im Flur"]),
        ("zweiter -laser", []),
        ("beta -ssh", ["Familienfotos · Büro"]),
    ],
)
def test_the_filter_knows_its_fields(page: BonjourPage, text: str, found: list[str]) -> None:
    page.set_filter(text)
    assert names(page) == found
    heads = [line for line in page.proxy.shown_items() if isinstance(line, TypeRow)]
    assert len(heads) == len({line.head for line in page.proxy.shown_items() if isinstance(line, ServiceRow)})


def test_gone_services_are_found_by_their_state(page: BonjourPage) -> None:
    page.set_filter("state:gone")
    assert why(page) is Why.FILTERED_OUT
    feed(page, replace(PRINTER, change="removed"))
    assert names(page) == ["Drucker im Flur"]
    page.set_filter("state:new")
    assert len(names(page)) == 6


def test_the_strip_shows_all_alive_or_gone(page: BonjourPage) -> None:
    feed(page, replace(PRINTER, change="removed"))
    texts = {state: button.text() for state, button in page.strip._choices.items()}
    assert texts == {None: "All 7", State.ALIVE: "Alive 6", State.GONE: "Gone 1"}
    page.strip._choices[State.GONE].click()
    assert shown(page) == ["_ipp._tcp", "Drucker im Flur"]
    page.strip._choices[State.ALIVE].click()
    assert "Drucker im Flur" not in names(page)
    feed(page, PRINTER)
    page.strip._choices[State.GONE].click()
    assert why(page) is Why.FILTERED_OUT
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.title == "No service is gone now."
    page.empty.emptiness.actions[0].run()
    assert len(names(page)) == 7
    assert page.strip._choices[None].isChecked()


def test_closed_types_stay_closed_the_next_time(page: BonjourPage, make_page: MakePage, settings: Settings) -> None:
    page.table.toggle(type_key("_http._tcp"))
    assert "Router" not in names(page)
    page.model.flush()
    assert page.model.item(type_key("_http._tcp")) == page.book.head(type_key("_http._tcp"), closed=True)
    again = make_page()
    feed(again, *RECORDS)
    assert "Router" not in names(again)
    again.set_filter("router")
    assert names(again) == ["Router"]
    again.set_filter("")
    again.table.open_all()
    assert "Router" in names(again)
    assert settings.page_text("bonjour", "closed") == ""


# Empty panels


def test_an_empty_page_listens_then_gives_reasons(make_page: MakePage, monkeypatch: pytest.MonkeyPatch) -> None:
    page = make_page()
    page.set_interface(BY_NAME["en0"])
    feed(page, BrowseState(interface="en0", since=0.0, packets=12))
    assert why(page) is Why.LISTENING
    assert page.empty.emptiness is not None
    assert "12 mDNS packets heard" in page.empty.emptiness.reasons[0]
    gone_to: list[tuple[str, str]] = []
    page.go_to.connect(lambda *where: gone_to.append(where))
    monkeypatch.setattr("ui.pages.bonjour.emptiness.LISTENING_SECONDS", -1.0)
    page.second()
    assert why(page) is Why.NOTHING_FOUND
    next(action for action in page.empty.emptiness.actions if action.text == "Diagnose").run()
    assert gone_to == [("diagnosis", "en0")]


def test_a_filter_that_fits_nothing_counts_services_not_types(page: BonjourPage) -> None:
    page.set_filter("nobody")
    assert why(page) is Why.FILTERED_OUT
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.title == "None of 7 services matches the filter."


def test_a_problem_is_told_until_it_is_gone(make_page: MakePage) -> None:
    page = make_page()
    problem = make_problem("browse_not_ready", "en0", state="is down")
    feed(page, problem)
    assert why(page) is Why.CANNOT_WORK
    assert [notice.title for notice in page.banners.notices()] == [problem.text]
    feed(page, Removed(of="problem", name=problem.key().name))
    assert page.banners.notices() == []
    assert why(page) is Why.LISTENING


def test_a_refused_watch_says_why(make_page: MakePage, qtbot: QtBot) -> None:
    problem = msgspec.to_builtins(make_problem("interface_unknown", "en9", names="en0"))
    page = make_page({"problem": problem})
    qtbot.waitUntil(lambda: why(page) is Why.CANNOT_WORK)


def test_a_listed_type_without_services_is_shown_as_such(make_page: MakePage) -> None:
    page = make_page()
    feed(page, RECORDS[2])
    assert why(page) is None
    assert len(shown(page)) == 1
    assert page.facts() == ()
    page.set_filter("x")
    assert why(page) is Why.LISTENING


# Further types


def test_a_typed_type_is_browsed_besides_and_remembered(
    make_page: MakePage, qtbot: QtBot, asked: Asked, settings: Settings
) -> None:
    page = make_page()
    page.set_interface(BY_NAME["en0"])
    QTest.keyClicks(page.strip.field, " _printer._sub._http._tcp ")
    QTest.keyClick(page.strip.field, Qt.Key.Key_Return)
    wanted = {"types": ["_printer._sub._http._tcp"], "interfaces": ["en0"], "ledger": False, "quiet": False}
    qtbot.waitUntil(lambda: any(line.get("with") == wanted for line in asked()))
    assert page.strip.types() == ("_printer._sub._http._tcp",)
    assert page.strip.field.text() == ""
    page._take_extra("_printer._sub._http._tcp", (replace(SERVICES[0], subtypes=("_printer",)),))
    assert "· 1 " in page.strip._types["_printer._sub._http._tcp"].text()
    again = make_page()
    qtbot.waitUntil(lambda: sum(line.get("with") == {**wanted, "interfaces": []} for line in asked()) >= 1)
    page.strip._types["_printer._sub._http._tcp"].click()
    page.model.flush()
    assert names(page) == []
    assert page.strip.types() == ()
    assert settings.page_text("bonjour", "types") == ""
    assert again.strip.types() == ("_printer._sub._http._tcp",)


def test_a_wrong_type_is_refused_at_the_field(make_page: MakePage, qtbot: QtBot, settings: Settings) -> None:
    problem = make_problem("service_type_invalid", "http", rule="it ends with ._tcp or ._udp")
    page = make_page({"problem": msgspec.to_builtins(problem)})
    QTest.keyClicks(page.strip.field, "http")
    QTest.keyClick(page.strip.field, Qt.Key.Key_Return)
    qtbot.waitUntil(page.strip.field.refusal.isVisible)
    assert problem.text in page.strip.field.refusal.text()
    assert page.strip.field.text() == "http"
    assert page.strip.types() == ()
    assert settings.page_text("bonjour", "types") == ""
    QTest.keyClick(page.strip.field, Qt.Key.Key_Backspace)
    assert not page.strip.field.refusal.isVisible()


def test_not_more_than_a_few_types_are_browsed_besides(make_page: MakePage) -> None:
    page = make_page(shown=False)
    said: list[str] = []
    page.message.connect(said.append)
    for number in range(9):
        page.typed.browse(f"_x{number}._tcp")
    assert len(page.strip.types()) == 8
    assert said == ["No more than 8 types are browsed besides; stop one first."]


# Details and actions


def buttons(page: BonjourPage) -> dict[str, QPushButton]:
    QCoreApplication.processEvents()
    return {button.text(): button for button in page.form.findChildren(QPushButton) if button.isVisible()}


def choose(button: QPushButton, word: str) -> None:
    menu = button.menu()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == word).trigger()


def test_copying_takes_the_row_that_is_current_then(page: BonjourPage) -> None:
    clipboard = QGuiApplication.clipboard()
    page.view.select_key(SERVICES[0].key())
    choose(buttons(page)["Copy"], "Name")
    assert clipboard.text() == "Familienfotos · Büro"
    page.view.select_key(SERVICES[1].key())
    choose(buttons(page)["Copy"], "Address and port")
    assert clipboard.text() == "192.168.1.1:80"
    choose(buttons(page)["Copy"], "TXT record")
    assert clipboard.text() == "path=/status\n"
    choose(buttons(page)["Copy"], "All as text")
    assert clipboard.text().startswith("Router\n")
    assert "Copy as text" not in buttons(page)


def test_verify_asks_again_for_the_service_that_is_current_then(page: BonjourPage, qtbot: QtBot, asked: Asked) -> None:
    feed(page, service("Bad · 1.OG"))
    page.view.select_key(service("Bad · 1.OG").key())
    buttons(page)["Verify"].click()
    assert page.views.current == "ask"
    wanted: dict[str, Any] = {"name": "Bad · 1\\.OG._http._tcp.local", "type": "SRV", "data": None, "interfaces": []}
    qtbot.waitUntil(lambda: any(ask.get("with") == wanted for ask in asked()))


def test_an_empty_page_finds_out_why(make_page: MakePage, qtbot: QtBot, asked: Asked) -> None:
    page = make_page()
    page._asked_at -= 20
    offered = {action.text: action for action in page.emptiness().actions}
    offered["Find out why"].run()
    assert page.views.current == "ladder"
    qtbot.waitUntil(lambda: any(ask.get("watch") == "bonjour.ladder" for ask in asked()))


def test_open_is_offered_with_its_address_where_there_is_something_to_open(
    page: BonjourPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def refuse(url: QUrl) -> bool:
        opened.append(url.toString())
        return False

    monkeypatch.setattr("ui.pages.bonjour.opening.QDesktopServices.openUrl", refuse)
    page.view.select_key(SERVICES[1].key())
    assert buttons(page)["Open"].toolTip() == "http://router.local:80/status"
    buttons(page)["Open"].click()
    assert opened == ["http://router.local:80/status"]
    assert "no program that opens http" in page.banners.notices()[-1].title
    page.view.select_key(SERVICES[3].key())
    assert "Open" not in buttons(page)
    said: list[str] = []
    page.message.connect(said.append)
    page.activate(row(page, SERVICES[3]))
    assert said == ["There is nothing to open here; copy its address and port."]


def test_the_menu_of_a_row_and_of_a_type(page: BonjourPage) -> None:
    menu = QMenu()
    page.fill_menu(menu, row(page, SERVICES[1]))
    assert [action.text() for action in menu.actions()] == ["Open http://router.local:80/status", "Verify", "Copy"]
    heads = QMenu()
    head = page.model.item(type_key("_http._tcp"))
    assert head is not None
    page.fill_menu(heads, head)
    heads.actions()[2].trigger()
    assert names(page) == []
    for each in (menu, heads):
        each.deleteLater()


def test_a_type_has_details_of_its_own(page: BonjourPage) -> None:
    page.view.select_key(type_key("_ipp._tcp"))
    assert page.form.details is not None
    assert (page.form.details.title, page.form.details.state) == ("Printer (IPP)", "_ipp._tcp")


def test_hostile_names_are_plain_visible_text_everywhere(page: BonjourPage) -> None:
    evil = service(
        "\u202egnp<img src=x>", "_http._tcp", "<b>host</b>.local.", txt={"<i>\u2067": "</p>\x1b[31m" + "A" * 10_000}
    )
    feed(page, evil)
    page.view.select_key(evil.key())
    labels = page.form.findChildren(QLabel)
    assert any("⟨U+202E⟩gnp<img src=x>" in label.text() for label in labels)
    for label in labels:
        assert label.textFormat() == Qt.TextFormat.PlainText
        assert "\u202e" not in label.text()
        assert "\u2067" not in label.text()
        assert len(label.text()) < 1200
    assert "\u202e" not in page.form._raw.toPlainText()
    index = page.proxy.mapFromSource(page.model.index(page.model.row_of(evil.key()), 0))
    for column in range(5):
        tip = page.proxy.index(index.row(), column).data(Qt.ItemDataRole.ToolTipRole)
        assert tip is None or "<b>" not in tip
    assert not page.grab().isNull()


def test_what_is_exported_are_services_with_their_state(page: BonjourPage) -> None:
    feed(page, replace(PRINTER, change="removed"))
    page.table.close_all()
    rows = page.export_rows()
    assert len(rows) == 8
    assert [each[0] for each in rows[1:4]] == ["Wohnzimmer", "Messgerät № 7", "Drucker im Flur"]
    records = page.export_records()
    assert [record.change for record in records if isinstance(record, Service)].count("removed") == 1
    page.set_filter("printer")
    assert len(page.export_rows()) == 2


def test_going_to_a_service_selects_it(page: BonjourPage) -> None:
    page.select("NAS")
    assert page.view.current_item() == row(page, SERVICES[5])
