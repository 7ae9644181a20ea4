"""The checks of what the host itself does, against the fault, its evidence and remedy, and healthy hosts beside it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab import Host, JsonRecord, Lab, dns, peers
from tests.lab.host import LANSCOUT
from tests.lab.host_faults import BROKEN, mdns_port_held, shared_bridge

WITH_HOSTS = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"']
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
DNS = "10.66.0.2"
"""delta, as alpha sees it."""
KNOWS = "--host-record=example.com,192.0.2.1"
Findings = dict[str, JsonRecord]


def diagnosed(host: Host, *words: str, before: tuple[str, ...] = ()) -> Findings:
    """The findings of ``lanscout diagnose`` by their code; with ``--check`` only those of that check."""
    argv = [*before, *LANSCOUT, "diagnose", "--json", "--seconds", "2", *words]
    result = host.run(argv, check=False)
    assert result.returncode == 0, result.stderr
    return {each["code"]: each for each in map(json.loads, result.stdout.splitlines())}


def grade(finding: JsonRecord) -> tuple[str, str, str]:
    return finding["subject"], finding["severity"], finding["certainty"]


def test_localhost_that_airplay_answers_is_told_with_what_frees_it(lab: Lab, tmp_path: Path) -> None:
    """As on a Mac: localhost is ::1 first, which is AirPlay's, and 127.0.0.1 is the developer's server."""
    hosts = tmp_path / "hosts"
    hosts.write_text("::1 localhost\n127.0.0.1 localhost\n")
    with (
        peers.airplay(lab.alpha, 5000, "::", "192.168.1.23"),
        peers.web_server(lab.alpha, "127.0.0.1", 5000, tmp_path) as server,
    ):
        finding = diagnosed(lab.alpha, "--check", "answering", before=(*WITH_HOSTS, str(hosts)))[
            "answers_differ_airplay"
        ]
    assert grade(finding) == ("5000", "warning", "proven")
    assert finding["title"].startswith("localhost:5000 reaches ::1 first, where python")
    assert "; it answers like AirPlay: Server: AirTunes" in finding["title"]
    assert f"PID {server.pid}" in " ".join(finding["evidence"])
    assert any("shairport-sync" in remedy for remedy in finding["remedy"])


def test_airplay_alone_is_worth_knowing_and_no_warning(lab: Lab) -> None:
    with peers.airplay(lab.alpha, 7000, "::", "127.0.0.1", "192.168.1.23"):
        found = diagnosed(lab.alpha, "--check", "answering")
    assert grade(found["answers_airplay"]) == ("7000", "info", "proven")


def test_a_port_that_an_ordinary_user_may_not_have_is_told_with_the_way_to_it(lab: Lab) -> None:
    finding = diagnosed(lab.alpha, "--check", "binding", "--port", "53", before=tuple(AS_NOBODY))["port_forbidden"]
    assert grade(finding) == ("53", "error", "proven")
    assert "127.0.0.1:53 (udp" in " ".join(finding["evidence"])
    assert "EACCES (13)" in finding["evidence"][0]
    assert "ip_unprivileged_port_start" in " ".join(finding["remedy"])


def test_a_port_that_can_be_had_is_told_so(lab: Lab) -> None:
    free = diagnosed(lab.alpha, "--check", "binding", "--port", "5300", before=tuple(AS_NOBODY))["port_free"]
    assert grade(free) == ("5300", "ok", "proven")
    assert "0.0.0.0:5300 (udp" in " ".join(free["evidence"])


def test_a_port_that_is_taken_names_its_holder(lab: Lab) -> None:
    with peers.tcp_listener(lab.alpha, "127.0.0.1", 5001) as holder:
        finding = diagnosed(lab.alpha, "--check", "binding", "--port", "5001")["port_taken"]
    assert finding["severity"] == "error"
    assert f"socat (PID {holder.pid})" in finding["cause"]
    assert any("nearest port" in remedy for remedy in finding["remedy"])


def test_without_a_port_asked_for_nothing_is_said_of_low_ports(lab: Lab) -> None:
    found = diagnosed(lab.alpha, "--check", "binding", before=tuple(AS_NOBODY))
    assert found.keys() == {"nothing_found"}


def test_a_program_that_does_not_share_the_port_of_mdns_is_named_and_silence_is_not_told_beside_it(
    fresh_lab: Lab,
) -> None:
    mdns_port_held(fresh_lab.alpha)
    found = diagnosed(fresh_lab.alpha)
    assert grade(found["mdns_port_held"]) == ("5353", "error", "proven")
    assert "socat (PID" in found["mdns_port_held"]["cause"]
    assert not any(code.startswith("bonjour_") for code in found)


def test_a_responder_that_shares_the_port_is_no_fault(fresh_lab: Lab) -> None:
    with peers.zeroconf_publisher(fresh_lab.alpha, "192.168.1.23", {"name": "w", "type": "_http._tcp", "port": 80}):
        assert diagnosed(fresh_lab.alpha, "--check", "mdns_port").keys() == {"nothing_found"}


def test_a_host_that_breaks_the_rules_of_mdns_is_told_with_rule_section_and_packet(lab: Lab) -> None:
    with peers.mdns_repeated(lab.gamma, "192.168.1.1", BROKEN):
        finding = diagnosed(lab.alpha, "--check", "mdns_rules")["mdns_rules_broken"]
    assert grade(finding) == ("192.168.1.1", "warning", "proven")
    assert "header_cut (RFC 1035" in finding["title"]
    assert "192.168.1.1 on en0" in finding["evidence"][0]


def test_what_this_host_sends_itself_is_not_held_against_others(lab: Lab) -> None:
    with peers.mdns_repeated(lab.alpha, "192.168.1.23", BROKEN):
        assert diagnosed(lab.alpha, "--check", "mdns_rules").keys() == {"nothing_found"}


def _silent(lab: Lab) -> None:
    dns.filtered(lab.delta, "udp dport 53 drop", "tcp dport 53 drop")


def _udp_filtered(lab: Lab) -> None:
    dns.filtered(lab.delta, "udp dport 53 drop")


def _tcp_blocked(lab: Lab) -> None:
    dns.filtered(lab.delta, "tcp dport 53 drop")


def _fine(lab: Lab) -> None:
    assert lab


@pytest.mark.skipif(dns.missing() is not None, reason=str(dns.missing()))
@pytest.mark.parametrize(
    ("break_it", "code", "severity", "certainty"),
    [
        (_fine, "nothing_found", "ok", "proven"),
        (_silent, "resolve_silent", "error", "likely"),
        (_udp_filtered, "resolve_udp_filtered", "error", "likely"),
        (_tcp_blocked, "resolve_tcp_blocked", "warning", "likely"),
    ],
)
def test_the_class_of_a_dns_server_s_fault_is_the_finding(
    fresh_lab: Lab, break_it: Callable[[Lab], None], code: str, severity: str, certainty: str
) -> None:
    break_it(fresh_lab)
    with dns.dnsmasq(fresh_lab.delta, DNS, KNOWS), dns.resolv_conf(fresh_lab.alpha, DNS):
        begin = time.monotonic()
        found = diagnosed(fresh_lab.alpha, "--check", "resolving")
        assert time.monotonic() - begin < 8
    assert list(found) == [code]
    assert (found[code]["severity"], found[code]["certainty"]) == (severity, certainty)


@pytest.mark.skipif(dns.missing() is not None, reason=str(dns.missing()))
def test_a_silent_server_beside_a_sound_one_is_a_warning(fresh_lab: Lab) -> None:
    with (
        dns.dnsmasq(fresh_lab.delta, DNS, KNOWS),
        dns.resolv_conf(fresh_lab.alpha, DNS, "192.168.1.20"),
    ):
        found = diagnosed(fresh_lab.alpha, "--check", "resolving")
    assert grade(found["resolve_refused"]) == ("192.168.1.20", "warning", "proven")


def test_a_whole_run_ends_in_ten_seconds_also_where_everything_is_silent_or_refused(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    dns.filtered(fresh_lab.alpha, 'oifname { "en0", "en5" } drop', hook="output")
    with dns.resolv_conf(fresh_lab.alpha, "192.168.1.98", "10.66.0.77", "10.8.0.53"):
        begin = time.monotonic()
        found = fresh_lab.alpha.lanscout("diagnose")
        assert time.monotonic() - begin < 10
    assert {"resolve_silent", "resolve_forbidden", "vpn_overrules_bound"} <= {each["code"] for each in found}


def test_a_host_without_dns_server_is_asked_nothing(lab: Lab) -> None:
    assert diagnosed(lab.alpha, "--check", "resolving").keys() == {"nothing_found"}


@pytest.mark.parametrize(
    "rules",
    [
        ("oifname != lo drop",),
        ("oifname != lo reject with icmp host-unreachable",),
        ("oifname != lo ip daddr 224.0.0.0/4 drop",),
    ],
)
def test_a_rule_that_refuses_every_lan_is_told_with_the_errno_and_that_the_loopback_works(
    fresh_lab: Lab, rules: tuple[str, ...]
) -> None:
    dns.filtered(fresh_lab.alpha, *rules, hook="output")
    finding = diagnosed(fresh_lab.alpha, "--check", "refusals")["lan_refused"]
    assert grade(finding) == ("this host", "error", "proven")
    evidence = " ".join(finding["evidence"])
    assert "EPERM (1)" in evidence
    assert "127.0.0.1 is let through" in evidence
    assert "en0 (192.168.1.23/24), en5 (10.66.0.1/24)" in finding["title"]


def test_rules_that_allow_some_ports_are_only_told(fresh_lab: Lab) -> None:
    dns.filtered(fresh_lab.alpha, "oifname != lo udp dport != { 53, 5353 } drop", hook="output")
    found = diagnosed(fresh_lab.alpha, "--check", "refusals")
    assert found.keys() == {"lan_some_ports"}
    assert grade(found["lan_some_ports"])[1:] == ("info", "likely")


def test_one_lan_that_is_refused_is_named_alone(fresh_lab: Lab) -> None:
    dns.filtered(fresh_lab.alpha, "oifname en5 drop", hook="output")
    found = diagnosed(fresh_lab.alpha, "--check", "refusals")
    assert grade(found["lan_refused"]) == ("en5", "error", "proven")


def test_a_vpn_that_overrules_a_chosen_interface_is_told_for_each(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    dns.filtered(fresh_lab.alpha, 'oifname != { "lo", "utun3" } drop', hook="output")
    argv = [*LANSCOUT, "diagnose", "--json", "--seconds", "2", "--check", "refusals"]
    records = [json.loads(line) for line in fresh_lab.alpha.run(argv, check=False).stdout.splitlines()]
    assert {grade(each) for each in records if each["code"] == "vpn_overrules_bound"} == {
        ("en0", "error", "likely"),
        ("en5", "error", "likely"),
    }
    assert "utun3" in records[0]["title"]


def test_a_vpn_without_such_a_rule_overrules_nothing(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    assert diagnosed(fresh_lab.alpha, "--check", "refusals").keys() == {"nothing_found"}


@pytest.mark.parametrize(
    ("forwards", "translates", "code", "certainty"),
    [
        (False, False, "guests_not_forwarded", "possible"),
        (True, False, "guests_not_translated", "likely"),
        (True, True, "nothing_found", "proven"),
    ],
)
def test_what_keeps_the_guests_of_a_bridge_from_getting_out(
    fresh_lab: Lab,
    forwards: bool,
    translates: bool,
    code: str,
    certainty: str,
) -> None:
    shared_bridge(fresh_lab, forwards=forwards, translates=translates)
    found = diagnosed(fresh_lab.alpha, "--check", "sharing")
    assert list(found) == [code]
    assert found[code]["certainty"] == certainty
    if code != "nothing_found":
        assert "192.168.64.2" in found[code]["evidence"][0]
        assert found[code]["subject"] == "bridge100"


def test_rules_for_another_network_do_not_help_the_guests_of_this_one(fresh_lab: Lab) -> None:
    """As on a host where Docker translates for its own bridge only."""
    docker = [
        "add table ip nat",
        "add chain ip nat post { type nat hook postrouting priority srcnat; }",
        'add rule ip nat post ip saddr 172.17.0.0/16 oifname != "docker0" masquerade',
    ]
    fresh_lab.alpha.run(["nft", "-f", "-"], input="\n".join(docker) + "\n")
    shared_bridge(fresh_lab, forwards=True)
    finding = diagnosed(fresh_lab.alpha, "--check", "sharing")["guests_not_translated"]
    assert grade(finding) == ("bridge100", "info", "possible")
    assert "192.168.64.0/24" in finding["evidence"][1]
    assert "172.17.0.0/16" in finding["evidence"][2]


def test_a_bridge_on_which_nobody_was_seen_is_left_alone(fresh_lab: Lab) -> None:
    for line in (
        "link add bridge100 type bridge",
        "address add 192.168.64.1/24 dev bridge100",
        "link set bridge100 up",
    ):
        fresh_lab.alpha.ip(line)
    assert diagnosed(fresh_lab.alpha, "--check", "sharing").keys() == {"nothing_found"}


def _inventory(host: Host, *before: str) -> dict[str, JsonRecord]:
    result = host.run([*before, *LANSCOUT, "inventory", "--json"])
    return {each["name"]: each for each in map(json.loads, result.stdout.splitlines())}


def test_the_inventory_lists_a_table_of_nftables_and_a_tunnel_with_the_commands_that_list_them(fresh_lab: Lab) -> None:
    dns.filtered(fresh_lab.alpha, "udp dport 9 drop")
    fresh_lab.vpn_up()
    found = _inventory(fresh_lab.alpha)
    table = found["nftables: table inet lab"]
    assert (table["layer"], table["state"], table["count"], table["known"]) == ("packet_filter", "active", 1, True)
    assert table["command"] == "nft list table inet lab"
    assert "hook input" in table["evidence"]
    assert (found["utun3"]["layer"], found["utun3"]["state"]) == ("vpn", "up")
    assert "default route" in found["utun3"]["evidence"]


def test_without_root_the_inventory_says_what_it_could_not_read(lab: Lab) -> None:
    rules = _inventory(lab.alpha, *AS_NOBODY)["nftables"]
    assert not rules["known"]
    assert rules["why_unknown"].startswith("Reading it needs the rights of root")
