"""Tests of joining and leaving on the Multicast page, and of what a row says."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import cast

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from net.problems import make_problem
from net.records import Removed, Route
from tests.ui.pages.multicast.conftest import Asked
from tests.ui.pages.multicast.driving import join, lines, texts
from tests.ui.pages.multicast.scene import AUDIO, REFUSED, SSDP, TRAIN, joined, reception
from tests.ui.scenes import INTERFACES, batch
from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.page import MulticastPage
from ui.theme import Tone
from ui.window import MainWindow

MakePage = Callable[..., MulticastPage]
TRAIN_KEY = JoinKey(*TRAIN, "en0")


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


def test_the_interface_of_a_group_may_be_written_as_its_index(page: MulticastPage, asked: Asked, qtbot: QtBot) -> None:
    index = page.context.interfaces.by_name["en5"].index
    page.strip.field.setText(f"[ff02::77%{index}]:5000")
    page.strip.ask_to_join()
    qtbot.waitUntil(lambda: [each["interfaces"] for each in asked.of("multicast.listen")] == [["en5"]])


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
    qtbot.waitUntil(lambda: page.model.items()[0].received == 51_231)
    row = {column.key: column.cell(page.model.items()[0]) for column in page.model.columns}
    assert (row["group"].text, row["group"].detail) == ("239.69.0.121:5004", "Dante AES67 mode")
    assert (row["traffic"].text.strip(), row["traffic"].detail.strip()) == ("192 kB/s", "1.0 k/s")
    assert (row["received"].text, row["received"].detail) == ("51,231", "0 dropped here")
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
