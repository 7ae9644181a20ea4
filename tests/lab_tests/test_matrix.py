"""The test of all interfaces where a VPN takes what chooses no interface, and the joins that prove it right."""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest

from net.platform import this_platform
from net.sockets import join, receiver
from tests.lab import Host, JsonRecord, Lab, peers
from tests.lab.host import LANSCOUT
from tests.lab.topology import SWITCH

GROUP = "224.224.0.77"
PORT = 23019
ENDPOINT = f"{GROUP}:{PORT}"
JOINS = 100


@pytest.fixture
def vpn(fresh_lab: Lab) -> Lab:
    fresh_lab.vpn_up()
    return fresh_lab


def _test(host: Host, *words: str) -> tuple[dict[tuple[str | None, str], JsonRecord], JsonRecord]:
    """The paths by (sender, receiver), and the verdict."""
    records = host.lanscout("test", *words)
    *paths, verdict = records
    assert {path["kind"] for path in paths} == {"path"}
    assert verdict["kind"] == "verdict"
    return {(path["send_interface"], path["receive_interface"]): path for path in paths}, verdict


def _firewall(host: Host, chain: str) -> None:
    host.run(["nft", "-f", "-"], input=f"table ip test {{ chain only {{ {chain} }}; }}")


def test_with_the_vpn_up_the_tunnel_is_the_unbound_path_and_both_lans_work(vpn: Lab) -> None:
    paths, verdict = _test(vpn.alpha, ENDPOINT)
    assert (verdict["unbound_interface"], verdict["working"]) == ("utun3", ["en0", "en5"])
    assert verdict["certainty"] == "proven"
    assert "utun3" in verdict["text"]
    assert any("ip_mreqn" in remedy for remedy in verdict["remedy"])
    heard = {pair for pair, path in paths.items() if path["received"]}
    names = ("en0", "en5", "lo", "utun3", "ipsec0")
    assert heard == {(name, name) for name in names} | {(None, "utun3")}
    assert len(paths) == len(names) * (len(names) + 1)
    assert {path["ttl"] for path in paths.values() if path["received"]} == {1}
    assert [path["unbound"] for pair, path in paths.items() if pair[0] is None] == [True] * len(names)


def test_with_the_vpn_down_unbound_packets_leave_by_the_default_route(fresh_lab: Lab) -> None:
    _, verdict = _test(fresh_lab.alpha, ENDPOINT)
    assert (verdict["unbound_interface"], verdict["working"]) == ("en0", ["en0", "en5"])
    assert verdict["code"] == "test_works_on_several"


def test_packets_sent_by_each_lan_reach_the_hosts_there_and_only_those(vpn: Lab) -> None:
    with (
        vpn.beta.lanscout_process("listen", ENDPOINT, "--interface", "en0") as on_lan_1,
        vpn.delta.lanscout_process("listen", ENDPOINT, "--interface", "en0") as on_lan_2,
    ):
        on_lan_1.record("joined")
        on_lan_2.record("joined")
        _test(vpn.alpha, ENDPOINT, "--ttl", "3")
        for listening, interface, source in ((on_lan_1, "en0", "192.168.1.23"), (on_lan_2, "en5", "10.66.0.1")):
            listening.wait_until(lambda of=listening: len(of.records("datagram")) >= 3)  # type: ignore[misc]
            datagrams = listening.records("datagram")
            assert {(each["source"], each["ttl"]) for each in datagrams} == {(source, 3)}
            assert {each["payload_text"].split()[-1] for each in datagrams} == {interface}


def test_interfaces_that_cannot_take_part_are_shown_with_their_reason(vpn: Lab) -> None:
    vpn.alpha.ip("address flush dev en5")
    vpn.alpha.ip("link set ipsec0 multicast off")
    vpn.alpha.ip("link add bridge100 type bridge")
    paths, verdict = _test(vpn.alpha, ENDPOINT)
    reasons = {problem["subject"]: problem["code"] for problem in verdict["not_working"]}
    assert reasons == {
        "en5": "test_interface_without_address",
        "ipsec0": "test_interface_without_multicast",
        "bridge100": "test_interface_down",
        "utun3": "test_tunnel",
        "lo": "test_loopback",
    }
    for name in ("en5", "ipsec0", "bridge100"):
        assert paths[name, name]["problem"]["code"] == reasons[name]
        assert (paths[name, name]["sent"], paths[name, name]["received"]) == (0, False)
    assert verdict["working"] == ["en0"]


def test_a_refusal_is_told_with_its_errno(vpn: Lab) -> None:
    _firewall(vpn.alpha, f"type filter hook output priority 0; oifname en0 ip daddr {GROUP} drop;")
    paths, verdict = _test(vpn.alpha, ENDPOINT)
    assert paths["en0", "en0"]["problem"]["code"] == "send_refused"
    assert paths["en0", "en0"]["problem"]["errno"] == 1
    assert verdict["working"] == ["en5"]


def test_silence_without_a_refusal_points_to_the_firewall(vpn: Lab) -> None:
    _firewall(vpn.alpha, f"type filter hook input priority 0; iifname en0 ip daddr {GROUP} drop;")
    paths, verdict = _test(vpn.alpha, ENDPOINT)
    assert paths["en0", "en0"]["problem"]["code"] == "test_not_heard"
    assert verdict["working"] == ["en5"]


