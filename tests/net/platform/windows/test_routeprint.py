"""route print is read by shape, whatever the language of its words."""

from __future__ import annotations

import pytest

from net.platform.protocol import RouteEntry
from net.platform.windows.routeprint import Listed, Row, entries, parse
from tests.samples import sample, samples

GERMAN = """\
===========================================================================
Schnittstellenliste
 12...00 15 5d 01 02 03 ......Intel(R) Ethernet Connection I219-LM
  7...........................Tailscale Tunnel
  1...........................Software Loopback Interface 1
===========================================================================

IPv4-Routentabelle
===========================================================================
Aktive Routen:
     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik
          0.0.0.0          0.0.0.0        192.0.2.1       192.0.2.10     25
        192.0.2.0    255.255.255.0   Auf Verbindung       192.0.2.10    281
        224.0.0.0        240.0.0.0   Auf Verbindung       192.0.2.10    281
===========================================================================
Ständige Routen:
  Netzwerkadresse          Netzmaske  Gatewayadresse  Metrik
          0.0.0.0          0.0.0.0        192.0.2.1  Standard
        10.0.0.0        255.0.0.0        192.0.2.1       1

IPv6-Routentabelle
===========================================================================
Aktive Routen:
 If Metrik Netzwerkziel             Gateway
 12    281 ::/0                     fe80::1
  1    331 ::1/128                  Auf Verbindung
 12    281 2001:db8:1:2:3:4:5:6/128
                                    Auf Verbindung
 12    281 2001:db8:aaaa:bbbb:cccc::/80
                                    fe80::2
===========================================================================
Ständige Routen:
 If Metrik Netzwerkziel             Gateway
  0 4294967295 2001:db8:5::/48          Auf Verbindung
"""


def test_german_rows() -> None:
    assert parse(GERMAN).rows == (
        Row(destination="0.0.0.0/0", gateway="192.0.2.1", metric=25, address="192.0.2.10"),
        Row(destination="192.0.2.0/24", gateway=None, metric=281, address="192.0.2.10"),
        Row(destination="224.0.0.0/4", gateway=None, metric=281, address="192.0.2.10"),
        Row(destination="::/0", gateway="fe80::1", metric=281, index=12),
        Row(destination="::1/128", gateway=None, metric=331, index=1),
        Row(destination="2001:db8:1:2:3:4:5:6/128", gateway=None, metric=281, index=12),
        Row(destination="2001:db8:aaaa:bbbb:cccc::/80", gateway="fe80::2", metric=281, index=12),
    )


def test_the_interface_list() -> None:
    assert parse(GERMAN).interfaces == (
        Listed(index=12, mac="00:15:5d:01:02:03", description="Intel(R) Ethernet Connection I219-LM"),
        Listed(index=7, mac=None, description="Tailscale Tunnel"),
        Listed(index=1, mac=None, description="Software Loopback Interface 1"),
    )


def test_routes_get_the_names_of_their_interfaces() -> None:
    found = entries(parse(GERMAN), {"192.0.2.10": "Ethernet"}, {12: "Ethernet"})
    assert found[0] == RouteEntry(destination="0.0.0.0/0", interface="Ethernet", gateway="192.0.2.1", metric=25)
    assert found[3] == RouteEntry(destination="::/0", interface="Ethernet", gateway="fe80::1", metric=281)
    assert found[4].interface == "#1"
    assert entries(parse(GERMAN), {}, {})[0].interface == "192.0.2.10"


@pytest.mark.parametrize(
    ("name", "interfaces", "ipv4", "ipv6"),
    [
        ("route-print--win10-hyperv-vmware-tap", 9, 47, 26),
        ("route-print-4--anyconnect-two-defaults", 7, 2, 0),
        ("route-print-4--french", 2, 1, 0),
    ],
)
def test_every_recorded_row_is_read(name: str, interfaces: int, ipv4: int, ipv6: int) -> None:
    printed = parse(sample(f"windows/{name}"))
    assert len(printed.interfaces) == interfaces
    assert (sum(1 for row in printed.rows if row.address), sum(1 for row in printed.rows if row.index)) == (ipv4, ipv6)


@pytest.mark.parametrize("name", samples("windows/route-print*"))
def test_the_loopback_interface_is_number_one(name: str) -> None:
    listed = {one.description: one.index for one in parse(sample(name)).interfaces}
    assert listed["Software Loopback Interface 1"] == 1


def test_the_metrics_say_which_default_wins() -> None:
    rows = parse(sample("windows/route-print-4--anyconnect-two-defaults")).rows
    assert rows == (
        Row(destination="0.0.0.0/0", gateway="192.168.100.1", metric=50, address="192.168.100.74"),
        Row(destination="0.0.0.0/0", gateway="10.21.38.1", metric=2, address="10.21.38.97"),
    )


def test_multicast_rows_of_nine_interfaces() -> None:
    rows = parse(sample("windows/route-print--win10-hyperv-vmware-tap")).rows
    multicast = [(row.address, row.metric) for row in rows if row.destination == "224.0.0.0/4"]
    assert len(multicast) == 9
    assert multicast[1] == ("172.17.96.1", 5256)
    assert {row.index for row in rows if row.destination == "ff00::/8"} == {1, 57, 14, 11, 21, 22, 9, 52, 64}
    wrapped = next(row for row in rows if row.destination == "fe80::8bd5:17a8:5e7d:9a50/128")
    assert (wrapped.index, wrapped.gateway) == (52, None)


def test_the_french_default() -> None:
    printed = parse(sample("windows/route-print-4--french"))
    assert printed.rows == (Row(destination="0.0.0.0/0", gateway="10.88.88.2", metric=10, address="10.88.88.149"),)
    assert printed.interfaces[0].description == "Microsoft Wi-Fi Direct Virtual Adapter"


def test_other_text_is_no_route() -> None:
    printed = parse("The system cannot find the file specified.\n1...2\n0.0.0.0 0.0.0.0 x y z\n")
    assert (printed.interfaces, printed.rows) == ((), ())
