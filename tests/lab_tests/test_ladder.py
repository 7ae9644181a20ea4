"""The steps that find out why nothing is found, against links that are healthy, empty, filtered or cut: each fault is
named by the right step."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.lab import Advertised, Avahi, Host, JsonRecord, Lab, peers
from tests.lab.topology import SWITCH

WEB = (Advertised(name="web", type="_http._tcp", port=80),)
STEPS = ("interface", "join", "loopback", "foreign", "multicast_answer", "unicast_answer", "reachable")
ALPHA_PORT, BETA_PORT, GAMMA_PORT = "alpha-en0", "beta-en0", "gamma-en0"


def climb(host: Host, *words: str, interface: str = "en0") -> tuple[dict[str, JsonRecord], JsonRecord]:
    """The last state of each step, and the verdict."""
    records = host.lanscout("ladder", "--interface", interface, "--seconds", "1.3", *words)
    (verdict,) = (each for each in records if each["kind"] == "ladder_verdict")
    return {each["step"]: each for each in records if each["kind"] == "rung"}, verdict


def states(rungs: dict[str, JsonRecord]) -> dict[str, str]:
    return {step: rungs[step]["state"] for step in STEPS}


def drop(host: Host, hook: str, rule: str) -> None:
    """A rule of the host's own firewall."""
    host.run(["nft", "add table inet t"])
    host.run(["nft", f"add chain inet t c {{ type filter hook {hook} priority 0; }}"])
    host.run(["nft", f"add rule inet t c {rule} drop"])


def switch(lab: Lab, *argv: str) -> None:
    subprocess.run(["ip", "netns", "exec", lab.prefix + SWITCH, *argv], check=True, capture_output=True)


@contextmanager
def responder(lab: Lab) -> Iterator[None]:
    with Avahi(lab, lab.beta, WEB):
        yield


def test_on_a_healthy_link_every_step_passes_and_the_verdict_names_none(lab: Lab) -> None:
    with responder(lab):
        rungs, verdict = climb(lab.alpha)
    assert set(states(rungs).values()) == {"passed"}
    assert verdict["failed"] is None
    assert "192.168.1.20" in verdict["text"]
    assert all(rungs[step]["ms"] is not None for step in STEPS)
    assert rungs["foreign"]["ms"] < 1000
    assert [rungs[step]["place"] for step in STEPS] == [1, 2, 3, 4, 5, 6, 7]


def test_this_computers_own_responder_is_no_other_host(lab: Lab) -> None:
    with Avahi(lab, lab.alpha, WEB):
        rungs, verdict = climb(lab.alpha, interface="en5")
    assert (states(rungs)["foreign"], states(rungs)["multicast_answer"]) == ("failed", "failed")
    assert "A responder on this computer did" in rungs["multicast_answer"]["text"]
    assert verdict["failed"] == "foreign"


def test_a_firewall_here_that_drops_what_comes_to_the_port_is_named_at_the_loopback(fresh_lab: Lab) -> None:
    drop(fresh_lab.alpha, "input", "udp dport 5353")
    with responder(fresh_lab):
        rungs, verdict = climb(fresh_lab.alpha)
    assert states(rungs)["join"] == "passed"
    assert (states(rungs)["loopback"], states(rungs)["foreign"]) == ("failed", "failed")
    assert verdict["failed"] == "loopback"
    assert "firewall" in verdict["text"]
    assert "the network is not to blame" in verdict["text"], "a host answers to another port"


def test_a_firewall_that_drops_one_family_is_named_with_it(fresh_lab: Lab) -> None:
    drop(fresh_lab.alpha, "input", "ip version 4 udp dport 5353")
    with responder(fresh_lab):
        rungs, verdict = climb(fresh_lab.alpha)
    assert states(rungs)["multicast_answer"] == "passed"
    assert verdict["failed"] == "loopback"
    assert "over IPv4:" in verdict["text"]


def test_a_firewall_that_drops_only_other_hosts_cannot_be_told_from_the_network_and_both_are_said(
    fresh_lab: Lab,
) -> None:
    alpha = fresh_lab.alpha
    drop(alpha, "input", "ip daddr 224.0.0.251 ip saddr != 192.168.1.23")
    alpha.run(["nft", "add rule inet t c ip6 daddr ff02::fb ip6 saddr != fe80::66:1ff:fe00:23 drop"])
    with responder(fresh_lab):
        rungs, verdict = climb(alpha)
    assert states(rungs)["loopback"] == "passed"
    assert (states(rungs)["foreign"], states(rungs)["unicast_answer"]) == ("failed", "passed")
    assert verdict["failed"] == "foreign"
    assert "switch or access point" in verdict["text"]
    assert "its firewall" in verdict["text"]


def test_a_firewall_on_the_way_out_is_named_with_its_errno(fresh_lab: Lab) -> None:
    drop(fresh_lab.alpha, "output", "udp dport 5353")
    rungs, verdict = climb(fresh_lab.alpha)
    assert states(rungs)["loopback"] == "failed"
    assert verdict["failed"] == "loopback"
    assert "Operation not permitted, 1" in verdict["text"]


