"""Every kind of device this kernel can make is typed by what the kernel says of it, whatever its name pretends."""

from __future__ import annotations

import pytest

from tests.lab import Lab
from tests.lab.host import CommandFailedError

KINDS = [
    ("veth", "gif7", "type veth peer name far0", "virtual", "rtnl.kind=veth"),
    ("bridge", "awdl0", "type bridge", "bridge", "rtnl.kind=bridge"),
    ("vxlan", "bridge100", "type vxlan id 5 dev en5 dstport 4789", "virtual", "rtnl.kind=vxlan"),
    ("macvlan", "ipsec9", "link en5 type macvlan", "ethernet", "rtnl.kind=macvlan"),
    ("macvtap", "utun9", "link en5 type macvtap", "virtual", "rtnl.kind=macvtap"),
    ("ifb", "lo9", "type ifb", "virtual", "rtnl.kind=ifb"),
    ("vlan", "llw0", "link en5 type vlan id 7", "ethernet", "rtnl.kind=vlan"),
    ("bond", "anpi0", "type bond", "ethernet", "rtnl.kind=bond"),
    ("team", "gif0", "type team", "ethernet", "rtnl.kind=team"),
    ("wireguard", "en9", "type wireguard", "tunnel", "rtnl.kind=wireguard"),
    ("dummy", "stf0", "type dummy", "virtual", "rtnl.kind=dummy"),
    ("ipip", "en8", "type ipip local 10.66.0.1 remote 10.66.0.2", "tunnel", "rtnl.kind=ipip"),
    ("gre", "ap1", "type gre local 10.66.0.1 remote 10.66.0.2", "tunnel", "rtnl.kind=gre"),
    ("vrf", "pktap0", "type vrf table 77", "virtual", "rtnl.kind=vrf"),
    ("geneve", "en10", "type geneve id 9 remote 10.66.0.2", "tunnel", "rtnl.kind=geneve"),
]


@pytest.mark.parametrize(("kind", "name", "how", "type_", "evidence"), KINDS, ids=[kind for kind, *_ in KINDS])
def test_a_device_is_what_the_kernel_says_and_not_what_its_name_says(
    fresh_lab: Lab, kind: str, name: str, how: str, type_: str, evidence: str
) -> None:
    host = fresh_lab.alpha
    try:
        host.ip(f"link add {name} {how}")
    except CommandFailedError as error:
        if "Unknown device type" in str(error) or "not supported" in str(error):
            pytest.skip(f"this kernel has no {kind}")
        raise
    told = next(record for record in host.lanscout("interfaces", "--interface", name))
    assert (told["type"], evidence in told["type_evidence"]) == (type_, True), told["type_evidence"]
    assert told["meaning"]
    assert told["multicast_meaning"]
    assert "name" not in told["type_evidence"]


@pytest.mark.parametrize(("mode", "type_"), [("tun", "tunnel"), ("tap", "virtual")])
def test_tun_and_tap_are_told_apart_by_their_hardware_type(fresh_lab: Lab, mode: str, type_: str) -> None:
    fresh_lab.alpha.ip(f"tuntap add awdl0 mode {mode}")
    (told,) = fresh_lab.alpha.lanscout("interfaces", "--interface", "awdl0")
    assert (told["type"], told["type_evidence"].startswith("rtnl.kind=tun; sysfs.type=")) == (type_, True)


def test_an_alias_is_the_friendly_name(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("link set en5 alias uplink-office")
    (told,) = fresh_lab.alpha.lanscout("interfaces", "--interface", "en5")
    assert told["friendly"] == "uplink-office"


def test_a_pair_is_a_port_of_a_bridge_only_while_the_kernel_says_so(fresh_lab: Lab) -> None:
    host = fresh_lab.alpha
    host.ip("link add vethA type veth peer name g0")
    host.ip("link add docker0 type bridge")
    host.ip("link set g0 master docker0")
    labels = {record["name"]: record["label"] for record in host.lanscout("interfaces")}
    assert (labels["vethA"], labels["g0"], labels["docker0"]) == (
        "Virtual cable",
        "Virtual cable into a bridge",
        "Bridge",
    )


def test_a_card_that_is_a_port_is_no_place_for_a_group(fresh_lab: Lab) -> None:
    host = fresh_lab.alpha
    host.ip("link add br7 type bridge")
    host.ip("link set en5 master br7")
    (told,) = host.lanscout("interfaces", "--interface", "en5")
    assert told["member_of"] == "br7"
    assert "port" in {role["code"] for role in told["roles"]}
    assert told["multicast_meaning"].startswith("It is a port of br7")
