"""What ifconfig of macOS prints becomes links with flags, addresses and the evidence of their kind."""

from __future__ import annotations

from typing import Literal

import pytest

from net.kinds import kind_of
from net.platform.macos import complete, networksetup
from net.platform.macos.ifconfig import parse
from net.platform.protocol import Link
from net.records import Address
from tests.samples import sample, samples

VERBOSE = """\
en7: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 9000 index 19
\teflags=452008d0<ADV_REPORT>
\txflags=4<NOAUTONX>
\tether 0:1b:63:0:a:f
\tinet6 fe80::1%en7 prefixlen 64 secured scopeid 0x13
\tinet6 fd00:0:0::5 prefixlen 64 deprecated autoconf temporary
\tinet 10.0.0.5 netmask 0xfffff000 broadcast 10.0.15.255
\tmedia: autoselect (10Gbase-T <full-duplex>)
\tstatus: active
\ttype: USB Ethernet (0x6) family: 2 subfamily: 1
\tfunctional type: wired
\tagent domain:Skywalk type:NetIf flags:0x8443 desc:"Userspace Networking"
bridge7: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500 index 20
\tmember: en7 flags=3<LEARNING,DISCOVER>
\t        ifmaxaddr 0 port 8 priority 0 path cost 0
\tmedia: <unknown type>
\tstatus: inactive
odd0: flags=0<> mtu 500
\tinet not.an.address netmask 0xff000000
\ttype: 0x1 family: 9 subfamily: 0
loop1: flags=8<LOOPBACK> mtu 500
\tfunctional type: loopback
"""


def ipv6(address: str, prefix: int, scope: Literal["host", "link", "global"], *life: str) -> Address:
    """An IPv6 address with the words on its life that ifconfig printed."""
    return Address(
        address=address,
        prefix=prefix,
        scope=scope,
        temporary="temporary" in life,
        deprecated="deprecated" in life,
        tentative="tentative" in life,
        duplicate="duplicated" in life,
    )


def links(name: str) -> dict[str, Link]:
    return {link.name: link for link in parse(sample(f"macos/{name}"))}


def with_ports(ifconfig: str, ports: str) -> dict[str, Link]:
    """The interfaces of one machine with its hardware ports, as Macos.links puts them together."""
    known = networksetup.parse(sample(f"macos/{ports}"))
    return {
        name: complete(link, index=link.index, port=known.get(name), received=None, sent=None)
        for name, link in links(ifconfig).items()
    }


def test_a_verbose_interface_with_all_its_parts() -> None:
    link = parse(VERBOSE)[0]
    assert link == Link(
        name="en7",
        index=19,
        flags=frozenset({"UP", "BROADCAST", "SMART", "RUNNING", "SIMPLEX", "MULTICAST"}),
        mtu=9000,
        mac="00:1b:63:00:0a:0f",
        speed_mbps=10000,
        addresses=(
            ipv6("fe80::1%en7", 64, "link"),
            ipv6("fd00::5", 64, "global", "deprecated", "temporary"),
            Address(address="10.0.0.5", prefix=20, scope="global", broadcast="10.0.15.255"),
        ),
        facts={
            "darwin.type": ("USB Ethernet",),
            "darwin.functional": ("wired",),
            "darwin.xflags": ("NOAUTONX",),
            "darwin.agent": ('domain:Skywalk type:NetIf flags:0x8443 desc:"Userspace Networking"',),
            "darwin.member_of": ("bridge7",),
        },
    )


def test_running_needs_a_carrier() -> None:
    bridge = parse(VERBOSE)[1]
    assert "UP" in bridge.flags
    assert "RUNNING" not in bridge.flags


def test_what_cannot_be_read_is_left_out() -> None:
    odd = parse(VERBOSE)[2]
    assert (odd.flags, odd.mtu, odd.mac, odd.addresses, odd.facts) == (frozenset(), 500, None, (), {})


def test_the_functional_type_is_not_the_type() -> None:
    assert parse(VERBOSE)[3].facts == {"darwin.functional": ("loopback",)}


def test_no_text_is_no_interface() -> None:
    assert parse("") == ()
    assert parse("ifconfig: interface en9 does not exist\n") == ()


