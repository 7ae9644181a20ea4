"""Tests of the terminal's tables: what came from the network cannot act on the terminal."""

from __future__ import annotations

import io

import msgspec
from rich.console import Console, RenderableType

from discovery.records import Claimant, Service
from net.ports.records import Listener
from net.records import Address, Datagram
from ui.terminal import tables

HOSTILE = "evil\x1b[31m\u202e[bold]<b>name</b>\r\n"


def _printed(renderable: RenderableType) -> str:
    stream = io.StringIO()
    Console(file=stream, width=300, highlight=False, markup=False).print(renderable)
    return stream.getvalue()


def _harmless(text: str) -> bool:
    return not any(character in text for character in ("\x1b", "\u202e", "\r"))


def test_a_duplicate_address_says_with_whom() -> None:
    shared = Address(address="192.0.0.6", prefix=32, also_on=("ipsec1", "ipsec2"))
    taken = Address(address="fd66:1::20", prefix=64, duplicate=True)
    assert tables.address_line(shared) == "192.0.0.6/32 (also on ipsec1, ipsec2)"
    assert tables.address_line(taken) == "fd66:1::20/64 (another host has it)"
    assert tables.address_line(Address(address="10.8.0.2", peer="10.8.0.1")) == "10.8.0.2 → 10.8.0.1"


def test_a_service_with_a_hostile_name_is_shown_as_plain_text() -> None:
    service = Service(change="added", name=HOSTILE, type="_http._tcp", domain="local", host=HOSTILE, port=80)
    printed = _printed(tables.services_table([service]))
    assert _harmless(printed)
    assert "[bold]<b>name</b>" in printed
    assert "⟨U+202E⟩" in printed
    assert len(printed.splitlines()) <= 4


def test_a_service_called_a_space_has_a_name_to_see() -> None:
    service = Service(name=" ", type="_http._tcp", domain="local", change="added")
    assert "⟨space⟩" in _printed(tables.services_table([service]))


def test_another_host_of_the_same_name_stands_under_the_host() -> None:
    also = (Claimant(host=HOSTILE, port=9999, interfaces=("en0", "en5")),)
    service = Service(change="added", name="x", type="_http._tcp", domain="local", host="a.local.", port=80, also=also)
    printed = _printed(tables.services_table([service]))
    assert _harmless(printed)
    assert "a.local." in printed
    assert ":9999 on en0, en5" in printed


def test_a_listener_with_a_hostile_command_is_shown_as_plain_text() -> None:
    listener = Listener(
        protocol="tcp",
        address="0.0.0.0",
        port=5000,
        interface=None,
        scope="all",
        stack="v4",
        v6only=None,
        owner="proved",
        pid=7,
        process=HOSTILE,
    )
    assert _harmless(_printed(tables.listeners_table([listener])))


LISTENER = Listener(
    protocol="tcp",
    address="0.0.0.0",
    port=5000,
    interface=None,
    scope="all",
    stack="v4",
    v6only=None,
    owner="proved",
    pid=7,
    process="node",
)


def test_a_forwarder_is_shown_with_its_container_and_a_hidden_owner_with_the_right_that_is_missing() -> None:
    known = Listener(
        protocol="tcp",
        address="0.0.0.0",
        port=8080,
        interface=None,
        scope="all",
        stack="v4",
        v6only=None,
        owner="proved",
        pid=7,
        process="docker-proxy",
        container="shop-web-1",
    )
    assert "docker-proxy, container shop-web-1" in _printed(tables.listeners_table([known]))
    hidden = msgspec.structs.replace(known, owner="hidden", process=None, pid=None, missing_right="root")
    assert "container shop-web-1 hidden" in _printed(tables.listeners_table([hidden]))
    assert tables.missing_rights([known, hidden]) == ("Without PID: tcp 8080. Missing right: root.",)


def test_a_pool_is_its_first_pid_and_how_many_more_or_all_of_them() -> None:
    pool = msgspec.structs.replace(LISTENER, pid=100, shared_with=(101, 102, 103))
    assert "100 +3" in _printed(tables.listeners_table([pool]))
    assert "100, 101, 102, 103" in _printed(tables.listeners_table([pool], all_pids=True))


def test_the_registered_name_has_a_column_of_its_own_only_where_there_is_one() -> None:
    assert "Registered for" not in _printed(tables.listeners_table([LISTENER]))
    header, row, _ = _printed(
        tables.listeners_table([msgspec.structs.replace(LISTENER, iana="commplex-main"), LISTENER])
    ).splitlines()
    assert row.index("commplex-main?") == header.index("Registered for")


def test_many_ports_without_a_pid_are_counted_under_the_right_they_need() -> None:
    hidden = [
        msgspec.structs.replace(LISTENER, owner="hidden", pid=None, port=port, missing_right="root")
        for port in range(1, 12)
    ]
    assert tables.missing_rights(hidden) == (
        "Without PID: tcp 1, tcp 2, tcp 3, tcp 4, tcp 5, tcp 6, tcp 7, tcp 8 and 3 more. Missing right: root.",
    )
    assert tables.missing_rights([LISTENER]) == ()


def test_a_payload_cannot_act_on_the_terminal() -> None:
    datagram = Datagram(
        time=0.0,
        interface="en0",
        source="192.168.1.20",
        source_port=1,
        group="224.0.0.77",
        port=2,
        ttl=None,
        size=9,
        payload_hex="1b",
        payload_text=HOSTILE,
    )
    printed = _printed(tables.datagram_line(datagram))
    assert _harmless(printed)
    assert "TTL –" in printed


def test_ipv6_endpoints_stand_in_brackets() -> None:
    datagram = Datagram(
        time=0.0,
        interface="en0",
        source="fe80::1%en0",
        source_port=4000,
        group="ff02::1",
        port=5000,
        ttl=1,
        size=1,
        payload_hex="61",
        payload_text="a",
    )
    assert "[fe80::1%en0]:4000 → [ff02::1]:5000" in tables.datagram_line(datagram).plain
