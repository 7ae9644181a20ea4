from __future__ import annotations

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from net.ports.records import Listener
from tests.ui.pages.ports.scene import CONTROL_CENTER, NODE, ROOT, listener
from ui.pages.ports.endpoint import port_number
from ui.pages.ports.verdict import Verdict, verdict
from ui.theme import Tone

pytestmark = pytest.mark.usefixtures("qapp")


def title(*held: Listener, port: int = 5000) -> str:
    return verdict(port, held, "macos").title


@pytest.mark.parametrize(
    ("typed", "port"),
    [
        ("5000", 5000), (" 80 ", 80), ("65535", 65535), ("0", None), ("65536", None), ("70000", None), ("", None),
        ("http", None), ("80 ", 80), ("-80", None), ("8o", None), ("５０００", None), ("9" * 400, None),
    ],
)  # fmt: skip
def test_only_the_number_of_a_port_is_one(typed: str, port: int | None) -> None:
    assert port_number(typed) == port


def test_two_programs_on_one_port_are_told_apart_by_address(qapp: QApplication) -> None:
    said = verdict(5000, (CONTROL_CENTER, NODE), "macos")
    assert said.title == (
        "Port 5000 is held by node (PID 4242) on 127.0.0.1 and by ControlCenter (PID 431) on every other address."
    )
    assert said.text.startswith(
        "localhost can mean either: 127.0.0.1 is answered by node (PID 4242), ::1 by ControlCenter (PID 431). "
    )
    assert "switch AirPlay Receiver off" in said.text
    assert said.tone is Tone.WARNING


def test_a_free_port_is_said_to_be_and_why_a_bind_may_fail_all_the_same() -> None:
    said = verdict(5001, (), "linux")
    assert said.title == "Nothing listens on port 5001 here."
    assert "SO_REUSEADDR" in said.text
    assert said.tone is Tone.OK
    assert "xnu keeps this port" in verdict(55555, (), "macos").text
    assert "WinNAT" in verdict(50000, (), "windows").text
    assert verdict(5001, (), "") == Verdict("Nothing listens on port 5001 here.", tone=Tone.OK)


@pytest.mark.parametrize(
    ("addresses", "places"),
    [
        (("127.0.0.1",), "127.0.0.1"),
        (("127.0.0.1", "::1"), "127.0.0.1 and ::1"),
        (("0.0.0.0",), "every IPv4 address"),
        (("::",), "every address"),
        (("0.0.0.0", "::"), "every address"),
        (("::1", "0.0.0.0"), "::1 and every IPv4 address"),
        (("127.0.0.1", "0.0.0.0"), "127.0.0.1 and every other IPv4 address"),
        (("127.0.0.1", "192.168.1.23", "::"), "127.0.0.1, 192.168.1.23 and every other address"),
    ],
)
def test_the_addresses_of_one_program_are_put_into_words(addresses: tuple[str, ...], places: str) -> None:
    held = [listener(5000, "node", 4242, address) for address in addresses]
    assert title(*held) == f"Port 5000 is held by node (PID 4242) on {places}."


def test_a_wildcard_that_refuses_ipv4_is_every_ipv6_address() -> None:
    six = listener(5000, "a", 1, "::", stack="v6", v6only=True)
    four = listener(5000, "b", 2, "0.0.0.0")
    assert title(six) == "Port 5000 is held by a (PID 1) on every IPv6 address."
    assert title(six, four) == (
        "Port 5000 is held by b (PID 2) on every IPv4 address and by a (PID 1) on every IPv6 address."
    )
    dual = listener(5000, "a", 1, "::")
    assert "a (PID 1) on every IPv6 address" in title(dual, four), "its IPv4 half is another's"


def test_a_wildcard_on_one_interface_is_every_address_of_it() -> None:
    bound = listener(5000, "a", 1, "0.0.0.0", interface="en0", scope="lan")
    assert title(bound) == "Port 5000 is held by a (PID 1) on every address of en0."


def test_protocols_are_named_where_it_matters() -> None:
    tcp, udp = listener(53, "dnsmasq", 5), listener(53, "dnsmasq", 5, protocol="udp")
    other = listener(53, "mDNSResponder", 310, "0.0.0.0", protocol="udp")
    assert title(udp, port=53) == "UDP port 53 is held by dnsmasq (PID 5) on 127.0.0.1."
    assert title(tcp, udp, port=53) == "Port 53, TCP and UDP, is held by dnsmasq (PID 5) on 127.0.0.1."
    said = verdict(53, (tcp, other), "macos")
    assert said.title == "TCP port 53 is held by dnsmasq (PID 5) on 127.0.0.1."
    assert said.text == "UDP port 53 is held by mDNSResponder (PID 310) on every IPv4 address."


