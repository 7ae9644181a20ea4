"""A made-up Mac with a VPN, told by a scripted probe: the same records for screenshots and for tests of pages.

A page adds its part in ``tests/ui/pages/PAGE/scene.py``: ``ANSWERS`` (watch name to steps of
tests/ui/scripted_probe.py) and ``prepare(window)``, which selects a row or types a text before the picture is taken.
"""

from __future__ import annotations

import json
import math
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from net.records import Address, Interface, InterfaceType, Membership, Record, Role, Traffic
from ui.pages import PAGES
from ui.pages.table_page import TablePage
from ui.window import MainWindow

NOW = 1_790_000_000.0
PROBE = Path(__file__).parent / "scripted_probe.py"
Step = dict[str, Any]


def batch(*records: Record) -> Step:
    """A step that tells these records."""
    return {"batch": [msgspec.to_builtins(record) for record in records]}


def interface(
    name: str, index: int, kind: InterfaceType, label: str, meaning: str, multicast: str, **more: Any
) -> Interface:
    """An interface that is up, with the usual flags unless ``more`` says otherwise."""
    facts: dict[str, Any] = {
        "type_evidence": f"name {name}",
        "type_verified": True,
        "up": True,
        "running": True,
        "multicast": True,
        "point_to_point": False,
        "loopback": False,
        "mtu": 1500,
        "flags": ("UP", "BROADCAST", "RUNNING", "SIMPLEX", "MULTICAST"),
    }
    return Interface(
        name=name, index=index, type=kind, label=label, meaning=meaning, multicast_meaning=multicast, **(facts | more)
    )


def v4(address: str, prefix: int, **more: Any) -> Address:
    return Address(address=address, prefix=prefix, scope=more.pop("scope", "global"), **more)


def v6(address: str, prefix: int, scope: Any = "global") -> Address:
    return Address(address=address, prefix=prefix, scope=scope)


DUPLICATE = (
    Role(code="duplicate_address", label="duplicate address",
         text="It has the same address as another interface of this host: 192.0.0.6. A program that joins, binds or "
         "sends by that address may get either; choose by the interface."),
)  # fmt: skip
ROLES = (
    Role(code="default_v4", label="default IPv4", gateway="10.8.0.1",
         text="IPv4 traffic to other networks leaves here by the gateway 10.8.0.1."),
    Role(code="multicast_v4", label="unbound IPv4 multicast",
         text="Joins and sends to 224.0.0.0/4 that choose no interface go into this tunnel, where nothing of the LAN "
         "arrives."),
    Role(code="resolver", label="VPN's resolver", evidence="scutil --dns",
         text="The VPN brings the DNS server 10.8.0.1 for corp.example."),
)  # fmt: skip
STANDBY = (
    Role(code="standby_v4", label="second IPv4 default", gateway="192.168.1.1",
         text="A second IPv4 default route waits here by the gateway 192.168.1.1; while utun3 has a better one it is "
         "not taken."),
)  # fmt: skip
SHARING = (
    Role(code="sharing", label="sharing (NAT)",
         text="Its guests reach other networks through this host, which forwards what they send and gives it an "
         "address of its own (NAT). Multicast is not forwarded."),
)  # fmt: skip

INTERFACES = (
    interface(
        "en0", 12, "wifi", "Wi-Fi", "Wireless network card, usually en0 on laptops and en1 on desktops.",
        "Real LAN. Access points may filter or slow multicast, and isolate guests from each other.",
        speed_mbps=1200, mac="f0:18:98:42:a1:3e", type_evidence="darwin.type=Wi-Fi",
        addresses=(v4("192.168.1.23", 24, broadcast="192.168.1.255"), v6("fe80::1c4f:9aff:fe11:2c3e%en0", 64, "link")),
        gateways=("192.168.1.1",), roles=STANDBY, rx_bytes=48_211_334_000, tx_bytes=3_990_120_000,
    ),
    interface(
        "utun3", 21, "tunnel", "VPN tunnel (WireGuard)", "Layer-3 tunnel of a VPN app; there is no LAN behind it.",
        "Joins succeed, but only what the far end forwards arrives. While it holds the default route it takes unbound "
        "multicast.", point_to_point=True, mtu=1280, type_evidence="name utun3; darwin.agent=WireGuard",
        flags=("UP", "POINTOPOINT", "RUNNING", "MULTICAST"), default_v4=True, takes_multicast_v4=True, roles=ROLES,
        addresses=(v4("10.8.0.2", 32, peer="10.8.0.1"), v6("fd7a:115c::2", 48)), gateways=("10.8.0.1",),
    ),
    interface(
        "en5", 14, "ethernet", "USB Ethernet", "Network adapter on USB or Thunderbolt.", "Real LAN.", speed_mbps=1000,
        mac="00:e0:4c:68:01:7f",
        addresses=(v4("10.66.0.1", 24), v6("fd66::1", 64), v6("fe80::2e0:4cff:fe68:17f%en5", 64, "link")),
    ),
    interface(
        "ipsec0", 22, "ipsec", "IPsec tunnel",
        "Tunnel of the system's IKEv2 client, also used for carrier calling over Wi-Fi.",
        "Never the LAN: a join here hears nothing.", point_to_point=True, mtu=1380, roles=DUPLICATE,
        addresses=(v4("192.0.0.6", 32, also_on=("ipsec1",)),),
        flags=("UP", "POINTOPOINT", "RUNNING", "MULTICAST"),
    ),
    interface(
        "ipsec1", 23, "ipsec", "IPsec tunnel",
        "Tunnel of the system's IKEv2 client, also used for carrier calling over Wi-Fi.",
        "Never the LAN: a join here hears nothing.", point_to_point=True, mtu=1380, roles=DUPLICATE,
        addresses=(v4("192.0.0.6", 32, also_on=("ipsec0",)),),
        flags=("UP", "POINTOPOINT", "RUNNING", "MULTICAST"),
    ),
    interface(
        "awdl0", 16, "peer_to_peer", "Apple peer link (AWDL)",
        "Direct Wi-Fi between Apple devices for AirDrop and AirPlay; shares the radio with Wi-Fi.",
        "Only nearby Apple devices, link-local IPv6. Bonjour skips it unless peer-to-peer was asked for.",
        mac="a6:2c:91:00:8e:2a", addresses=(v6("fe80::a42c:91ff:fe00:8e2a%awdl0", 64, "link"),),
    ),
    interface(
        "bridge100", 24, "bridge", "Internet Sharing bridge",
        "Bridge to which guests of this Mac's Internet Sharing are attached.",
        "Guests of this Mac hang here, not the LAN.", mac="f2:18:98:42:a1:64", addresses=(v4("192.168.2.1", 24),),
        roles=SHARING,
    ),
    interface(
        "lo0", 1, "loopback", "Loopback", "Talks only to this Mac; carries 127.0.0.1 and ::1.",
        "Has the MULTICAST flag, so joins succeed, but nothing from the LAN ever arrives.", loopback=True, mtu=16384,
        flags=("UP", "LOOPBACK", "RUNNING", "MULTICAST"),
        addresses=(v4("127.0.0.1", 8, scope="host"), v6("::1", 128, "host"), v6("fe80::1%lo0", 64, "link")),
    ),
    interface(
        "en4", 13, "ethernet", "Thunderbolt Ethernet", "Network adapter on USB or Thunderbolt.",
        "Real LAN, once a cable is in.",
        running=False, mac="00:3e:e1:00:12:7d", flags=("UP", "BROADCAST", "SIMPLEX", "MULTICAST"),
    ),
)  # fmt: skip

