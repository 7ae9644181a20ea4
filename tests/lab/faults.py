"""Faults that can be put into the lab one by one or together, each with the finding it must lead to, and no other."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.lab import peers, topology
from tests.lab.dns import filtered
from tests.lab.laboratory import Lab
from tests.lab.mixing import Expected, Fault, Scene

MEMBERSHIP = 2.0
"""Seconds after which the snooping bridge forgets a member."""


def _switch(lab: Lab, *words: str) -> str:
    argv = ["ip", "netns", "exec", lab.prefix + topology.SWITCH, *words]
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def _wait_until(condition: Callable[[], bool], what: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")


def _vpn(scene: Scene) -> None:
    scene.lab.vpn_up()


def _joined_in_tunnel(scene: Scene) -> None:
    peers.foreign_joiner(scene.lab.alpha, "224.224.0.78", 5078, "ipsec0")


def _joined_on_other_lan(scene: Scene) -> None:
    peers.foreign_joiner(scene.lab.alpha, "224.224.0.79", 5079, "en5")
    peers.talker(scene.lab.beta, "224.224.0.79", 5079, "hello", seconds_between=0.2)


def _address_twice(scene: Scene) -> None:
    for device in ("en0", "en5"):
        scene.lab.alpha.ip(f"address add 172.20.0.5/32 dev {device}")


def _address_refused(scene: Scene) -> None:
    alpha = scene.lab.alpha
    scene.lab.beta.ip("address add fd66:1::99/64 dev en0 nodad")
    with alpha.inside():
        for name, value in (("all/accept_dad", "1"), ("en0/accept_dad", "1"), ("en0/dad_transmits", "1")):
            Path("/proc/sys/net/ipv6/conf", name).write_text(value)
    alpha.ip("address add fd66:1::99/64 dev en0")
    _wait_until(lambda: "dadfailed" in alpha.run(["ip", "-6", "address", "show", "dev", "en0"]).stdout, "dadfailed")


def _address_in_use(scene: Scene) -> None:
    port = topology.Port("en0", "lan1", "192.168.1.23", "fd66:1::77", "02:66:01:00:00:77")
    other = scene.lab.add_host(topology.Plan("epsilon", (port,)))
    peers.talker(other, "224.0.0.200", 5200, "hello", seconds_between=0.2)


def _without_multicast(scene: Scene) -> None:
    scene.lab.alpha.ip("link set en5 multicast off")


def _no_address(scene: Scene) -> None:
    scene.lab.alpha.ip("address flush dev en5")


def _no_carrier(scene: Scene) -> None:
    _switch(scene.lab, "ip", "link", "set", "alpha-en5", "down")
    _wait_until(lambda: "NO-CARRIER" in scene.lab.alpha.run(["ip", "link", "show", "en5"]).stdout, "no carrier")


def _down(scene: Scene) -> None:
    scene.lab.alpha.ip("link set en5 down")


def _reverse_path(scene: Scene) -> None:
    alpha = scene.lab.alpha
    with alpha.inside():
        Path("/proc/sys/net/ipv4/conf/en0/rp_filter").write_text("1")
    alpha.ip("route add 192.168.1.20/32 dev utun3" if _is_up(scene, "utun3") else "route add 192.168.1.20/32 dev en5")
    peers.foreign_joiner(alpha, "224.224.0.81", 5081, "en0")
    peers.talker(scene.lab.beta, "224.224.0.81", 5081, "hello", seconds_between=0.2)


def _is_up(scene: Scene, device: str) -> bool:
    return "UP" in json.loads(scene.lab.alpha.run(["ip", "-j", "link", "show", device]).stdout)[0]["flags"]


def _short_ttl(scene: Scene) -> None:
    peers.multicast_router(scene.lab.gamma)
    peers.talker(scene.lab.alpha, "224.224.0.82", 5082, "hello", seconds_between=0.2)


def _forgotten(scene: Scene) -> None:
    lab = scene.lab
    peers.foreign_joiner(lab.alpha, "224.224.0.83", 5083, "en0")
    peers.talker(lab.beta, "224.224.0.83", 5083, "hello", seconds_between=0.1)
    snooping = ("mcast_snooping", "1", "mcast_membership_interval", str(int(MEMBERSHIP * 100)))
    _switch(lab, "ip", "link", "set", "lan1", "type", "bridge", *snooping)
    lab.gamma.run([sys.executable, "-m", "tests.lab.querier", "igmp", "en0"], env=peers.IMPORTABLE)
    known = ("bridge", "mdb", "show", "dev", "lan1")
    _wait_until(lambda: "224.224.0.83" in _switch(lab, *known), "the member is known")
    _wait_until(lambda: "224.224.0.83" not in _switch(lab, *known), "the member is forgotten")


def _buffer_full(scene: Scene) -> None:
    peers.deaf_receiver(scene.lab.alpha, "224.224.0.84", 5084, "en5")
    peers.talker(scene.lab.delta, "224.224.0.84", 5084, "hello", seconds_between=0.02)


def _socket_full(scene: Scene) -> None:
    peers.full_socket(scene.lab.alpha, "239.77.0.1", 5077, "en0", 20)


def _firewall_in(scene: Scene) -> None:
    filtered(scene.lab.alpha, "iifname en0 udp dport 5353 drop")


def _firewall_out(scene: Scene) -> None:
    filtered(scene.lab.alpha, "oifname en5 udp dport 5353 drop", hook="output")


def _firewall_group(scene: Scene) -> None:
    peers.deaf_receiver(scene.lab.alpha, "224.224.0.85", 5085, "en0")
    filtered(scene.lab.alpha, "ip daddr 224.224.0.85 drop", hook="prerouting")


def _isolated(scene: Scene) -> None:
    alpha, beta = scene.lab.alpha, scene.lab.beta.v4[0]
    alpha.run(["socat", "-u", "STDIN", f"UDP4-DATAGRAM:{beta}:9"], input="x")
    _wait_until(lambda: "lladdr" in alpha.run(["ip", "neighbour", "show", beta]).stdout, "the neighbour is known")
    for host in ("alpha", "beta", "gamma"):
        _switch(scene.lab, "bridge", "link", "set", "dev", f"{host}-en0", "mcast_flood", "off")


def docker_bridge(lab: Lab) -> None:
    """docker0 on alpha with one container port, as Docker makes them."""
    lines = [
        "link add docker0 type bridge",
        "address add 172.17.0.1/16 brd 172.17.255.255 dev docker0",
        f"link add veth1a2b3c4 type veth peer name guest netns {lab.prefix}{topology.SWITCH}",
        "link set veth1a2b3c4 master docker0",
        "link set docker0 up",
        "link set veth1a2b3c4 up",
    ]
    lab.alpha.run(["ip", "-batch", "-"], input="\n".join(lines))
    _switch(lab, "ip", "link", "set", "guest", "up")


def _guests_take_multicast(scene: Scene) -> None:
    docker_bridge(scene.lab)
    scene.lab.alpha.ip("route add 224.0.0.0/4 dev docker0")


def _silent_lan(scene: Scene) -> None:
    scene.on_lan2.close()


def _parts(*names: str) -> frozenset[str]:
    return frozenset(names)


EN5_GONE = _parts("en5", "en5 bonjour")

FAULTS: tuple[Fault, ...] = (
    Fault(
        "vpn takes multicast",
        _vpn,
        Expected("tunnel_takes_multicast", "utun3", "warning", "proven"),
        breaks=_parts("default route", "unbound multicast"),
    ),
    Fault("joined in a tunnel", _joined_in_tunnel, Expected("joined_elsewhere", "224.224.0.78", "warning", "likely")),
    Fault(
        "joined on the other LAN",
        _joined_on_other_lan,
        Expected("heard_elsewhere", "224.224.0.79", "warning", "likely"),
        needs=_parts("en5", "lan1 multicast", "lan1 flooding"),
    ),
    Fault(
        "one address on two interfaces",
        _address_twice,
        Expected("address_twice", "172.20.0.5", "warning", "proven"),
        needs=_parts("en5"),
    ),
    Fault(
        "duplicate address detection failed",
        _address_refused,
        Expected("address_refused", "fd66:1::99 on en0", "error", "proven"),
        needs=_parts("lan1 multicast"),
    ),
    Fault(
        "address used by another host",
        _address_in_use,
        Expected("address_in_use", "en0", "error", "proven"),
        needs=_parts("lan1 multicast"),
    ),
    Fault(
        "interface without MULTICAST",
        _without_multicast,
        Expected("interface_without_multicast", "en5", "error", "proven"),
        breaks=EN5_GONE,
    ),
    Fault(
        "interface without address",
        _no_address,
        Expected("interface_no_address", "en5", "error", "proven"),
        breaks=EN5_GONE,
    ),
    Fault("no carrier", _no_carrier, Expected("interface_no_carrier", "en5", "error", "proven"), breaks=EN5_GONE),
    Fault("interface down", _down, Expected("interface_down", "en5", "error", "proven"), breaks=EN5_GONE),
    Fault(
        "strict rp_filter and a wrong route",
        _reverse_path,
        Expected("reverse_path_drops", "en0", "error", "proven"),
        needs=_parts("en5", "lan1 multicast", "lan1 flooding"),
        breaks=_parts("beta unicast"),
    ),
    Fault(
        "TTL 1 before a router",
        _short_ttl,
        Expected("ttl_ends_here", "224.224.0.82", "warning", "likely"),
        needs=_parts("lan1 multicast"),
    ),
    Fault(
        "snooping without querier",
        _forgotten,
        Expected("membership_forgotten", "224.224.0.83 on en0", "warning", "likely"),
        needs=_parts("lan1 multicast"),
        breaks=_parts("lan1 flooding"),
    ),
    Fault(
        "receive buffer too small",
        _buffer_full,
        Expected("receive_buffer_full", "224.224.0.84 port 5084", "warning", "proven"),
        needs=_parts("en5"),
    ),
    Fault("all memberships taken", _socket_full, Expected("memberships_full", None, "warning", "proven")),
    Fault(
        "firewall drops Bonjour in",
        _firewall_in,
        Expected("firewall_drops_bonjour", "en0", "error", "proven"),
        breaks=_parts("en0 bonjour", "nft input"),
    ),
    Fault(
        "firewall drops Bonjour out",
        _firewall_out,
        Expected("firewall_drops_bonjour", "en5", "error", "proven"),
        needs=_parts("en5"),
        breaks=_parts("en5 bonjour"),
    ),
    Fault(
        "firewall drops a group",
        _firewall_group,
        Expected("firewall_drops_group", "224.224.0.85 port 5085", "warning", "likely"),
    ),
    Fault(
        "bridge keeps multicast back",
        _isolated,
        Expected("bonjour_isolated", "en0", "warning", "likely"),
        needs=_parts("beta unicast"),
        breaks=_parts("en0 bonjour", "lan1 multicast", "lan1 flooding"),
    ),
    Fault(
        "docker0 takes multicast",
        _guests_take_multicast,
        Expected("guests_take_multicast", "docker0", "warning", "proven"),
        breaks=_parts("unbound multicast"),
    ),
    Fault(
        "nobody on LAN 2",
        _silent_lan,
        Expected("bonjour_silent", "en5", "warning", "possible"),
        needs=_parts("en5"),
        breaks=_parts("en5 bonjour"),
    ),
)
"""All that can be mixed."""
