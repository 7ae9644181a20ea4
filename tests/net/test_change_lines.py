"""The lines of the log of changes, from two states of a host with a LAN and a VPN."""

from __future__ import annotations

import msgspec
import pytest

from net.change_lines import LISTED, State, concerns, entry
from net.multicast.records import NetworkChange, Snapshot
from net.platform.protocol import RouteEntry
from net.records import Address
from net.resolvers.records import Resolver
from tests.net.multicast.snapshots import (
    BY_LAN,
    DEFAULT_BY_LAN,
    LAN,
    VPN,
    VPN_WITHOUT_ROUTE,
    WITH_VPN,
    WITHOUT_VPN,
)


def told(before: Snapshot, now: Snapshot) -> NetworkChange:
    found = entry(State(before), State(now), number=1, time=2.0)
    assert found is not None
    return found


def changed(snapshot: Snapshot = WITHOUT_VPN, **fields: object) -> Snapshot:
    return msgspec.structs.replace(snapshot, **fields)


def test_nothing_changed_is_no_entry() -> None:
    assert entry(State(WITHOUT_VPN), State(WITHOUT_VPN), number=1, time=2.0) is None


def test_a_vpn_that_comes_up_is_one_line() -> None:
    up = told(WITHOUT_VPN, WITH_VPN)
    assert up.text == (
        "utun3 up, took the default route from en0; unbound multicast moved from en0 to utun3; "
        "from Wired network to VPN tunnel"
    )
    assert (up.what, up.before, up.after, up.tunnel, up.number) == ("default_route", "en0", "utun3", True, 1)


def test_a_vpn_that_goes_down_gives_the_default_route_back() -> None:
    down = told(WITH_VPN, WITHOUT_VPN)
    assert down.text == (
        "utun3 down, the default route is en0's; unbound multicast moved from utun3 to en0; "
        "from VPN tunnel to Wired network"
    )
    assert down.tunnel is False


def test_a_vpn_that_takes_the_route_a_moment_later_is_two_lines() -> None:
    assert told(WITHOUT_VPN, VPN_WITHOUT_ROUTE).text == "utun3 up"
    assert told(VPN_WITHOUT_ROUTE, WITH_VPN).text.startswith("utun3 took the default route from en0; unbound")


def test_a_vpn_that_vanishes_is_gone() -> None:
    gone = changed(interfaces=(LAN,))
    assert told(WITH_VPN, gone).text.startswith("utun3 gone, the default route is en0's; unbound multicast moved")


def test_without_any_default_route_it_says_whose_it_was() -> None:
    without = changed(
        interfaces=(msgspec.structs.replace(LAN, default_v4=False), VPN),
        routes=(),
        unbound=(msgspec.structs.replace(BY_LAN, interface=None, source=None), WITHOUT_VPN.unbound[1]),
    )
    lost, found = told(WITHOUT_VPN, without), told(without, WITHOUT_VPN)
    assert lost.text == "no default route any more; it was en0's; unbound multicast is refused; it left by en0"
    assert found.text == "en0 got the default route; there was none; unbound multicast leaves by en0; it was refused"


def test_a_cable_that_is_pulled_takes_the_default_route_along() -> None:
    down = changed(interfaces=(msgspec.structs.replace(LAN, up=False, running=False, default_v4=False), VPN), routes=())
    assert told(WITHOUT_VPN, down).text == "en0 down, and with it the default route"


def test_a_second_family_is_told_only_where_it_moves_otherwise() -> None:
    six = msgspec.structs.replace(DEFAULT_BY_LAN, destination="::/0")
    lan, vpn = WITH_VPN.interfaces
    both = changed(WITH_VPN, interfaces=(lan, msgspec.structs.replace(vpn, default_v6=True)))
    assert told(changed(interfaces=(msgspec.structs.replace(LAN, default_v6=True), VPN), routes=(six,)), both).text
    text = told(WITHOUT_VPN, both).text
    assert text.startswith(
        "utun3 up, took the default route from en0; utun3 got the IPv6 default route; there was none"
    )


def test_an_interface_that_was_renamed_is_the_same_one() -> None:
    office = msgspec.structs.replace(LAN, name="office0")
    route = msgspec.structs.replace(DEFAULT_BY_LAN, interface="office0")
    by_office = tuple(
        msgspec.structs.replace(each, interface="office0") if each.interface == "en0" else each
        for each in WITHOUT_VPN.unbound
    )
    renamed = changed(interfaces=(office, VPN), routes=(route,), unbound=by_office, memberships=())
    entry_ = told(changed(memberships=()), renamed)
    assert entry_.text == "en0 is called office0 now"
    assert (entry_.what, [each.text for each in entry_.changes]) == ("interface", ["en0 is called office0 now."])
    assert concerns(entry_, ("en0",))


