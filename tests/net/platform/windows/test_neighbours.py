"""What ``netsh interface … show neighbors`` prints becomes hosts of the links, whatever its language."""

from __future__ import annotations

from net.platform.protocol import Neighbour
from net.platform.windows.neighbours import parse

PRINTED = """
Interface 1: Loopback Pseudo-Interface 1


Internet Address                              Physical Address   Type
--------------------------------------------  -----------------  -----------
224.0.0.22                                                       Permanent

Interface 12: Ethernet 2


Internet Address                              Physical Address   Type
--------------------------------------------  -----------------  -----------
192.168.1.1                                   38-94-ED-01-02-F3  Reachable (Router)
192.168.1.9                                   00-00-00-00-00-00  Unreachable
192.168.1.255                                 ff-ff-ff-ff-ff-ff  Permanent
239.255.255.250                               01-00-5e-7f-ff-fa  Permanent
"""
GERMAN = """
Schnittstelle 7: WLAN

Internetadresse                               Physische Adresse  Typ
--------------------------------------------  -----------------  -----------
fe80::1                                       38-94-ed-01-02-f3  Abgelaufen (Router)
2001:db8::9                                   Nicht erreichbar   Nicht erreichbar
"""


def test_hosts_are_read_and_groups_and_broadcasts_are_not() -> None:
    assert parse(PRINTED) == (
        Neighbour(interface="Ethernet 2", address="192.168.1.1", mac="38:94:ed:01:02:f3"),
        Neighbour(interface="Ethernet 2", address="192.168.1.9"),
    )


def test_words_of_another_language_are_read_by_their_shape() -> None:
    assert parse(GERMAN) == (
        Neighbour(interface="WLAN", address="fe80::1%WLAN", mac="38:94:ed:01:02:f3"),
        Neighbour(interface="WLAN", address="2001:db8::9"),
    )
