"""Routes and groups from netstat of macOS: abbreviations written out, scoped rows told apart."""

from __future__ import annotations

import pytest

from net.platform.macos.netstat import parse_groups, parse_routes
from net.platform.protocol import RouteEntry
from net.records import Membership
from tests.samples import sample, samples

ROUTES = """\
Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            192.0.2.1          UGScg                 en0
default            link#23            UCSIg           bridge100      !
0/1                utun6              UScg                utun6
10                 10.8.0.1           UGSc                utun6
127                127.0.0.1          UCS                   lo0
172.16             192.0.2.1          UGSc                  en0
192.0.2            link#7             UCS                   en0      !
192.0.2.9          5e:e9:1e:f:c3:64   UHLWIir               en0   1177
224.0.0/4          link#7             UmCS                  en0      !

Internet6:
Destination                             Gateway                                 Flags               Netif Expire
default                                 fe80::1%en0                             UGcg                  en0
default                                 fe80::%utun0                            UGcIg               utun0
fe80::%lo0/64                           fe80::1%lo0                             UcI                   lo0
fe80::1%lo0                             link#1                                  UHLI                  lo0
ff02::%en0/32                           link#7                                  UmCI                  en0
2001:db8::/32                           reject                                  UGRS                  lo0
not-a-network                           link#7                                  U                     en0
"""
GROUPS = """\
Link-layer Multicast Group Memberships
Group               \tLink-layer Address\tNetif
1:0:5e:0:0:fb       \t<none>          \ten0

IPv4 Multicast Group Memberships
Group               \tLink-layer Address\tNetif
224.0.0.251         \t1:0:5e:0:0:fb   \ten0
224.0.0.251         \t1:0:5e:0:0:fb   \ten0

IPv6 Multicast Group Memberships
Group               \tLink-layer Address\tNetif
ff02::fb%en0        \t33:33:0:0:0:fb  \ten0
ff02::2:ff33:9cc0%utun3\t<none>          \tutun3
"""


def rows(name: str) -> tuple[RouteEntry, ...]:
    return parse_routes(sample(f"macos/{name}"))


def defaults(name: str) -> list[tuple[str, str, str | None, bool]]:
    return [
        (row.destination, row.interface, row.gateway, row.scoped)
        for row in rows(name)
        if row.destination in ("0.0.0.0/0", "::/0")
    ]


def ways(name: str, destination: str) -> list[tuple[str, bool]]:
    return [(row.interface, row.scoped) for row in rows(name) if row.destination == destination]


def test_each_row_with_its_destination_written_out() -> None:
    assert [(row.destination, row.interface, row.gateway, row.scoped) for row in parse_routes(ROUTES)] == [
        ("0.0.0.0/0", "en0", "192.0.2.1", False),
        ("0.0.0.0/0", "bridge100", None, True),
        ("0.0.0.0/1", "utun6", None, False),
        ("10.0.0.0/8", "utun6", "10.8.0.1", False),
        ("127.0.0.0/8", "lo0", None, False),
        ("172.16.0.0/16", "en0", "192.0.2.1", False),
        ("192.0.2.0/24", "en0", None, False),
        ("192.0.2.9/32", "en0", None, True),
        ("224.0.0.0/4", "en0", None, False),
        ("::/0", "en0", "fe80::1%en0", False),
        ("::/0", "utun0", None, True),
        ("fe80::/64", "lo0", None, True),
        ("fe80::1/128", "lo0", None, True),
        ("ff02::/32", "en0", None, True),
        ("2001:db8::/32", "lo0", None, False),
    ]


def test_the_family_of_a_table_without_a_heading_shows_in_its_addresses() -> None:
    found = parse_routes("default  fe80::1%en0  UGcg  en0\ndefault  192.0.2.1  UGScg  en0\n")
    assert [row.destination for row in found] == ["::/0", "0.0.0.0/0"]


@pytest.mark.parametrize("name", samples("macos/netstat-rn*"))
def test_every_recorded_row_is_read(name: str) -> None:
    lines = [line for line in sample(name).splitlines() if line.strip()]
    titles = [line for line in lines if line.startswith(("Routing tables", "Internet", "Destination"))]
    found = parse_routes(sample(name))
    assert len(found) == len(lines) - len(titles)
    assert all(row.interface.rstrip("0123456789") in INTERFACES for row in found)


INTERFACES = {"en", "lo", "utun", "bridge", "awdl", "llw", "vmnet"}


def test_idle_system_tunnels_own_scoped_defaults_only() -> None:
    assert defaults("netstat-rn--both-families-idle-utun-defaults") == [
        ("0.0.0.0/0", "en0", "192.168.64.1", False),
        ("::/0", "utun0", None, True),
        ("::/0", "utun1", None, True),
        ("::/0", "utun2", None, True),
        ("::/0", "utun3", None, True),
    ]