def test_names_that_were_swapped_are_two_renames() -> None:
    other = msgspec.structs.replace(LAN, name="en5", index=5, mac="02:00:00:00:00:05", default_v4=False, addresses=())
    before = changed(interfaces=(LAN, other), routes=(), unbound=())
    swapped = changed(
        before, interfaces=(msgspec.structs.replace(LAN, name="en5"), msgspec.structs.replace(other, name="en0"))
    )
    assert told(before, swapped).text == "en0 is called en5 now; en5 is called en0 now"


def test_a_name_made_anew_as_another_kind_says_which() -> None:
    bridge = msgspec.structs.replace(LAN, index=9, type="bridge", label="Bridge")
    text = told(WITHOUT_VPN, changed(interfaces=(bridge, VPN))).text
    assert text == "en0: Wired network is now Bridge; en0: index 2 is now index 9"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mtu": 1400}, "MTU 1500 is now MTU 1400"),
        ({"mac": "02:00:00:00:00:09"}, "is now hardware address 02:00:00:00:00:09"),
    ],
)
def test_another_mtu_or_hardware_address_is_told(fields: dict[str, object], words: str) -> None:
    face = msgspec.structs.replace(LAN, mtu=1500, mac="02:00:00:00:00:01")
    other = changed(interfaces=(msgspec.structs.replace(face, **fields), VPN))
    text = told(changed(interfaces=(face, VPN)), other).text
    assert text.startswith("en0: ")
    assert text.endswith(words)


def test_addresses_and_routes_are_grouped_and_counted() -> None:
    addresses = tuple(Address(address=f"10.0.0.{number}", prefix=24) for number in range(1, 6))
    routes = tuple(RouteEntry(destination=f"10.{number}.0.0/16", interface="en0") for number in range(2000))
    more = changed(
        interfaces=(msgspec.structs.replace(LAN, addresses=(*LAN.addresses, *addresses)), VPN),
        routes=(*WITHOUT_VPN.routes, *(route for route in routes if int(route.destination.split(".")[1]) < 256)),
    )
    text = told(WITHOUT_VPN, more).text
    assert text == (
        "en0 got 10.0.0.1/24, 10.0.0.2/24, 10.0.0.3/24 and 2 more; "
        "new routes by en0: 10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16 and 253 more"
    )
    assert (len(told(WITHOUT_VPN, more).changes), told(WITHOUT_VPN, more).more) == (LISTED, 256 + 5 - LISTED)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"gateway": "192.168.1.20"}, "default route by en0: gateway 192.168.1.1 is now gateway 192.168.1.20"),
        ({"gateway": None}, "default route by en0: gateway 192.168.1.1 is now no gateway"),
        ({"metric": 50}, "default route by en0: metric 600 is now metric 50"),
    ],
)
def test_another_gateway_or_metric_is_told_as_such(fields: dict[str, object], text: str) -> None:
    other = changed(routes=(msgspec.structs.replace(DEFAULT_BY_LAN, **fields),))
    assert told(WITHOUT_VPN, other).text == text
    (single,) = told(WITHOUT_VPN, other).changes
    assert (single.what, single.change, single.interface) == ("route", "changed", "en0")
    assert single.text.startswith("The route to 0.0.0.0/0 by en0 changed: ")


def test_many_routes_that_changed_alike_are_one_phrase() -> None:
    routes = [RouteEntry(destination=f"10.{number}.0.0/16", interface="en0", metric=1) for number in range(5)]
    worse = [msgspec.structs.replace(route, metric=2) for route in routes]
    text = told(changed(routes=tuple(routes)), changed(routes=tuple(worse))).text
    assert text == "routes to 10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16 and 2 more by en0: metric 1 is now metric 2"


@pytest.mark.parametrize(("came", "phrase"), [(True, "new DNS server 10.8.0.1 for corp"), (False, "DNS server 10.8.")])
def test_a_resolver_that_came_or_went_is_told(came: bool, phrase: str) -> None:
    brought = Resolver(
        server="10.8.0.1", interface="utun3", domains=("corp",), scope="supplemental", order=1, source="scutil --dns"
    )
    states = State(WITHOUT_VPN), State(WITHOUT_VPN, (brought,))
    found = entry(*(states if came else states[::-1]), number=7, time=2.0)
    assert found is not None
    assert (found.what, found.interface, found.number) == ("resolver", "utun3", 7)
    assert found.text.startswith(phrase)
    assert "on utun3" in found.changes[0].text


def test_an_entry_concerns_all_interfaces_it_speaks_of() -> None:
    up = told(WITHOUT_VPN, WITH_VPN)
    assert concerns(up, ())
    assert concerns(up, ("en0",))
    assert concerns(up, ("utun3", "en7"))
    assert not concerns(up, ("en7",))


def test_a_source_that_alone_changed_is_told() -> None:
    other = changed(unbound=(msgspec.structs.replace(BY_LAN, source="192.168.1.99"), WITHOUT_VPN.unbound[1]))
    assert "192.168.1.99" in told(WITHOUT_VPN, other).text
