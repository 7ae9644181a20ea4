"""Interfaces of Windows put together from what psutil, route print and PowerShell each know."""

from __future__ import annotations

import msgspec
import psutil

from net.kinds import kind_of
from net.platform.windows.adapters import Adapter
from net.platform.windows.links import Seen, build, by_address, seen
from net.platform.windows.routeprint import Listed, Printed, Row
from net.records import Address

LOOPBACK = Seen(
    name="Loopback Pseudo-Interface 1",
    mac=None,
    addresses=(("127.0.0.1", "255.0.0.0"), ("::1", None)),
    up=True,
    mtu=1500,
    speed_mbps=None,
)
WIFI = Seen(
    name="Wi-Fi",
    mac="CC-15-31-1E-58-07",
    addresses=(("192.0.2.10", "255.255.255.0"), ("fe80::10%6", None), ("2001:db8::10", None)),
    up=True,
    mtu=1500,
    speed_mbps=866,
    rx_bytes=10,
    tx_bytes=20,
)
TUNNEL = Seen(
    name="Tailscale", mac=None, addresses=(("100.115.71.66", "255.255.255.255"),), up=False, mtu=1280, speed_mbps=None
)
PRINTED = Printed(
    interfaces=(
        Listed(index=6, mac="cc:15:31:1e:58:07", description="Intel(R) Wi-Fi 6 AX201 160MHz"),
        Listed(index=1, mac=None, description="Software Loopback Interface 1"),
    ),
    rows=(
        Row(destination="224.0.0.0/4", gateway=None, metric=281, address="192.0.2.10"),
        Row(destination="ff00::/8", gateway=None, metric=331, index=1),
    ),
)
ADAPTERS = (
    Adapter(name="Wi-Fi", description="Intel(R) Wi-Fi 6 AX201 160MHz", index=6, iftype=71, mac="cc:15:31:1e:58:07"),
    Adapter(name="Tailscale", description="Tailscale Tunnel", index=9, iftype=53),
)


def test_links_in_index_order_with_addresses_and_flags() -> None:
    loopback, wifi, tunnel = build((WIFI, TUNNEL, LOOPBACK), PRINTED, ADAPTERS)
    assert (loopback.index, loopback.flags) == (1, frozenset({"UP", "RUNNING", "LOOPBACK", "MULTICAST"}))
    assert (wifi.index, wifi.mac, wifi.flags) == (6, "cc:15:31:1e:58:07", frozenset({"UP", "RUNNING", "MULTICAST"}))
    assert wifi.addresses == (
        Address(address="192.0.2.10", prefix=24, scope="global"),
        Address(address="fe80::10%Wi-Fi", scope="link"),
        Address(address="2001:db8::10", scope="global"),
    )
    assert (wifi.mtu, wifi.speed_mbps, wifi.rx_bytes, wifi.tx_bytes) == (1500, 866, 10, 20)
    assert (tunnel.index, tunnel.flags) == (9, frozenset())


def test_the_evidence_decides_what_they_are() -> None:
    kinds = [kind_of(link, "windows") for link in build((WIFI, TUNNEL, LOOPBACK), PRINTED, ADAPTERS)]
    assert [(kind.type, kind.label) for kind in kinds] == [
        ("loopback", "Loopback"),
        ("wifi", "Wi-Fi"),
        ("tunnel", "Tailscale"),
    ]
    assert kinds[1].evidence == "win.iftype=71"


def test_without_powershell_the_interface_list_of_route_tells_index_and_description() -> None:
    ethernet = msgspec.structs.replace(WIFI, name="以太网")
    (link,) = build((ethernet,), PRINTED, ())
    assert (link.index, link.facts) == (6, {"win.desc": ("Intel(R) Wi-Fi 6 AX201 160MHz",)})


def test_an_alias_the_console_cannot_print_is_found_by_its_hardware_address() -> None:
    adapter = msgspec.structs.replace(ADAPTERS[0], name="???")
    (link,) = build((WIFI,), Printed(interfaces=(), rows=()), (adapter,))
    assert (link.index, link.facts["win.iftype"]) == (6, ("71",))


def test_the_scope_of_an_address_is_the_index_where_nothing_else_tells() -> None:
    nameless = msgspec.structs.replace(WIFI, mac=None, addresses=(("fe80::10%16", None),))
    (link,) = build((nameless,), Printed(interfaces=(), rows=()), ())
    assert (link.index, link.addresses[0].address, link.flags) == (16, "fe80::10%Wi-Fi", frozenset({"UP", "RUNNING"}))


def test_a_ppp_adapter_is_point_to_point() -> None:
    adapter = Adapter(name="Work VPN", description="Work VPN", index=30, iftype=23)
    vpn = msgspec.structs.replace(TUNNEL, name="Work VPN", up=True)
    (link,) = build((vpn,), Printed(interfaces=(), rows=()), (adapter,))
    assert "POINTOPOINT" in link.flags
    assert kind_of(link, "windows").label == "PPP link"


def test_each_address_names_its_interface() -> None:
    names = by_address(build((WIFI, LOOPBACK), PRINTED, ADAPTERS))
    assert names["fe80::10"] == "Wi-Fi"
    assert names["127.0.0.1"] == "Loopback Pseudo-Interface 1"


def test_psutil_is_read_here_too() -> None:
    found = {one.name: one for one in seen()}
    assert found.keys() == psutil.net_if_addrs().keys()
    loopback = next(one for one in found.values() if ("127.0.0.1", "255.0.0.0") in one.addresses)
    assert loopback.up
    assert loopback.mtu
