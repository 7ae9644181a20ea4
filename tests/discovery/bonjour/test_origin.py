"""What comes from elsewhere is neither believed nor answered (RFC 6762 sections 6 and 11)."""

from __future__ import annotations

import ipaddress

import pytest
from msgspec.structs import replace

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.origin import acceptable, networks_of
from discovery.bonjour.wire import RESPONSE
from net.records import Address
from tests.net.faces import LAN

NETWORKS = networks_of(LAN)
ANSWER, QUESTION = compose(flags=RESPONSE), compose()


def packet(source: str, *, unicast: bool, payload: bytes = ANSWER, port: int = 5353) -> HeardPacket:
    return HeardPacket(0.0, "en0", "ipv4", source, port, 255, payload, unicast)


@pytest.mark.parametrize("payload", [ANSWER, QUESTION])
@pytest.mark.parametrize(
    ("source", "near"),
    [
        ("192.168.1.20", True),
        ("192.168.2.20", False),
        ("8.8.8.8", False),
        ("169.254.7.7", True),
        ("fe80::1%en0", True),
        ("fd66:1::20", False),
        ("nonsense", False),
    ],
)
def test_by_unicast_only_the_link_counts_and_by_multicast_all(source: str, near: bool, payload: bytes) -> None:
    assert acceptable(packet(source, unicast=True, payload=payload), NETWORKS) == near
    assert acceptable(packet(source, unicast=False, payload=payload), NETWORKS)


def test_a_response_comes_from_port_5353_unless_it_is_one_to_our_simple_question() -> None:
    for unicast in (True, False):
        odd = packet("192.168.1.20", unicast=unicast, port=40000)
        assert not acceptable(odd, NETWORKS)
        assert acceptable(odd, NETWORKS, legacy=True) == unicast
        assert acceptable(packet("192.168.1.20", unicast=unicast, port=40000, payload=QUESTION), NETWORKS)
    assert not acceptable(packet("8.8.8.8", unicast=True, port=40000), NETWORKS, legacy=True)


def test_more_than_mdns_allows_and_less_than_a_header_are_no_harm() -> None:
    assert not acceptable(packet("192.168.1.20", unicast=False, payload=bytes(9001)), NETWORKS)
    assert acceptable(packet("192.168.1.20", unicast=False, payload=b""), NETWORKS)


def test_the_networks_are_those_of_all_addresses_with_a_prefix() -> None:
    face = replace(
        LAN, addresses=(*LAN.addresses, Address(address="fe80::23%en0", prefix=64), Address(address="10.0.0.1"))
    )

    assert networks_of(face) == (ipaddress.ip_network("192.168.1.0/24"), ipaddress.ip_network("fe80::/64"))
