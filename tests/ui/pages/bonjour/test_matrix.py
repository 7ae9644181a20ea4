from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from discovery.records import BrowseState, Claimant
from tests.ui.pages.bonjour.scene import RECORDS, SERVICES, STATES
from ui.pages.bonjour.matrix import MatrixPane
from ui.pages.bonjour.matrix_columns import place_words, places
from ui.pages.bonjour.rows import ServiceRow, State, new_row
from ui.widgets.columns import Cell

STATE_OF = {state.interface: state for state in (*RECORDS, *STATES) if isinstance(state, BrowseState)}
ROWS = {each.key(): new_row(each, 0.0) for each in SERVICES}
PRINTER = SERVICES[2]
PAGE_IN_SMALLEST_WINDOW = 708
"""Its width beside the list of pages."""


@pytest.fixture
def pane(qtbot: QtBot) -> Iterator[MatrixPane]:
    pane = MatrixPane()
    pane.resize(900, 400)
    pane.show()
    pane.show_states(STATE_OF)
    pane.show_all(ROWS)
    yield pane
    pane.model.flush()
    pane.close()
    pane.deleteLater()


def cells(pane: MatrixPane, key: object) -> dict[str, Cell]:
    row = pane.model.rows[pane.model.row_of(key)]
    return {column.title: pane.model.cell(row, place) for place, column in enumerate(pane.model.columns)}


def test_listened_places_come_first_then_what_failed_then_what_is_left_out(qapp: QApplication) -> None:
    assert places(STATE_OF) == ("en0", "en5", "en4", "awdl0", "utun3")


def test_a_cell_says_with_glyph_and_word_how_a_service_stands_there(pane: MatrixPane) -> None:
    found = cells(pane, PRINTER.key())
    assert (found["en0"].glyph, found["en0"].text) == ("✓", "heard")
    assert (found["en5"].glyph, found["en5"].text) == ("–", "silent")
    assert (found["en4"].glyph, found["en4"].text, found["en4"].detail) == ("✕", "join failed", "ENODEV 19")
    assert found["en4"].tip == "join failed · ENODEV 19: No such device"
    assert (found["utun3"].glyph, found["utun3"].text, found["utun3"].detail) == ("⊘", "skipped", "a tunnel")
    assert found["utun3"].tip == "skipped: a tunnel"
    assert place_words(STATE_OF["en0"]) == "listened on; 48 packets heard from other hosts"


def test_another_host_of_the_same_name_is_no_silence(pane: MatrixPane) -> None:
    also = (Claimant(host="printb.local.", port=9999, interfaces=("en5",)),)
    pane.show_all({PRINTER.key(): new_row(replace(PRINTER, also=also), 0.0)})
    found = cells(pane, PRINTER.key())["en5"]
    assert (found.glyph, found.text, found.detail) == ("≠", "other host", "printb.local:9999")


def test_six_interfaces_have_room_in_the_smallest_window_without_a_word_cut(pane: MatrixPane) -> None:
    font = QFont("Inter")
    font.setPointSizeF(9.75)
    pane.setFont(font)
    pane.show_states(STATE_OF | {"bridge100": BrowseState(interface="bridge100", since=0, packets=1)})
    pane.resize(PAGE_IN_SMALLEST_WINDOW, 300)
    QApplication.processEvents()
    header = pane.view.horizontalHeader()
    assert len(pane.names) == 6
    assert header.length() <= pane.view.viewport().width()
    wide = pane.view.fontMetrics().horizontalAdvance("join failed")
    assert all(header.sectionSize(place) > wide for place in range(1, header.count()))


def test_a_service_that_is_gone_says_why_where_it_was(pane: MatrixPane) -> None:
    row = new_row(PRINTER, 0.0)
    gone = ServiceRow(row.service, row.head, row.key, row.order, state=State.GONE, ended="goodbye")
    pane.change([(row.key, gone)])
    pane.model.flush()
    assert (cells(pane, row.key)["en0"].text, cells(pane, row.key)["en0"].detail) == ("gone", "withdrawn (goodbye)")


def test_an_interface_that_begins_to_work_changes_its_column_and_another_one_makes_a_column(pane: MatrixPane) -> None:
    pane.set_filter("type:ipp")
    pane.view.select_key(PRINTER.key())
    view = pane.view
    failed = BrowseState(interface="en0", since=0.0, state="failed", errno=105, reason="No buffer space")
    pane.show_states(STATE_OF | {"en4": BrowseState(interface="en4", since=0.0, state="failed", errno=13)})
    assert pane.view is view
    assert cells(pane, PRINTER.key())["en4"].detail == "EACCES 13"
    pane.show_states({"en0": STATE_OF["en0"], "en9": STATE_OF["en5"]})
    assert pane.view is not view
    assert pane.names == ("en0", "en9")
    assert pane.view.current_item() == ROWS[PRINTER.key()]
    assert len(pane.proxy.shown_items()) == 1
    pane.show_states({"en0": failed, "en9": STATE_OF["en5"]})
    assert pane.names == ("en9", "en0")


def test_its_model_keeps_the_rules_of_qt(pane: MatrixPane, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(pane.model)  # type: ignore[no-untyped-call]
