"""Overflow, ranges and many joins, and sending by several interfaces, on real networks."""

from __future__ import annotations

import signal
import socket
import struct
from pathlib import Path

import pytest

from tests.lab import Background, Host, Lab, peers
from tests.lab.host import LANSCOUT, CommandFailedError

GROUP, PORT = "239.66.2.1", 23021
ENDPOINT = f"{GROUP}:{PORT}"
SENT = 6000


def _drops(host: Host) -> int:
    """What the sockets on the port have dropped, as /proc/net/udp lists them."""
    with host.inside():
        rows = [line.split() for line in Path("/proc/thread-self/net/udp").read_text().splitlines()[1:]]
    return sum(int(row[-1]) for row in rows if row[1].endswith(f":{PORT:04X}"))


def _lanscout_sends(host: Host, *words: str) -> Background:
    return host.start([*LANSCOUT, "send", ENDPOINT, "--interface", "en0", "--json", *words])


def test_what_a_full_buffer_dropped_is_told_exactly_and_is_no_loss_of_the_network(lab: Lab) -> None:
    words = ["listen", ENDPOINT, "--interface", "en0", "--buffer", "8192", "--quiet"]
    with lab.alpha.lanscout_process(*words) as listening:
        assert listening.record("joined")["buffer_bytes"] == 16384
        with _lanscout_sends(lab.beta, "--count", str(SENT), "--rate-pps", "3000") as sending:
            for _ in range(3):
                before = _drops(lab.alpha)
                listening.send(signal.SIGSTOP)
                listening.wait_until(lambda seen=before: _drops(lab.alpha) > seen + 100)  # type: ignore[misc]
                listening.send(signal.SIGCONT)
            assert sending.record("summary", timeout=30)["sent"] == SENT
        dropped = _drops(lab.alpha)
        listening.interrupt()
    (summary,) = listening.records("summary")
    (stream,) = summary["streams"]
    assert summary["dropped_here"] == dropped > 300
    assert summary["received"] + dropped == SENT
    assert (stream["lost"], stream["dropped_here"], stream["duplicated"], stream["reordered"]) == (0, dropped, 0, 0)


def test_loss_on_the_path_is_told_beside_what_was_dropped_here(fresh_lab: Lab) -> None:
    lab = fresh_lab
    rules = """
    table netdev lossy {
        chain arriving {
            type filter hook ingress device "en0" priority 0;
            udp dport 23021 numgen inc mod 20 0 counter drop
        }
    }
    """
    lab.alpha.run(["nft", "-f", "-"], input=rules)
    words = ["listen", ENDPOINT, "--interface", "en0", "--buffer", "8192", "--quiet"]
    with lab.alpha.lanscout_process(*words) as listening:
        listening.record("joined")
        with _lanscout_sends(lab.beta, "--count", str(SENT), "--rate-pps", "3000") as sending:
            listening.send(signal.SIGSTOP)
            listening.wait_until(lambda: _drops(lab.alpha) > 500)
            listening.send(signal.SIGCONT)
            sending.record("summary", timeout=30)
        listening.interrupt()
    (summary,) = listening.records("summary")
    (stream,) = summary["streams"]
    assert summary["received"] + summary["dropped_here"] == SENT - SENT // 20
    # The very first and the very last number may be among the lost, and nothing tells of those.
    assert SENT // 20 - 1 <= stream["lost"] <= SENT // 20
    assert stream["dropped_here"] == summary["dropped_here"] > 500


def test_a_range_of_groups_and_ports_is_joined_and_each_counted_by_itself(lab: Lab) -> None:
    words = ["listen", "239.66.3.1-20:5000-5001", "--interface", "en0"]
    with lab.alpha.lanscout_process(*words) as listening:
        listening.wait_until(lambda: len(listening.records("joined")) == 40)
        groups = {each["group"] for each in lab.alpha.lanscout("groups") if each["interface"] == "en0"}
        assert {f"239.66.3.{number}" for number in range(1, 21)} <= groups
        for number, port in ((1, 5000), (7, 5001), (20, 5000)):
            peers.send_text(lab.beta, f"239.66.3.{number}", port, f"to {number}")
        peers.send_text(lab.beta, "239.66.3.21", 5000, "to nobody")
        peers.send_text(lab.beta, "239.66.3.2", 5002, "to no port")
        listening.wait_until(lambda: len(listening.records("datagram")) == 3)
        listening.interrupt()
    told = {(each["group"], each["port"], each["payload_text"]) for each in listening.records("datagram")}
    assert told == {("239.66.3.1", 5000, "to 1"), ("239.66.3.7", 5001, "to 7"), ("239.66.3.20", 5000, "to 20")}
    assert len(listening.records("summary")[0]["streams"]) == 3


def test_five_hundred_groups_are_joined_at_once_and_no_more(lab: Lab) -> None:
    with lab.alpha.lanscout_process("listen", "239.66.4.0-239.66.5.243:5000", "--interface", "en0") as listening:
        listening.wait_until(lambda: len(listening.records("joined")) == 500)
        assert {record["in_kernel"] for record in listening.records("joined")} == {True}
        listening.interrupt()
    with pytest.raises(CommandFailedError, match="exit 2"):
        lab.alpha.lanscout("listen", "239.66.4.0-239.66.5.244:5000", "--interface", "en0")


