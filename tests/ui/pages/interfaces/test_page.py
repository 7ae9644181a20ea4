from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from net.records import Address, Interface, Membership, Record, Removed, Role, Traffic
from tests.ui.scenes import ANSWERS, INTERFACES, MEMBERSHIPS, batch
from ui.interfaces import stable_key
from ui.pages.interfaces.columns import InterfaceRow, address_line, columns, packets_line, roles, state_line
from ui.pages.interfaces.details import address_note, describe, group_note
from ui.pages.interfaces.page import InterfacesPage
from ui.pages.interfaces.role_chips import chips
from ui.theme import Tone
from ui.widgets.actions import ActionButton
from ui.widgets.empty_panel import Why
from ui.window import MainWindow

BY_NAME = {interface.name: interface for interface in INTERFACES}
MakeWindow = Callable[..., MainWindow]


def changed(interface: Interface, **more: Any) -> Interface:
    return msgspec.structs.replace(interface, **more)


def page_of(window: MainWindow) -> InterfacesPage:
    return cast("InterfacesPage", window.page("interfaces"))


def names(page: InterfacesPage) -> list[str]:
    return [row.interface.name for row in page.model.items()]


def tell(window: MainWindow, *records: Record) -> None:
    """As if the probe had told them."""
    window.book._take(tuple(records))
    page_of(window).model.flush()


@pytest.fixture
def window(make_window: MakeWindow, qtbot: QtBot) -> MainWindow:
    window = make_window()
    qtbot.waitUntil(lambda: len(names(page_of(window))) == len(INTERFACES))
    return window


def words(interface: Interface, **more: Any) -> list[str]:
    return [chip.text for chip in roles(InterfaceRow(changed(interface, **more)))]


def test_the_chosen_interface_is_the_first_to_be_looked_at(window: MainWindow) -> None:
    page = page_of(window)
    current = page.view.current_item()
    assert current is not None
    assert current.interface.name == "en0"
    assert page.form.details is not None
    assert page.form.details.title == "en0"


def test_usable_interfaces_come_first(window: MainWindow) -> None:
    assert names(page_of(window)) == ["en0", "en5", "bridge100", "awdl0", "utun3", "ipsec0", "ipsec1", "lo0", "en4"]


def test_roles_say_what_an_interface_is_good_for() -> None:
    assert words(BY_NAME["en0"]) == ["second IPv4 default", "multicast", "LAN"]
    assert words(BY_NAME["utun3"]) == ["unbound IPv4 multicast", "default IPv4", "VPN's resolver"]
    assert words(BY_NAME["ipsec0"]) == ["duplicate address", "no LAN multicast", "VPN"]
    assert words(BY_NAME["awdl0"]) == ["peer to peer only"]
    assert words(BY_NAME["lo0"]) == ["this computer only"]
    assert words(BY_NAME["en4"]) == ["no link"]
    assert words(BY_NAME["en0"], up=False) == ["down"]
    assert words(BY_NAME["en0"], addresses=(), roles=()) == ["no address"]
    assert words(BY_NAME["en0"], multicast=False, roles=()) == ["no multicast"]
    assert words(BY_NAME["bridge100"]) == ["sharing (NAT)", "multicast"]


def test_without_a_link_a_trap_is_still_seen() -> None:
    twice = (Role(code="duplicate_address", label="duplicate address", text=""),)
    assert words(BY_NAME["ipsec1"], running=False, roles=twice) == ["no link", "duplicate address"]
    assert words(BY_NAME["en5"], running=False, roles=()) == ["no link"]
    cut = msgspec.structs.replace(BY_NAME["utun3"], running=False)
    assert ("default IPv4", Tone.WARNING) in [(chip.text, chip.tone) for chip in chips(cut, chosen=False)]
    assert words(BY_NAME["en0"], running=False) == ["no link", "second IPv4 default"]


def test_roles_of_both_families_are_one_chip() -> None:
    both = tuple(
        Role(code=code, label=code, text="") for code in ("default_v4", "default_v6", "multicast_v4", "multicast_v6")
    )
    assert words(BY_NAME["en5"], roles=both) == ["default route", "unbound multicast", "multicast", "LAN"]


