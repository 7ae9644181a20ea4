"""Faults of the host that is looked from: what it runs, refuses, shares and asks. See tests.lab.faults."""

from __future__ import annotations

import socket
from contextlib import suppress

from tests.lab import peers, resolv_conf
from tests.lab.dns import filtered
from tests.lab.host import Host
from tests.lab.laboratory import Lab
from tests.lab.mixing import Expected, Fault, Scene

BROKEN = bytes.fromhex("0000840000000001")
"""An mDNS response that ends within its header."""


def mdns_port_held(host: Host) -> None:
    """A program binds the port and shares it with nobody."""
    peers.udp_listener(host, "0.0.0.0", 5353)


def shared_bridge(lab: Lab, *, forwards: bool, translates: bool = False) -> None:
    """bridge100 on alpha as Internet Sharing makes it, with gamma as a guest that has been heard."""
    alpha, guest = lab.alpha, lab.gamma
    for line in (
        "link add bridge100 type bridge",
        "address add 192.168.64.1/24 brd + dev bridge100",
        f"link add vmenet0 type veth peer name en9 netns {guest.netns}",
        "link set vmenet0 master bridge100 up",
        "link set bridge100 up",
    ):
        alpha.ip(line)
    guest.ip("address add 192.168.64.2/24 brd + dev en9")
    guest.ip("link set en9 up")
    alpha.run(["sysctl", "-qw", f"net.ipv4.conf.bridge100.forwarding={int(forwards)}"])
    if translates:
        alpha.run(["nft", "-f", "-"], input=MASQUERADING)
    with alpha.inside(), suppress(ConnectionRefusedError):  # which proves that it was reached
        socket.create_connection(("192.168.64.2", 9), timeout=5).close()


MASQUERADING = """\
add table ip sharing
add chain ip sharing post { type nat hook postrouting priority srcnat; }
add rule ip sharing post ip saddr 192.168.64.0/24 oifname en0 masquerade
"""


def _airplay(scene: Scene) -> None:
    peers.airplay(scene.lab.alpha, 7000, "127.0.0.1", "10.66.0.1")
    peers.web_server(scene.lab.alpha, "::1", 7000, scene.lab.folder)


def _broken_rules(scene: Scene) -> None:
    """From a host without a responder, so that its address is all that is known of it."""
    peers.mdns_repeated(scene.lab.gamma, scene.lab.gamma.v4[0], BROKEN)


def _no_dns_server(scene: Scene) -> None:
    resolv_conf.write(scene.lab.alpha.netns, "10.66.0.2")


def _lan_refused(scene: Scene) -> None:
    filtered(scene.lab.alpha, "oifname != lo drop", hook="output")


def _vpn_overrules(scene: Scene) -> None:
    scene.lab.vpn_up()
    filtered(scene.lab.alpha, "oifname en5 drop", hook="output")


def _not_translated(scene: Scene) -> None:
    shared_bridge(scene.lab, forwards=True)


def _parts(*names: str) -> frozenset[str]:
    return frozenset(names)


BONJOUR = _parts("en0 bonjour", "en5 bonjour")

HOST_FAULTS: tuple[Fault, ...] = (
    Fault(
        "AirPlay answers at the other addresses",
        _airplay,
        Expected("answers_differ_airplay", "7000", "warning", "proven"),
        needs=_parts("en5"),
    ),
    Fault(
        "the port of mDNS is held",
        lambda scene: mdns_port_held(scene.lab.alpha),
        Expected("mdns_port_held", "5353", "error", "proven"),
        breaks=BONJOUR,
    ),
    Fault(
        "a host breaks the rules of mDNS",
        _broken_rules,
        Expected("mdns_rules_broken", "192.168.1.1", "warning", "proven"),
        needs=_parts("en0 bonjour", "lan1 multicast", "lan1 flooding"),
    ),
    Fault(
        "no DNS server where one is set",
        _no_dns_server,
        Expected("resolve_refused", "10.66.0.2", "error", "proven"),
        needs=_parts("en5"),
    ),
    Fault(
        "every LAN is refused",
        _lan_refused,
        Expected("lan_refused", "this host", "error", "proven"),
        needs=_parts("default route"),
        breaks=BONJOUR | _parts("en5", "lan1 multicast", "lan1 flooding", "beta unicast"),
    ),
    Fault(
        "the VPN overrules a chosen interface",
        _vpn_overrules,
        Expected("vpn_overrules_bound", "en5", "error", "likely"),
        breaks=_parts("default route", "en5", "en5 bonjour"),
        also=frozenset({"tunnel_takes_multicast"}),
    ),
    Fault(
        "guests are not translated",
        _not_translated,
        Expected("guests_not_translated", "bridge100", "warning", "likely"),
    ),
)
"""All that can be mixed, also with those of tests.lab.faults."""
