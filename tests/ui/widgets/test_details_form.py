from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
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


LONG = Details(
    title="192.168.1.20:5371",
    state="joined, but en5 has no address on a-very-long-interface-name",
    sections=(
        Section("Where a very long heading of a section stands in the way", text="See /a/path/that/nobody/ever/ends"),
        Section(
            "Link",
            facts=(
                Fact("MAC", "02:66:01:00:00:23", fixed=True),
                Fact("Received", " 61 kB/s  of 570 kB", fixed=True),
                Fact("From", "[fe80::1c4f:9aff:fe11:2c3e%en0]:58926", fixed=True),
                Fact(
                    "Command", "/System/Library/CoreServices/ControlCenter.app/Contents/MacOS/ControlCenter", fixed=True
                ),
                Fact("Flags", "UP BROADCAST RUNNING IPV6_MULTICAST_IF"),
                Fact("Certainty of what is said", "proved: this process was seen", note="as read from /proc/net/udp6"),
                Fact("Key", "f00d" * 40, fixed=True),
            ),
        ),
    ),
    actions=(Action("Copy 224.224.0.77:23019 on en5 and more", list), Action("Leave", list), Action("Diagnose", list)),
)


@pytest.fixture(params=("", "DejaVu Sans"))
def font(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    before = qapp.font()
    family = request.param
    if family and family not in QFontDatabase.families():
        pytest.skip(f"{family} is not installed")
    if family:
        qapp.setFont(QFont(family, 10))
    yield
    qapp.setFont(before)


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
    assert BREAK in label.shown
    label.setSelection(0, len(label.shown))
    label.copy()
    assert QGuiApplication.clipboard().text() == value
    label.deleteLater()


def right_edges(form: DetailsForm) -> dict[str, int]:
    """Of all labels and buttons shown, in the viewport."""
    parts: list[QLabel | QPushButton] = [*form.findChildren(QLabel), *form.findChildren(QPushButton)]
    return {part.text(): part.mapTo(form.viewport(), part.rect().topRight()).x() for part in parts if part.isVisible()}


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize("width", [200, 240, 300, 420, 700])
def test_nothing_is_wider_than_the_pane(qtbot: QtBot, width: int) -> None:
    form = DetailsForm(empty_text="Select a row.")
    form.resize(width, 400)
    form.show_details(LONG)
    form.show()
    QApplication.processEvents()
    content = form.widget()
    assert isinstance(content, QWidget)
    assert content.width() == form.viewport().width()
    assert content.minimumSizeHint().width() <= form.viewport().width()
    assert {text: edge for text, edge in right_edges(form).items() if edge >= form.viewport().width()} == {}
    for label in form._values:
        lines = label.shown.replace(BREAK, "").split("\n")
        room = label.width()
        assert all(label.fontMetrics().horizontalAdvance(line.rstrip()) <= room for line in lines), lines
    form.close()
    form.deleteLater()


@pytest.mark.usefixtures("font")
def test_values_break_at_their_signs_and_stand_beneath_their_label_first(qtbot: QtBot) -> None:
    form = DetailsForm(empty_text="Select a row.")
    form.resize(260, 400)
    form.show_details(LONG)
    form.show()
    QApplication.processEvents()
    shown = {label.accessibleName(): label.shown.split(f"{BREAK}\n") for label in form._values}
    assert shown["MAC"] == ["02:66:01:00:00:23"]
    assert shown["Received"] == [" 61 kB/s  of 570 kB"]
    assert "".join(shown["Command"]) == LONG.sections[1].facts[3].value
    assert all(line.endswith(("/", ".")) for line in shown["Command"][:-1])
    assert shown["Flags"] == ["UP BROADCAST RUNNING ", "IPV6_MULTICAST_IF"]
    assert min(len(line) for line in shown["Key"]) > 4
    form.resize(900, 400)
    QApplication.processEvents()
    assert [label.shown for label in form._values][:5] == [fact.value for fact in LONG.sections[1].facts][:5]
    assert not any(row.beneath for row in form._rows[:5])
    form.close()
    form.deleteLater()


def test_what_stands_beneath_stays_there_while_numbers_change(form: DetailsForm) -> None:
    form.resize(190, 400)
    for value, beneath in (("1", False), ("  61 kB/s  of 570 kB", True), ("1", True)):
        form.show_details(Details("x", sections=(Section("", facts=(Fact("Received", value, fixed=True),)),)))
        QApplication.processEvents()
        assert form._rows[0].beneath is beneath
    form.resize(191, 400)
    QApplication.processEvents()
    assert not form._rows[0].beneath


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize("width", [240, 300, 420])
def test_every_text_gets_the_height_it_takes(qtbot: QtBot, width: int) -> None:
    form = DetailsForm(empty_text="Select a row.")
    form.resize(width, 400)
    form.show()
    QApplication.processEvents()
    sentence = "The kernel's route for 224.224.0.77 leads to utun3, and what is sent goes where nobody hears it."
    facts = tuple(Fact(str(number), sentence * number) for number in range(1, 5))
    prose = Details("utun3 takes it", sections=(Section("Why", text=sentence), Section("What to do", facts=facts)))
    for shown in (DETAILS, prose, LONG, prose):
        form.show_details(shown)
        QApplication.processEvents()
        QApplication.processEvents()
        for part in (*form._rows, *form._paragraphs, form._title):
            assert part.height() >= part.heightForWidth(part.width())
    form.close()
    form.deleteLater()