def test_unbound_multicast_where_the_default_route_is_goes_without_saying() -> None:
    both = (Role(code="multicast_v4", label="unbound IPv4 multicast", text=""),)
    assert words(BY_NAME["en5"], roles=both, default_v4=True) == ["multicast", "LAN"]
    assert words(BY_NAME["en5"], roles=both)[0] == "unbound IPv4 multicast"


def test_an_interface_is_described_in_one_line() -> None:
    assert state_line(BY_NAME["en0"]) == "Wi-Fi · up · 1.2 Gb/s"
    assert state_line(BY_NAME["en4"]) == "up, no link · Thunderbolt Ethernet"
    assert state_line(changed(BY_NAME["en0"], up=False, running=False)) == "down · Wi-Fi"


def test_addresses_have_prefix_peer_or_scope() -> None:
    lines = [address_line(address) for name in ("en0", "utun3") for address in BY_NAME[name].addresses]
    assert lines == [
        "192.168.1.23/24",
        "fe80::1c4f:9aff:fe11:2c3e%en0",
        "10.8.0.2 → 10.8.0.1",
        "fd7a:115c::2/48",
    ]


def test_two_interfaces_with_one_address_are_told(window: MainWindow) -> None:
    page = page_of(window)
    row = page.model.rows[page.model.row_of("ipsec0")]
    assert page.model.cell(row, 1).detail == "also on ipsec1"


def test_traffic_is_a_sparkline_with_its_number(window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window)
    qtbot.waitUntil(lambda: len(page.model.item("en0").samples) == 60)  # type: ignore[union-attr]
    page.model.flush()
    cell = page.model.cell(page.model.rows[0], 3)
    assert cell.text == " 1.4 MB/s"
    assert cell.spark is not None
    assert len(cell.spark) == 60


def test_a_tunnel_that_takes_multicast_is_told_and_leads_to_diagnosis(window: MainWindow) -> None:
    page = page_of(window)
    notice = page.banners.notices()[0]
    assert notice.title == "The VPN on utun3 takes unbound IPv4 multicast."
    assert notice.text == "A join to 224.224.0.77 without an interface lands on utun3, not en0."
    page.banners.findChildren(ActionButton)[0].click()
    assert window.current is window.page("diagnosis")


def test_the_banner_goes_with_the_vpn(window: MainWindow) -> None:
    tell(window, changed(BY_NAME["utun3"], takes_multicast_v4=False))
    assert page_of(window).banners.notices() == []


def test_ipv6_taken_alone_is_told_by_an_ipv6_group(window: MainWindow) -> None:
    tell(window, changed(BY_NAME["utun3"], takes_multicast_v4=False, takes_multicast_v6=True))
    assert "ff02::fb" in page_of(window).banners.notices()[0].text


def test_a_removed_interface_leaves_and_selection_stays(window: MainWindow) -> None:
    page = page_of(window)
    page.view.select_key("en5")
    tell(window, Removed(of="interface", name="bridge100"))
    assert "bridge100" not in names(page)
    assert page.view.current_item() == page.model.item("en5")


def test_details_say_meaning_consequence_addresses_and_groups() -> None:
    groups = [group for group in MEMBERSHIPS if group.interface == "en0"]
    details = describe(BY_NAME["en0"], None, groups)
    text = details.as_text()
    assert "Wireless network card" in text
    assert "Access points may filter" in text
    for part in ("192.168.1.23/24", "broadcast 192.168.1.255", "192.168.1.1", "f0:18:98:42:a1:3e", "224.0.0.251"):
        assert part in text
    assert "mDNS (Bonjour)" in text
    assert "nverified" not in text


def test_what_is_not_verified_is_said_to_be() -> None:
    assert "Unverified" in describe(changed(BY_NAME["en0"], type_verified=False), None, []).as_text()


def test_the_chosen_interface_is_marked_and_can_be_chosen_here(window: MainWindow) -> None:
    page = page_of(window)
    row = page.model.item("en5")
    assert row is not None
    page.activate(row)
    page.model.flush()
    assert window.interface_key == stable_key(BY_NAME["en5"])
    chosen = [item.interface.name for item in page.model.items() if item.chosen]
    assert chosen == ["en5"]


