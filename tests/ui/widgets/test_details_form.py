from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui.theme import Tone
from ui.widgets.actions import Action
from ui.widgets.details_form import Details, DetailsForm, Fact, Section
from ui.widgets.labels import BREAK, ValueLabel

DETAILS = Details(
    title="en0",
    state="Wi-Fi · up",
    tone=Tone.OK,
    sections=(
        Section("", text="Wireless network card."),
        Section("Link", facts=(Fact("MAC", "f0:18:98:42:a1:3e", fixed=True), Fact("MTU", "1500", fixed=True))),
    ),
    raw='{"name": "en0"}',
)


@pytest.fixture
def form(qtbot: QtBot) -> Iterator[DetailsForm]:
    form = DetailsForm(empty_text="Select a row.")
    form.resize(320, 600)
    form.show()
    yield form
    form.close()
    form.deleteLater()


def values(form: DetailsForm) -> list[str]:
    return [label.value for label in form._values]


def changed(value: str) -> Details:
    facts = (DETAILS.sections[1].facts[0], Fact("MTU", value, fixed=True))
    return replace(DETAILS, sections=(DETAILS.sections[0], Section("Link", facts=facts)))


def test_facts_are_shown_and_can_be_selected(form: DetailsForm) -> None:
    form.show_details(DETAILS)
    assert values(form) == ["f0:18:98:42:a1:3e", "1500"]
    for label in form._values:
        assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
        assert label.accessibleName()


def test_a_changing_value_keeps_widgets_and_selection(form: DetailsForm) -> None:
    form.show_details(DETAILS)
    before = list(form._values)
    before[0].setSelection(0, 5)
    form.show_details(changed("9000"))
    assert form._values == before
    assert values(form)[1] == "9000"
    assert before[0].selectedText() == "f0:18"


def test_other_facts_are_built_anew(form: DetailsForm) -> None:
    form.show_details(DETAILS)
    form.show_details(replace(DETAILS, sections=(Section("Other", facts=(Fact("A", "1"),)),)))
    assert values(form) == ["1"]


def test_nothing_selected_is_an_invitation(form: DetailsForm) -> None:
    form.show_details(DETAILS)
    form.show_details(None)
    assert values(form) == []
    assert "Select a row." in [label.text() for label in form.findChildren(QLabel) if label.isVisible()]


def test_hostile_text_is_visible_and_plain(form: DetailsForm) -> None:
    hostile = "<b>x</b>\u202e\x07"
    form.show_details(Details(title=hostile, state=hostile, sections=(Section("", facts=(Fact("A", hostile),)),)))
    assert values(form) == ["<b>x</b>⟨U+202E⟩␇"]
    shown = [label for label in form.findChildren(QLabel) if label.text()]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in shown)
    assert not any("\u202e" in label.text() for label in shown)


def test_all_of_it_is_copied_as_text(form: DetailsForm) -> None:
    form.show_details(DETAILS)
    form.copy()
    text = QGuiApplication.clipboard().text()
    assert text.splitlines()[0] == "en0"
    assert "  MTU: 1500" in text.splitlines()


def test_its_actions_are_buttons(form: DetailsForm) -> None:
    done: list[int] = []
    form.show_details(replace(DETAILS, actions=(Action("Join", lambda: done.append(1)),)))
    form._actions_layout.itemAt(0).widget().click()  # type: ignore[union-attr]
    assert done == [1]


def test_a_long_value_breaks_and_is_copied_whole(qtbot: QtBot) -> None:
    value = "features=" + "0x5A7FFFF7," * 40
    label = ValueLabel(value)
    assert BREAK in label.text()
    label.setSelection(0, len(label.text()))
    label.copy()
    assert QGuiApplication.clipboard().text() == value
    label.deleteLater()
