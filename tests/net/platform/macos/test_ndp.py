"""The lines of ``ndp -an`` become IPv6 hosts of the link."""

from __future__ import annotations

from net.platform.macos.ndp import parse
from net.platform.protocol import Neighbour

PRINTED = """\
Neighbor                                Linklayer Address  Netif Expire    St Flgs Prbs
2001:db8:1::23                          3c:22:fb:1:2:3       en0 permanent R
fe80::1%en0                             38:94:ed:1:2:f3      en0 23h59m58s S  R
fe80::c2d:8ff:fe5a:d2e9%en0             (incomplete)         en0 expired   I
2001:db8:1::7                           a:2d:8:5a:d2:e9      en0 14s       R
"""


def test_hosts_are_read_and_own_addresses_are_not() -> None:
    assert parse(PRINTED) == (
        Neighbour(interface="en0", address="fe80::1%en0", mac="38:94:ed:01:02:f3"),
        Neighbour(interface="en0", address="fe80::c2d:8ff:fe5a:d2e9%en0"),
        Neighbour(interface="en0", address="2001:db8:1::7", mac="0a:2d:08:5a:d2:e9"),
    )


def test_what_is_no_entry_is_passed_over() -> None:
    assert parse("ndp: no entries\n:::: 1:2:3:4:5:6 en0 9s R\n") == ()
