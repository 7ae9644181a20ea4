"""Multicast ping between hosts: with ssmping, asmping and ssmpingd of Debian, and with ourselves in both dialects."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lab import Background, Host, JsonRecord, Lab
from tests.lab.topology import SWITCH

BETA_V4, BETA_V6, BETA_LINK = "192.168.1.20", "fd66:1::20", "fe80::66:1ff:fe00:20%en0"
PORT = 4321
COUNT = 3
QUICK = ("--count", str(COUNT), "--interval-ms", "200")


def _ssmpingd(host: Host) -> Background:
    server = host.start(["ssmpingd"])
    server.wait_until(lambda: host.listening(PORT, "udp", server.pid))
    return server


def _responder(host: Host, *words: str) -> Background:
    server = host.lanscout_process("respond", "--no-announce", *words)
    server.record("responding")
    return server


def _ping(host: Host, *words: str) -> tuple[list[JsonRecord], JsonRecord]:
    """The replies and the summary."""
    records = host.lanscout("ping", *words)
    return [record for record in records if record["kind"] == "reply"], records[-1]


def _assert_all_came_back(replies: list[JsonRecord], summary: JsonRecord, dialect: str) -> None:
    assert [(each["sequence"], each["unicast"], each["multicast"]) for each in replies] == [
        (number, True, True) for number in range(1, COUNT + 1)
    ]
    assert all(each["hops"] == 0 and each["multicast_hops"] == 0 and each["rtt_ms"] > 0 for each in replies)
    counts = summary["ping"]
    assert (summary["sent"], summary["received"], summary["problems"]) == (COUNT, 2 * COUNT, [])
    assert (counts["dialect"], counts["foreign"], counts["malformed"], counts["late"]) == (dialect, 0, 0, 0)
    for side in (counts["unicast"], counts["multicast"]):
        assert (side["received"], side["lost"], side["loss_percent"], side["duplicated"]) == (COUNT, 0, 0, 0)
    assert (counts["first_multicast"], counts["loss_since_first_percent"]) == (1, 0)
    assert 0 < counts["tree_setup_ms"] < 1000


@pytest.mark.parametrize("host", [BETA_V4, BETA_V6, BETA_LINK])
def test_ssmping_is_answered_both_ways(lab: Lab, host: str) -> None:
    with _responder(lab.beta) as server:
        told = lab.alpha.run(["ssmping", "-v", "-c", "2", "-I", "en0", host]).stdout
        questions = [server.record("request", sequence=number) for number in (1, 2)]
    assert re.findall(r"(\d+) packets received, (\d+)% packet loss", told) == [("2", "0"), ("2", "0")]
    assert "Server version: lanscout" in told
    assert "since first mc packet (seq 1)" in told
    assert {(each["dialect"], each["interface"], each["answered"]) for each in questions} == {("v1", "en0", True)}


@pytest.mark.parametrize(("host", "group"), [(BETA_V4, "239.1.2.234"), (BETA_V6, "ff15::4321:1234")])
def test_asmping_is_answered_both_ways(lab: Lab, host: str, group: str) -> None:
    with _responder(lab.beta):
        told = lab.alpha.run(["asmping", "-c", "2", "-s", "1000", "-I", "en0", group, host]).stdout
    assert re.findall(r"(\d+) packets received, (\d+)% packet loss", told) == [("2", "0"), ("2", "0")]
    assert "Warning" not in told, "the replies have the size asked for"


@pytest.mark.parametrize(
    ("host", "group"),
    [(BETA_V4, None), (BETA_V6, None), (BETA_V4, "239.1.2.234"), (BETA_V6, "ff15::4321:1234")],
)
def test_ssmpingd_answers_our_ping_both_ways(lab: Lab, host: str, group: str | None) -> None:
    with _ssmpingd(lab.beta):
        words = ("--group", group) if group is not None else ()
        replies, summary = _ping(lab.alpha, host, *QUICK, *words)
    _assert_all_came_back(replies, summary, "v1")
    assert summary["ping"]["server"].startswith("0.9.1")
    assert summary["ping"]["source_specific"] == (group is None)


@pytest.mark.parametrize("dialect", ["v1", "v2"])
@pytest.mark.parametrize(
    ("host", "group"),
    [
        (BETA_V4, None),
        (BETA_V6, None),
        (BETA_LINK, None),
        (BETA_V4, "239.1.2.3"),
        (BETA_V6, "ff15::77"),
        (BETA_LINK, "ff02::4321:1234"),
    ],
)
def test_we_answer_ourselves_in_both_dialects(lab: Lab, dialect: str, host: str, group: str | None) -> None:
    with _responder(lab.beta):
        words = ("--group", group) if group is not None else ()
        replies, summary = _ping(lab.alpha, host, "--dialect", dialect, *QUICK, *words)
    _assert_all_came_back(replies, summary, dialect)


def test_the_group_is_joined_for_the_responder_alone(lab: Lab) -> None:
    with _responder(lab.beta), lab.alpha.lanscout_process("ping", BETA_V4, "--interval-ms", "100") as pinging:
        joined = pinging.record("joined")
        assert (joined["interface"], joined["source_filter"], joined["in_kernel"]) == ("en0", [BETA_V4], True)
        with lab.alpha.inside():
            table = Path("/proc/thread-self/net/mcfilter").read_text()
        # Group and source in hexadecimal, then how many sockets include and how many exclude that source.
        assert re.search(r"0xe82bd3ea\s+0xc0a80114\s+1\s+0$", table, re.MULTILINE)
        pinging.record("reply", multicast=True)
        assert pinging.interrupt() == 0
    (summary,) = pinging.records("summary")
    assert summary["ping"]["multicast"]["received"] == len(pinging.records("reply"))
    assert summary["problems"] == []


def test_while_the_vpn_holds_the_default_route_both_sides_stay_on_the_lan(fresh_lab: Lab) -> None:
    lab = fresh_lab
    lab.vpn_up()
    with _responder(lab.beta):
        replies, summary = _ping(lab.alpha, BETA_V4, *QUICK)
    _assert_all_came_back(replies, summary, "v2")
    assert summary["interface"] == "en0"
    with _responder(lab.alpha):
        for host, alpha, group in (
            (lab.beta, "192.168.1.23", "239.1.2.3"),
            (lab.beta, "fd66:1::23", "ff15::77"),
            (lab.delta, "fd66:2::1", "ff15::77"),
        ):
            replies, summary = _ping(host, alpha, *QUICK, "--group", group)
            _assert_all_came_back(replies, summary, "v2")


def test_a_switch_that_lets_no_multicast_through_is_loss_of_multicast_alone(fresh_lab: Lab) -> None:
    lab = fresh_lab
    switch = Host(SWITCH, lab.prefix + SWITCH)
    switch.run(["bridge", "link", "set", "dev", "alpha-en0", "mcast_flood", "off"])
    with _responder(lab.beta):
        replies, summary = _ping(lab.alpha, BETA_V4, *QUICK, "--wait-ms", "300")
    assert [(each["unicast"], each["multicast"], each["multicast_rtt_ms"]) for each in replies] == [
        (True, False, None)
    ] * COUNT
    counts = summary["ping"]
    assert (counts["unicast"]["loss_percent"], counts["multicast"]["loss_percent"]) == (0, 100)
    assert (counts["first_multicast"], counts["tree_setup_ms"]) == (None, None)
    assert [problem["code"] for problem in summary["problems"]] == ["ping_no_multicast"]


def test_a_router_is_one_hop_and_hosts_beyond_it_are_answered_only_where_that_was_chosen(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with lab.alpha.inside():
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    lab.beta.ip("route add 10.66.0.0/24 via 192.168.1.23")
    lab.delta.ip("route add 192.168.1.0/24 via 10.66.0.1")
    words = (BETA_V4, *QUICK, "--wait-ms", "300")
    with _responder(lab.beta) as server:
        _, summary = _ping(lab.delta, *words)
        refused = server.record("request", requester="10.66.0.2")
        assert (refused["answered"], refused["refused"]) == (False, "network")
    assert [problem["code"] for problem in summary["problems"]] == ["ping_silent"]
    with _responder(lab.beta, "--any-network"):
        replies, summary = _ping(lab.delta, *words)
    assert [(each["unicast"], each["multicast"], each["hops"]) for each in replies] == [(True, False, 1)] * COUNT


def test_the_responder_is_found_over_bonjour_while_it_runs(lab: Lab) -> None:
    with lab.beta.lanscout_process("respond") as server:
        server.wait_for('"announced":\\["')
        services = lab.alpha.lanscout("services", "_multicast-ping._udp", "--seconds", "3", "--interface", "en0")
        resolved = [each for each in services if each["kind"] == "service" and each["port"] == PORT]
        assert resolved
        assert BETA_V4 in resolved[-1]["addresses"]
        with lab.alpha.lanscout_process("services", "_multicast-ping._udp", "--seconds", "20") as watching:
            watching.record("service", port=PORT)
            server.interrupt()
            watching.record("service", change="removed")


def test_nothing_there_ends_with_exit_code_1_and_says_so(lab: Lab) -> None:
    process = lab.alpha.lanscout_process("ping", "192.168.1.1", *QUICK, "--wait-ms", "200")
    with process:
        assert process.wait() == 1
    assert [each["code"] for each in process.records("problem")] == ["ping_refused"]
    assert process.records("summary")[0]["received"] == 0


def test_a_port_that_is_held_by_ssmpingd_is_told(lab: Lab) -> None:
    with _ssmpingd(lab.beta), lab.beta.lanscout_process("respond", "--no-announce") as process:
        assert process.wait() == 3
    assert "ssmpingd" in process.errors[-1]
    assert process.records("problem")[0]["code"] == "ping_port_refused"