@pytest.mark.parametrize("name", samples("macos/ifconfig*"))
def test_every_recorded_list_gives_every_interface_once_with_its_mtu(name: str) -> None:
    text = sample(name)
    found = parse(text)
    assert [link.name for link in found] == [line.split(":")[0] for line in text.splitlines() if ": flags=" in line]
    assert all(link.mtu for link in found)
    assert sum(len(link.addresses) for link in found) == text.count("inet") - text.count("inet BB.CC.DD.AA")


def test_apple_silicon_without_a_vpn() -> None:
    found = links("ifconfig--macos14.4-m1pro-anpi-awdl-llw-utun")
    assert len(found) == 19
    en0 = found["en0"]
    assert (en0.index, en0.mac, en0.mtu) == (13, "60:00:50:57:00:44", 1500)
    assert en0.addresses == (
        ipv6("fe80::4444:3333:0:5555%en0", 64, "link"),
        Address(address="192.168.2.46", prefix=24, scope="global", broadcast="192.168.2.255"),
    )
    assert {name for name, link in found.items() if "RUNNING" in link.flags} == {
        "lo0", "en0", "awdl0", "utun0", "utun1", "utun2", "utun3",
    }  # fmt: skip
    assert found["lo0"].addresses[:2] == (
        Address(address="127.0.0.1", prefix=8, scope="host"),
        ipv6("::1", 128, "host"),
    )
    assert found["stf0"].flags == frozenset()
    assert found["gif0"].flags == {"POINTOPOINT", "MULTICAST"}


def test_bridge_members_know_their_bridges() -> None:
    found = links("ifconfig--m1-vmenet0-bridge100-bridge101")
    members = {name: link.facts["darwin.member_of"] for name, link in found.items() if "darwin.member_of" in link.facts}
    assert members == {
        "en1": ("bridge0",),
        "en2": ("bridge0",),
        "vmenet0": ("bridge100",),
        "vmenet1": ("bridge101",),
        "vmenet2": ("bridge101",),
        "vmenet3": ("bridge101",),
    }
    assert found["bridge101"].addresses[0].address == "192.168.89.1"


def test_a_vpn_tunnel_with_equal_ends() -> None:
    found = links("ifconfig--macos10.15-vpn-utun4-internet-sharing-bridge100")
    assert found["utun4"].flags == {"UP", "POINTOPOINT", "RUNNING", "NOARP", "MULTICAST"}
    assert found["utun4"].addresses == (
        Address(address="10.75.129.190", prefix=24, scope="global", peer="10.75.129.190"),
        ipv6("fe80::ff:ffff:0%utun4", 64, "link"),
        ipv6("fe80::1111:2222:eeee:0%utun4", 128, "link"),
    )
    assert (found["en5"].speed_mbps, found["en35"].speed_mbps, found["en0"].speed_mbps) == (100, 1000, None)
    assert found["en40"].addresses[1] == Address(
        address="169.254.176.43", prefix=16, scope="link", broadcast="169.254.255.255"
    )


def test_a_wrapped_and_masked_paste_loses_only_what_is_masked() -> None:
    found = links("ifconfig--macos14.5-m1pro-wrapped-and-masked")
    assert (found["en1"].mtu, found["en1"].facts) == (1500, {"darwin.member_of": ("bridge0",)})
    assert [address.address for address in found["en0"].addresses] == ["fe80::b:c:d:a%en0"]
    assert found["en8"].mac == "aa:aa:aa:aa:aa:da"


def test_ipsec0_of_an_ikev2_vpn() -> None:
    ipsec = links("ifconfig-ipsec0--ikev2-vpn")["ipsec0"]
    assert (ipsec.index, ipsec.mtu) == (16, 1280)
    assert ipsec.addresses[0] == Address(address="10.1.27.2", prefix=16, scope="global", peer="10.1.27.2")
    assert ipsec.addresses[2].address == "fd54:20a4:d33b:b10c:8a6:0:1:1a00"
    assert kind_of(ipsec, "macos").type == "ipsec"


def test_the_type_line_is_not_confused_with_the_types_of_agents() -> None:
    en0 = links("ifconfig-v-en0--type-wifi-skywalk-agents")["en0"]
    assert (en0.index, en0.facts["darwin.type"], en0.speed_mbps) == (11, ("Wi-Fi",), 146)
    assert len(en0.facts["darwin.agent"]) == 3
    assert [address.address for address in en0.addresses[1:3]] == [
        "2001:db8:15a4:8001:424:837a:870:6095",
        "2001:db8:15a4:8001:edf7:1b86:b5fc:9085",
    ]
    kind = kind_of(en0, "macos")
    assert (kind.type, kind.label, kind.evidence) == ("wifi", "Wi-Fi", "darwin.type=Wi-Fi")