_RATES = {
    "en0": 1_400_000,
    "utun3": 220_000,
    "en5": 12_000,
    "ipsec0": 0,
    "awdl0": 1_000,
    "bridge100": 48_000,
    "lo0": 88_000,
}


def traffic(second: int) -> Step:
    """The counters of all interfaces in that second; the same at every run."""
    told = []
    for place, found in enumerate(INTERFACES):
        mean = _RATES.get(found.name, 0)
        wave = 1 + 0.5 * math.sin(second / (2 + place)) + 0.6 * ((second * (7 + place * 3)) % 11) / 11
        burst = 1.8 if (second * (place + 5)) % 17 == 0 else 1.0
        now = mean if second == 59 else mean * wave * burst * 0.7
        told.append(
            Traffic(
                interface=found.name, time=NOW + second, rx_bytes=48_211_334_000 if mean else 0,
                tx_bytes=3_990_120_000 if mean else 0, rx_packets=41_200_000, tx_packets=9_120_000, errors=0, drops=0,
                rx_bytes_per_s=now * 0.85, tx_bytes_per_s=now * 0.15,
                rx_packets_per_s=now / 900, tx_packets_per_s=now / 2000, rx_multicast=48_211 if mean else 0,
                rx_multicast_per_s=now / 90_000, errors_per_s=0.0, drops_per_s=0.0,
            )
        )  # fmt: skip
    return batch(*told)


def membership(on: str, group: str, name: str | None) -> Membership:
    return Membership(interface=on, group=group, family="ipv6" if ":" in group else "ipv4", users=1, name=name)


MEMBERSHIPS = (
    membership("en0", "224.0.0.1", "All hosts"),
    membership("en0", "224.0.0.251", "mDNS (Bonjour)"),
    membership("en0", "239.255.255.250", "SSDP (UPnP)"),
    membership("en0", "ff02::1", "All hosts"),
    membership("en0", "ff02::fb%en0", "mDNS (Bonjour)"),
    membership("en0", "ff02::1:ff11:2c3e", "Solicited node"),
    membership("utun3", "224.0.0.1", "All hosts"),
    membership("utun3", "224.224.0.77", None),
)

ANSWERS: dict[str, list[Step]] = {
    "interfaces.watch": [batch(*INTERFACES)],
    "traffic.watch": [traffic(second) for second in range(60)],
    "groups.watch": [batch(*MEMBERSHIPS)],
}


def answers() -> dict[str, list[Step]]:
    """What the probe of the whole scene answers, the parts of all pages together."""
    whole = dict(ANSWERS)
    for name in (*(entry.name for entry in PAGES), "multicast.tools", "bonjour.tools", "diagnosis.tools"):
        part = _part(name)
        if part is not None:
            whole |= part.ANSWERS
    return whole


def prepare(window: MainWindow, name: str) -> None:
    """Bring the page into the state the picture shows."""
    of, _, view = name.partition("-")
    if view:
        own = getattr(_part(of), "VIEWS", {})
        (own.get(view) or _part(f"{of}.tools").VIEWS[view])(window)
        return
    part = _part(name)
    if part is not None:
        part.prepare(window)
    elif name == "interfaces":
        page = window.page(name)
        assert isinstance(page, TablePage)
        page.view.select_key("utun3")
        page.view.setFocus()


def _part(name: str) -> Any:
    try:
        return import_module(f"tests.ui.pages.{name}.scene")
    except ModuleNotFoundError as error:
        if error.name is None or not f"tests.ui.pages.{name}.scene".startswith(error.name):
            raise
        return None


def command(folder: Path) -> list[str]:
    """The argument list of a scripted probe that tells the scene."""
    script = folder / "scene.json"
    script.write_text(json.dumps({"answers": answers()}))
    return [sys.executable, "-I", str(PROBE), str(script)]