def test_a_join_over_the_limit_is_named_with_its_errno(fresh_lab: Lab) -> None:
    fresh_lab.alpha.run(["sysctl", "-qw", "net.ipv4.igmp_max_memberships=0"])
    with responder(fresh_lab):
        rungs, verdict = climb(fresh_lab.alpha)
    assert states(rungs)["join"] == "failed"
    assert "224.0.0.251 (No buffer space available, 105)" in rungs["join"]["text"]
    assert "ff02::fb is joined" in rungs["join"]["text"]
    assert "igmp_max_memberships" in rungs["join"]["remedy"]
    assert states(rungs)["foreign"] == "passed", "IPv6 still works"
    assert verdict["failed"] == "join"
    assert "IPv6 is joined" in verdict["text"]


def test_a_port_that_another_program_does_not_share_is_named_at_the_join(fresh_lab: Lab) -> None:
    script = (
        "import socket, sys; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('', 5353));"
        " print('held', flush=True); sys.stdin.read()"
    )
    with fresh_lab.alpha.start(["python3", "-c", script]) as holder:
        holder.wait_for("held")
        rungs, verdict = climb(fresh_lab.alpha)
    assert states(rungs)["join"] == "failed"
    assert "Address already in use, 98" in rungs["join"]["text"]
    assert verdict["failed"] == "join"
    assert "lanscout ports 5353" in verdict["remedy"]