def test_a_host_without_any_route_still_works_by_index(vpn: Lab) -> None:
    vpn.alpha.ip("route flush table main")
    paths, verdict = _test(vpn.alpha, ENDPOINT)
    assert (verdict["unbound_interface"], verdict["working"]) == (None, ["en0", "en5"])
    assert verdict["code"] == "test_unbound_refused"
    assert {path["problem"]["errno"] for pair, path in paths.items() if pair[0] is None} == {101}


def test_a_restricted_test_names_the_tunnel_by_the_route_alone(vpn: Lab) -> None:
    paths, verdict = _test(vpn.alpha, ENDPOINT, "--interface", "en0", "--interface", "en5")
    assert set(paths) == {(by, at) for by in ("en0", "en5", None) for at in ("en0", "en5")}
    assert (verdict["unbound_interface"], verdict["working"]) == ("utun3", ["en0", "en5"])
    assert verdict["certainty"] in ("likely", "possible"), "no copy was heard"


def test_nothing_that_works_is_exit_code_1(fresh_lab: Lab) -> None:
    result = fresh_lab.alpha.run([*LANSCOUT, "test", ENDPOINT, "--interface", "lo"], check=False)
    assert result.returncode == 1
    assert "Multicast works on no interface" in result.stdout


@pytest.mark.parametrize("group", ["ff02::4d", "ff15::4d"])
def test_ipv6_works_the_same(vpn: Lab, group: str) -> None:
    paths, verdict = _test(vpn.alpha, f"[{group}]:{PORT}")
    assert verdict["working"] == ["en0", "en5"]
    heard = {name for (by, name), path in paths.items() if path["received"] and by == name}
    assert {"en0", "en5", "utun3"} <= heard
    assert verdict["unbound_interface"] in heard
    assert verdict["certainty"] == "proven"


def test_two_interfaces_on_one_lan_hear_each_other_by_ipv6_while_linux_drops_own_ipv4_addresses(vpn: Lab) -> None:
    """The trap that the verdict names: over IPv4 silence between two interfaces proves nothing."""
    vpn.alpha.run(["ip", "-n", vpn.prefix + SWITCH, "link", "set", "alpha-en5", "master", "lan1"])
    paths, verdict = _test(vpn.alpha, ENDPOINT)
    assert not paths["en0", "en5"]["received"]
    assert "dropped (IPv4)" in verdict["not_proven"]
    paths, _ = _test(vpn.alpha, f"[ff15::4d]:{PORT}")
    assert paths["en0", "en5"]["received"]
    assert paths["en5", "en0"]["received"]


def test_what_others_send_to_the_group_is_said(vpn: Lab) -> None:
    with peers.talker(vpn.beta, GROUP, PORT, "hello", seconds_between=0.02):
        paths, verdict = _test(vpn.alpha, ENDPOINT)
    (other,) = verdict["other_traffic"]
    assert (other["interface"], other["source"]) == ("en0", "192.168.1.20")
    assert paths["en0", "en0"]["heard"] == 3


def _by_index(group: ipaddress.IPv4Address, stack: ExitStack) -> None:
    index = socket.if_nametoindex("en0")
    sock = stack.enter_context(receiver(group, PORT, index, buffer_bytes=65536))
    join(sock, group, index)


def _by_mreq(interface: str) -> Callable[[ipaddress.IPv4Address, ExitStack], None]:
    """A join as programs do it: struct ip_mreq with an address of the interface, or INADDR_ANY."""

    def joined(group: ipaddress.IPv4Address, stack: ExitStack) -> None:
        sock = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        request = struct.pack("=4s4s", group.packed, socket.inet_aton(interface))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)

    return joined


@pytest.mark.parametrize(
    ("way", "lands"),
    [(_by_index, "en0"), (_by_mreq("192.168.1.23"), "en0"), (_by_mreq("0.0.0.0"), "utun3")],
    ids=["by index", "by address", "unbound"],
)
def test_of_100_joins_each_lands_where_its_way_leads(vpn: Lab, way: Any, lands: str) -> None:
    groups = [ipaddress.IPv4Address(f"239.77.0.{number}") for number in range(1, JOINS + 1)]
    with vpn.alpha.inside(), ExitStack() as stack:
        for group in groups:
            way(group, stack)
        wanted = {str(group) for group in groups}
        # As /proc/net/igmp of this host has it.
        found = Counter(each.interface for each in this_platform().memberships() if each.group in wanted)
    assert found == {lands: JOINS}


def test_0_of_100_groups_listened_to_by_interface_land_on_the_tunnel(vpn: Lab) -> None:
    """The same through the program itself, join by join, and told by itself."""
    groups = tuple(f"239.77.1.{number}:{PORT}" for number in range(1, JOINS + 1))
    program = (
        "import asyncio, sys\n"
        "from net.multicast.listener import listen\n"
        "from net.requests import ListenRequest\n"
        "async def main():\n"
        f"    batches = listen(ListenRequest(groups={groups!r}, interfaces=('en0',)))\n"
        "    await anext(batches)\n"
        "    print('joined', flush=True)\n"
        "    await asyncio.to_thread(sys.stdin.read)\n"
        "    await batches.aclose()\n"
        "asyncio.run(main())"
    )
    with vpn.alpha.start([LANSCOUT[0], "-c", program], env=peers.IMPORTABLE) as listening:
        listening.wait_for("joined")
        memberships = [each for each in vpn.alpha.lanscout("groups") if each["group"].startswith("239.77.1.")]
    assert Counter(each["interface"] for each in memberships) == {"en0": JOINS}
