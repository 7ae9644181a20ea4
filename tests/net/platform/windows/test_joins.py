"""Groups from netsh, in any language."""

from __future__ import annotations

import pytest

from net.platform.windows.joins import parse
from net.records import Membership
from tests.samples import sample

ENGLISH = """

Interface 1: Loopback Pseudo-Interface 1

Scope       References  Last  Address
----------  ----------  ----  ---------------------------------
0                    1  Yes   239.255.255.250

Interface 12: Ethernet: lab

Scope       References  Last  Address
----------  ----------  ----  ---------------------------------
0                    0  Yes   224.0.0.1
0                    3  No    224.0.0.251

"""


def test_groups_of_each_interface_with_their_users() -> None:
    assert parse(ENGLISH) == (
        Membership(interface="Loopback Pseudo-Interface 1", group="239.255.255.250", family="ipv4", users=1),
        Membership(interface="Ethernet: lab", group="224.0.0.1", family="ipv4", users=0),
        Membership(interface="Ethernet: lab", group="224.0.0.251", family="ipv4", users=3),
    )


@pytest.mark.parametrize(
    "heading",
    ["Schnittstelle 12: WLAN", "Interface 12 : WLAN", "接口 12: WLAN", "接口 12：WLAN", "インターフェイス 12: WLAN"],
)
def test_headings_of_other_languages(heading: str) -> None:
    found = parse(f"{heading}\n\nBereich  Verweise  Letzte  Adresse\n-- -- -- --\n0  2  Ja  ff02::fb\n")
    assert found == (Membership(interface="WLAN", group="ff02::fb", family="ipv6", users=2),)


def test_the_recorded_interface() -> None:
    found = parse(sample("windows/netsh-interface-ipv6-show-joins--win10"))
    assert {membership.interface for membership in found} == {"Ethernet0"}
    assert [(membership.group, membership.users) for membership in found] == [
        ("ff01::1", 0),
        ("ff02::1", 0),
        ("ff02::c", 1),
        ("ff02::fb", 2),
        ("ff02::1:3", 1),
        ("ff02::1:ff34:5678", 2),
    ]


def test_addresses_that_are_no_groups_are_passed_over() -> None:
    assert parse("Interface 12: Ethernet\n0  1  Yes  192.0.2.1\n0  1  Yes  nothing\n") == ()
    assert parse("0  1  Yes  224.0.0.251\n") == ()
