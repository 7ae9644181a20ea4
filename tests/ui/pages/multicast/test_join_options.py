"""Joining with sources, observing, ranges, several interfaces, more buffer, and presets."""

from __future__ import annotations

from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from net.records import Problem
from tests.ui.pages.multicast.conftest import Asked, MakePage
from tests.ui.pages.multicast.driving import join, lines, said_of
from tests.ui.pages.multicast.scene import TRAIN, joined, reception
from tests.ui.scenes import batch
from ui.pages.multicast.join_options import JoinOptions, parse_sources
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.options_row import From
from ui.pages.multicast.page import MulticastPage
from ui.pages.multicast.presets import Preset, PresetBook
from ui.window import MainWindow

TRAIN_KEY = JoinKey(*TRAIN, "en0")
ENDPOINT = "224.224.0.77:23019"


def choose(page: MulticastPage, mode: From, sources: str) -> None:
    page.strip.show_options(shown=True)
    options = page.strip.options
    options.mode.setCurrentIndex(options.mode.findData(mode.value))
    options.sources.setText(sources)


def test_only_chosen_sources_are_asked_for_and_shown_as_the_kernel_says(
    make_page: MakePage, asked: Asked, qtbot: QtBot
) -> None:
    page = make_page({f"multicast.listen {ENDPOINT}": [batch(joined(*TRAIN, source_filter=("192.168.1.20",)))]})
    choose(page, From.ONLY, "192.168.1.20")
    join(page, qtbot, ENDPOINT)
    assert asked.of("multicast.listen")[0]["sources"] == ["192.168.1.20"]
    assert lines(page) == [f"{ENDPOINT} en0: joined · INCLUDE 192.168.1.20 · in kernel's table"]
    page.view.select_key(TRAIN_KEY)
    assert "Only what these send is let in (INCLUDE): 192.168.1.20." in said_of(page)


