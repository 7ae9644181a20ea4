from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from discovery.bonjour.dissect import Field, dissect
from tests.ui.pages.bonjour.tools.scene import ANSWERS_WHOLE, ASKS, BROKEN_TXT, CUT
from ui.pages.bonjour.field_model import FieldModel
from ui.pages.bonjour.packet_view import PacketView


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[PacketView]:
    view = PacketView(Qt.Orientation.Horizontal)
    view.resize(1000, 300)
    view.show()
    yield view
    view.close()
    view.deleteLater()


def field(view: PacketView) -> Field:
    found = view.model.field(view.tree.currentIndex())
    assert found is not None
    return found


def labels(model: FieldModel, parent: QModelIndex) -> list[str]:
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def test_the_tree_keeps_its_promises(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = FieldModel()
    model.show_field(dissect(ANSWERS_WHOLE))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show_field(dissect(CUT))
    model.show_field(None)
    assert model.rowCount() == 0


def test_sections_are_open_and_records_closed(view: PacketView) -> None:
    view.show_packet(ANSWERS_WHOLE)
    assert labels(view.model, QModelIndex()) == ["Header", "Answers", "Additionals"]
    header, answers, additionals = (view.model.index(row, 0) for row in range(3))
    assert not view.tree.isExpanded(header)
    assert view.tree.isExpanded(answers)
    assert labels(view.model, additionals) == ["SRV", "TXT", "A", "AAAA"]
    assert not view.tree.isExpanded(view.model.index(0, 0, additionals))


def test_the_bytes_of_the_chosen_field_are_marked(view: PacketView) -> None:
    view.show_packet(ANSWERS_WHOLE)
    srv = view.model.index(0, 0, view.model.index(2, 0))
    view.tree.setCurrentIndex(srv)
    assert view.bytes.marked == range(field(view).start, field(view).end)
    assert ANSWERS_WHOLE[view.bytes.marked.start :].startswith(b"\xc0")


@pytest.mark.parametrize("payload", [ASKS, ANSWERS_WHOLE, BROKEN_TXT])
def test_a_chosen_byte_leads_to_the_smallest_field_around_it(view: PacketView, payload: bytes) -> None:
    view.show_packet(payload)
    for place in range(len(payload)):
        view.bytes.byte_chosen.emit(place)
        found = field(view)
        assert found.start <= place < found.end
        assert all(not child.start <= place < child.end for child in found.children) or len(found.children) > 1


def test_a_marked_range_is_shown_in_tree_and_bytes(view: PacketView) -> None:
    start = BROKEN_TXT.rindex(b"\x3f")
    view.show_packet(BROKEN_TXT, (start, len(BROKEN_TXT)))
    assert (field(view).label, field(view).flaw) == ("Data", "txt_cut")
    assert view.bytes.marked == range(start, len(BROKEN_TXT))
    assert view.tree.currentIndex().data() == "✕ Data"


def test_the_same_packet_again_stays_as_it_is_looked_at(view: PacketView) -> None:
    view.show_packet(ANSWERS_WHOLE)
    view.bytes.byte_chosen.emit(60)
    before = field(view)
    view.show_packet(bytes(ANSWERS_WHOLE))
    assert field(view) is before


def test_the_current_field_is_copied_as_text(view: PacketView) -> None:
    view.show_packet(ASKS)
    view.choose(0, 2)
    view.copy()
    assert QGuiApplication.clipboard().text() == "ID: 0x0000"


def test_a_whole_line_of_bytes_has_room(view: PacketView) -> None:
    view.show_packet(ANSWERS_WHOLE)
    assert view.bytes.blockCount() == -(-len(ANSWERS_WHOLE) // 16)


def test_of_overlapping_fields_the_smallest_is_chosen(view: PacketView) -> None:
    view.show_packet(ASKS)
    asked = view.model.field(view.model.index(0, 0, view.model.index(1, 0)))
    assert asked is not None
    view.choose(asked.end - 2, asked.end - 1)
    assert field(view).label == "Answer wanted by"
    view.choose(asked.end - 1, asked.end)
    assert field(view).label == "Class"
