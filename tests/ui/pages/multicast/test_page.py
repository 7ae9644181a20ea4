from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from net.records import Datagram, Removed, Route
from tests.ui.pages.multicast.conftest import Asked
from tests.ui.pages.multicast.scene import AUDIO, REFUSED, SSDP, TRAIN, datagram, joined, reception, train
from tests.ui.scenes import INTERFACES, batch
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.page import MulticastPage
from ui.theme import Tone
from ui.widgets.actions import ActionButton
from ui.widgets.empty_panel import Why
from ui.window import MainWindow

MakePage = Callable[..., MulticastPage]
TRAIN_KEY = JoinKey(*TRAIN, "en0")


def lines(page: MulticastPage) -> list[str]:
    """The rows: group, interface and state."""
    page.model.flush()
    return [f"{row.key.endpoint} {row.key.interface}: {row.standing.line}" for row in page.model.items()]


def join(page: MulticastPage, qtbot: QtBot, *texts: str) -> None:
    """Type each and press Enter, until all are answered."""
    for text in texts:
        page.strip.field.setText(text)
        qtbot.keyClick(page.strip.field, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(lambda: not any("joining" in line for line in lines(page)))


def texts(page: MulticastPage) -> list[str | None]:
    page.packets.flush()
    return [found.payload_text for found in page.packets.proxy.shown_items()]


def said_of(page: MulticastPage) -> str:
    """The details as text."""
    return page.form.details.as_text() if page.form.details is not None else ""


def deaf(group: str, port: int, **more: Any) -> list[Any]:
    return [batch(joined(group, port, **more))]


# Joining


def test_typing_a_group_and_enter_joins_on_the_chosen_interface(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    messages: list[str] = []
    page.message.connect(messages.append)
    assert page.strip.join.text() == "Join on en0"
    join(page, qtbot, "224.224.0.77:23019")
    assert messages == ["Joining 224.224.0.77:23019 on en0.", "Joined 224.224.0.77:23019 on en0."]
    assert lines(page) == ["224.224.0.77:23019 en0: joined · in kernel's table"]
    (request,) = asked.of("multicast.listen")
    assert (request["groups"], request["interfaces"], request["keep"]) == (["224.224.0.77:23019"], ["en0"], 100)
    qtbot.waitUntil(lambda: len(texts(page)) == 40)
    assert texts(page)[0] == "position of the train: km 12.4"


def test_without_a_chosen_interface_it_joins_on_all_usable_ones_and_says_which(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    cast("MainWindow", page.window()).choose_interface("")
    usable = [found.name for found in page.context.interfaces.ordered() if found.usable]
    assert "en0" in usable
    assert "en5" in usable
    assert page.strip.join.text() == f"Join on {len(usable)} interfaces"
    assert page.strip.join.toolTip().startswith("Join by index on en0, en5")
    messages: list[str] = []
    page.message.connect(messages.append)
    page.strip.field.setText("239.5.5.5:5")
    page.strip.join.click()
    assert [key.interface for key in page.groups.joins] == usable
    assert messages == [f"Joining 239.5.5.5:5 on {len(usable)} interfaces."]


def test_a_scope_in_the_group_is_the_interface(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    page.strip.field.setText("[ff02::fb%en5]:5353")
    assert page.strip.join.text() == "Join on en5"
    page.strip.join.click()
    qtbot.waitUntil(lambda: len(asked.of("multicast.listen")) == 1)
    assert asked.of("multicast.listen")[0]["groups"] == ["[ff02::fb]:5353"]
    assert asked.of("multicast.listen")[0]["interfaces"] == ["en5"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("192.168.1.20:23019", "192.168.1.20 is not a multicast address."),
        ("224.224.0.77", "224.224.0.77 names no port."),
        ("224.224.0.77:65536", "65536 is not a port"),
        ("[ff02::fb%en9]:5353", "There is no interface en9 here."),
        ("\u202e<b>evil</b>:5", "⟨U+202E⟩<b>evil</b> is not an IP address."),
    ],
)
def test_bad_input_is_told_at_the_field_and_not_asked(
    page: MulticastPage, asked: Asked, qtbot: QtBot, text: str, said: str
) -> None:
    page.strip.field.setText(text)
    qtbot.keyClick(page.strip.field, Qt.Key.Key_Return)  # type: ignore[no-untyped-call]
    assert page.strip.note.text.startswith(said)
    assert page.strip.field.selectedText() == text
    assert lines(page) == []
    assert asked.of("multicast.listen") == []


def test_the_field_says_what_a_group_is_known_as(page: MulticastPage) -> None:
    page.strip.field.setText("224.0.0.251:5353")
    assert page.strip.note.text.startswith("mDNS (Bonjour): ")
    page.strip.field.setText("224.0.0.2:1985")
    assert page.strip.note.text.endswith("Unverified.")
    page.strip.field.setText("239.9.9.9:9")
    assert page.strip.note.text.startswith("No well-known group")
    page.strip.field.setText("224.0")
    assert page.strip.note.text.startswith("GROUP:PORT, such as 224.224.0.77:23019")


def test_joining_twice_is_answered_and_makes_no_second_row(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019", "224.224.0.77:23019")
    assert page.strip.note.text == (
        "224.224.0.77:23019 is joined on en0 already. Use the row that is there; leave it first to join anew."
    )
    assert len(lines(page)) == 1
    assert page.view.current_item() is not None
    assert len(asked.of("multicast.listen")) == 1


def test_a_refusal_is_a_row_and_a_sentence_with_errno_and_remedy(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "239.255.255.250:1900")
    assert lines(page) == ["239.255.255.250:1900 en0: refused · errno 48"]
    assert page.strip.note.text == f"{REFUSED.text} {REFUSED.remedy}"
    assert page.banners.notices() == []
    assert page.badge.tone is Tone.ERROR
    page.view.select_key(JoinKey(*SSDP, "en0"))
    assert page.form.details is not None
    assert REFUSED.remedy in page.form.details.as_text()


def test_no_usable_interface_is_told(make_page: MakePage, qtbot: QtBot) -> None:
    page = make_page()
    window = cast("MainWindow", page.window())
    window.choose_interface("")
    gone = tuple(Removed(of="interface", name=found.name) for found in INTERFACES if found.usable)
    window.book._take(gone)
    page.strip.field.setText("224.224.0.77:23019")
    page.strip.ask_to_join()
    assert page.strip.note.text.startswith("No interface here can carry LAN multicast now")
    assert lines(page) == []


def test_rescan_tries_again_what_was_refused_and_leaves_the_rest(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    join(page, qtbot, "224.224.0.77:23019", "239.255.255.250:1900")
    page.rescan()
    qtbot.waitUntil(lambda: len(asked.of("multicast.listen")) == 3)
    assert asked.of("multicast.listen")[-1]["groups"] == ["239.255.255.250:1900"]
    assert asked.stopped("multicast.listen") == 0


# Rows


def test_a_row_says_what_arrives(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "239.69.0.121:5004")
    qtbot.waitUntil(lambda: page.model.items()[0].received == 48_211)
    row = {column.key: column.cell(page.model.items()[0]) for column in page.model.columns}
    assert (row["group"].text, row["group"].detail) == ("239.69.0.121:5004", "Dante AES67 mode")
    assert (row["traffic"].text.strip(), row["traffic"].detail.strip()) == ("192 kB/s", "1.0 k/s")
    assert (row["received"].text, row["received"].detail) == ("48,211", "0 dropped here")
    assert (row["last"].text, row["last"].detail) == ("192.168.1.44:5004", "now")
    assert page.facts() == ("1 group joined", "1,000 packets/s", "0 dropped here")
    assert page.badge.text == "1"


def test_drops_of_this_host_stand_out(make_page: MakePage, qtbot: QtBot) -> None:
    lossy = [batch(joined(*TRAIN), reception(*TRAIN, received=10, packets_per_s=1, size=10, dropped_here=12))]
    page = make_page({"multicast.listen 224.224.0.77:23019": lossy})
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: page.model.items()[0].dropped == 12)
    cell = next(column for column in page.model.columns if column.key == "received").cell(page.model.items()[0])
    assert (cell.detail, cell.dot) == ("12 dropped here", Tone.WARNING)


def test_a_row_says_where_an_unbound_join_would_go_if_elsewhere(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: page.model.items()[0].unbound == "utun3")
    cell = next(column for column in page.model.columns if column.key == "interface").cell(page.model.items()[0])
    assert (cell.detail, cell.tip) == ("unbound → utun3", "unbound joins would go to utun3")
    page.groups._take_routes((Route(address=TRAIN[0], interface="en0"),))
    page.model.flush()
    assert page.model.items()[0].unbound is None


def test_the_row_follows_the_kernels_table_and_the_interface(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    found = page.groups.joins[TRAIN_KEY]
    found._hear((joined(*TRAIN, in_kernel=False),))
    assert lines(page) == ["224.224.0.77:23019 en0: not in kernel's table"]
    found._hear((make_problem("interface_vanished", "en0", group="224.224.0.77:23019"),))
    assert lines(page) == ["224.224.0.77:23019 en0: en0 is gone"]
    found._hear((joined(*TRAIN),))
    assert lines(page) == ["224.224.0.77:23019 en0: joined · in kernel's table"]
    window = cast("MainWindow", page.window())
    window.book._take((msgspec.structs.replace(INTERFACES[0], up=False),))
    assert lines(page) == ["224.224.0.77:23019 en0: joined, but en0 is down · in kernel's table"]


def test_vanishing_and_coming_back_in_one_batch_ends_joined(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    problem = make_problem("interface_vanished", "en0", group="224.224.0.77:23019")
    page.groups.joins[TRAIN_KEY]._hear((joined(*TRAIN), problem))
    assert lines(page) == ["224.224.0.77:23019 en0: joined · in kernel's table"]


def test_the_selection_survives_every_refresh(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019", "239.69.0.121:5004", "239.255.255.250:1900")
    page.view.select_key(JoinKey(*AUDIO, "en0"))
    for number in range(5):
        found = page.groups.joins[TRAIN_KEY]
        found._hear((reception(*TRAIN, received=2_000 + number, packets_per_s=4, size=10),))
        page.second()
        page.model.flush()
    current = page.view.current_item()
    assert current is not None
    assert current.key == JoinKey(*AUDIO, "en0")
    assert [item.key for item in page.view.selected_items()] == [current.key]


# Leaving, clearing, the end of a probe


def test_leaving_stops_the_watch_and_keeps_what_was_collected(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: len(texts(page)) == 40)
    assert not page.strip.leave.isEnabled()
    page.view.select_key(TRAIN_KEY)
    page.strip.leave.click()
    qtbot.waitUntil(lambda: asked.stopped("multicast.listen") == 1)
    assert lines(page) == ["224.224.0.77:23019 en0: left"]
    assert page.model.items()[0].received == 1_204
    assert len(texts(page)) == 40
    assert page.badge.text == ""
    assert page.model.cell(page.model.rows[0], 0).dim


def test_a_left_group_is_joined_again_in_its_row_and_counts_on(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: len(texts(page)) == 40)
    page.groups.leave([TRAIN_KEY])
    page.view.row_activated.emit(page.model.items()[0])
    qtbot.waitUntil(lambda: len(texts(page)) == 80)
    page.model.flush()
    assert [row.received for row in page.model.items()] == [2 * 1_204]
    assert len(asked.of("multicast.listen")) == 2


def test_clearing_takes_what_is_over_and_its_packets(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019", "239.69.0.121:5004", "239.255.255.250:1900")
    qtbot.waitUntil(lambda: len(texts(page)) == 120)
    page.groups.leave([TRAIN_KEY])
    page.strip.clear.click()
    assert lines(page) == ["239.69.0.121:5004 en0: joined · in kernel's table"]
    assert len(texts(page)) == 80
    assert not page.strip.clear.isEnabled()


def test_a_killed_probe_costs_no_row_and_no_packet_and_the_joins_are_asked_again(
    page: MulticastPage, asked: Asked, qtbot: QtBot
) -> None:
    join(page, qtbot, "224.224.0.77:23019")
    qtbot.waitUntil(lambda: len(texts(page)) == 40)
    assert page.context.link.hello is not None
    os.kill(page.context.link.hello.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: lines(page) == ["224.224.0.77:23019 en0: the probe ended"])
    assert len(texts(page)) == 40
    assert page.model.items()[0].received == 1_204
    qtbot.waitUntil(lambda: len(texts(page)) == 80)
    assert lines(page) == ["224.224.0.77:23019 en0: joined · in kernel's table"]
    qtbot.waitUntil(lambda: page.model.items()[0].received == 2 * 1_204)
    assert len(asked.of("multicast.listen")) == 2


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
    page.set_filter("km 12.")
    assert len(texts(page)) == 6
    assert len(lines(page)) == 2
    page.set_filter("source:192.168.1.44")
    assert len(texts(page)) == 80
    page.set_filter("nothing at all")
    assert page.packets.stack.currentWidget() is page.packets.empty
    assert page.packets.empty.emptiness is not None
    assert page.packets.empty.emptiness.why is Why.FILTERED_OUT
    assert page.packets.empty.emptiness.title == "None of 120 packets matches the filter."


def test_a_selected_group_shows_its_packets_and_its_exact_count(page: MulticastPage, qtbot: QtBot) -> None:
    join(page, qtbot, "224.224.0.77:23019", "239.69.0.121:5004")
    qtbot.waitUntil(lambda: len(texts(page)) == 120)
    page.second()
    assert page.packets.shown_count.text() == "showing 120 of 49,415"
    page.view.select_key(JoinKey(*AUDIO, "en0"))
    assert page.packets.shown_count.text() == "showing 80 of 48,211"
    assert page.packets.scope.text() == "of 239.69.0.121:5004 on en0"
    page.packets.all_groups.click()
    assert page.packets.shown_count.text() == "showing 120 of 49,415"


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
