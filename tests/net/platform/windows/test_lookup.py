"""The way out by connecting a socket, and the gateway by the most specific route."""

from __future__ import annotations

import errno

import pytest

from net.platform.protocol import Egress, RouteEntry
from net.platform.windows.gateways import default_routes
from net.platform.windows.lookup import egress, source_towards

NAMES = {"192.0.2.10": "Ethernet", "10.8.0.2": "VPN"}
ROUTES = (
    RouteEntry(destination="0.0.0.0/0", interface="Ethernet", gateway="192.0.2.1", metric=25),
    RouteEntry(destination="0.0.0.0/0", interface="Ethernet", gateway="192.0.2.2", metric=10),
    RouteEntry(destination="0.0.0.0/0", interface="VPN", gateway="10.8.0.1", metric=2),
    RouteEntry(destination="192.0.2.0/24", interface="Ethernet", metric=281),
    RouteEntry(destination="::/0", interface="Ethernet", gateway="fe80::1", metric=1),
)


def test_the_loopback_address_is_its_own_source() -> None:
    assert source_towards("127.0.0.1", {}) == "127.0.0.1"
    assert source_towards("::1", {}) == "::1"


@pytest.mark.parametrize("text", ["", "localhost", "192.0.2.256"])
def test_what_is_no_address_is_invalid(text: str) -> None:
    with pytest.raises(OSError, match="Invalid argument") as caught:
        source_towards(text, {})
    assert caught.value.errno == errno.EINVAL


def test_the_gateway_is_that_of_the_best_route_of_the_interface() -> None:
    found = egress("203.0.113.5", "192.0.2.10", NAMES, ROUTES)
    assert found == Egress(interface="Ethernet", source="192.0.2.10", gateway="192.0.2.2")
    assert egress("203.0.113.5", "10.8.0.2", NAMES, ROUTES).gateway == "10.8.0.1"


def test_a_neighbour_needs_no_gateway() -> None:
    assert egress("192.0.2.77", "192.0.2.10", NAMES, ROUTES).gateway is None


def test_a_source_of_no_interface_is_no_way() -> None:
    with pytest.raises(OSError, match=r"192\.0\.2\.99") as caught:
        egress("203.0.113.5", "192.0.2.99", NAMES, ROUTES)
    assert caught.value.errno == errno.ENETUNREACH


def test_netifaces_tells_defaults_under_the_alias_of_their_address() -> None:
    import netifaces

    found = default_routes({})
    assert all(route.gateway and route.destination in ("0.0.0.0/0", "::/0") for route in found)
    for route in found:
        family = netifaces.AF_INET if route.destination == "0.0.0.0/0" else netifaces.AF_INET6
        own = netifaces.ifaddresses(route.interface)[family][0]["addr"].partition("%")[0]
        assert "alias" in {one.interface for one in default_routes({own: "alias"})}
