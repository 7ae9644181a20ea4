from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.ui.pages.bonjour.scene import SERVICES, records_of
from ui.pages.bonjour.record_bars import Appearances, TtlBar
from ui.pages.bonjour.records_pane import MOST_RECORDS, RecordsPane
from ui.theme import DARK, LIGHT, Mode, Theme

AT = 1000.0
PRINTER = SERVICES[2]


class Clock:
    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pane(qtbot: QtBot, clock: Clock) -> Iterator[RecordsPane]:
    pane = RecordsPane(clock)
    pane.resize(300, 600)
    yield pane
    pane.close()
    pane.deleteLater()


def moves(pane: RecordsPane) -> list[bool]:
    return [pane.ticking]


def texts(pane: RecordsPane) -> str:
    return "\n".join(label.text() for label in pane._body.findChildren(QLabel))


def test_each_record_says_what_it_is_and_what_is_left(pane: RecordsPane) -> None:
    pane.show_records(records_of(PRINTER, at=AT))
    assert pane.isVisible()
    said = texts(pane)
    assert "Records · 6" in said
    assert "SRV  0 0 631 printer.local." in said
    assert "90 of 120 s" in said
    assert "en0 · 192.168.1.40 · IP TTL 255 · 3×" in said
    assert "When it was there" in said


def test_time_moves_without_new_widgets_and_only_while_it_is_seen(pane: RecordsPane, clock: Clock) -> None:
    pane.show_records(records_of(PRINTER, at=AT))
    assert moves(pane) == [True]
    body = pane._body
    clock.now += 30
    pane._show_time()
    assert "60 of 120 s" in texts(pane)
    assert pane._body is body
    pane.set_paused(paused=True)
    assert moves(pane) == [False]
    pane.set_paused(paused=False)
    assert moves(pane) == [True]
    pane.hide()
    assert moves(pane) == [False]
    pane.set_paused(paused=False)
    assert moves(pane) == [False]


def test_a_refreshed_record_changes_in_place_and_an_ended_one_says_why(pane: RecordsPane) -> None:
    records = records_of(PRINTER, at=AT)
    pane.show_records(records)
    body = pane._body
    fresh = tuple(replace(each, expires=AT + 120, count=4) for each in records[1].sightings)
    pane.show_records((records[0], replace(records[1], sightings=fresh), *records[2:]))
    assert pane._body is body
    assert "120 of 120 s" in texts(pane)
    assert "4×" in texts(pane)
    pane.show_records(records_of(PRINTER, at=AT, ended="flushed"))
    assert "replaced, 25 s ago" in texts(pane)
    assert not pane._body.findChildren(TtlBar), "nothing of their time is left"


def test_nothing_hides_the_pane_and_of_very_many_the_rest_is_counted(pane: RecordsPane) -> None:
    one = records_of(PRINTER, at=AT)[0]
    pane.show_records([replace(one, data=f"x{number}.local.") for number in range(MOST_RECORDS + 5)])
    assert "and 5 more, in an export" in texts(pane)
    pane.show_records(())
    assert not pane.isVisible()


def colours_of(image: QImage) -> set[str]:
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return {QColor(image.pixel(x, y)).name() for x, y in places}


@pytest.mark.parametrize("mode", [Mode.LIGHT, Mode.DARK])
def test_the_bars_are_painted_in_the_colours_of_the_scheme(qapp: QApplication, qtbot: QtBot, mode: Mode) -> None:
    before = QPalette(qapp.palette())
    Theme(qapp, mode)
    colours = DARK if mode is Mode.DARK else LIGHT
    bar, line = TtlBar(), Appearances()
    try:
        for widget in (bar, line):
            widget.resize(200, widget.sizeHint().height())
        bar.show_part(0.5)
        assert colours.accent in colours_of(bar.grab().toImage())
        bar.show_part(0.1)
        assert colours.warning in colours_of(bar.grab().toImage())
        line.show_spans([(0.0, 0.5)], 0.3, ended=False)
        assert colours.accent in colours_of(line.grab().toImage())
        line.show_spans([(0.0, 0.5)], 0.3, ended=True)
        assert colours.accent not in colours_of(line.grab().toImage())
    finally:
        for widget in (bar, line):
            widget.deleteLater()
        qapp.setPalette(before)
