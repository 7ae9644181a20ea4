"""The table of interface kinds: each row is reachable, and what is measured decides before the name."""

from __future__ import annotations

import json

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from net.kinds import kind_of, rules
from net.platform.protocol import Link
from net.records import Address
from resources.loader import InterfaceKindRow, System, interface_kinds
from tests.samples import sample

ASCII = st.characters(min_codepoint=32, max_codepoint=126)
QUICK = settings(
    max_examples=6,
    phases=[Phase.generate],
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
SYSTEMS: tuple[System, ...] = ("macos", "linux", "windows", "ios", "android")


def link(name: str, *flags: str, mac: str | None = None, addresses: tuple[str, ...] = (), **facts: str) -> Link:
    """A link; facts are given as rtnl_kind="tun" for rtnl.kind=tun."""
    return Link(
        name=name,
        index=7,
        flags=frozenset(flags),
        mac=mac,
        addresses=tuple(Address(address=address) for address in addresses),
        facts={key.replace("_", ".", 1): (value,) for key, value in facts.items()},
    )


def addresses_for(wanted: str) -> tuple[Address, ...]:
    if wanted == "none":
        return ()
    text = "fe80::1" if wanted == "llonly" else wanted.partition("/")[0].removesuffix("0") + "7"
    return (Address(address=text),)


@st.composite
def fitting_links(draw: st.DrawFn, row: InterfaceKindRow) -> Link:
    """Links made of the row's name and required tests, sometimes of its optional tests too, and of nothing else."""
    name = draw(st.from_regex(row.match, fullmatch=True, alphabet=ASCII)) if row.match else "zq7"
    with_optional = draw(st.booleans())
    flags: set[str] = set()
    facts: dict[str, tuple[str, ...]] = {}
    mac = None
    addresses: tuple[Address, ...] = (Address(address="192.0.2.7"),)
    for test in next(rule for rule in rules(row.os) if rule.row is row).tests:
        if test.optional and not with_optional and test.subject != "flags":
            continue
        value = draw(st.sampled_from(test.wanted))
        if test.subject == "flags":
            flags |= {value} if test.operator == "+" else set()
        elif test.subject == "mac":
            mac = f"{value}:22:33:44:55:66"[:17]
        elif test.subject == "addr":
            addresses = addresses_for(value)
        elif test.operator == "~":
            facts[test.subject] = (draw(st.from_regex(value, fullmatch=True, alphabet=ASCII)),)
        else:
            facts[test.subject] = (value,)
    return Link(name=name, index=7, flags=frozenset(flags), mac=mac, addresses=addresses, facts=facts)


def row_name(row: InterfaceKindRow) -> str:
    return f"{row.os} {row.match or '*'} {row.evidence or '*'}"


@pytest.mark.parametrize("row", interface_kinds(), ids=row_name)
def test_each_row_fits_what_is_made_for_it_and_no_earlier_row_hides_it(row: InterfaceKindRow) -> None:
    order = [rule.row for rule in rules(row.os)]
    answers = []

    @QUICK
    @given(fitting_links(row))
    def check(candidate: Link) -> None:
        fitting = [rule.row for rule in rules(row.os) if rule.evidence(candidate) is not None]
        assert row in fitting
        assert order.index(fitting[0]) <= order.index(row)
        kind = kind_of(candidate, row.os)
        assert (kind.type, kind.label, kind.meaning) == (fitting[0].kind, fitting[0].label, fitting[0].means)
        assert (kind.multicast_meaning, kind.verified) == (fitting[0].multicast, fitting[0].verified)
        assert kind.evidence
        answers.append(fitting[0])

    check()
    assert row in answers


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_interface_that_fits_nothing_is_other_and_says_what_was_seen(system: System) -> None:
    kind = kind_of(link("qq-77", sysfs_zz="yes"), system)
    assert (kind.type, kind.label, kind.verified) == ("other", "Unrecognised", False)
    assert kind.evidence == "nothing known fits qq-77 (sysfs.zz=yes)"


@pytest.mark.parametrize(
    ("name", "type_", "label"),
    [
        ("lo0", "loopback", "Loopback"),
        ("en0", "ethernet", "Ethernet class"),
        ("utun3", "tunnel", "User tunnel"),
        ("ipsec0", "ipsec", "IPsec tunnel"),
        ("awdl0", "peer_to_peer", "Apple peer link (AWDL)"),
        ("llw0", "peer_to_peer", "Low-latency WLAN"),
        ("bridge0", "bridge", "Bridge"),
        ("bridge100", "bridge", "Internet Sharing or VM network"),
        ("anpi0", "other", "Apple silicon internal link"),
        ("ap1", "wifi", "Mac as access point"),
        ("gif0", "tunnel", "IP-in-IP tunnel"),
    ],
)
def test_names_of_macos_have_a_meaning_without_any_evidence(name: str, type_: str, label: str) -> None:
    kind = kind_of(link(name, "LOOPBACK" if name == "lo0" else "UP", addresses=("192.0.2.7",)), "macos")
    assert (kind.type, kind.label) == (type_, label)
    assert name in kind.evidence


@pytest.mark.parametrize(
    ("name", "type_", "label"),
    [
        ("br-0123456789ab", "bridge", "Docker network"),
        ("wg0", "tunnel", "WireGuard"),
        ("tun0", "tunnel", "VPN tunnel"),
        ("wlp3s0", "wifi", "Wi-Fi"),
        ("enp0s31f6", "ethernet", "Wired network"),
    ],
)
def test_names_of_linux_have_a_meaning_without_any_evidence(name: str, type_: str, label: str) -> None:
    kind = kind_of(link(name, "UP", "POINTOPOINT"), "linux")
    assert (kind.type, kind.label, kind.evidence) == (
        type_,
        label,
        f"name {name} only" if name != "tun0" else kind.evidence,
    )


@pytest.mark.parametrize("name", ["utun3", "ipsec0", "awdl0", "en0", "bridge100"])
def test_on_linux_the_kernel_decides_and_a_name_of_macos_does_not(name: str) -> None:
    kind = kind_of(link(name, rtnl_kind="tun", sysfs_type="65534"), "linux")
    assert (kind.type, kind.label) == ("tunnel", "VPN tunnel (tun)")
    assert kind.evidence == "rtnl.kind=tun; sysfs.type=65534"


def test_a_telling_name_does_not_outvote_contrary_evidence() -> None:
    docker = kind_of(link("docker0", addresses=("172.17.0.1",), rtnl_kind="bridge"), "linux")
    assert (docker.label, docker.evidence) == (
        "Docker default network",
        "name docker0; rtnl.kind=bridge; addr=172.17.0.1",
    )
    assert kind_of(link("docker0", rtnl_kind="tun", sysfs_type="1"), "linux").label == "Virtual Ethernet (tap)"


@pytest.mark.parametrize("name", ["docker0", "br-lan"])
def test_a_bridge_without_an_address_is_not_what_its_name_says(name: str) -> None:
    assert kind_of(link(name, rtnl_kind="bridge", sysfs_type="1"), "linux").label == "Bridge"


@pytest.mark.parametrize(
    ("name", "port", "label"),
    [
        ("vethA", "", "Virtual cable"),
        ("vethA", "bond", "Virtual cable"),
        ("veth1a2b3c4", "bridge", "Container port"),
        ("g0", "bridge", "Virtual cable into a bridge"),
    ],
)
def test_a_pair_is_a_port_of_a_bridge_only_where_the_kernel_says_so(name: str, port: str, label: str) -> None:
    kind = kind_of(link(name, rtnl_kind="veth", sysfs_type="1", rtnl_port=port), "linux")
    assert kind.label == label
    assert ("join there" in kind.multicast_meaning) == (port == "bridge")


@pytest.mark.parametrize(
    ("name", "kind", "type_"),
    [("ipsec9", "macvlan", "ethernet"), ("p2p-x", "veth", "virtual"), ("weave", "vlan", "ethernet")],
)
def test_a_name_alone_does_not_stand_against_the_kind_the_kernel_tells(name: str, kind: str, type_: str) -> None:
    found = kind_of(link(name, rtnl_kind=kind, sysfs_type="1"), "linux")
    assert (found.type, found.evidence) == (type_, f"rtnl.kind={kind}")


def test_a_telling_name_stands_where_the_kernel_says_no_other() -> None:
    assert kind_of(link("tailscale0", rtnl_kind="tun", sysfs_type="65534"), "linux").label == "Tailscale"
    assert kind_of(link("cilium_host", rtnl_kind="veth", sysfs_type="1"), "linux").label == "Cilium internal pair"


KERNEL_KINDS = [
    ("veth", "1", "virtual"),
    ("bridge", "1", "bridge"),
    ("bond", "1", "ethernet"),
    ("team", "1", "ethernet"),
    ("vlan", "1", "ethernet"),
    ("macvlan", "1", "ethernet"),
    ("macvtap", "1", "virtual"),
    ("vxlan", "1", "virtual"),
    ("geneve", "1", "tunnel"),
    ("wireguard", "65534", "tunnel"),
    ("dummy", "1", "virtual"),
    ("ifb", "1", "virtual"),
    ("tun", "65534", "tunnel"),
    ("tun", "1", "virtual"),
    ("ipip", "768", "tunnel"),
    ("gre", "778", "tunnel"),
    ("sit", "776", "tunnel"),
    ("xfrm", "65534", "ipsec"),
    ("vti", "768", "ipsec"),
    ("vrf", "1", "virtual"),
]


@pytest.mark.parametrize("name", ["utun3", "ipsec0", "awdl0", "en0", "bridge100", "tap7", "wg0", "eth9"])
@pytest.mark.parametrize(("kind", "hardware", "type_"), KERNEL_KINDS)
def test_each_kind_the_kernel_tells_is_typed_by_it_under_any_name(
    name: str, kind: str, hardware: str, type_: str
) -> None:
    assert kind_of(link(name, "UP", rtnl_kind=kind, sysfs_type=hardware), "linux").type == type_


HARDWARE = {"loopback": "772", "ether": "1", "none": "65534", "sit": "776"}
"""ARPHRD_ numbers of the link types that ``ip -d -j link`` names (linux/if_arp.h)."""


@pytest.mark.parametrize(
    ("recorded", "types"),
    [
        (
            "linux/ip-d-j-addr--wireguard-sit-tun-wwan",
            {"lo": "loopback", "wg0": "tunnel", "tun0": "tunnel", "tun1": "tunnel", "wwan0": "cellular"},
        ),
        (
            "linux/ip-d-j-link--bridge-veth-tun-tap",
            {"eth0": "virtual", "docker0": "bridge", "veth3f1c2a9": "virtual", "tun0": "tunnel", "tap0": "virtual"},
        ),
    ],
)
def test_recorded_links_of_linux_are_typed(recorded: str, types: dict[str, str]) -> None:
    found = {}
    for told in json.loads(sample(recorded)):
        facts = {"sysfs.type": (HARDWARE[told["link_type"]],)}
        kind = told.get("linkinfo", {}).get("info_kind")
        if kind:
            facts["rtnl.kind"] = (kind,)
        made = msgspec.structs.replace(link(told["ifname"], *told["flags"]), facts=facts)
        found[told["ifname"]] = kind_of(made, "linux").type
    assert types.items() <= found.items()


def test_a_required_test_that_cannot_be_read_does_not_hold() -> None:
    assert kind_of(link("en0", darwin_type="Wi-Fi"), "macos").label == "Wi-Fi"
    assert kind_of(link("en0"), "macos").label == "Ethernet class"


def test_utun_with_a_vpn_mark_is_a_vpn_and_with_only_fe80_is_the_systems() -> None:
    vpn = kind_of(link("utun4", darwin_xflags="IS_VPN"), "macos")
    idle = kind_of(link("utun0", addresses=("fe80::1%utun0",)), "macos")
    assert (vpn.label, vpn.evidence) == ("VPN tunnel", "name utun4; darwin.xflags=IS_VPN")
    assert (idle.label, idle.evidence) == ("System tunnel", "name utun0; addr=link-local only")


def test_an_address_inside_a_block_is_named_in_the_evidence() -> None:
    kind = kind_of(link("utun5", addresses=("fe80::1%utun5", "100.87.112.117")), "macos")
    assert kind.label == "VPN tunnel (probably Tailscale)"
    assert kind.evidence == "name utun5; addr=100.87.112.117"
