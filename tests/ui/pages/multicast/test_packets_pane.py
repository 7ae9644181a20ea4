from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from net.records import Datagram
from tests.ui.pages.multicast.scene import AUDIO, TRAIN, audio, datagram, train
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.packet_columns import first_line
from ui.pages.multicast.packets_pane import PacketsPane
from ui.widgets import packet_log
from ui.widgets.packet_log import KEPT


@pytest.fixture
def pane(qtbot: QtBot) -> Iterator[PacketsPane]:
    pane = PacketsPane()
    qtbot.addWidget(pane)
    pane.resize(900, 300)
    pane.show()
    yield pane
    pane.stop()


def add(pane: PacketsPane, first: int, number: int) -> None:
    pane.add(tuple(train(place) for place in range(first, first + number)))
    pane.flush()


def at_bottom(pane: PacketsPane) -> bool:
    bar = pane.view.verticalScrollBar()
    return bar.value() == bar.maximum()


def first_in_sight(pane: PacketsPane) -> Datagram:
    return pane.proxy.item(pane.proxy.index(pane.view.rowAt(1), 0))


def test_the_model_keeps_its_promises(pane: PacketsPane, qtmodeltester: ModelTester) -> None:
    add(pane, 0, 30)
    qtmodeltester.check(pane.model)  # type: ignore[no-untyped-call]


def test_the_newest_is_kept_in_sight(pane: PacketsPane) -> None:
    for start in range(0, 300, 50):
        add(pane, start, 50)
        assert at_bottom(pane)
    assert pane.newest.isHidden()


def test_scrolling_up_stops_that_and_scrolling_down_or_a_button_resumes_it(pane: PacketsPane) -> None:
    add(pane, 0, 200)
    bar = pane.view.verticalScrollBar()
    bar.setValue(100)
    before = first_in_sight(pane)
    add(pane, 200, 50)
    assert first_in_sight(pane) == before
    assert not pane.newest.isHidden()
    bar.setValue(bar.maximum())
    add(pane, 250, 50)
    assert at_bottom(pane)
    bar.setValue(100)
    pane.newest.click()
    assert at_bottom(pane)
    assert pane.following


def test_what_is_read_stays_in_place_while_the_oldest_go(pane: PacketsPane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packet_log, "KEPT", 200)
    add(pane, 0, 200)
    pane.view.verticalScrollBar().setValue(100 * pane.view.verticalHeader().defaultSectionSize())
    before = first_in_sight(pane)
    add(pane, 200, 30)
    assert first_in_sight(pane) == before
    assert not pane.following


def test_choosing_a_packet_stops_the_running_on(pane: PacketsPane) -> None:
    add(pane, 0, 200)
    pane.view.selectRow(195)
    add(pane, 200, 50)
    assert not pane.following
    current = pane.view.current_item()
    assert current is not None
    assert current.payload_text == train(195).payload_text


def test_a_chosen_packet_that_goes_does_not_choose_the_next(pane: PacketsPane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packet_log, "KEPT", 50)
    add(pane, 0, 50)
    chosen: list[Datagram] = []
    pane.packet_chosen.connect(chosen.append)
    pane.view.selectRow(3)
    add(pane, 50, 20)
    add(pane, 70, 20)
    assert [found.payload_text for found in chosen] == [train(3).payload_text]
    assert pane.view.current_item() is None
    assert pane.view.selected_items() == []


def test_at_most_a_hundred_thousand_are_kept_with_an_exact_count(pane: PacketsPane) -> None:
    one = train(0)
    pane.add((one,) * (KEPT + 5))
    pane.flush()
    pane.add((one,) * 7)
    pane.flush()
    pane.show_total(248_211)
    assert pane.proxy.rowCount() == KEPT
    assert pane.shown_count.text() == "showing 100,000 of 248,211"


def test_the_first_packet_shows_at_once_and_the_next_within_a_tick(pane: PacketsPane, qtbot: QtBot) -> None:
    pane.add((train(0),))
    assert pane.proxy.rowCount() == 1
    pane.add((train(1),))
    pane.add((train(2),))
    assert pane.proxy.rowCount() == 1
    qtbot.waitUntil(lambda: pane.proxy.rowCount() == 3, timeout=1000)


def test_only_the_packets_of_the_chosen_groups_are_shown(pane: PacketsPane) -> None:
    pane.add((train(0), audio(0), train(1)))
    pane.flush()
    pane.show_groups(frozenset((JoinKey(*AUDIO, "en0"),)))
    assert list(pane.proxy.shown_items()) == [audio(0)]
    header = pane.view.horizontalHeader()
    group = next(number for number, column in enumerate(pane.model.columns) if column.key == "group")
    assert header.isSectionHidden(group)
    pane.show_groups(frozenset())
    assert pane.proxy.rowCount() == 3
    assert not header.isSectionHidden(group)
    pane.take_away(lambda found: found.group == TRAIN[0])
    assert list(pane.proxy.shown_items()) == [audio(0)]


@pytest.mark.parametrize(
    ("payload", "text", "shown"),
    [
        (b"", "", "(empty)"),
        (b"one", "one", "one"),
        (b"one\ntwo", "one␊two", "one …"),
        (b"\n\none", "␊␊one", "one"),
        (b"one\n", "one␊", "one"),
        (b"\xff\x00", None, "ff 00"),
        (b"not told so", "not\u202etold\x07so", "not⟨U+202E⟩told␇so"),
        (bytes(40), None, "00 " * 24 + "…"),
    ],
)
def test_a_payload_is_shown_by_how_it_begins(payload: bytes, text: str | None, shown: str) -> None:
    assert first_line(datagram(*TRAIN, 0.0, payload, payload_text=text)) == shown


def test_rows_are_painted_in_both_themes_with_and_without_a_selection(pane: PacketsPane) -> None:
    add(pane, 0, 100)
    plain = pane.view.grab().toImage()
    pane.view.selectRow(98)
    selected = pane.view.grab().toImage()
    assert plain != selected
    palette = pane.palette()
    palette.setColor(palette.ColorRole.Base, Qt.GlobalColor.black)
    pane.setPalette(palette)
    assert pane.view.grab().toImage() != selected