def test_hostile_names_are_visible_everywhere(window: MainWindow) -> None:
    hostile = changed(BY_NAME["en5"], name="e\u202en<b>5", label="<i>x</i>\x1b", index=99)
    tell(window, hostile)
    page = page_of(window)
    cell = columns()[0].cell(InterfaceRow(hostile))
    assert cell.text == "e⟨U+202E⟩n<b>5"
    assert "\x1b" not in cell.detail
    page.view.select_key(hostile.name)
    assert not page.grab().isNull()


def test_traffic_and_groups_are_asked_only_while_shown(window: MainWindow, qtbot: QtBot) -> None:
    def methods() -> set[str]:
        return {watch.method for watch in window.link._watches.values()}

    assert methods() == {"interfaces.watch", "traffic.watch", "groups.watch", "changes.watch"}
    window.show_page("diagnosis")
    assert methods().isdisjoint({"traffic.watch", "groups.watch"})
    window.show_page("interfaces")
    assert methods() >= {"traffic.watch", "groups.watch"}


def test_type_and_state_can_be_filtered(window: MainWindow) -> None:
    page = page_of(window)
    page.set_filter("type:tunnel")
    assert [row.interface.name for row in page.proxy.shown_items()] == ["utun3", "ipsec0", "ipsec1"]
    page.set_filter("type:wifi state:up")
    assert [row.interface.name for row in page.proxy.shown_items()] == ["en0"]


def test_an_interface_without_traffic_answer_is_no_zero(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window({"interfaces.watch": [batch(BY_NAME["en0"])]})
    page = page_of(window)
    qtbot.waitUntil(lambda: bool(names(page)))
    assert page.model.cell(page.model.rows[0], 3).text == "–"


def test_the_scene_answers_what_the_page_asks() -> None:
    assert set(ANSWERS) >= {"interfaces.watch", "traffic.watch", "groups.watch"}


def test_interfaces_that_cannot_be_read_are_said_to_be(make_window: MakeWindow, qtbot: QtBot) -> None:
    problem = {"kind": "problem", "code": "x", "subject": "interfaces", "text": "Refused.", "remedy": "Allow it."}
    window = make_window({"interfaces.watch": [{"problem": problem}]})
    page = page_of(window)
    qtbot.waitUntil(lambda: page.empty.emptiness is not None and page.empty.emptiness.why is Why.CANNOT_WORK)
    assert [notice.title for notice in page.banners.notices()] == ["Refused."]
    window.rescan()
    assert page.banners.notices() == []
    qtbot.waitUntil(lambda: bool(page.banners.notices()))


def test_the_details_say_the_roles_with_what_they_are_known_from() -> None:
    text = describe(BY_NAME["utun3"], None, ()).as_text()
    assert "go into this tunnel, where nothing of the LAN arrives." in text
    assert "(by scutil --dns)" in text


def test_the_lives_of_addresses_are_notes() -> None:
    lives = Address(address="2001:db8::5", prefix=64, temporary=True, deprecated=True, valid_seconds=7300)
    assert address_note(lives) == "temporary (privacy) · deprecated: not chosen for new connections · valid for 2 h"
    twice = Address(address="fe80::5", duplicate=True, tentative=True, permanent=True)
    assert address_note(twice) == "duplicate: another host of the link has it"
    assert address_note(BY_NAME["ipsec0"].addresses[0]) == "also on ipsec1"


def test_a_group_says_its_mode_sources_users_and_processes() -> None:
    group = Membership(interface="en0", group="232.1.1.1", family="ipv4", mode="include", sources=("10.0.0.5",),
                       users=2, processes=("vlc (812)",))  # fmt: skip
    assert group_note(group) == "2 sockets · only from 10.0.0.5 · probably vlc (812)"


def test_drops_stand_where_the_packets_would() -> None:
    told = Traffic(interface="en0", time=1, rx_bytes=0, tx_bytes=0, rx_packets=0, tx_packets=0, errors=0, drops=9,
                   rx_packets_per_s=1000.0, tx_packets_per_s=200.0, drops_per_s=9.0)  # fmt: skip
    assert packets_line(told) == "9 drops/s"
    assert packets_line(msgspec.structs.replace(told, drops_per_s=0.0)).strip() == "1.2 kp/s"
