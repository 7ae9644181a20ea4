"""Tests of the rows of the Bonjour page: how they come, change, go, wait and are asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.ui.pages.bonjour.conftest import Clock, MakePage
from tests.ui.pages.bonjour.driving import feed, names, row, shown, told
from tests.ui.pages.bonjour.scene import RECORDS, SERVICES, service
from tests.ui.scenes import INTERFACES
from ui.pages.bonjour.page import BonjourPage
from ui.pages.bonjour.rows import Mark, State

Asked = Callable[[], list[dict[str, Any]]]
BY_NAME = {interface.name: interface for interface in INTERFACES}
PRINTER = SERVICES[2]


def test_services_stand_under_their_types_in_the_order_of_their_names(page: BonjourPage) -> None:
    assert shown(page) == [
        "_airplay._tcp", "Wohnzimmer",
        "_osc._udp", "Messgerät № 7",
        "_ipp._tcp", "Drucker im Flur",
        "_ssh._tcp", "beta",
        "_http._tcp", "Familienfotos · Büro", "Router",
        "_smb._tcp", "NAS",
    ]  # fmt: skip


def test_badge_and_facts_count_what_is_alive(page: BonjourPage) -> None:
    assert page.badge.text == "7"
    assert page.facts() == ("7 services of 6 hosts", "6 types")
    feed(page, replace(PRINTER, change="removed"))
    assert page.badge.text == "6"
    assert page.facts() == ("6 services of 5 hosts", "5 types", "1 gone")
    page.set_filter("beta")
    assert page.facts()[-1] == "2 shown"


def test_answers_of_the_probe_become_rows(make_page: MakePage, qtbot: QtBot, asked: Asked) -> None:
    page = make_page(told(*RECORDS))
    qtbot.waitUntil(lambda: len(names(page)) == len(SERVICES))
    assert asked()[0]["with"] == {"types": [], "interfaces": [], "ledger": True, "quiet": False}


# While one watches


def test_new_changed_and_gone_are_marked_and_the_marks_fade(clock: Clock, page: BonjourPage) -> None:
    clock.now += 60
    page.second()
    fresh = service("Brand new")
    feed(page, fresh, replace(SERVICES[0], change="updated", port=81), replace(PRINTER, change="removed"))
    assert (row(page, fresh).mark, row(page, SERVICES[0]).mark) == (Mark.NEW, Mark.CHANGED)
    assert row(page, PRINTER).state is State.GONE
    clock.now += 3.1
    page.second()
    page.model.flush()
    assert row(page, fresh).mark is row(page, SERVICES[0]).mark is Mark.NONE
    assert "Drucker im Flur" in names(page)
    clock.now += 296
    page.second()
    page.model.flush()
    assert "Drucker im Flur" in names(page)
    clock.now += 1
    page.second()
    page.model.flush()
    assert "_ipp._tcp" in shown(page), "the type is listed still"
    assert "Drucker im Flur" not in names(page)


def test_the_age_of_what_is_gone_ticks_without_touching_its_row(clock: Clock, page: BonjourPage) -> None:
    feed(page, replace(PRINTER, change="removed"))
    place = page.model.row_of(PRINTER.key())
    changes: list[object] = []
    page.model.dataChanged.connect(lambda *_: changes.append(1))
    clock.now += 42
    page.second()
    changes.clear()
    clock.now += 1
    page.second()
    assert page.model.cell(page.model.rows[place], len(page.model.columns) - 1).text == "gone 0:43 ago"
    assert changes == []


def test_selection_and_scroll_stay_while_rows_come_change_and_go(make_page: MakePage) -> None:
    page = make_page()
    many = [service(f"web {number:03}", port=1000 + number) for number in range(100)]
    feed(page, *many, *RECORDS)
    page.view.select_key(many[40].key())
    bar = page.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    at = bar.value()
    feed(page, *(replace(each, change="updated", port=9) for each in many))
    feed(page, replace(many[99], change="removed"), service("zzz last", "_ssh._tcp"))
    page.rescan()
    page.model.flush()
    assert page.view.selected_items() == [row(page, many[40])]
    assert page.view.current_item() == row(page, many[40])
    assert bar.value() == at


def test_a_thousand_at_once_are_taken_in_parts(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    many = [service(f"web {number:04}") for number in range(1000)]
    page.feed(tuple(many))
    assert len(page.book.rows) < 1000
    qtbot.waitUntil(lambda: len(page.proxy.shown_items()) == 1001)
    page.feed(tuple(replace(each, change="removed") for each in many))
    page.hidden()
    page.shown()
    assert page.book.gone_count == 1000, "nothing told before is mistaken for an answer to the new question"


# Asking, resting, and other interfaces


def test_watches_stop_while_hidden_and_what_is_known_is_asked_again(
    make_page: MakePage, qtbot: QtBot, asked: Asked, clock: Clock
) -> None:
    page = make_page()
    feed(page, *SERVICES)
    page.typed.browse("_printer._sub._http._tcp")
    qtbot.waitUntil(lambda: len(asked()) == 2)
    page.hidden()
    qtbot.waitUntil(lambda: sum(bool(line.get("stop")) for line in asked()) == 2)
    assert len(names(page)) == len(SERVICES)
    page.shown()
    assert row(page, PRINTER).state is State.ASKED
    qtbot.waitUntil(lambda: len(asked()) == 6)
    feed(page, *(each for each in SERVICES if each is not PRINTER))
    clock.now += 5.9
    page.second()
    assert row(page, PRINTER).state is State.ASKED
    clock.now += 0.2
    page.second()
    assert (row(page, PRINTER).state, row(page, PRINTER).ended) == (State.GONE, "unanswered")
    assert row(page, SERVICES[0]).state is State.ALIVE
    assert row(page, SERVICES[0]).mark is Mark.NONE


def test_a_probe_that_was_restarted_doubts_what_is_known(page: BonjourPage) -> None:
    page.restarted()
    assert row(page, PRINTER).state is State.ASKED
    feed(page, *SERVICES)
    assert row(page, PRINTER).state is State.ALIVE


def test_another_interface_forgets_what_was_heard_elsewhere(page: BonjourPage, qtbot: QtBot, asked: Asked) -> None:
    feed(page, replace(SERVICES[1], change="removed"))
    page.view.select_key(SERVICES[4].key())
    page.set_interface(BY_NAME["en5"])
    assert shown(page) == []
    qtbot.waitUntil(lambda: any(line.get("with", {}).get("interfaces") == ["en5"] for line in asked()))
    feed(page, *SERVICES)
    assert names(page) == ["Wohnzimmer", "Messgerät № 7", "beta"], "a late batch of the other question is not shown"
    assert page.view.current_item() == row(page, SERVICES[4]), "what was selected is selected again"
    page.set_interface(None)
    assert shown(page) == []


def test_what_is_held_while_paused_does_not_survive_another_interface(page: BonjourPage) -> None:
    page.set_paused(True)
    feed(page, service("late"))
    assert "late" not in names(page)
    page.set_interface(BY_NAME["en5"])
    page.set_paused(False)
    page.model.flush()
    assert names(page) == []


def test_pausing_freezes_and_resuming_shows_what_came(clock: Clock, page: BonjourPage) -> None:
    page.set_paused(True)
    feed(page, replace(PRINTER, change="removed"), service("late"))
    page._take_extra("_x._tcp", (service("x", "_x._tcp"),))
    clock.now += 1000
    page.second()
    assert row(page, PRINTER).state is State.ALIVE
    assert page.newer == 2
    page.set_paused(False)
    page.model.flush()
    assert {"late", "x"} <= set(names(page))
    assert row(page, PRINTER).state is State.GONE
