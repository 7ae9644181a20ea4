"""The checks against the faults they are for, and against hosts that are healthy."""

from __future__ import annotations

import json

import pytest

from net.ports.answers import resolve_localhost
from tests.lab import Advertised, Avahi, Host, JsonRecord, Lab, peers
from tests.lab.dns import filtered
from tests.lab.host import LANSCOUT

AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all")
QUICK = ("--seconds", "2")


def _findings(host: Host, *words: str) -> dict[tuple[str, str], JsonRecord]:
    return {(each["code"], each["subject"]): each for each in host.lanscout("diagnose", *QUICK, *words)}


def _service(name: str) -> tuple[Advertised, ...]:
    return (Advertised(name=name, type="_http._tcp", port=80),)


def test_a_vpn_that_takes_unbound_multicast_is_proven_with_its_evidence(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    finding = _findings(fresh_lab.alpha)["tunnel_takes_multicast", "utun3"]
    assert (finding["severity"], finding["certainty"]) == ("warning", "proven")
    evidence = " ".join(finding["evidence"])
    assert "224.224.0.77" in evidence
    assert "10.8.0.2" in evidence
    assert "en0 (192.168.1.23/24)" in evidence
    assert any("en0" in remedy for remedy in finding["remedy"])


def test_healthy_lans_with_a_well_behaved_vpn_have_no_warning(fresh_lab: Lab) -> None:
    lab = fresh_lab
    lab.alpha.ip("link set utun3 up")
    lab.alpha.ip("route add 10.9.0.0/16 dev utun3")
    with Avahi(lab, lab.beta, _service("on LAN 1")), Avahi(lab, lab.delta, _service("on LAN 2")):
        findings = _findings(lab.alpha)
    assert {each["severity"] for each in findings.values()} <= {"ok", "info"}
    assert ("nothing_found", "this host") in findings


def test_silence_is_told_for_the_interface_it_is_on_with_the_steps_tried(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with Avahi(lab, lab.beta, _service("on LAN 1")):
        findings = _findings(lab.alpha)
    silent = findings["bonjour_silent", "en5"]
    assert ("bonjour_silent", "en0") not in findings
    assert silent["certainty"] == "possible"
    evidence = " ".join(silent["evidence"])
    assert "224.0.0.251" in evidence
    assert "_services._dns-sd._udp" in evidence
    assert "from other hosts: 0" in evidence


def test_own_questions_from_a_link_local_address_are_not_taken_for_another_host(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("-6 address flush dev en5 scope global")
    silent = _findings(fresh_lab.alpha, "--interface", "en5")["bonjour_silent", "en5"]
    assert "from other hosts: 0" in " ".join(silent["evidence"])


def test_a_firewall_here_that_drops_bonjour_is_told_as_the_reason(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.run(["nft", "add table inet t"])
    alpha.run(["nft", "add chain inet t in { type filter hook input priority 0; }"])
    alpha.run(["nft", "add rule inet t in udp dport 5353 drop"])
    findings = _findings(alpha, "--interface", "en0")
    blocked = findings["firewall_drops_bonjour", "en0"]
    assert (blocked["severity"], blocked["certainty"]) == ("error", "proven")
    assert "udp dport 5353 drop" in blocked["cause"]
    assert any("not come back" in seen or "did not" in seen for seen in blocked["evidence"])
    assert not any(code.startswith("bonjour_") for code, _ in findings)


def test_a_rule_that_drops_what_a_receiver_bound_to_every_address_joined_is_told(fresh_lab: Lab) -> None:
    filtered(fresh_lab.alpha, "ip daddr 224.224.0.77 udp dport 23019 drop")
    with peers.foreign_joiner(fresh_lab.alpha, "224.224.0.77", 23019, "en0"):
        dropped = _findings(fresh_lab.alpha, "--check", "firewall")["firewall_drops_group", "224.224.0.77 port 23019"]
    assert (dropped["severity"], dropped["certainty"]) == ("warning", "likely")


def test_the_remedy_for_a_rule_can_be_run_as_it_stands(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.run(["nft", "add table inet fw"])
    alpha.run(["nft", "add chain inet fw guard"])
    alpha.run(["nft", "add chain inet fw in { type filter hook input priority 0; }"])
    alpha.run(["nft", "add rule inet fw in jump guard"])
    alpha.run(["nft", "add rule inet fw guard udp dport { 5353, 23019 } drop"])
    with peers.foreign_joiner(alpha, "224.224.0.77", 23019, "en0"):
        found = _findings(alpha, "--check", "firewall")
        remedies = [each["remedy"][0] for each in found.values()]
        assert "nft insert rule inet fw guard udp dport 5353 accept" in remedies[0]
        for remedy in remedies:
            for command in remedy.partition(": ")[2].removesuffix(".").split("; "):
                alpha.run(command.split())
        alpha.run(found["firewall_drops_group", "224.224.0.77 port 23019"]["remedy"][2].partition(": ")[2][:-1].split())
        assert _findings(alpha, "--check", "firewall").keys() == {("nothing_found", "this host")}


def test_multicast_that_has_no_route_is_told_with_one_that_helps(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    assert _findings(alpha, "--check", "unbound").keys() == {("nothing_found", "this host")}
    alpha.ip("route delete default")
    refused = _findings(alpha, "--check", "unbound")["unbound_refused", "this host"]
    assert (refused["severity"], refused["certainty"]) == ("warning", "proven")
    alpha.run(refused["remedy"][1].partition(": ")[2].partition(" (")[0].split())
    assert _findings(alpha, "--check", "unbound").keys() == {("nothing_found", "this host")}


def test_without_rights_the_firewall_is_concluded_from_what_is_heard_and_what_was_not_looked_into_is_said(
    fresh_lab: Lab,
) -> None:
    alpha = fresh_lab.alpha
    filtered(alpha, "udp dport 5353 drop")
    argv = [*AS_NOBODY, *LANSCOUT, "diagnose", "--json", "--interface", "en0", *QUICK]
    records = [json.loads(line) for line in alpha.run(argv, check=False).stdout.splitlines()]
    found = {each["code"]: each for each in records if each["kind"] == "finding"}
    assert (found["bonjour_blocked"]["severity"], found["bonjour_blocked"]["certainty"]) == ("error", "likely")
    assert "firewall" in found["bonjour_blocked"]["cause"]
    assert found["not_checked"]["severity"] == "info"
    assert "Operation not permitted" in found["not_checked"]["evidence"][0]
    assert any("nft -j list ruleset" in seen for seen in found["not_checked"]["evidence"])
    assert "(snooping)" in found["not_checked"]["cause"]


def test_only_the_interface_asked_for_is_listened_on(lab: Lab) -> None:
    findings = _findings(lab.alpha, "--interface", "en5")
    assert [subject for code, subject in findings if code == "bonjour_silent"] == ["en5"]


def test_a_port_answered_by_two_programs_is_told_with_both(lab: Lab) -> None:
    with (
        peers.web_server(lab.alpha, "0.0.0.0", 5000, lab.folder) as one,
        peers.tcp_listener(lab.alpha, "::1", 5000) as other,
    ):
        several = len(resolve_localhost()) > 1
        finding = _findings(lab.alpha)["answers_differ" if several else "answers_settled", "5000"]
        evidence = " ".join(finding["evidence"])
        assert f"PID {one.pid}" in evidence
        assert f"PID {other.pid}" in evidence
        assert finding["severity"] == "warning"


def test_the_workers_of_one_server_are_no_conflict(lab: Lab) -> None:
    with peers.web_server(lab.alpha, "127.0.0.1", 5000, lab.folder):
        codes = {code for code, _ in _findings(lab.alpha)}
    assert not codes & {"port_has_two_owners", "answers_differ"}


def test_the_report_in_markdown_names_evidence_and_remedy(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    report = fresh_lab.alpha.run([*LANSCOUT, "diagnose", "--markdown", *QUICK]).stdout
    assert "## Warning: utun3 takes multicast" in report
    assert "- The kernel's route for 224.224.0.77 leads to utun3" in report
    assert "1. Join by interface index" in report


@pytest.mark.parametrize("words", [("--interface", "en77")])
def test_wrong_use_is_exit_code_2(lab: Lab, words: tuple[str, ...]) -> None:
    assert lab.alpha.run([*LANSCOUT, "diagnose", *words], check=False).returncode == 2