def test_excluded_sources_too(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    excluded = ("192.168.1.20", "192.168.1.21")
    page = make_page({f"multicast.listen {ENDPOINT}": [batch(joined(*TRAIN, excluded=excluded))]})
    choose(page, From.NOT, "192.168.1.20 192.168.1.21")
    join(page, qtbot, ENDPOINT)
    assert asked.of("multicast.listen")[0]["excluded"] == list(excluded)
    assert "EXCLUDE 2 sources" in lines(page)[0]


def test_observing_joins_nothing_and_says_so(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    page = make_page({f"multicast.listen {ENDPOINT}": [batch(joined(*TRAIN, observing=True))]})
    page.strip.show_options(shown=True)
    page.strip.options.observe.setChecked(True)
    assert page.strip.join.text() == "Observe on en0"
    assert not page.strip.options.mode.isEnabled()
    join(page, qtbot, ENDPOINT)
    assert asked.of("multicast.listen")[0]["observe"] is True
    assert lines(page) == [f"{ENDPOINT} en0: observing · joined by another program"]


def test_observing_what_nobody_joined_is_a_warning_and_no_error(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page({f"multicast.listen {ENDPOINT}": [batch(joined(*TRAIN, observing=True, in_kernel=False))]})
    page.strip.options.observe.setChecked(True)
    join(page, qtbot, ENDPOINT)
    assert lines(page) == [f"{ENDPOINT} en0: observing · nobody here joined it"]


@pytest.mark.parametrize(
    ("group", "mode", "sources", "said"),
    [
        (ENDPOINT, From.ONLY, "fe80::1", "fe80::1 cannot be a source of 224.224.0.77"),
        (ENDPOINT, From.ONLY, "", "no address is given."),
        (ENDPOINT, From.NOT, "192.168.1.20, <b>x</b>", "<b>x</b> is not the IP address of a sender."),
        (ENDPOINT, From.ONLY, "224.0.0.1", "224.0.0.1 is not the IP address of a sender."),
        ("232.1.1.1:5000", From.ANY, "", "232.1.1.1:5000 is reserved for joins that name a source"),
    ],
)
def test_a_wrong_source_is_told_at_its_field_and_not_asked(
    page: MulticastPage, asked: Asked, qtbot: QtBot, group: str, mode: From, sources: str, said: str
) -> None:
    choose(page, mode, sources)
    page.strip.show_options(shown=False)
    page.join(group)
    assert said in page.strip.note.text
    assert page.strip.options_shown
    assert asked.of("multicast.listen") == []


def test_sources_are_addresses_by_commas_or_blanks() -> None:
    assert parse_sources("10.0.0.1, 10.0.0.2 10.0.0.1") == ("10.0.0.1", "10.0.0.2")
    for text, code in (("0.0.0.0", "source_invalid"), ("10.0.0.1, x", "source_invalid"), (" , ", "source_empty")):
        problem = parse_sources(text)
        assert isinstance(problem, Problem)
        assert problem.code == code


def test_a_range_is_many_rows_of_one_enter(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    page.strip.field.setText("239.1.1.1-3:5000-5001")
    assert page.strip.note.text.startswith("6 groups and ports, from 239.1.1.1:5000 to 239.1.1.3:5001")
    qtbot.keyClick(page.strip.field, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    assert len(page.groups.joins) == 6
    page.join("239.1.1.3-4:5000")
    assert len(page.groups.joins) == 7
    page.join("239.1.1.3-4:5000")
    assert "is joined on en0 already" in page.strip.note.text
    page.join("239.1.1.1-239.1.9.9:5000")
    assert "more than one request may have (500)" in page.strip.note.text


def test_several_interfaces_are_picked_for_one_group(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    picker = page.strip.options.picker
    page.strip.show_options(shown=True)
    picker.boxes["en0"].click()
    picker.boxes["en5"].click()
    assert picker.text() == "On: en0 and en5"
    assert page.strip.join.text() == "Join on en0 and en5"
    assert page.send_strip.send.text() == "Send from en0 and en5"
    page.join(ENDPOINT)
    assert [key.interface for key in page.groups.joins] == ["en0", "en5"]
    cast("MainWindow", page.window()).choose_interface("")
    assert page.places(None) == ("en0", "en5")
    picker.pick(())
    assert picker.text() == "On: as chosen above"
    assert not picker.boxes["en0"].isChecked()


def test_a_picked_interface_that_is_gone_is_refused_by_name(page: MulticastPage, asked: Asked) -> None:
    page.strip.options.picker.pick(("en0", "en9"))
    page.join(ENDPOINT)
    assert "There is no interface en9 here." in page.strip.note.text
    assert asked.of("multicast.listen") == []


def test_a_capped_buffer_names_its_limit_and_command(make_page: MakePage, qtbot: QtBot) -> None:
    capped = joined(*TRAIN, buffer_bytes=425_984, buffer_asked=4_194_304, buffer_limit="net.core.rmem_max")
    page = make_page({f"multicast.listen {ENDPOINT}": [batch(capped)]})
    join(page, qtbot, ENDPOINT)
    page.view.select_key(TRAIN_KEY)
    said = said_of(page)
    assert "Buffer: 426 kB granted, of 4.2 MB asked for" in said
    assert "sudo sysctl -w net.core.rmem_max=4194304" in said


def test_more_buffer_joins_anew_and_keeps_what_was_received(make_page: MakePage, asked: Asked, qtbot: QtBot) -> None:
    dropping = batch(joined(*TRAIN), reception(*TRAIN, received=10, packets_per_s=1, size=1, dropped_here=3))
    page = make_page({f"multicast.listen {ENDPOINT}": [dropping]})
    choose(page, From.NOT, "192.168.1.9")
    join(page, qtbot, ENDPOINT)
    page.view.select_key(TRAIN_KEY)
    qtbot.waitUntil(lambda: page.form.details is not None and len(page.form.details.actions) == 3)
    assert page.form.details is not None
    page.form.details.actions[2].run()
    qtbot.waitUntil(lambda: len(asked.of("multicast.listen")) == 2)
    again = asked.of("multicast.listen")[1]
    assert (again["buffer_bytes"], again["excluded"]) == (16 * 1024 * 1024, ["192.168.1.9"])
    qtbot.waitUntil(lambda: page.groups.received([TRAIN_KEY]) == 20)


def test_joining_again_keeps_the_options_of_the_row(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    choose(page, From.ONLY, "192.168.1.20")
    join(page, qtbot, ENDPOINT)
    page.groups.leave([TRAIN_KEY])
    choose(page, From.ANY, "")
    page.groups.open(TRAIN_KEY)
    qtbot.waitUntil(lambda: len(asked.of("multicast.listen")) == 2)
    assert asked.of("multicast.listen")[1]["sources"] == ["192.168.1.20"]


# Presets


def entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_a_preset_saves_what_the_fields_say_and_gives_it_back(page: MulticastPage) -> None:
    assert entries(page.presets.menu) == ["No preset is saved yet", "Save as preset…"]
    page.strip.field.setText("239.9.9.9:99")
    page.strip.options.picker.pick(("en0", "en5"))
    choose(page, From.ONLY, "10.1.1.1")
    page.send_strip.form.text.setText("ping")
    page.send_strip.form.ttl.setValue(7)
    page.presets.save("  Studio   <b>A</b> ")
    page.strip.field.clear()
    page.strip.options.picker.pick(())
    choose(page, From.ANY, "")
    page.strip.show_options(shown=False)
    page.send_strip.form.text.clear()
    page.send_strip.form.ttl.setValue(1)
    page.presets.fill()
    page.presets.menu.actions()[0].trigger()
    assert page.strip.field.text() == "239.9.9.9:99"
    assert page.strip.options.picker.picked == ("en0", "en5")
    assert page.strip.options.options() == JoinOptions(sources=("10.1.1.1",))
    assert page.strip.options_shown
    assert (page.send_strip.form.text.text(), page.send_strip.form.ttl.value()) == ("ping", 7)
    assert page.groups.joins == {}
    assert entries(page.presets.menu) == ["Studio <b>A</b>", "Save as preset…", "Delete"]


def test_presets_are_replaced_by_name_and_deleted(page: MulticastPage) -> None:
    messages: list[str] = []
    page.message.connect(messages.append)
    for group in ("239.1.1.1:1", "239.2.2.2:2"):
        page.strip.field.setText(group)
        page.presets.save("same")
    page.presets.save("   ")
    (preset,) = page.presets.book.all()
    assert preset.group == "239.2.2.2:2"
    page.presets.fill()
    page.presets.delete(preset)
    assert page.presets.book.all() == ()
    assert messages == ["same is saved.", "same is saved.", "same is deleted."]


def test_presets_that_cannot_be_read_are_none(page: MulticastPage) -> None:
    settings = page.context.settings
    for text in ("{", "[1]", '[{"name": 1}]'):
        settings.set_page_text("multicast", "presets", text)
        assert PresetBook(settings).all() == ()
    PresetBook(settings).save(Preset("a", "239.1.1.1:1"))
    assert PresetBook(settings).find("a") == Preset("a", "239.1.1.1:1")


def test_everything_in_the_options_has_a_name(page: MulticastPage) -> None:
    options: Any = page.strip.options
    for widget in (options.picker, options.mode, options.sources, options.observe, options.presets, page.strip.toggle):
        assert widget.accessibleName() or widget.text()