def test_a_split_tunnel_leaves_default_and_multicast_on_the_lan() -> None:
    name = "netstat-rn--tailscale-en1-bridge100-bridge101-both-families"
    assert [row for row in defaults(name) if not row[3]] == [("0.0.0.0/0", "en1", "192.168.68.1", False)]
    assert ways(name, "224.0.0.0/4") == [("en1", False), ("utun4", True)]
    assert ways(name, "192.168.68.0/22") == [("en1", False)]
    assert ways(name, "fd81:af5a:7514:53d7:10b1:30a1:70d2:428c/128") == [("lo0", False)]
    assert ("::/0", "utun4", "fd7a:115c:a1e0::", True) in defaults(name)


def test_one_prefix_three_times() -> None:
    name = "netstat-rn-inet--duplicate-scoped-prefixes"
    assert ways(name, "203.0.113.0/24") == [("en0", False), ("lo0", True), ("en0", True)]


def test_a_lan_without_a_vpn() -> None:
    name = "netstat-rn-inet--no-vpn"
    assert defaults(name) == [("0.0.0.0/0", "en0", "192.168.64.1", False)]
    assert ways(name, "224.0.0.0/4") == [("en0", False)]
    assert ways(name, "224.0.0.251/32") == [("en0", True)]


def test_half_defaults_of_a_vpn_are_not_scoped() -> None:
    name = "netstat-rn-inet--vpn-0-1-128-1-loopback-lost"
    assert (ways(name, "0.0.0.0/1"), ways(name, "128.0.0.0/1")) == ([("utun6", False)], [("utun6", False)])
    assert defaults(name) == [("0.0.0.0/0", "en0", "192.168.0.1", False), ("0.0.0.0/0", "en0", "192.168.0.1", True)]


def test_a_full_tunnel_takes_default_and_multicast() -> None:
    name = "netstat-rn-inet--vpn-default-utun2-multicast-on-utun"
    assert defaults(name)[0] == ("0.0.0.0/0", "utun2", "10.20.110.16", False)
    assert ways(name, "224.0.0.0/4") == [("utun2", False), ("en0", True)]
    assert ways(name, "3.7.35.0/25") == [("en0", False)]


def test_bridge_and_tunnel_defaults_beside_the_real_one_are_scoped() -> None:
    name = "netstat-rn-inet--vpn-utun4-and-bridge100"
    assert defaults(name) == [
        ("0.0.0.0/0", "en0", "192.168.1.1", False),
        ("0.0.0.0/0", "bridge100", None, True),
        ("0.0.0.0/0", "utun4", None, True),
    ]
    assert ways(name, "192.168.64.1/32") == [("lo0", True)]


def test_a_vpn_that_captured_the_lan_and_multicast() -> None:
    name = "netstat-rn-inet--vpn-utun8-takes-lan-and-multicast"
    assert ways(name, "10.1.1.0/24") == [("utun8", False), ("utun8", True)]
    assert ways(name, "224.0.0.0/4") == [("utun8", False), ("utun8", True)]
    assert defaults(name)[0] == ("0.0.0.0/0", "en0", "10.1.1.1", False)
    assert rows(name)[-1] == RouteEntry(destination="100.0.0.0/10", interface="utun100", gateway="198.18.0.0")


def test_the_long_form_has_the_interface_four_columns_later() -> None:
    name = "netstat-rnl--macos10.14"
    assert [row for row in defaults(name) if not row[3]] == [
        ("0.0.0.0/0", "en0", "192.168.1.254", False),
        ("::/0", "en0", "fe80::feae:34ff:fea1:3a80%en0", False),
    ]
    assert ways(name, "192.168.71.0/24") == [("vmnet8", False)]


def test_groups_of_both_families_once_each_without_scope() -> None:
    assert parse_groups(GROUPS) == (
        Membership(interface="en0", group="224.0.0.251", family="ipv4"),
        Membership(interface="en0", group="ff02::fb", family="ipv6"),
        Membership(interface="utun3", group="ff02::2:ff33:9cc0", family="ipv6"),
    )


def test_an_applications_group_is_found_on_its_interface() -> None:
    found = parse_groups(sample("macos/netstat-gn--app-group-224.1.1.1-on-en0"))
    assert [(membership.interface, membership.group) for membership in found] == [
        ("lo0", "224.0.0.251"),
        ("lo0", "224.0.0.1"),
        ("en0", "224.1.1.1"),
        ("en0", "224.0.0.251"),
        ("en0", "224.0.0.1"),
    ]


def test_hardware_addresses_are_no_groups() -> None:
    found = parse_groups(sample("macos/netstat-g--link-layer-and-ipv4-anpi0"))
    assert found == (Membership(interface="lo0", group="224.0.0.251", family="ipv4"),)
