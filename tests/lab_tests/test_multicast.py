"""Joins and sends by interface on two LANs, with a VPN that takes everything that chooses none."""

from __future__ import annotations

import json
import socket
import sys
import time

import pytest

from tests.lab import Lab, peers
from tests.lab.host import LANSCOUT

GROUP = "224.224.0.77"
PORT = 23019
ENDPOINT = f"{GROUP}:{PORT}"


@pytest.fixture
def vpn(fresh_lab: Lab) -> Lab:
    fresh_lab.vpn_up()
    return fresh_lab


def test_unbound_multicast_is_said_to_leave_by_the_vpn(vpn: Lab) -> None:
    (route,) = vpn.alpha.lanscout("route", GROUP)
    assert (route["interface"], route["source"], route["problem"]) == ("utun3", "10.8.0.2", None)
    faces = {face["name"]: face for face in vpn.alpha.lanscout("interfaces")}
    assert [name for name, face in faces.items() if face["takes_multicast_v4"]] == ["utun3"]
    assert [name for name, face in faces.items() if face["default_v4"]] == ["utun3"]
    vpn.vpn_down()
    (route,) = vpn.alpha.lanscout("route", GROUP)
    assert (route["interface"], route["source"]) == ("en0", "192.168.1.23")


def test_a_join_on_en0_receives_while_the_vpn_holds_the_default_route(vpn: Lab) -> None:
    with vpn.alpha.lanscout_process("listen", ENDPOINT, "--interface", "en0") as listening:
        joined = listening.record("joined")
        assert (joined["interface"], joined["in_kernel"]) == ("en0", True)
        memberships = [each for each in vpn.alpha.lanscout("groups") if each["group"] == GROUP]
        assert [(each["interface"], each["mode"]) for each in memberships] == [("en0", "exclude")]
        peers.send_text(vpn.beta, GROUP, PORT, "from socat")
        assert listening.record("datagram", payload_text="from socat")["source"] == "192.168.1.20"
        peers.iperf_sender(vpn.beta, GROUP, port=PORT, seconds=1).wait(15)
        listening.interrupt()
    summary = listening.records("summary")[0]
    by_port = {stream["source_port"]: stream for stream in summary["streams"]}
    assert len(by_port) == 2
    assert {stream["interface"] for stream in by_port.values()} == {"en0"}
    assert summary["dropped_here"] == 0
    assert not [each for each in vpn.alpha.lanscout("groups") if each["group"] == GROUP], "the group was left"


def test_a_join_without_interface_goes_where_the_kernel_would_and_says_so(vpn: Lab) -> None:
    with vpn.alpha.lanscout_process("listen", ENDPOINT) as listening:
        assert listening.record("joined")["interface"] == "utun3"
        assert "Choose the interface of the LAN" in listening.record("problem", code="joined_on_tunnel")["remedy"]


def test_what_is_sent_by_en0_reaches_beta_although_the_default_route_is_the_tunnel(vpn: Lab) -> None:
    with vpn.beta.lanscout_process("listen", ENDPOINT, "--interface", "en0", "--count", "3") as listening:
        listening.record("joined")
        vpn.vpn_packets()
        (summary,) = vpn.alpha.lanscout(
            "send", ENDPOINT, "--interface", "en0", "--count", "3", "--interval-ms", "1", "--ttl", "4"
        )
        assert (summary["sent"], summary["interface"], summary["source"]) == (3, "en0", "192.168.1.23")
        listening.wait()
    datagrams = listening.records("datagram")
    assert [(each["source"], each["ttl"]) for each in datagrams] == [("192.168.1.23", 4)] * 3
    assert not [packet for packet in vpn.vpn_packets() if socket.inet_aton(GROUP) in packet]


def test_what_is_sent_without_interface_goes_into_the_tunnel_and_says_so(vpn: Lab) -> None:
    vpn.vpn_packets()
    (summary,) = vpn.alpha.lanscout("send", ENDPOINT, "--text", "lost")
    assert (summary["interface"], summary["source"]) == ("utun3", "10.8.0.2")
    assert [packet for packet in vpn.vpn_packets(timeout=5) if socket.inet_aton(GROUP) in packet]


