"""Tests of the Multicast page beyond its joins: pausing, packets, details, emptiness, export."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from net.records import Datagram, Route
from tests.ui.pages.multicast.conftest import Asked
from tests.ui.pages.multicast.driving import deaf, join, lines, said_of, texts
from tests.ui.pages.multicast.scene import AUDIO, REFUSED, TRAIN, datagram, joined, reception, train
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.page import MulticastPage
from ui.widgets.actions import ActionButton
from ui.widgets.empty_panel import Why
from ui.window import MainWindow

MakePage = Callable[..., MulticastPage]
TRAIN_KEY = JoinKey(*TRAIN, "en0")


def test_joins_go_on_while_the_page_is_hidden_and_end_when_it_closes(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: len(asked.of("routes.egress")) == 1)
    cast("MainWindow", page.window()).show_page("interfaces")
    qtbot.waitUntil(lambda: asked.stopped("routes.egress") == 1)
    assert asked.stopped("multicast.listen") == 0
    page.close_page()
    qtbot.waitUntil(lambda: asked.stopped("multicast.listen") == 1)


# Pause and filter


def test_while_paused_packets_wait_but_a_join_still_answers(page: MulticastPage, qtbot: QtBot) -> None:
    page.set_paused(True)
    join(page, qtbot, "224.224.0.77:23019")
    assert lines(page) == ["224.224.0.77:23019 en0: joined · in kernel's table"]
    qtbot.waitUntil(lambda: page._newer == 40)
    assert texts(page) == []
    page.set_paused(False)
    assert len(texts(page)) == 40
    page.model.flush()
    assert page.model.items()[0].received == 1_204


def test_numbers_stand_still_while_paused(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: page.model.items()[0].received == 1_204)
    page.set_paused(True)
    page.groups.joins[TRAIN_KEY]._hear((reception(*TRAIN, received=9_999, packets_per_s=4, size=10),))
    page.second()
    page.model.flush()
    assert page.model.items()[0].received == 1_204
    page.set_paused(False)
    page.model.flush()
    assert page.model.items()[0].received == 9_999


def test_the_filter_is_for_the_packets(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019", "239.69.0.121:5004")
    qtbot.waitUntil(lambda: len(texts(page)) == 120)
    # The filter goes through the packets in slices of some milliseconds.
    page.set_filter("km 12.")
    qtbot.waitUntil(lambda: len(texts(page)) == 6)
    assert len(lines(page)) == 2
    page.set_filter("source:192.168.1.44")
    qtbot.waitUntil(lambda: len(texts(page)) == 80)
    page.set_filter("nothing at all")
    qtbot.waitUntil(lambda: page.packets.stack.currentWidget() is page.packets.empty)
    assert page.packets.empty.emptiness is not None
    assert page.packets.empty.emptiness.why is Why.FILTERED_OUT
    assert page.packets.empty.emptiness.title == "None of 120 packets matches the filter."


def test_a_selected_group_shows_its_packets_and_its_exact_count(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019", "239.69.0.121:5004")
    qtbot.waitUntil(lambda: len(texts(page)) == 120)
    page.second()
    assert page.packets.shown_count.text() == "showing 120 of 52,435; the rest was not recorded"
    page.view.select_key(JoinKey(*AUDIO, "en0"))
    qtbot.waitUntil(lambda: page.packets.shown_count.text() == "showing 80 of 51,231; the rest was not recorded")
    assert page.packets.scope.text() == "of 239.69.0.121:5004 on en0"
    page.packets.all_groups.click()
    assert page.packets.shown_count.text() == "showing 120 of 52,435; the rest was not recorded"


def test_clearing_the_packets_counts_from_now_on(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: len(texts(page)) == 40)
    page.packets.clear.click()
    assert texts(page) == []
    page.groups.joins[TRAIN_KEY]._hear((reception(*TRAIN, received=1_206, packets_per_s=4, size=10),))
    page.feed((train(1), train(2)))
    page.second()
    page.packets.flush()
    assert page.packets.shown_count.text() == "showing 2 of 2"
    page.model.flush()
    assert page.model.items()[0].received == 1_206


# Details


def test_the_details_of_a_group_tell_its_streams(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    page.view.select_key(TRAIN_KEY)
    qtbot.waitUntil(lambda: {"Reordered", "Unbound"} <= set(said_of(page).replace(":", " ").split()))
    said = said_of(page)
    for words in (
        "joined · in kernel's table on en0",
        "192.168.1.20:49152",
        "Packets: 4  /s  of 1,204",
        "Bits: 1.1 kb/s",
        "Lost: 3",
        "Duplicated: 0",
        "Reordered: 1",
        "Jitter: 0.412 ms",
        "TTL: 1",
        "Buffer: 8.4 MB granted",
        "Unbound joins would go to utun3",
    ):
        assert words in said
    assert not page._below.payload.isVisible()


def test_the_details_of_a_packet_tell_its_payload_as_text_and_bytes(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: len(texts(page)) == 40)
    page.packets.view.selectRow(3)
    assert page.form.details is not None
    assert page.form.details.title == "Packet from 192.168.1.20"
    assert page._below.payload.text.toPlainText() == "position of the train: km 12.7"
    assert page._below.payload.bytes.toPlainText().startswith("0000  70 6f 73 69")
    page.second()
    page.model.flush()
    assert page.form.details.title == "Packet from 192.168.1.20"
    page.view.select_key(TRAIN_KEY)
    assert page.form.details.title == "224.224.0.77:23019"


def test_hostile_payloads_and_sources_are_shown_as_plain_text(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    evil = "<b>bold</b>\u202etxt\x07\nsecond line"
    page.feed((datagram(*TRAIN, 0.0, evil.encode(), payload_text="<b>bold</b>⟨U+202E⟩txt␇␊second line"),))
    page.feed((datagram(*TRAIN, 0.0, b"\xff\xfe\x00", source="fe80::1%en\u202e0"),))
    page.packets.flush()
    rows = page.packets.view.rows_as_text(selected=False)[-2:]
    assert rows[0][-1] == "<b>bold</b>⟨U+202E⟩txt␇ …"
    assert rows[1][2] == "[fe80::1%en⟨U+202E⟩0]:49152"
    assert rows[1][-1] == "ff fe 00"
    page.packets.view.selectRow(page.packets.proxy.rowCount() - 2)
    assert page._below.payload.text.toPlainText() == "<b>bold</b>⟨U+202E⟩txt⟨BEL⟩\nsecond line"
    page.packets.view.selectRow(page.packets.proxy.rowCount() - 1)
    assert page._below.payload.text.isHidden()


# Empty panels


def test_the_empty_page_says_what_to_type_and_joins_by_one_click(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    assert page.stack.currentWidget() is page.empty
    emptiness = page.empty.emptiness
    assert emptiness is not None
    assert "such as 224.224.0.77:23019, and press Enter" in emptiness.reasons[0]
    assert "on en0" in emptiness.reasons[1]
    assert "membership report" in emptiness.reasons[2]
    assert [action.text for action in emptiness.actions] == [
        "224.224.0.77:23019", "mDNS (Bonjour)", "SSDP (UPnP)", "LLMNR",
    ]  # fmt: skip
    assert not page.packets.isVisible()
    button = next(found for found in page.empty.findChildren(ActionButton) if found.text() == "224.224.0.77:23019")
    button.click()
    assert page.strip.field.text() == "224.224.0.77:23019"
    qtbot.waitUntil(lambda: lines(page) == ["224.224.0.77:23019 en0: joined · in kernel's table"])
    assert not page.packets.isHidden()


def test_nothing_is_sent_before_a_person_joins(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(asked.lines()) > 1)
    assert asked.of("multicast.listen") == asked.of("multicast.send") == []


def test_silence_is_told_with_its_likely_reasons(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page({"multicast.listen 224.224.0.77:23019": deaf(*TRAIN)})
    join(page, qtbot, "224.224.0.77:23019")
    page.second()
    emptiness = page.packets.empty.emptiness
    assert emptiness is not None
    assert (emptiness.why, emptiness.title) == (Why.LISTENING, "Listening on en0. Nothing has arrived yet.")
    page.groups.joins[TRAIN_KEY].asked_at -= 11
    page.second()
    emptiness = page.packets.empty.emptiness
    assert emptiness is not None
    assert emptiness.why is Why.NOTHING_FOUND
    assert len(emptiness.reasons) == 3
    wanted: list[str] = []
    page.go_to.connect(lambda name, _: wanted.append(name))
    emptiness.actions[0].run()
    assert wanted == ["diagnosis"]


# The rest of the contract


def test_what_was_joined_last_stands_in_the_field_at_the_next_start(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    again = MulticastPage(page.context)
    assert again.strip.field.text() == "224.224.0.77:23019"
    again.close_page()
    for widget in (again, again.views.details):
        widget.deleteLater()


def test_packets_are_exported_as_rows_and_everything_as_records(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: len(texts(page)) == 40)
    rows = page.export_rows()
    assert rows[0][:3] == ("Time", "On", "Source")
    assert len(rows) == 41
    kinds = [record.__struct_config__.tag for record in page.export_records()]
    assert kinds[:3] == ["joined", "reception", "stream"]
    assert kinds.count("datagram") == 40


def test_another_page_can_lead_here(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "239.69.0.121:5004")
    page.select("239.69.0.121:5004")
    current = page.view.current_item()
    assert current is not None
    assert current.key == JoinKey(*AUDIO, "en0")
    page.select("[ff02::fb]:5353")
    assert page.strip.field.text() == "[ff02::fb]:5353"


def test_the_menu_of_a_row_offers_what_can_be_done(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    menu = QMenu()
    page.fill_menu(menu, page.model.items()[0])
    assert [action.text() for action in menu.actions()] == ["Leave", "Send to it", "More buffer"]
    menu.actions()[1].trigger()
    assert page.send_strip.form.target.text() == "224.224.0.77:23019"
    menu.actions()[0].trigger()
    page.model.flush()
    menu.clear()
    page.fill_menu(menu, page.model.items()[0])
    assert [action.text() for action in menu.actions()] == ["Join again", "Clear", "Send to it"]
    menu.deleteLater()


def test_everything_that_can_be_used_has_a_name(page: MulticastPage) -> None:
    strip, form = page.strip, page.send_strip.form
    for widget in (
        strip.field, strip.join, strip.known, strip.leave, strip.clear, page.view, page.packets.view,
        page.packets.newest, page.packets.all_groups, page.packets.clear, form.target, form.kind, form.text, form.hex,
        form.payload_size, form.ttl, form.count, form.interval, page.send_strip.send, page.send_strip.stop,
        page.send_strip.toggle,
    ):  # fmt: skip
        assert widget.accessibleName(), widget


def test_records_that_are_no_datagrams_do_not_disturb_the_packets(page: MulticastPage, qtbot: QtBot) -> None:
    page.feed((joined(*TRAIN), Route(address="x"), REFUSED))
    assert not [found for found in page.packets.model.items() if not isinstance(found, Datagram)]
