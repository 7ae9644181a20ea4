from __future__ import annotations

import msgspec
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from net.records import Problem, Removed
from tests.ui.pages.ports.driving import (
    NEWCOMER,
    MakeWindow,
    action,
    gone,
    mark,
    open_page,
    shown,
    tell,
    type_port,
    window_of,
)
from tests.ui.pages.ports.scene import CONTROL_CENTER, LISTENERS, NODE, listener
from ui.pages.ports import page as ports_page
from ui.pages.ports import sockets_page
from ui.pages.ports.columns import Mark
from ui.pages.ports.page import PortsPage
from ui.widgets.empty_panel import Why


def expire(page: PortsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after three seconds."""
    monkeypatch.setattr(page._marks, "_clock", lambda: 1e12)
    page._expire()
    page.model.flush()


def test_each_socket_has_a_row_and_one_ports_sockets_are_neighbours(page: PortsPage) -> None:
    rows = shown(page)
    assert len(rows) == 14
    assert rows[3:5] == [(5000, "127.0.0.1"), (5000, "::")]
    assert page.badge.text == "14"
    assert page.facts() == ("14 listeners", "9 processes", "3 hidden owners")


def test_nothing_of_the_first_answer_is_new(page: PortsPage) -> None:
    assert all(row.mark is Mark.NONE for row in page.model.items())


def test_what_opens_changes_and_closes_is_marked_for_a_while(page: PortsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    restarted = msgspec.structs.replace(NODE, pid=4300)
    key_kept = msgspec.structs.replace(LISTENERS[0], user="root")
    tell(page, NEWCOMER, key_kept, gone(CONTROL_CENTER))
    assert mark(page, NEWCOMER) is Mark.NEW
    assert mark(page, key_kept) is Mark.CHANGED
    assert mark(page, CONTROL_CENTER) is Mark.CLOSED
    assert (5000, "::") in shown(page), "what has closed stays for a while"
    assert page.census.total == 14
    tell(page, restarted)
    expire(page, monkeypatch)
    assert (5000, "::") not in shown(page)
    assert all(row.mark is Mark.NONE for row in page.model.items())
    assert not page._expiry.isActive()


def test_the_timer_of_the_marks_takes_them_away(page: PortsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page._expiry.setInterval(5)
    tell(page, gone(NODE))
    assert mark(page, NODE) is Mark.CLOSED
    monkeypatch.setattr(page._marks, "_clock", lambda: 1e12)
    qtbot.waitUntil(lambda: (5000, "127.0.0.1") not in shown(page))


def test_a_socket_that_comes_back_within_three_seconds_is_new(page: PortsPage) -> None:
    tell(page, gone(NODE))
    tell(page, NODE)
    assert mark(page, NODE) is Mark.NEW
    assert page.census.total == 14


def test_a_page_shown_again_marks_nothing_and_drops_what_has_closed(page: PortsPage, qtbot: QtBot) -> None:
    tell(page, gone(NODE), NEWCOMER)
    window_of(page).show_page("interfaces")
    page.model.flush()
    assert (5000, "127.0.0.1") not in shown(page)
    assert not page._expiry.isActive()
    assert not any(watch.method == "ports.watch" for watch in page.context.link._watches.values())
    window_of(page).show_page("ports")
    qtbot.waitUntil(lambda: (5000, "127.0.0.1") in shown(page))
    assert all(row.mark is Mark.NONE for row in page.model.items())


def test_what_an_answer_anew_does_not_name_goes(page: PortsPage, qtbot: QtBot) -> None:
    tell(page, NEWCOMER)
    page._confirm.setInterval(10)
    page.rescan()
    qtbot.waitUntil(lambda: (3000, "0.0.0.0") not in shown(page))
    assert page.census.total == 14


def test_while_paused_the_table_stands_still_and_tells_all_on_resuming(
    page: PortsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(page, gone(NODE))
    page.set_paused(True)
    page.feed((NEWCOMER,))
    expire(page, monkeypatch)
    assert (5000, "127.0.0.1") in shown(page)
    assert (3000, "0.0.0.0") not in shown(page)
    page.set_paused(False)
    page._expire()
    page.model.flush()
    assert (5000, "127.0.0.1") not in shown(page)
    assert (3000, "0.0.0.0") in shown(page)


def test_an_address_of_a_tunnel_is_called_vpn(page: PortsPage) -> None:
    row = page.model.rows[page.model.row_of(LISTENERS[12].key().name)]
    assert page.model.cell(row, 2).chips[0].text == "VPN utun3"


def test_selection_and_scroll_survive_a_refresh_of_everything(page: PortsPage) -> None:
    page.view.select_key(CONTROL_CENTER.key().name)
    tell(page, *(msgspec.structs.replace(each, user="other") for each in LISTENERS), NEWCOMER)
    row = page.view.current_item()
    assert row is not None
    assert row.listener.process == "ControlCenter"
    assert page.view.selected_items() == [row]


def test_details_say_owner_socket_conflict_and_the_others_on_the_port(page: PortsPage) -> None:
    page.view.select_key(CONTROL_CENTER.key().name)
    details = page.form.details
    assert details is not None
    text = details.as_text()
    assert details.title == "TCP port 5000"
    for part in (
        "AirPlay Receiver", "Source: sveltejs", "PID: 431", "User: mia", "MacOS/ControlCenter", "Address: [::]:5000",
        "everywhere", "commplex-main? (by number only: a guess)", "TCP 127.0.0.1:5000  node (4242)",
        "TCP [::]:7000", "proved",
    ):  # fmt: skip
        assert part in text, part
    assert "Unverified" not in text
    page.form.copy()
    assert QGuiApplication.clipboard().text() == text


def test_details_say_what_is_not_verified_and_which_right_is_missing(page: PortsPage) -> None:
    guess = msgspec.structs.replace(CONTROL_CENTER, known_verified=False)
    tell(page, guess)
    page.view.select_key(guess.key().name)
    assert page.form.details is not None
    assert "Unverified: no text that was read confirms this" in page.form.details.as_text()
    page.view.select_key(LISTENERS[0].key().name)
    assert "To see it: root: macOS shows a user only" in page.form.details.as_text()


def test_a_long_command_is_selectable_in_full(page: PortsPage) -> None:
    long = msgspec.structs.replace(NODE, command="java " + "x" * 30_000)
    tell(page, long)
    page.view.select_key(long.key().name)
    values = [label.value for label in page.form._values]
    assert long.command in values


def test_the_age_of_a_process_ticks(page: PortsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    page.view.select_key(NODE.key().name)
    monkeypatch.setattr(ports_page, "time", lambda: (NODE.started or 0) + 65)
    page.second()
    assert page.form.details is not None
    assert "1 min ago" in page.form.details.as_text()


def test_a_conflict_leads_to_the_diagnosis_of_the_row_that_is_current(page: PortsPage, qtbot: QtBot) -> None:
    page.view.select_key(CONTROL_CENTER.key().name)
    page.view.select_key(LISTENERS[5].key().name)
    with qtbot.waitSignal(page.go_to) as went:
        action(page, "Diagnose").run()
    assert went.args == ["diagnosis", "7000"]


def test_hostile_names_are_shown_visibly_as_plain_text(page: PortsPage) -> None:
    hostile = listener(4444, "<b>\u202ex</b>\n", 9, command="\x1b]0;x\x07", user="\x00")
    tell(page, hostile)
    page.view.select_key(hostile.key().name)
    assert page.form.details is not None
    text = page.form.details.as_text()
    assert "<b>⟨U+202E⟩x</b>␊" in text
    assert "␛]0;x␇" in text
    type_port(page, "field", "4444")
    assert "<b>⟨U+202E⟩x</b>␊ (PID 9)" in page.question.title.text()
    assert not window_of(page).grab().isNull()


def test_export_holds_what_is_shown(page: PortsPage) -> None:
    page.set_filter("port:5000")
    assert page.export_records() == [NODE, CONTROL_CENTER]
    assert page.export_rows()[0][:3] == ("Port", "Protocol", "Address")
    assert page.export_rows()[1][0] == "5000 · commplex-main?"


def why(page: PortsPage) -> Why | None:
    return page.empty.emptiness.why if page.empty.emptiness is not None else None


def test_while_reading_the_panel_says_so_and_no_answer_means_nothing_listens(
    make_window: MakeWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(make_window, qtbot, {"ports.watch": []})
    assert why(page) is Why.LISTENING
    type_port(page, "field", "5000")
    assert page.question.title.isHidden(), "nothing is known yet"
    monkeypatch.setattr(sockets_page, "PATIENT_SECONDS", 0.0)
    page.second()
    assert why(page) is Why.NOTHING_FOUND
    assert page.question.title.text() == "Nothing listens on port 5000 here."


def test_what_cannot_be_read_says_why_and_what_to_do(make_window: MakeWindow, qtbot: QtBot) -> None:
    problem = Problem(code="listeners_unreadable", subject="sockets", text="Refused (1).", remedy="Use sudo.", errno=1)
    page = open_page(make_window, qtbot, {"ports.watch": [{"problem": msgspec.to_builtins(problem)}]})
    qtbot.waitUntil(lambda: page.failed_with is not None)
    assert page.empty.emptiness is not None
    assert page.empty.emptiness.why is Why.CANNOT_WORK
    assert (page.empty.emptiness.title, page.empty.emptiness.reasons) == ("Refused (1).", ("Use sudo.",))


def test_a_reading_that_fails_later_is_a_banner_until_it_works_again(page: PortsPage) -> None:
    problem = Problem(code="listeners_unreadable", subject="sockets", text="Refused.", remedy="Use sudo.")
    tell(page, problem)
    assert [notice.title for notice in page.banners.notices()] == ["Refused."]
    assert len(shown(page)) == 14
    tell(page, Removed(of="problem", name=problem.key().name))
    assert page.banners.notices() == []


def test_a_great_many_sockets_are_taken_in_turns(page: PortsPage, qtbot: QtBot) -> None:
    many = tuple(listener(10_000 + number, "p", number + 1000, inode=number + 1) for number in range(2000))
    page.feed(many)
    assert page.census.total < 2014, "the event loop gets its turn in between"
    qtbot.waitUntil(lambda: page.census.total == 2014 and len(page.model.rows) == 2014)


def test_what_waits_for_its_turn_is_not_lost_when_the_page_is_left(page: PortsPage) -> None:
    many = tuple(listener(10_000 + number, "p", number + 1000, inode=number + 1) for number in range(2000))
    page.feed(many)
    window_of(page).show_page("interfaces")
    assert page.census.total == 2014
    assert not page._turn.isActive()


def test_what_comes_after_a_pause_has_changed_since(page: PortsPage, monkeypatch: pytest.MonkeyPatch) -> None:
    page.restarted()
    for seconds, newcomer in ((100.0, listener(1, "a", 1)), (100.4, listener(2, "b", 2)), (101.4, NEWCOMER)):
        monkeypatch.setattr(sockets_page, "monotonic", lambda now=seconds: now)
        page.feed((newcomer,))
    page.model.flush()
    assert [row.listener.port for row in page.model.items() if row.mark is Mark.NEW] == [3000]
