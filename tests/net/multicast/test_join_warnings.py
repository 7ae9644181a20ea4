"""Tests of net.multicast.join_warnings."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from net.multicast.endpoint import parse_endpoint
from net.multicast.join_warnings import address_warnings, ethernet_address, interface_warnings, port_holders
from net.multicast.places import Place
from net.multicast.shared import Join
from net.platform.system import SYSTEM
from net.records import Address, Interface, Membership
from tests.net.faces import LAN

ETHERNET = msgspec.structs.replace(LAN, mac="02:00:00:00:00:01", addresses=(Address(address="192.0.2.1"),))


def _interface(**changed: Any) -> Interface:
    return replace(ETHERNET, **changed)


def _listed(*joins: tuple[str, str]) -> dict[Join, Membership]:
    return {
        Join(interface, group): Membership(interface=interface, group=group, family="ipv4")
        for interface, group in joins
    }


@pytest.mark.parametrize(
    ("group", "address"),
    [
        ("224.224.0.77", "01:00:5e:60:00:4d"),
        ("239.255.255.250", "01:00:5e:7f:ff:fa"),
        ("239.127.255.250", "01:00:5e:7f:ff:fa"),
        ("ff02::1:ff00:1", "33:33:ff:00:00:01"),
    ],
)
def test_the_ethernet_address_of_a_group(group: str, address: str) -> None:
    assert ethernet_address(ipaddress.ip_address(group)) == address


def test_groups_joined_on_one_interface_with_one_ethernet_address_are_told() -> None:
    place = Place(parse_endpoint("239.200.7.7:5000"), _interface())
    listed = _listed(
        ("en0", "239.200.7.7"),
        ("en0", "238.72.7.7"),
        ("en0", "239.200.7.8"),
        ("en5", "237.72.7.7"),
        ("en0", "224.0.0.1"),
    )
    (problem,) = address_warnings([place], listed)
    assert (problem.code, problem.subject) == ("mac_shared", "239.200.7.7")
    assert "01:00:5e:48:07:07" in problem.text
    assert "238.72.7.7" in problem.text
    assert "237.72.7.7" not in problem.text, "that one is on another interface"


def test_a_group_with_the_ethernet_address_of_a_well_known_one_is_told() -> None:
    (problem,) = address_warnings([Place(parse_endpoint("225.0.0.251:5000"), _interface())], {})
    assert "224.0.0.251" in problem.text
    assert "mDNS" in problem.text


@pytest.mark.parametrize(
    "place",
    [
        Place(parse_endpoint("224.0.0.251:5353"), _interface()),
        Place(parse_endpoint("225.0.0.251:5000"), _interface(name="lo", mac=None)),
        Place(parse_endpoint("239.200.7.7:5000"), _interface()),
    ],
    ids=["itself", "no Ethernet", "nobody else"],
)
def test_no_warning_without_reason(place: Place) -> None:
    assert address_warnings([place], _listed((place.interface.name, str(place.endpoint.group)))) == []


@pytest.mark.parametrize(
    ("changed", "group", "code"),
    [
        ({"up": False}, "239.1.1.1:5000", ["joined_but_down"]),
        ({"multicast": False}, "239.1.1.1:5000", ["joined_without_multicast"]),
        ({}, "[ff15::1]:5000", ["joined_without_address"]),
        ({}, "239.1.1.1:5000", []),
    ],
)
def test_where_nothing_can_arrive_it_is_told(changed: dict[str, Any], group: str, code: list[str]) -> None:
    assert [problem.code for problem in interface_warnings(parse_endpoint(group), _interface(**changed))] == code


@pytest.mark.skipif(SYSTEM != "linux", reason="elsewhere the owner may need rights")
def test_who_holds_a_port_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        told = port_holders(holder.getsockname()[1])
    assert told is not None
    assert "127.0.0.1" in told
    assert "pid" in told
