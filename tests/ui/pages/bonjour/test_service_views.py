"""The views of the services: what is selected, filtered and closed stays so from one to the next."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from discovery.records import HeardRecord, Service
from tests.ui.pages.bonjour.conftest import MakePage
from tests.ui.pages.bonjour.driving import PRINTER, Asked, feed, row, shown, told, why
from tests.ui.pages.bonjour.scene import RECORDS, SERVICES, STATES, records_of, service
from ui.pages.bonjour.page import BonjourPage
from ui.pages.bonjour.rows import State, host_key, type_key
from ui.settings import Settings
from ui.widgets.empty_panel import Why

VIEWS = ("host", "flat", "matrix", "type", "matrix", "host", "type")


def choose(page: BonjourPage, view: str) -> None:
    page.service_views.switch.choose(view)
    page.model.flush()
    page.service_views.matrix.model.flush()


def records(page: BonjourPage) -> int:
    return len(page.records_pane.records)


def test_by_host_services_stand_behind_their_hosts(page: BonjourPage) -> None:
    choose(page, "host")
    assert shown(page)[:3] == ["beta.local.", "beta", "Familienfotos · Büro"]
    assert [name for name in shown(page) if name.endswith(".local.")] == [
        "beta.local.", "nas.local.", "printer.local.", "probe7.local.", "router.local.", "tv.local.",
    ]  # fmt: skip
    feed(page, replace(PRINTER, change="updated", host="new.local."))
    assert "printer.local." not in shown(page)
    assert shown(page)[shown(page).index("new.local.") + 1] == "Drucker im Flur"


def test_flat_all_services_stand_in_one_table_that_any_column_sorts(page: BonjourPage) -> None:
    choose(page, "flat")
    assert shown(page) == sorted((each.name for each in SERVICES), key=str.casefold)
    columns = [column.key for column in page.model.columns]
    page.view.sortByColumn(columns.index("type"), page.view.horizontalHeader().sortIndicatorOrder().DescendingOrder)
    assert shown(page)[0] == "NAS"
    assert not page.view.isColumnHidden(columns.index("type"))
    choose(page, "type")
    assert page.view.isColumnHidden(columns.index("type"))


@pytest.mark.parametrize("closed", [(), (type_key("_ipp._tcp"), host_key("printer.local."))])
def test_selection_and_filter_survive_every_switch(page: BonjourPage, closed: tuple[Any, ...]) -> None:
    page.service_views.select_key(PRINTER.key())
    page.groups.set_closed(frozenset(closed[1:]))
    page.set_filter("host:printer") if not closed else None
    for view in VIEWS:
        choose(page, view)
        assert page.front().current_item() == row(page, PRINTER), view
        assert page.front().isVisible()
        assert page.form.details is not None
        assert page.form.details.title == "Drucker im Flur"
    if not closed:
        assert shown(page) == ["_ipp._tcp", "Drucker im Flur"]


def test_the_state_chosen_above_the_table_holds_in_every_view(page: BonjourPage) -> None:
    feed(page, replace(PRINTER, change="removed"))
    page.show_only(State.GONE)
    for view in VIEWS:
        choose(page, view)
        assert [name for name in shown(page) if name in {each.name for each in SERVICES}] == ["Drucker im Flur"], view


def test_a_closed_host_stays_closed_while_types_are_looked_at(page: BonjourPage) -> None:
    choose(page, "host")
    page.table.toggle(host_key("beta.local."))
    assert "beta" not in shown(page)
    choose(page, "type")
    assert "beta" in shown(page)
    choose(page, "host")
    assert "beta" not in shown(page)
    page.table.open_all()
    assert "beta" in shown(page)


def test_the_view_is_the_same_the_next_time(page: BonjourPage, make_page: MakePage, settings: Settings) -> None:
    choose(page, "matrix")
    page.close_page()
    again = make_page()
    assert again.service_views.shows_matrix
    feed(again, *RECORDS)
    assert "Drucker im Flur" in shown(again)


def test_the_matrix_follows_what_comes_changes_and_goes(page: BonjourPage) -> None:
    choose(page, "matrix")
    feed(page, *STATES, service("Kamera"))
    matrix = page.service_views.matrix
    assert matrix.names == ("en0", "en5", "en4", "awdl0", "utun3")
    matrix.model.flush()
    assert "Kamera" in shown(page)
    matrix.view.select_key(SERVICES[4].key())
    page.table.select_key(PRINTER.key())
    assert page.form.details is not None
    assert page.form.details.title == "beta", "the details are of the table in front"
    page.set_filter("nobody")
    assert why(page) is Why.FILTERED_OUT


def test_models_keep_the_rules_of_qt_while_they_are_grouped_anew(page: BonjourPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(page.model)  # type: ignore[no-untyped-call]
    for view in VIEWS:
        choose(page, view)
        feed(page, service(f"new {view}", "_new._tcp", f"{view}.local."), replace(SERVICES[0], change="removed"))
        feed(page, SERVICES[0])


def test_why_a_service_is_gone_comes_from_its_records_before_or_after(page: BonjourPage) -> None:
    feed(page, *records_of(PRINTER, at=1000.0, ended="goodbye"), replace(PRINTER, change="removed"))
    assert row(page, PRINTER).ended == "goodbye"
    feed(page, replace(SERVICES[5], change="removed"))
    assert row(page, SERVICES[5]).ended is None
    feed(page, *records_of(SERVICES[5], at=1000.0, ended="expired"))
    assert row(page, SERVICES[5]).ended == "expired"
    page.set_filter("ended:goodbye")
    assert [name for name in shown(page) if name != "_ipp._tcp"] == ["Drucker im Flur"]
    page.set_filter("ended:expired if:en0")
    assert "NAS" in shown(page)


def test_the_records_of_the_current_service_stand_in_its_details(page: BonjourPage) -> None:
    feed(page, *records_of(PRINTER, at=1000.0))
    page.service_views.select_key(PRINTER.key())
    assert records(page) == 6
    page.service_views.select_key(type_key("_ipp._tcp"))
    assert records(page) == 0
    page.service_views.select_key(SERVICES[5].key())
    feed(page, *records_of(SERVICES[5], at=1000.0))
    assert records(page) == 4, "records that come later are shown"
    assert {type(record) for record in page.own_records()} == {Service, HeardRecord}


def test_txt_is_shown_as_hex_when_asked_for(page: BonjourPage) -> None:
    page.service_views.select_key(PRINTER.key())

    def value() -> str:
        assert page.form.details is not None
        return next(f.value for section in page.form.details.sections for f in section.facts if f.label == "txtvers")

    assert value() == "1"
    assert page.form.details is not None
    action = next(action for action in page.form.details.actions if action.text == "TXT as hex")
    action.run()
    assert value() == "31"


def test_quiet_asks_again_without_sending_and_says_so(make_page: MakePage, qtbot: QtBot, asked: Asked) -> None:
    page = make_page()
    page.typed.browse("_x._tcp")
    page.strip.quiet.click()
    assert page.strip.quiet_note.isVisible()
    assert "nothing is sent" in page.strip.quiet_note.text()

    def quiet_asks() -> list[list[str]]:
        return [line["with"]["types"] for line in asked() if line.get("with", {}).get("quiet")]

    qtbot.waitUntil(lambda: sorted(quiet_asks()) == [[], ["_x._tcp"]])
    assert page.facts() == ("quiet",)
    assert why(page) is Why.LISTENING
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.title.startswith("Quiet on ")
    page.empty.emptiness.actions[0].run()
    assert not page.strip.quiet.isChecked()
    assert not page.strip.quiet_note.isVisible()
    assert page.facts() == ()


def test_thousands_of_records_come_in_parts(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page(told())
    services = [service(f"web {number:04}", host=f"h{number % 50}.local.") for number in range(1000)]
    records = [record for each in services for record in records_of(each, at=1000.0)]
    choose(page, "host")
    page.feed((*services, *records))
    assert len(page.book.rows) < 1000
    assert not page.records.records
    qtbot.waitUntil(lambda: len(page.records.records) == len({record.key() for record in records}))
    qtbot.waitUntil(lambda: page.front().model().rowCount() == 1050)


def test_in_a_narrow_page_the_views_stand_under_the_tools(page: BonjourPage, qtbot: QtBot) -> None:
    def below() -> bool:
        QApplication.processEvents()
        views, tools = page.service_views.switch, page.views.switch
        return views.mapTo(page, QPoint()).y() >= tools.mapTo(page, QPoint()).y() + tools.height()

    window = page.window()
    window.resize(2000, 800)
    assert not below()
    window.resize(900, 560)
    assert below()
    assert page.views.head.width() <= page.width() <= window.width()
    two_lines = page.views.head.height()
    page.views.show_view("ask")
    qtbot.waitUntil(lambda: page.views.head.height() < two_lines)