@pytest.mark.parametrize(("group", "scoped"), [("ff02::4d", True), ("ff15::4d", False)])
def test_ipv6_groups_are_joined_and_sent_to_by_index(vpn: Lab, group: str, scoped: bool) -> None:
    endpoint = f"[{group}]:{PORT}"
    with vpn.alpha.lanscout_process("listen", endpoint, "--interface", "en0", "--count", "2") as listening:
        assert listening.record("joined")["in_kernel"] is True
        target = f"[{group}%en0]:{PORT}" if scoped else endpoint
        sent = vpn.beta.lanscout(
            "send", target, "--interface", "en0", "--count", "2", "--interval-ms", "1", "--ttl", "3"
        )
        listening.wait()
    datagrams = listening.records("datagram")
    assert [each["source"] for each in datagrams] == [sent[-1]["source"]] * 2, "with the scope, which is en0 on both"
    assert [(each["interface"], each["ttl"]) for each in datagrams] == [("en0", 3)] * 2
    assert all(":" in each["source"] for each in datagrams)


def test_not_one_datagram_is_lost_or_misattributed_while_the_vpn_goes_up_and_down(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with lab.alpha.lanscout_process("listen", ENDPOINT, "--interface", "en0") as listening:
        listening.record("joined")
        sending = lab.beta.start(
            [*LANSCOUT, "send", ENDPOINT, "--interface", "en0", "--count", "600", "--interval-ms", "5", "--json"]
        )
        for _ in range(10):
            lab.vpn_up()
            before = len(listening.lines)
            listening.wait_until(lambda seen=before: len(listening.lines) > seen + 10)  # type: ignore[misc]
            lab.vpn_down()
            before = len(listening.lines)
            listening.wait_until(lambda seen=before: len(listening.lines) > seen + 10)  # type: ignore[misc]
        assert sending.record("summary", timeout=20)["sent"] == 600
        listening.interrupt()
    summary = listening.records("summary")[0]
    (stream,) = summary["streams"]
    assert (stream["packets"], stream["lost"], stream["duplicated"], stream["reordered"]) == (600, 0, 0, 0)
    assert stream["interface"] == "en0"
    assert len(listening.records("datagram")) == 600


def test_two_lans_are_never_mixed_up_although_a_foreign_process_joined_both(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with (
        peers.foreign_joiner(lab.alpha, GROUP, PORT, "en0", "en5"),
        peers.talker(lab.beta, GROUP, PORT, "from LAN 1", seconds_between=0.01),
        peers.talker(lab.delta, GROUP, PORT, "from LAN 2", seconds_between=0.01),
    ):
        for _ in range(5):
            for interface, sender in (("en0", "192.168.1.20"), ("en5", "10.66.0.2")):
                records = lab.alpha.lanscout("listen", ENDPOINT, "--interface", interface, "--count", "15")
                datagrams = [record for record in records if record["kind"] == "datagram"]
                assert {(each["source"], each["interface"]) for each in datagrams} == {(sender, interface)}


def test_both_lans_at_once_say_where_each_datagram_arrived(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with (
        peers.talker(lab.beta, GROUP, PORT, "from LAN 1", seconds_between=0.01),
        peers.talker(lab.delta, GROUP, PORT, "from LAN 2", seconds_between=0.01),
    ):
        records = lab.alpha.lanscout("listen", ENDPOINT, "--interface", "en0", "--interface", "en5", "--count", "40")
    seen = {(record["source"], record["interface"]) for record in records if record["kind"] == "datagram"}
    assert seen == {("192.168.1.20", "en0"), ("10.66.0.2", "en5")}


def test_an_interface_that_vanishes_is_told_and_joined_again_when_it_is_back(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with (
        peers.talker(lab.beta, GROUP, PORT, "still here", seconds_between=0.02),
        lab.alpha.lanscout_process("listen", ENDPOINT, "--interface", "en0") as listening,
    ):
        listening.record("datagram")
        lab.alpha.ip("link set en0 down")
        lab.alpha.ip("link set en0 name en9")
        problem = listening.record("problem", code="interface_vanished")
        assert problem["subject"] == "en0"
        assert problem["remedy"]
        lab.alpha.ip("link set en9 name en0")
        lab.alpha.ip("link set en0 up")
        seen = len(listening.records("datagram"))
        listening.wait_until(lambda: len(listening.records("datagram")) > seen + 3)
        listening.wait_until(lambda: listening.records("joined")[-1]["in_kernel"] is True)


def test_a_join_where_nothing_can_arrive_says_why(fresh_lab: Lab) -> None:
    lab = fresh_lab
    lab.alpha.ip("address flush dev en5")
    lab.alpha.ip("link set utun3 down")
    lab.alpha.ip("link set ipsec0 multicast off")
    for interface, code in (
        ("en5", "joined_without_address"),
        ("utun3", "joined_but_down"),
        ("ipsec0", "joined_without_multicast"),
    ):
        records = lab.alpha.lanscout("listen", ENDPOINT, "--interface", interface, "--seconds", "0.2")
        problems = [record["code"] for record in records if record["kind"] == "problem"]
        assert problems == [code], interface
        assert "joined" in [record["kind"] for record in records]


def test_a_port_held_without_sharing_is_refused_with_errno_and_remedy(fresh_lab: Lab) -> None:
    lab = fresh_lab
    with peers.udp_listener(lab.alpha, "0.0.0.0", PORT):
        result = lab.alpha.run([*LANSCOUT, "listen", ENDPOINT, "--interface", "en0"], check=False)
    assert result.returncode == 3
    assert "98" in result.stderr
    assert "Ports page" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_ordinary_user_may_join_and_send(vpn: Lab) -> None:
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c"]
    joining = (
        "import asyncio, sys; sys.path.insert(0, '.');"
        "from net.multicast.listener import listen; from net.requests import ListenRequest\n"
        "async def main():\n"
        f"    batches = listen(ListenRequest(groups=('{ENDPOINT}',), interfaces=('en0',), count=1))\n"
        "    async for batch in batches: print(*batch, flush=True)\n"
        "asyncio.run(main())"
    )
    listening = vpn.alpha.start([*as_nobody, joining])
    try:
        listening.wait_for("in_kernel=True")
    except Exception as error:
        if "Permission denied" in str(error) or "ModuleNotFound" in str(error):
            pytest.skip("this checkout cannot be read by an ordinary user")
        raise
    vpn.beta.lanscout("send", ENDPOINT, "--interface", "en0", "--text", "for everybody")
    listening.wait_for("for everybody")


def test_ctrl_c_ends_with_the_summary_and_without_a_traceback(fresh_lab: Lab) -> None:
    with fresh_lab.alpha.lanscout_process("listen", ENDPOINT, "--interface", "en0") as listening:
        listening.record("joined")
        begin = time.monotonic()
        assert listening.interrupt() == 1
        assert time.monotonic() - begin < 5
    assert [record["kind"] for record in listening.records()] == ["joined", "summary"]
    assert listening.errors == []


def test_a_send_by_an_interface_that_is_down_says_so_and_not_to_choose_one(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("link set en5 down")
    result = fresh_lab.alpha.run([*LANSCOUT, "send", ENDPOINT, "--interface", "en5"], check=False)
    assert result.returncode == 3
    assert "en5 is down" in result.stderr
    assert "Choose an interface:" not in result.stderr


@pytest.mark.parametrize(
    ("command", "name", "code"),
    [
        ("-4 address flush dev en5", "en5", "sent_without_address"),
        ("link set en5 multicast off", "en5", "sent_without_multicast"),
        ("link set lo up", "lo", "sent_by_loopback"),
    ],
)
def test_what_is_sent_but_may_be_heard_by_nobody_is_told(fresh_lab: Lab, command: str, name: str, code: str) -> None:
    fresh_lab.alpha.ip(command)
    result = fresh_lab.alpha.run([*LANSCOUT, "send", ENDPOINT, "--interface", name, "--json"], check=False)
    summary = json.loads(result.stdout.splitlines()[-1])
    assert (summary["sent"], [problem["code"] for problem in summary["problems"]]) == (1, [code])
    assert result.stderr.count(summary["problems"][0]["text"]) == 1
