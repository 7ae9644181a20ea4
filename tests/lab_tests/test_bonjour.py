"""Bonjour browsing on two LANs with real avahi-daemons: complete, bound to its interface, and never led astray."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.discovery.bonjour.packets import announcement
from tests.lab import Advertised, Avahi, Background, Host, JsonRecord, Lab, peers
from tests.lab.host import LANSCOUT

MDNS = ("224.0.0.251", 5353)
REPETITIONS = 3

PRINTER = Advertised(
    name="Drucker · Büro 日本",
    type="_ipp._tcp",
    port=631,
    subtypes=("_universal", "_print"),
    txt=("txtvers=1", "rp=ipp/print", "note=", "TLS", "ty=Laser, <schnell>"),
)
WEB = Advertised(name="Dr. Web v1.2", type="_http._tcp", port=8080, txt=("path=/admin",))
SHELL = Advertised(name="shell", type="_ssh._tcp", port=22)
LAN_1 = Advertised(name="on LAN 1", type="_http._tcp", port=81)
LAN_2 = Advertised(name="on LAN 2", type="_http._tcp", port=82)


def services(records: list[JsonRecord]) -> list[JsonRecord]:
    return [record for record in records if record["kind"] == "service"]


def changes(process: Background, name: str) -> list[str]:
    return [record["change"] for record in services(process.records()) if record["name"] == name]


def is_complete(record: JsonRecord) -> bool:
    return bool(record["host"] and record["port"] and len(record["addresses"]) == 2)


@contextmanager
def browsing(host: Host, *words: str) -> Iterator[Background]:
    """``lanscout services`` until the block ends; it must then end well and have said nothing on stderr."""
    with host.lanscout_process("services", "--seconds", "60", *words) as process:
        yield process
        assert process.interrupt() in (0, 1)
        assert process.errors == []


def announce(host: Host, packet: bytes, device: str = "en0") -> None:
    """Send ``packet`` as a responder on that host would."""
    with host.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((host.source(device, MDNS[0]), MDNS[1]))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
        sock.setsockopt(
            socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("@4s4si", b"", b"", socket.if_nametoindex(device))
        )
        sock.sendto(packet, MDNS)


def test_what_is_told_to_this_host_alone_from_beyond_the_link_is_not_believed(fresh_lab: Lab) -> None:
    alpha, beta = fresh_lab.alpha, fresh_lab.beta
    beta.ip("address add 203.0.113.9/32 dev en0")
    said = {name: announcement(name.encode(), "_http._tcp") for name in ("far", "second", "near")}
    # The second address of the interface: no socket is bound to it, so that it would reach one bound to all.
    alpha.ip("address add 192.168.1.24/24 dev en0")
    with browsing(alpha, "_http._tcp", "--interface", "en0") as process:
        process.wait_until(lambda: alpha.run(["ss", "-uHlna", "sport", "5353"]).stdout.count("192.168.1.23") > 0)
        for name, source, target in (
            ("far", "203.0.113.9", "192.168.1.23"),
            ("second", "203.0.113.9", "192.168.1.24"),
            ("near", "192.168.1.20", "192.168.1.23"),
        ):
            with beta.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind((source, MDNS[1]))
                sock.sendto(said[name], (target, MDNS[1]))
        process.record("service", name="near")
    assert {record["name"] for record in services(process.records())} == {"near"}


def test_services_of_a_real_responder_are_complete_within_two_seconds(lab: Lab) -> None:
    with Avahi(lab, lab.beta, [PRINTER, WEB, SHELL]):
        began = time.time()
        with browsing(lab.alpha) as process:
            found = {each.name: process.record("service", name=each.name, port=each.port) for each in (PRINTER, WEB)}
            found[SHELL.name] = process.record("service", name=SHELL.name)
            assert max(record["seen"] for record in found.values()) - began < 2
    for record in found.values():
        assert record["host"] == "beta.local."
        assert record["addresses"] == [*lab.beta.v4, *lab.beta.v6]
        assert record["interfaces"] == ["en0"]
        assert record["ttl"] == 120
        assert record["change"] == "added"
    printer = found[PRINTER.name]
    assert printer["type"] == "_ipp._tcp"
    assert printer["txt"] == {"txtvers": "1", "rp": "ipp/print", "note": "", "TLS": None, "ty": "Laser, <schnell>"}
    assert printer["subtypes"] == ["_print", "_universal"]
    assert found[WEB.name]["txt"] == {"path": "/admin"}


def test_a_new_type_a_change_and_a_goodbye_are_seen_while_watching(lab: Lab) -> None:
    with Avahi(lab, lab.beta, [SHELL]) as avahi, browsing(lab.alpha) as process:
        process.record("service", name=SHELL.name, port=22)
        avahi.put(WEB)
        process.record("type", type="_http._tcp", label="Web page (HTTP)")
        process.record("service", name=WEB.name, port=8080, change="added")

        avahi.put(Advertised(name=WEB.name, type=WEB.type, port=8081, txt=("path=/new",)))
        process.record("service", name=WEB.name, port=8081, txt={"path": "/new"})

        avahi.withdraw(WEB.name)
        process.record("service", name=WEB.name, port=8081, change="removed")
        assert changes(process, SHELL.name) == ["added"]


def test_a_type_and_a_subtype_can_be_asked_for(lab: Lab) -> None:
    with Avahi(lab, lab.beta, [PRINTER, WEB, SHELL]):
        by_type = services(lab.alpha.lanscout("services", "_ssh._tcp.local", "--seconds", "2"))
        by_subtype = services(lab.alpha.lanscout("services", "_universal._sub._ipp._tcp", "--seconds", "2"))
    assert {record["name"] for record in by_type} == {SHELL.name}
    assert {record["name"] for record in by_subtype} == {PRINTER.name}
    assert "_universal" in by_subtype[-1]["subtypes"]
    assert is_complete(by_subtype[-1])


def test_each_interface_shows_only_its_own_lan_although_others_have_joined_on_both(lab: Lab) -> None:
    with (
        Avahi(lab, lab.beta, [LAN_1]) as beta,
        Avahi(lab, lab.delta, [LAN_2]) as delta,
        peers.foreign_joiner(lab.alpha, *MDNS, "en0", "en5"),
        peers.foreign_joiner(lab.alpha, "ff02::fb", MDNS[1], "en0", "en5"),
        browsing(lab.alpha, "--interface", "en0") as en0,
        browsing(lab.alpha, "--interface", "en5") as en5,
    ):
        en0.record("service", name=LAN_1.name)
        en5.record("service", name=LAN_2.name)
        for number in range(REPETITIONS):
            beta.put(Advertised(name=f"beta {number}", type="_ssh._tcp", port=22))
            delta.put(Advertised(name=f"delta {number}", type="_ssh._tcp", port=22))
            en0.record("service", name=f"beta {number}")
            en5.record("service", name=f"delta {number}")
        for _ in range(REPETITIONS):
            names = {
                name: {
                    each["name"]
                    for each in services(lab.alpha.lanscout("services", "--interface", name, "--seconds", "2"))
                }
                for name in ("en0", "en5")
            }
            assert names["en0"] == {LAN_1.name, *(f"beta {number}" for number in range(REPETITIONS))}
            assert names["en5"] == {LAN_2.name, *(f"delta {number}" for number in range(REPETITIONS))}
    for process, wrong, name in ((en0, "delta", "en0"), (en5, "beta", "en5")):
        heard = services(process.records())
        assert not [record["name"] for record in heard if wrong in (record["host"] or record["name"])]
        assert {tuple(record["interfaces"]) for record in heard} == {(name,)}


def test_without_a_choice_all_suitable_interfaces_are_browsed_and_each_row_says_where(lab: Lab) -> None:
    with Avahi(lab, lab.beta, [LAN_1]), Avahi(lab, lab.delta, [LAN_2]):
        found = {
            each["name"]: each["interfaces"] for each in services(lab.alpha.lanscout("services", "--seconds", "2"))
        }
    assert found == {LAN_1.name: ["en0"], LAN_2.name: ["en5"]}


def test_hostile_and_malformed_packets_are_shown_harmless_and_stop_nothing(lab: Lab) -> None:
    large = b"".join(b"\xffk%02d=" % number + b"x" * 251 for number in range(33))
    names = ["\u202etxt.exe", "<b>bold</b><script>", "a\nb\x1b[2J", "ü" * 31]
    with browsing(lab.alpha, "--interface", "en0") as process, Avahi(lab, lab.gamma, [SHELL]):
        process.record("service", name=SHELL.name, port=22)
        for packet in (b"", b"\0" * 12, b"\xff" * 500, announcement(b"cut", "_http._tcp")[:-9], bytes(1400)):
            announce(lab.beta, packet)
        for name in names:
            announce(lab.beta, announcement(name.encode(), "_http._tcp", txt=b"\x09<i>=\x1b[2J\n"))
        announce(lab.beta, announcement(b"\xff\xfe\x00", "_http._tcp"))
        announce(lab.beta, announcement(b"large", "_http._tcp", txt=large))
        announce(lab.beta, announcement(b"too large", "_http._tcp", txt=large + large))
        announce(lab.beta, announcement(b"last", "_http._tcp"))

        process.record("service", name="last")
        for name in names:
            assert process.record("service", name=name)["txt"] == {"<i>": "\x1b[2J\n"}
        assert process.record("service", name="\ufffd\ufffd\x00")["port"] == 80
        assert len(process.record("service", name="large")["txt"]) == 33
        assert "too large" not in {record["name"] for record in services(process.records())}


def test_an_interface_that_vanishes_and_comes_back_takes_and_brings_its_services(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    with (
        Avahi(fresh_lab, fresh_lab.beta, [LAN_1]),
        Avahi(fresh_lab, fresh_lab.delta, [LAN_2]),
        browsing(alpha) as process,
    ):
        process.record("service", name=LAN_1.name)
        process.record("service", name=LAN_2.name, change="added")
        alpha.ip("link set en5 down")
        process.record("service", name=LAN_2.name, change="removed")

        alpha.ip("link set en5 up")
        process.wait_until(lambda: changes(process, LAN_2.name)[-1] == "added")
        alpha.ip("link delete en5")
        process.wait_until(lambda: changes(process, LAN_2.name)[-1] == "removed")
        assert changes(process, LAN_1.name) == ["added"]


def test_a_change_of_address_keeps_the_services_that_are_still_there(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    with Avahi(fresh_lab, fresh_lab.beta, [LAN_1, WEB]) as avahi, browsing(alpha, "--interface", "en0") as process:
        process.record("service", name=LAN_1.name, port=81)
        alpha.run(["sysctl", "-w", "net.ipv4.conf.en0.promote_secondaries=1"])
        alpha.ip("address add 192.168.1.77/24 dev en0")
        alpha.ip("address delete 192.168.1.23/24 dev en0")
        avahi.put(SHELL)
        process.record("service", name=SHELL.name, port=22)
        avahi.withdraw(WEB.name)
        process.record("service", name=WEB.name, change="removed")
        assert changes(process, LAN_1.name) == ["added"]


def test_an_interface_without_an_address_is_browsed_as_soon_as_it_has_one(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("link set en0 down")
    alpha.ip("address flush dev en0")
    with (
        Avahi(fresh_lab, fresh_lab.beta, [LAN_1]),
        alpha.lanscout_process("services", "--seconds", "60", "--interface", "en0") as process,
    ):
        process.wait_for("en0 is down")
        alpha.ip("address add 192.168.1.23/24 dev en0")
        alpha.ip("link set en0 up")
        process.record("service", name=LAN_1.name, port=81)
        assert process.interrupt() == 0


def test_an_interface_without_the_multicast_flag_is_a_problem(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("link set en0 multicast off")
    with fresh_lab.alpha.lanscout_process("services", "--seconds", "60", "--interface", "en0") as process:
        process.wait_for("en0 does not have the MULTICAST flag")


def test_a_vpn_that_comes_and_goes_changes_nothing(fresh_lab: Lab) -> None:
    with Avahi(fresh_lab, fresh_lab.beta, [LAN_1]) as avahi, browsing(fresh_lab.alpha) as process:
        process.record("service", name=LAN_1.name, port=81)
        fresh_lab.vpn_up()
        avahi.put(WEB)
        process.record("service", name=WEB.name, port=8080)
        fresh_lab.vpn_down()
        avahi.put(SHELL)
        process.record("service", name=SHELL.name, port=22)
        assert changes(process, LAN_1.name) == ["added"]
        assert "removed" not in {record["change"] for record in services(process.records())}
        assert fresh_lab.vpn_packets() == []


def test_the_state_counts_packets_from_elsewhere_and_nothing_stays_joined(lab: Lab) -> None:
    ask = {"id": 1, "watch": "bonjour.browse", "with": {"interfaces": ["en0"], "types": ["_nothing._tcp"]}}
    with lab.alpha.start([*LANSCOUT, "probe"]) as probe:
        probe.write(json.dumps(ask) + "\n")
        probe.wait_for('"kind":"browse_state","interface":"en0","since":[0-9.]+,"packets":0')
        for _ in range(3):
            announce(lab.beta, announcement(b"x", "_http._tcp"))
        probe.wait_for('"kind":"browse_state","interface":"en0","since":[0-9.]+,"packets":3')
        assert mdns_users(lab.alpha) == 1
        probe.write('{"id": 1, "stop": true}\n')
        probe.wait_until(lambda: mdns_users(lab.alpha) == 0)


def mdns_users(host: Host) -> int:
    """The interfaces of the host on which 224.0.0.251 is joined, from /proc/net/igmp (proc(5))."""
    with host.inside(), open("/proc/thread-self/net/igmp", encoding="ascii") as table:  # noqa: PTH123
        return sum(line.split()[0] == "FB0000E0" for line in table)


@pytest.mark.parametrize("word", ["en9", "LAN"])
def test_an_unknown_interface_is_wrong_use_and_the_message_names_those_there_are(lab: Lab, word: str) -> None:
    result = lab.alpha.run([*LANSCOUT, "services", "--interface", word, "--json"], check=False)
    assert result.returncode == 2
    assert "en0" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_type_of_a_wrong_form_is_wrong_use_and_the_message_names_the_rule(lab: Lab) -> None:
    result = lab.alpha.run([*LANSCOUT, "services", "http", "--json"], check=False)
    assert result.returncode == 2
    assert "RFC 6763" in result.stderr


@pytest.mark.parametrize("name", ["utun3", "lo"])
def test_an_interface_left_out_by_design_says_so_and_nothing_is_found(fresh_lab: Lab, name: str) -> None:
    fresh_lab.vpn_up()
    result = fresh_lab.alpha.run(
        [*LANSCOUT, "services", "--interface", name, "--seconds", "1.5", "--json"], check=False
    )
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(record["kind"], record["subject"]) for record in told] == [("problem", name)]
    assert told[0]["code"] in ("browse_by_design", "browse_no_multicast")
    assert told[0]["text"] in result.stderr
    assert result.returncode == 1


def test_one_name_of_two_hosts_on_two_lans_is_a_row_of_one_that_names_the_other(lab: Lab) -> None:
    with browsing(lab.alpha, "_ipp._tcp") as process:
        process.wait_until(lambda: lab.alpha.run(["ss", "-uHlna", "sport", "5353"]).stdout.count("192.168.1.23") > 0)
        here = announcement(b"Office printer", "_ipp._tcp", port=631, host="printa", packed=(b"\xc0\xa8\x01\x14",))
        there = announcement(b"Office printer", "_ipp._tcp", port=9999, host="printb", packed=(b"\x0a\x42\x00\x02",))
        announce(lab.beta, here)
        process.wait_until(lambda: "added" in changes(process, "Office printer"))
        announce(lab.delta, there)
        process.wait_until(lambda: any(record.get("also") for record in services(process.records())))
        row = services(process.records())[-1]
    assert (row["host"], row["port"], row["addresses"], row["interfaces"]) == (
        "printa.local.", 631, ["192.168.1.20"], ["en0"],
    )  # fmt: skip
    assert row["also"] == [{"host": "printb.local.", "port": 9999, "interfaces": ["en5"]}]


def test_two_hosts_that_claim_a_name_in_turn_do_not_turn_the_row(lab: Lab) -> None:
    packets = (
        (lab.beta, announcement(b"Fought", "_http._tcp", host="gamma", packed=(b"\xc0\xa8\x01\x14",))),
        (lab.gamma, announcement(b"Fought", "_http._tcp", port=666, host="mallory", packed=(b"\xc0\xa8\x01\x66",))),
    )
    with browsing(lab.alpha, "_http._tcp", "--interface", "en0") as process:
        process.wait_until(lambda: lab.alpha.run(["ss", "-uHlna", "sport", "5353"]).stdout.count("192.168.1.23") > 0)
        for host, packet in packets * 4:
            announce(host, packet)
            due = time.monotonic() + 0.6  # zeroconf passes over a packet that comes again within a second
            process.wait_until(lambda due=due: time.monotonic() >= due)  # type: ignore[misc]
        rows = services(process.records())
    assert [row["host"] for row in rows] == ["gamma.local.", "mallory.local.", "gamma.local."]
    assert rows[-1]["addresses"] == ["192.168.1.20"]
    assert rows[-1]["also"] == [{"host": "mallory.local.", "port": 666, "interfaces": ["en0"]}]
