"""The lines of ``arp -an`` become hosts of the link."""

from __future__ import annotations

from net.platform.macos.arp import parse
from net.platform.protocol import Neighbour

PRINTED = """\
? (192.168.1.1) at 38:94:ed:1:2:f3 on en0 ifscope [ethernet]
? (192.168.1.9) at (incomplete) on en0 ifscope [ethernet]
? (192.168.1.255) at ff:ff:ff:ff:ff:ff on en0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
"""


def test_hosts_are_read_and_groups_and_the_broadcast_are_not() -> None:
    assert parse(PRINTED) == (
        Neighbour(interface="en0", address="192.168.1.1", mac="38:94:ed:01:02:f3"),
        Neighbour(interface="en0", address="192.168.1.9"),
    )


def test_what_is_no_entry_is_passed_over() -> None:
    assert parse("arp: unknown host\n\n? (x) at y\n") == ()
