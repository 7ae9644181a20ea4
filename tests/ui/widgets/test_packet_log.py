"""A log of packets: what it keeps, how it counts, and when it follows the newest."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import NamedTuple

import pytest
from pytestqt.qtbot import QtBot

from ui.widgets import packet_log
from ui.widgets.columns import Cell, Column
from ui.widgets.empty_panel import Emptiness, Why
from ui.widgets.packet_log import SHOWN_AT_ONCE, PacketLog


class Number(NamedTuple):
    """A held number; all have one origin."""

    value: int

    @property
    def origin(self) -> Hashable:
        return 0

    def item(self) -> int:
        return self.value


@pytest.fixture
def log(qtbot: QtBot) -> Iterator[PacketLog[int]]:
    column: Column[int] = Column("number", "Number", lambda number: Cell(str(number)), sort=lambda number: -number)
    made: PacketLog[int] = PacketLog((column,), "numbers", hold=Number, words=str)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show_packets()
    made.show()
    yield made
    made.stop()


def shown(log: PacketLog[int]) -> list[int]:
    return [log.proxy.item(log.proxy.index(row, 0)) for row in range(log.proxy.rowCount())]


def test_the_first_are_shown_at_once_and_those_of_the_same_tick_together(log: PacketLog[int], qtbot: QtBot) -> None:
    log.add((1, 2))
    log.add((3,))
    log.add((4,))
    assert shown(log) == [1, 2]
    qtbot.waitUntil(lambda: shown(log) == [1, 2, 3, 4])


def test_many_come_in_portions_and_flush_shows_all(log: PacketLog[int]) -> None:
    log.add(range(3 * SHOWN_AT_ONCE))
    assert log.proxy.rowCount() == SHOWN_AT_ONCE
    log.flush()
    assert shown(log) == list(range(3 * SHOWN_AT_ONCE))


def test_the_newest_are_kept(log: PacketLog[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packet_log, "KEPT", 10)
    for start in range(0, 30, 5):
        log.add(range(start, start + 5))
        log.flush()
    assert shown(log) == list(range(20, 30))


def test_the_count_tells_what_is_shown_of_what_came_and_where_the_rest_is(log: PacketLog[int]) -> None:
    assert (log.shown_count.text(), log.clear.isEnabled()) == ("", False)
    log.add(range(5))
    log.show_total(5, "the rest is elsewhere")
    assert (log.shown_count.text(), log.clear.isEnabled()) == ("showing 5 of 5", True)
    log.show_total(1_234, "the rest is elsewhere")
    assert log.shown_count.text() == "showing 5 of 1,234; the rest is elsewhere"
    log.show_total(1_234, "the rest is elsewhere", loading=True)
    assert log.shown_count.text() == "showing 5 of 1,234, still loading"


def test_it_follows_the_newest_until_the_person_chooses_one(log: PacketLog[int]) -> None:
    log.add(range(200))
    log.flush()
    chosen: list[int] = []
    log.packet_chosen.connect(chosen.append)
    bar = log.view.verticalScrollBar()
    assert (log.following, log.newest.isHidden(), bar.value()) == (True, True, bar.maximum())
    log.view.selectRow(150)
    log.add(range(200, 300))
    log.flush()
    assert (chosen, log.following, log.newest.isHidden()) == ([150], False, False)
    assert log.view.current_item() == 150
    log.newest.click()
    assert (log.following, bar.value()) == (True, bar.maximum())


def test_clear_is_asked_for_and_the_emptiness_told(log: PacketLog[int], qtbot: QtBot) -> None:
    log.add((1,))
    with qtbot.waitSignal(log.clear_wanted):
        log.clear.click()
    log.show_emptiness(Emptiness(Why.NOTHING_FOUND, "Nothing yet"))
    assert log.stack.currentWidget() is log.empty
    log.show_packets()
    assert log.stack.currentWidget() is log.view


def test_nothing_is_shown_after_the_stop_that_was_not_there(log: PacketLog[int]) -> None:
    log.add((1,))
    log.add((2,))
    log.stop()
    assert shown(log) == [1, 2]
    assert not log._tick.isActive()
