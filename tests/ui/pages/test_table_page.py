from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from net.records import Removed, Route
from net.requests import RouteRequest
from ui.interfaces import InterfaceBook
from ui.link import Link
from ui.pages import table_page
from ui.pages.base import PageContext
from ui.pages.table_page import TablePage, raw_text
from ui.settings import Settings
from ui.widgets.columns import Cell, Column
from ui.widgets.details_form import Details
from ui.widgets.empty_panel import Why

MakeLink = Callable[[dict[str, Any]], Link]


class RoutesPage(TablePage[Route]):
    """The smallest page: what the contract says is enough."""

    name = "routes"
    record = Route

    def __init__(self, context: PageContext) -> None:
        super().__init__(context, [Column("address", "Address", lambda route: Cell(route.address))])

    def ask(self) -> None:
        self.open_watch("routes.egress", RouteRequest(address="224.0.0.251"))

    def describe(self, item: Route) -> Details:
        return Details(title=item.address, raw=raw_text(item))


def told(*addresses: str) -> dict[str, Any]:
    return {"batch": [msgspec.to_builtins(Route(address=address)) for address in addresses]}


@pytest.fixture
def make_page(make_link: MakeLink, settings: Settings, qtbot: QtBot) -> Iterator[Callable[..., RoutesPage]]:
    pages: list[RoutesPage] = []

    def make(*steps: Any) -> RoutesPage:
        link = make_link({"answers": {"routes.egress": list(steps)}})
        page = RoutesPage(PageContext(link, settings, InterfaceBook(link)))
        pages.append(page)
        link.start()
        page.shown()
        return page

    yield make
    for page in pages:
        page.close_page()
        if page.details is not None:
            page.details.deleteLater()
        page.deleteLater()


def rows(page: RoutesPage) -> list[str]:
    return [route.address for route in page.model.items()]


def why(page: RoutesPage) -> Why | None:
    showing = page.stack.currentWidget() is page.empty
    return page.empty.emptiness.why if showing and page.empty.emptiness is not None else None


def test_records_become_rows_badge_and_details(make_page: Callable[..., RoutesPage], qtbot: QtBot) -> None:
    page = make_page(told("224.0.0.251", "224.224.0.77"))
    qtbot.waitUntil(lambda: rows(page) == ["224.0.0.251", "224.224.0.77"])
    assert page.badge.text == "2"
    page.select("0.77")
    assert page.form.details is not None
    assert page.form.details.title == "224.224.0.77"
    assert page.export_rows() == [("Address",), ("224.0.0.251",), ("224.224.0.77",)]
    assert page.export_records() == [Route(address="224.0.0.251"), Route(address="224.224.0.77")]


def test_a_removed_record_takes_its_row_away(make_page: Callable[..., RoutesPage], qtbot: QtBot) -> None:
    gone = {"batch": [msgspec.to_builtins(Removed(of="route", name="224.0.0.251"))]}
    page = make_page(told("224.0.0.251", "224.224.0.77"), gone)
    qtbot.waitUntil(lambda: rows(page) == ["224.224.0.77"])


def test_an_empty_table_is_listening_then_has_found_nothing(
    make_page: Callable[..., RoutesPage], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make_page()
    assert why(page) is Why.LISTENING
    monkeypatch.setattr(table_page, "LISTENING_SECONDS", -1.0)
    page.second()
    assert why(page) is Why.NOTHING_FOUND


def test_a_filter_that_fits_nothing_says_so(make_page: Callable[..., RoutesPage], qtbot: QtBot) -> None:
    page = make_page(told("224.0.0.251"))
    qtbot.waitUntil(lambda: bool(rows(page)))
    page.set_filter("nobody")
    assert why(page) is Why.FILTERED_OUT
    page.set_filter("")
    assert why(page) is None


def test_what_cannot_work_says_why(make_page: Callable[..., RoutesPage], qtbot: QtBot) -> None:
    problem = {"kind": "problem", "code": "x", "subject": "y", "text": "Refused.", "remedy": "Allow it."}
    page = make_page({"problem": problem})
    qtbot.waitUntil(lambda: why(page) is Why.CANNOT_WORK)
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.reasons == ("Allow it.",)


def test_rows_a_new_answer_does_not_name_go_after_a_while(make_page: Callable[..., RoutesPage], qtbot: QtBot) -> None:
    page = make_page(told("224.0.0.251"))
    qtbot.waitUntil(lambda: bool(rows(page)))
    page._confirm.setInterval(20)
    page.take((Route(address="old"),))
    page.model.flush()
    page.rescan()
    assert rows(page) == ["224.0.0.251", "old"]
    qtbot.waitUntil(lambda: rows(page) == ["224.0.0.251"])


def test_column_widths_are_remembered(make_page: Callable[..., RoutesPage], settings: Settings, qtbot: QtBot) -> None:
    page = make_page(told("224.0.0.251"))
    page.show()
    qtbot.waitUntil(page.view.isVisible)
    page.view.horizontalHeader().resizeSection(0, 77)
    page.close_page()
    page.close()
    again = make_page(told("224.0.0.251"))
    assert again.view.horizontalHeader().sectionSize(0) == 77