def test_many_holders_are_counted() -> None:
    shared = [listener(5353, "Chrome", pid, "0.0.0.0", protocol="udp") for pid in range(1, 7)]
    assert title(*shared, port=5353) == (
        "UDP port 5353 is held by Chrome (PIDs 1, 2, 3 and 3 more) on every IPv4 address."
    )
    different = [listener(5000, f"p{pid}", pid, f"127.0.0.{pid}") for pid in range(1, 8)]
    assert title(*different) == (
        "Port 5000 is held by p1 (PID 1) on 127.0.0.1, by p2 (PID 2) on 127.0.0.2, by p3 (PID 3) on 127.0.0.3 and "
        "by 4 more."
    )


def test_workers_of_one_server_are_named_by_all_their_pids() -> None:
    held = listener(5000, "nginx", 10, "0.0.0.0", shared_with=(11, 12))
    assert "by nginx (PIDs 10, 11, 12) on" in title(held)


def test_how_sure_the_owner_is_is_part_of_the_sentence() -> None:
    probable = listener(5000, "node", 7, owner="probable", missing_right=ROOT)
    assert title(probable) == "Port 5000 is held by node (PID 7, probable) on 127.0.0.1."
    hidden = verdict(5000, (listener(5000, None, None),), "macos")
    assert hidden.title == "Port 5000 is held by a hidden owner on 127.0.0.1."
    assert hidden.text == "To see the hidden owner this needs root."
    foreign = verdict(5000, (listener(5000, None, None, known="Port 5000 belongs to another user."),), "linux")
    assert (foreign.tone, "belongs to another user" in foreign.text) == (Tone.INFO, True)
    unit = listener(5000, None, None, service="cups.service", missing_right="none: no process seen from here holds it")
    said = verdict(5000, (unit,), "linux")
    assert "by a hidden owner (cups.service) on" in said.title
    assert said.text == "", "no right would help"


def test_what_is_not_verified_is_said_to_be() -> None:
    guess = msgspec.structs.replace(CONTROL_CENTER, known_verified=False)
    assert verdict(5000, (guess,), "macos").text.endswith("(Unverified.)")
    assert "Unverified" not in verdict(5000, (CONTROL_CENTER,), "macos").text


def test_hostile_names_stay_text_and_fill_no_other_place() -> None:
    hostile = listener(5000, "%2\u202e<b>", 6, "fe80::1%1en")
    assert title(hostile) == "Port 5000 is held by %2⟨U+202E⟩<b> (PID 6) on fe80::1%1en."


def test_a_probable_owner_that_is_one_of_several_has_no_pid() -> None:
    one = listener(5000, "python3", 1, owner="probable", address="0.0.0.0")
    held = [msgspec.structs.replace(one, pid=None, user="nobody", address=address) for address in ("0.0.0.0", "::1")]
    said = verdict(5000, held, "linux")
    assert "probably python3 of nobody" in said.title
    assert "PID" not in said.title
    assert "localhost can mean" not in said.text


def test_programs_of_one_name_are_told_apart_by_their_commands() -> None:
    first = listener(5000, "python3", 41, command="python3 -m http.server 5000 --bind 127.0.0.1")
    second = listener(5000, "python3", 42, "::1", command="python3 shop.py")
    assert title(first, second) == (
        "Port 5000 is held by python3 (PID 41, command python3 -m http.server 5000 --bind 127.0.0.1) on 127.0.0.1 "
        "and by python3 (PID 42, command python3 shop.py) on ::1."
    )


def test_the_forwarders_of_a_container_are_the_container() -> None:
    proxies = [
        listener(8080, "docker-proxy", 11, "0.0.0.0", container="web"),
        listener(8080, "docker-proxy", 12, "::", stack="v6", v6only=True, container="web"),
    ]
    said = verdict(8080, proxies, "linux")
    assert said.title == "Port 8080 is held by container web (docker-proxy, PIDs 11, 12) on every address."
    assert "localhost can mean" not in said.text


def test_a_server_that_forks_for_each_stack_is_one_owner() -> None:
    four = listener(5000, "python3", 20, "0.0.0.0", command="python3 serve.py")
    six = listener(5000, "python3", 21, "::", stack="v6", v6only=True, command="python3 serve.py", parent=20)
    said = verdict(5000, (four, six), "linux")
    assert said.title == "Port 5000 is held by python3 (PIDs 20, 21) on every address."
    assert (said.text, said.tone) == ("", Tone.INFO)