def test_who_holds_the_port_without_sharing_it_is_told(lab: Lab) -> None:
    with peers.udp_listener(lab.alpha, "0.0.0.0", PORT) as holder:
        records = lab.alpha.lanscout("listen", ENDPOINT, "--interface", "en0", check=False)
    (problem,) = [record for record in records if record["kind"] == "problem"]
    assert problem["code"] == "bind_refused"
    assert f"socat (pid {holder.pid})" in problem["evidence"]


def test_a_group_with_the_ethernet_address_of_another_is_told_and_joined(lab: Lab) -> None:
    with lab.alpha.lanscout_process("listen", "225.0.0.1:5000", "--interface", "en0") as listening:
        listening.record("joined")
        problem = listening.record("problem", code="mac_shared")
    assert "224.0.0.1" in problem["text"]


def test_several_interfaces_send_at_once_and_each_lan_hears_its_own(fresh_lab: Lab) -> None:
    lab = fresh_lab
    lab.vpn_up()
    with (
        lab.beta.lanscout_process("listen", ENDPOINT, "--interface", "en0", "--count", "20") as on_lan1,
        lab.delta.lanscout_process("listen", ENDPOINT, "--interface", "en0", "--count", "20") as on_lan2,
    ):
        for listening in (on_lan1, on_lan2):
            listening.record("joined")
        (summary,) = lab.alpha.lanscout(
            "send", ENDPOINT, "--interface", "en0", "--interface", "en5", "--count", "20", "--rate-pps", "500"
        )
        for listening in (on_lan1, on_lan2):
            assert listening.wait() == 0
    assert (summary["sent"], summary["interface"], summary["source"]) == (40, "en0, en5", "192.168.1.23, 10.66.0.1")
    assert 800 < summary["packets_per_s"] < 1200
    assert {each["source"] for each in on_lan1.records("datagram")} == {"192.168.1.23"}
    assert {each["source"] for each in on_lan2.records("datagram")} == {"10.66.0.1"}
    numbers = [each["payload_text"].split()[2] for each in on_lan2.records("datagram")]
    assert numbers == [f"{number:010d}" for number in range(20)]


@pytest.mark.parametrize("group", [GROUP, "ff15::66:2"])
def test_the_class_of_service_and_the_ttl_arrive(lab: Lab, group: str) -> None:
    endpoint = f"[{group}]:{PORT}" if ":" in group else f"{group}:{PORT}"
    with lab.beta.inside():
        sock = _joined(group, PORT)
    with sock:
        lab.alpha.lanscout("send", endpoint, "--interface", "en0", "--dscp", "46", "--ttl", "7", "--text", "x")
        sock.settimeout(5)
        _, ancillary, _, _ = sock.recvmsg(100, 1000)
    told = {kind: data for _, kind, data in ancillary}
    if ":" in group:
        service, ttl = (struct.unpack("=i", told[kind])[0] for kind in (socket.IPV6_TCLASS, socket.IPV6_HOPLIMIT))
    else:
        service, ttl = told[socket.IP_TOS][0], struct.unpack("=i", told[socket.IP_TTL])[0]
    assert (service >> 2, ttl) == (46, 7)


def test_without_loop_the_own_host_hears_nothing_and_the_others_do(lab: Lab) -> None:
    with (
        lab.alpha.lanscout_process("listen", ENDPOINT, "--interface", "en0") as here,
        lab.beta.lanscout_process("listen", ENDPOINT, "--interface", "en0") as there,
    ):
        for listening in (here, there):
            listening.record("joined")
        lab.alpha.lanscout("send", ENDPOINT, "--interface", "en0", "--text", "to others", "--no-loop")
        lab.alpha.lanscout("send", ENDPOINT, "--interface", "en0", "--text", "to all")
        for listening in (here, there):
            listening.record("datagram", payload_text="to all")
    assert [each["payload_text"] for each in here.records("datagram")] == ["to all"]
    assert [each["payload_text"] for each in there.records("datagram")] == ["to others", "to all"]


def test_rtp_is_recognised_at_the_other_end(lab: Lab) -> None:
    with lab.beta.lanscout_process("listen", ENDPOINT, "--interface", "en0", "--count", "200") as listening:
        listening.record("joined")
        lab.alpha.lanscout("send", ENDPOINT, "--interface", "en0", "--rtp", "--count", "200", "--rate-pps", "1000")
        assert listening.wait() == 0
    (stream,) = listening.records("summary")[0]["streams"]
    assert (stream["payload"], stream["packets"], stream["lost"], stream["duplicated"]) == ("RTP", 200, 0, 0)


def _joined(group: str, port: int) -> socket.socket:
    """A socket joined on en0 that is told class of service and TTL."""
    index = socket.if_nametoindex("en0")
    if ":" in group:
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.bind(("::", port))
        packed = socket.inet_pton(socket.AF_INET6, group)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, packed + struct.pack("@I", index))
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVTCLASS, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
    else:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("", port))
        sock.setsockopt(
            socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + struct.pack("@4xi", index)
        )
        sock.setsockopt(socket.IPPROTO_IP, 13, 1)  # IP_RECVTOS
        sock.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL
    return sock
