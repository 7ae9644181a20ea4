"""A port with a star is told of when it is taken or freed, also behind another page."""

from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from tests.ui.pages.ports.driving import NEWCOMER, gone, shown, tell, type_port, window_of
from tests.ui.pages.ports.scene import LISTENERS, NODE
from ui.pages.ports.columns import Mark
from ui.pages.ports.page import PortsPage
from ui.pages.ports.watched import MOST, WatchedPorts
from ui.settings import Settings

DOCKER = msgspec.structs.replace(LISTENERS[8], process="com.docker.backend", pid=1902, shared_with=())


@pytest.fixture(autouse=True)
def first_answer_over(page: PortsPage) -> None:
    page._known = True


def titles(page: PortsPage) -> list[str]:
    return [notice.title.rpartition(" ")[0] for notice in page.banners.notices()]


def test_the_star_is_kept_in_the_settings_and_has_a_limit(settings: Settings) -> None:
    watched = WatchedPorts(settings)
    assert all(watched.toggle(port) for port in range(1, MOST + 1))
    assert not watched.toggle(9999)
    assert watched.toggle(3)
    assert 3 not in WatchedPorts(settings)
    assert len(WatchedPorts(settings)) == MOST - 1
    settings.set_page_text("ports", "watched", "80 x 99999 80 443")
    assert WatchedPorts(settings).ports == (80, 443)


def test_a_watched_port_is_told_of_when_it_is_taken_and_freed(page: PortsPage) -> None:
    page.toggle_watched(3000)
    tell(page, NEWCOMER)
    assert titles(page) == ["Port 3000 was taken at"]
    assert page.banners.notices()[0].text == "deno (77) has it now."
    page.history._turns.clear()
    tell(page, gone(NEWCOMER))
    assert titles(page) == ["Port 3000 is free since"]


def test_a_port_without_a_star_is_only_remembered(page: PortsPage) -> None:
    tell(page, NEWCOMER)
    assert titles(page) == []
    page.view.select_key(NEWCOMER.key().name)
    assert page.form.details is not None
    assert "free → deno (77)" in page.form.details.as_text()


def test_nothing_is_told_of_the_first_answer(page: PortsPage) -> None:
    page._known = False
    page.toggle_watched(3000)
    tell(page, NEWCOMER)
    assert titles(page) == []
    assert page.history.of(3000) == ()


def test_a_port_that_is_handed_over_says_from_whom_to_whom(page: PortsPage) -> None:
    page.toggle_watched(5432)
    tell(page, gone(LISTENERS[8]), gone(LISTENERS[9]), DOCKER)
    assert titles(page) == ["Port 5432 changed hands at"]
    assert page.banners.notices()[0].text == "postgres (812) → com.docker.backend (1902)"


def test_a_server_that_is_back_at_once_takes_its_notice_away(page: PortsPage) -> None:
    page.toggle_watched(5000)
    tell(page, gone(NODE))
    assert titles(page) == ["Port 5000 changed hands at"]
    tell(page, NODE)
    assert titles(page) == []


def test_watching_goes_on_behind_another_page_without_marks(page: PortsPage, qtbot: QtBot) -> None:
    page.toggle_watched(5000)
    window_of(page).show_page("interfaces")
    assert page._listens
    with qtbot.waitSignal(page.message) as told:
        tell(page, gone(NODE), NEWCOMER)
    assert told.args is not None
    assert told.args[0].startswith("Port 5000 changed hands")
    assert (5000, "127.0.0.1") not in shown(page)
    assert all(row.mark is Mark.NONE for row in page.model.items())
    listening = page._listening
    window_of(page).show_page("ports")
    assert page._listening is listening
    assert not page._unconfirmed, "its rows are true all the time"


def test_without_a_star_the_page_rests_behind_others(page: PortsPage) -> None:
    page.toggle_watched(5000)
    page.toggle_watched(5000)
    window_of(page).show_page("interfaces")
    assert not page._listens


def test_a_rescan_asks_anew_although_ports_are_watched(page: PortsPage, qtbot: QtBot) -> None:
    page.toggle_watched(5000)
    tell(page, NEWCOMER)
    page._confirm.setInterval(10)
    listening = page._listening
    page.rescan()
    assert page._listening is not listening
    qtbot.waitUntil(lambda: (3000, "0.0.0.0") not in shown(page))
    window_of(page).show_page("interfaces")
    assert page._listens


def test_the_bar_offers_the_star_and_says_how_watched_ports_stand(page: PortsPage) -> None:
    type_port(page, "field", "5000")
    page.question.watch.click()
    assert page.question.watch.text() == "★ Watched"
    row = page.model.item(NODE.key().name)
    assert row is not None
    assert row.watched
    type_port(page, "field", "")
    page.toggle_watched(81)
    page.model.flush()
    assert page.question.hint.text().endswith("Watched: 81 free, 5000 node (4242) + ControlCenter (431).")
    page.set_filter("state:watched")
    assert {port for port, _ in shown(page)} == {5000}


def test_the_buttons_of_the_bar_lead_to_the_tools(page: PortsPage, qtbot: QtBot) -> None:
    type_port(page, "field", "5000")
    page.question.answers.click()
    assert page.views.current == "answers"
    qtbot.waitUntil(lambda: page.views.tool.verdict is not None)  # type: ignore[union-attr]
    page.select("5000")
    assert page.views.current == "sockets"
    page.question.bind.click()
    assert page.views.current == "bind"
    qtbot.waitUntil(lambda: page.views.tool.conclusion is not None)  # type: ignore[union-attr]


def test_a_ticket_is_copied_and_exported_redacted(page: PortsPage) -> None:
    type_port(page, "field", "5000")
    report = page.export_report()
    assert "Port 5000 is held by node (PID 4242)" in report
    assert "mia" not in report
    assert "~/shop/node_modules" in report
    page.view.select_key(NODE.key().name)
    with_message: list[str] = []
    page.message.connect(with_message.append)
    page.copy_for_ticket()
    assert with_message[0].startswith("Redacted, by place: ")