def test_a_vpn_app_is_told_by_its_flag() -> None:
    utun4 = links("ifconfig-v-utun4--tailscale-like-vpn-agent")["utun4"]
    assert (utun4.index, utun4.facts["darwin.xflags"]) == (25, ("NOAUTONX", "IS_VPN"))
    assert utun4.addresses[1] == Address(address="100.87.112.117", prefix=32, scope="global", peer="100.87.112.117")
    kind = kind_of(utun4, "macos")
    assert (kind.label, kind.evidence) == ("VPN tunnel", "name utun4; darwin.xflags=IS_VPN")


def test_the_kinds_of_a_whole_apple_silicon_mac() -> None:
    found = with_ports(
        "ifconfig--macos14.4-m1pro-anpi-awdl-llw-utun", "networksetup-listallhardwareports--macos14.4-m1pro"
    )
    assert {name: kind_of(link, "macos").label for name, link in found.items()} == {
        "lo0": "Loopback",
        "gif0": "IP-in-IP tunnel",
        "stf0": "6to4 tunnel",
        "anpi0": "Apple silicon internal link",
        "anpi1": "Apple silicon internal link",
        "en0": "Wi-Fi",
        "en1": "Thunderbolt port",
        "en2": "Thunderbolt port",
        "en3": "Thunderbolt port",
        "en4": "Internal USB-C port",
        "en5": "Internal USB-C port",
        "bridge0": "Thunderbolt Bridge",
        "ap1": "Mac as access point",
        "awdl0": "Apple peer link (AWDL)",
        "llw0": "Low-latency WLAN",
        "utun0": "System tunnel",
        "utun1": "System tunnel",
        "utun2": "System tunnel",
        "utun3": "System tunnel",
    }


def test_the_kinds_of_an_intel_mac_with_vpn_and_internet_sharing() -> None:
    found = with_ports(
        "ifconfig--macos10.15-vpn-utun4-internet-sharing-bridge100",
        "networksetup-listallhardwareports--macos10.15-many-usb-nics",
    )
    kinds = {name: kind_of(link, "macos").label for name, link in found.items()}
    assert {name: kinds[name] for name in ("en0", "en35", "en37", "bridge100", "vnic0", "utun0", "utun4", "p2p0")} == {
        "en0": "Wi-Fi",
        "en35": "USB Ethernet",
        "en37": "iPhone hotspot over USB",
        "bridge100": "Internet Sharing or VM network",
        "vnic0": "Parallels network",
        "utun0": "System tunnel",
        "utun4": "User tunnel",
        "p2p0": "Wi-Fi peer to peer (old)",
    }
    # The recording masks the hardware address by which the T2 chip's link is known.
    assert kinds["en5"] == "Ethernet class"


def test_words_on_the_life_of_an_address_are_kept() -> None:
    text = """en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tinet6 2001:db8::1 prefixlen 64 autoconf secured
\tinet6 2001:db8::2 prefixlen 64 deprecated autoconf temporary
\tinet6 2001:db8::3 prefixlen 64 tentative
\tinet6 2001:db8::4 prefixlen 64 duplicated
\tinet 192.0.2.7 netmask 0xffffff00 broadcast 192.0.2.255
"""
    (en0,) = parse(text)
    assert en0.addresses[:4] == (
        ipv6("2001:db8::1", 64, "global"),
        ipv6("2001:db8::2", 64, "global", "deprecated", "temporary"),
        ipv6("2001:db8::3", 64, "global", "tentative"),
        ipv6("2001:db8::4", 64, "global", "duplicated"),
    )
    assert en0.addresses[4].temporary is None


def test_temporary_addresses_of_a_real_mac_are_told_from_the_secured_one() -> None:
    en0 = links("ifconfig-v-en0--type-wifi-skywalk-agents")["en0"]
    told = [address.temporary for address in en0.addresses if address.scope == "global" and address.family == "ipv6"]
    assert True in told
    assert False in told
