"""What is sent but may be heard by nobody is told with its reason, and nothing is told of a sound interface."""

from __future__ import annotations

import msgspec
import pytest

from net.multicast.endpoint import parse_endpoint
from net.multicast.send_warnings import group_warnings, interface_warnings
from net.records import Address
from tests.net.faces import LAN

EN0 = msgspec.structs.replace(LAN, addresses=(*LAN.addresses, Address(address="fe80::1")))


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, []),
        ({"up": False}, ["sent_while_down"]),
        ({"multicast": False}, ["sent_without_multicast"]),
        ({"loopback": True, "multicast": False, "type": "loopback"}, ["sent_by_loopback"]),
        ({"type": "tunnel", "point_to_point": True}, ["sent_on_tunnel"]),
        ({"addresses": (Address(address="fe80::1"),)}, ["sent_without_address"]),
        ({"addresses": (), "multicast": False}, ["sent_without_address", "sent_without_multicast"]),
    ],
    ids=str,
)
def test_a_doubtful_interface_is_told(facts: dict[str, object], codes: list[str]) -> None:
    told = interface_warnings(parse_endpoint("239.1.1.1:5000"), msgspec.structs.replace(EN0, **facts), "10.0.0.1")
    assert [problem.code for problem in told] == codes
    assert all("en0" in problem.text for problem in told)


def test_the_address_of_the_groups_own_family_counts() -> None:
    only_v4 = msgspec.structs.replace(EN0, addresses=EN0.addresses[:1])
    (problem,) = interface_warnings(parse_endpoint("[ff15::77]:5000"), only_v4, None)
    assert problem.code == "sent_without_address"
    assert "no IPv6 address" in problem.text


@pytest.mark.parametrize(("group", "usual"), [("224.0.0.251:5353", "239.0.0.0/8"), ("[ff02::fb]:5353", "ff15::/16")])
def test_the_advice_for_a_link_local_group_is_of_its_family(group: str, usual: str) -> None:
    (told,) = group_warnings(parse_endpoint(group), 2)
    assert usual in told.remedy