def test_an_interface_without_the_flag_is_named_and_the_later_steps_are_still_tried(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("link set en0 multicast off")
    rungs, verdict = climb(fresh_lab.alpha)
    assert states(rungs)["interface"] == "failed"
    assert verdict["failed"] == "interface"
    assert "MULTICAST" in verdict["text"]
    assert states(rungs)["reachable"] == "passed"


@pytest.mark.parametrize(
    ("command", "words"),
    [("link set en0 down", "down"), ("address flush dev en0", "no address")],
)
def test_an_interface_that_is_down_or_has_no_address_ends_the_steps(fresh_lab: Lab, command: str, words: str) -> None:
    fresh_lab.alpha.ip(command)
    rungs, verdict = climb(fresh_lab.alpha)
    assert states(rungs) == {step: "failed" if step == "interface" else "skipped" for step in STEPS}
    assert verdict["failed"] == "interface"
    assert words in verdict["text"]


def test_a_link_without_carrier_ends_the_steps(fresh_lab: Lab) -> None:
    switch(fresh_lab, "ip", "link", "set", ALPHA_PORT, "down")
    rungs, verdict = climb(fresh_lab.alpha)
    assert (states(rungs)["interface"], states(rungs)["join"]) == ("failed", "skipped")
    assert "no link" in verdict["text"]


def test_a_tunnel_is_left_out_by_design(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    rungs, verdict = climb(fresh_lab.alpha, interface="utun3")
    assert states(rungs)["interface"] == "failed"
    assert (verdict["failed"], "by design" in rungs["interface"]["text"]) == ("interface", True)
    assert "no fault" in verdict["text"]


def test_a_bridge_that_isolates_its_ports_leaves_the_neighbour_unreachable(fresh_lab: Lab) -> None:
    for port in (ALPHA_PORT, BETA_PORT, GAMMA_PORT):
        switch(fresh_lab, "bridge", "link", "set", "dev", port, "isolated", "on")
    with responder(fresh_lab):
        rungs, verdict = climb(fresh_lab.alpha, "--host", "192.168.1.20")
    assert states(rungs)["loopback"] == "passed"
    assert {states(rungs)[step] for step in STEPS[3:]} == {"failed"}
    assert "192.168.1.20 does not even answer ARP" in rungs["reachable"]["text"]
    assert verdict["failed"] == "reachable"
    assert "Nothing at all gets through on en0" in verdict["text"]


def test_client_isolation_leaves_the_gateway_reachable_and_names_the_host_that_is_not(fresh_lab: Lab) -> None:
    for port in (ALPHA_PORT, BETA_PORT):
        switch(fresh_lab, "bridge", "link", "set", "dev", port, "isolated", "on")
    with responder(fresh_lab):
        rungs, verdict = climb(fresh_lab.alpha, "--host", "192.168.1.20")
    assert states(rungs)["reachable"] == "failed"
    assert verdict["failed"] == "reachable"
    assert "client isolation" in verdict["text"]
    assert "192.168.1.1" in verdict["text"]


def test_a_bridge_that_keeps_only_multicast_back_is_told_from_an_empty_link_by_unicast(fresh_lab: Lab) -> None:
    for port in (ALPHA_PORT, BETA_PORT, GAMMA_PORT):
        switch(fresh_lab, "bridge", "link", "set", "dev", port, "mcast_flood", "off")
    with responder(fresh_lab):
        rungs, verdict = climb(fresh_lab.alpha, "--host", "192.168.1.20")
    assert (states(rungs)["loopback"], states(rungs)["foreign"]) == ("passed", "failed")
    assert states(rungs)["reachable"] == "passed"
    assert "192.168.1.20 answers an mDNS question" in rungs["reachable"]["text"]
    assert verdict["failed"] == "foreign"
    assert "192.168.1.20" in verdict["text"]
    assert "switch, access point or bridge keeps it back" in verdict["text"]


def test_multicast_that_is_kept_from_this_host_only_is_told_by_the_unicast_answers(fresh_lab: Lab) -> None:
    switch(fresh_lab, "bridge", "link", "set", "dev", ALPHA_PORT, "mcast_flood", "off")
    with responder(fresh_lab):
        rungs, verdict = climb(fresh_lab.alpha)
    assert (states(rungs)["foreign"], states(rungs)["unicast_answer"]) == ("failed", "passed")
    assert verdict["failed"] == "foreign"
    assert "hear our question" in verdict["text"]


def test_multicast_of_ours_that_does_not_get_out_is_named_at_the_answer(fresh_lab: Lab) -> None:
    switch(fresh_lab, "bridge", "link", "set", "dev", BETA_PORT, "mcast_flood", "off")
    # Else its announcements, which look like answers, might come just then.
    drop(fresh_lab.beta, "output", "udp sport 5353 udp dport 5353")
    with responder(fresh_lab), peers.talker(fresh_lab.gamma, "224.0.0.251", 5353, "not a question"):
        rungs, verdict = climb(fresh_lab.alpha, "--host", "192.168.1.20")
    assert (states(rungs)["foreign"], states(rungs)["multicast_answer"]) == ("passed", "failed")
    assert verdict["failed"] == "multicast_answer"
    assert "our multicast does not reach them" in verdict["text"]


def test_on_an_empty_lan_nobody_is_there_and_what_is_not_known_is_said(fresh_lab: Lab) -> None:
    fresh_lab.delta.ip("link set en0 down")
    rungs, verdict = climb(fresh_lab.alpha, interface="en5")
    assert (states(rungs)["loopback"], states(rungs)["foreign"]) == ("passed", "failed")
    assert states(rungs)["reachable"] == "skipped"
    assert verdict["failed"] == "foreign"
    assert "most likely nobody is there" in verdict["text"]
    assert "not ruled out" in verdict["text"]


def test_a_neighbour_without_mdns_leaves_both_causes_open(fresh_lab: Lab) -> None:
    rungs, verdict = climb(fresh_lab.alpha)
    assert states(rungs)["reachable"] == "passed"
    assert "nothing holds its UDP port 5353" in rungs["reachable"]["text"]
    assert verdict["failed"] == "foreign"
    assert "cannot tell which" in verdict["text"]


def test_a_host_of_another_network_is_said_to_be_elsewhere(lab: Lab) -> None:
    rungs, _ = climb(lab.alpha, "--host", "192.168.1.20", interface="en5")
    assert "192.168.1.20 is in no network of en5" in rungs["reachable"]["text"]


def test_a_host_named_in_local_is_found_over_mdns_on_the_interface_where_it_is(lab: Lab) -> None:
    with responder(lab), Avahi(lab, lab.delta, WEB, host_name="beta"):
        for interface, address in (("en0", "192.168.1.20"), ("en5", "10.66.0.2")):
            rungs, verdict = climb(lab.alpha, "--host", "beta.local", interface=interface)
            assert f"{address} answers an mDNS question" in rungs["reachable"]["text"]
            assert verdict["failed"] is None


def test_a_host_that_does_not_answer_for_its_name_in_local_is_said_to_be_silent(lab: Lab) -> None:
    with lab.alpha.lanscout_process("ladder", "--host", "nobody.local") as process:
        assert process.wait() == 3
    (problem,) = process.records("problem")
    assert problem["code"] == "ladder_host_silent"
    assert "nobody.local" in problem["text"]
    assert "Give the host's address" in problem["remedy"]


def test_a_host_that_answers_ends_the_last_step_although_a_neighbour_does_not(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("neighbour replace fe80::dead dev en0 lladdr 02:00:00:00:de:ad nud permanent")
    alpha.ip("neighbour replace 192.168.1.99 dev en0 lladdr 02:00:00:00:de:ad nud permanent")
    with responder(fresh_lab):
        rungs, verdict = climb(alpha)
        named, _ = climb(alpha, "--host", "192.168.1.20")
    assert (states(rungs)["reachable"], verdict["failed"]) == ("passed", None)
    assert rungs["reachable"]["ms"] < 600
    assert "192.168.1.20 answers" in named["reachable"]["text"]


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [(("--interface", "en9"), "interface_unknown", 2), (("--host", "no such host"), "ladder_host_unknown", 3)],
)
def test_what_cannot_be_tried_is_refused_with_the_reason(
    lab: Lab, words: tuple[str, ...], code: str, exit_code: int
) -> None:
    with lab.alpha.lanscout_process("ladder", *words) as process:
        assert process.wait() == exit_code
    assert [each["code"] for each in process.records("problem")] == [code]
