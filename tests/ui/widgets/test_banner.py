from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from net.records import Problem
from ui.theme import Tone
from ui.widgets.actions import Action, ActionButton
from ui.widgets.banner import Banner, BannerArea, Notice


@pytest.fixture
def area(qtbot: QtBot) -> Iterator[BannerArea]:
    area = BannerArea()
    area.resize(800, 100)
    area.show()
    yield area
    area.close()
    area.deleteLater()


def titles(area: BannerArea) -> list[str]:
    return [notice.title for notice in area.notices()]


def test_one_notice_a_key(area: BannerArea) -> None:
    area.show_notice(Notice("vpn", "The VPN on utun3 takes unbound multicast."))
    area.show_notice(Notice("vpn", "The VPN on utun4 takes unbound multicast."))
    area.show_notice(Notice("other", "Something else."))
    assert titles(area) == ["The VPN on utun4 takes unbound multicast.", "Something else."]


def test_a_dismissed_notice_stays_away_while_its_words_are_the_same(area: BannerArea) -> None:
    notice = Notice("vpn", "The VPN on utun3 takes unbound multicast.")
    area.show_notice(notice)
    area.findChildren(QToolButton)[0].click()
    area.show_notice(notice)
    assert titles(area) == []
    area.show_notice(Notice("vpn", "The VPN on utun4 takes unbound multicast."))
    assert len(titles(area)) == 1


def test_a_cause_that_was_gone_and_is_back_is_told_again(area: BannerArea) -> None:
    notice = Notice("vpn", "The VPN on utun3 takes unbound multicast.")
    area.show_notice(notice)
    area.findChildren(QToolButton)[0].click()
    area.clear_notice("vpn")
    area.show_notice(notice)
    assert len(titles(area)) == 1


def test_a_problem_is_shown_with_its_remedy_as_plain_text(area: BannerArea) -> None:
    problem = Problem(code="join", subject="en0", text="<b>No</b>\x1b", remedy="Do \u202eit.", errno=65)
    area.show_problem(problem)
    labels = [label for label in area.findChildren(QLabel) if label.text()]
    assert [label.text() for label in labels] == ["<b>No</b>␛", "Do ⟨U+202E⟩it."]
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert area.notices()[0].tone is Tone.ERROR


def test_its_buttons_do_what_they_say(area: BannerArea) -> None:
    done: list[str] = []
    actions = (Action("What to do", lambda: done.append("a")), Action("Try", lambda: done.append("b")))
    area.show_notice(Notice("x", "X.", actions=actions))
    for button in area.findChildren(ActionButton):
        assert button.accessibleName()
        button.click()
    assert done == ["a", "b"]


def test_it_is_as_high_as_its_words_need(area: BannerArea, qtbot: QtBot) -> None:
    area.show_notice(Notice("x", "A short sentence.", "Another."))
    banner = area.findChildren(Banner)[0]
    qtbot.waitUntil(lambda: banner.height() > 10)
    low = banner.sizeHint().height()
    area.show_notice(Notice("x", "A long sentence. " * 12, "Another one. " * 30))
    high = area.findChildren(Banner)[-1]
    qtbot.waitUntil(lambda: high.sizeHint().height() > low * 2)
