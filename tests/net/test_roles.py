"""The roles an interface holds, with their facts in words."""

from __future__ import annotations

import msgspec
import pytest

from net.platform.protocol import Forwarding, Link, RouteEntry
from net.records import Address, InterfaceType, Role
from net.resolvers.records import Resolver
from net.roles import Situation, by_interface, owners, roles_of, with_owners

EN0 = Link(name="en0", index=2, flags=frozenset({"UP"}), addresses=(Address(address="192.168.1.23", prefix=24),))
UTUN3 = Link(name="utun3", index=3, flags=frozenset({"UP"}), addresses=(Address(address="10.8.0.2"),))
IPSEC0 = Link(name="ipsec0", index=4, flags=frozenset({"UP"}), addresses=(Address(address="192.0.0.6"),))
IPSEC1 = Link(name="ipsec1", index=5, flags=frozenset({"UP"}), addresses=(Address(address="192.0.0.6"),))
LINKS = (EN0, UTUN3, IPSEC0, IPSEC1)
BY_EN0 = RouteEntry(destination="0.0.0.0/0", interface="en0", gateway="192.168.1.1", metric=600)
BY_UTUN3 = RouteEntry(destination="0.0.0.0/0", interface="utun3", metric=50)


def situation(
    *routes: RouteEntry,
    default: str | None = None,
    multicast: str | None = None,
    forwarding: Forwarding | None = None,
    resolvers: dict[str, tuple[Resolver, ...]] | None = None,
    with_ports: frozenset[str] = frozenset(),
) -> Situation:
    """Defaults and multicast of IPv4; IPv6 has neither."""
    return Situation(
        defaults={4: default, 6: None},
        multicast={4: multicast, 6: None},
        routes=by_interface(routes),
        owners=owners(LINKS),
        forwarding=forwarding or Forwarding(),
        resolvers=resolvers or {},
        with_ports=with_ports,
    )


def only(link: Link, kind: InterfaceType, where: Situation) -> Role:
    (role,) = roles_of(link, kind, where)
    return role


def test_the_default_route_is_told_with_gateway_and_metric() -> None:
    role = only(EN0, "ethernet", situation(BY_EN0, default="en0"))
    assert (role.code, role.label, role.gateway, role.metric) == ("default_v4", "default IPv4", "192.168.1.1", 600)
    assert role.text == "IPv4 traffic to other networks leaves here by the gateway 192.168.1.1 with metric 600."


def test_of_two_default_routes_the_other_waits() -> None:
    both = situation(BY_EN0, BY_UTUN3, default="utun3")
    waiting = only(EN0, "ethernet", both)
    assert (waiting.code, waiting.metric) == ("standby_v4", 600)
    assert "while utun3 has a better one" in waiting.text
    assert only(UTUN3, "tunnel", both).code == "default_v4"


def test_without_any_default_route_nobody_has_the_role() -> None:
    assert roles_of(EN0, "ethernet", situation()) == ()


def test_of_a_default_route_with_several_next_hops_each_is_taken() -> None:
    hops = (
        msgspec.structs.replace(BY_EN0, per_flow=True),
        msgspec.structs.replace(BY_UTUN3, metric=600, per_flow=True),
    )
    both = situation(*hops, default="utun3")
    here, there = only(EN0, "ethernet", both), only(UTUN3, "tunnel", both)
    assert here.code == there.code == "default_v4"
    assert here.text.startswith(
        "IPv4 traffic to other networks leaves here by the gateway 192.168.1.1 with metric 600 or by utun3: "
    )
    assert "or by en0" in there.text
    better = RouteEntry(destination="0.0.0.0/0", interface="ipsec0", metric=10)
    assert only(EN0, "ethernet", situation(*hops, better, default="ipsec0")).code == "standby_v4"


def test_two_halves_of_a_vpn_count_as_its_default_and_the_whole_one_waits() -> None:
    halves = [RouteEntry(destination=block, interface="utun3") for block in ("0.0.0.0/1", "128.0.0.0/1")]
    where = situation(BY_EN0, *halves, default="utun3")
    assert only(UTUN3, "tunnel", where).text == "IPv4 traffic to other networks leaves here."
    assert only(EN0, "ethernet", where).code == "standby_v4"


def test_a_default_by_a_rule_of_policy_routing_says_so() -> None:
    assert "by a rule beside the main routing table" in only(UTUN3, "tunnel", situation(default="utun3")).text


def test_a_scoped_default_of_macos_is_no_role() -> None:
    scoped = RouteEntry(destination="0.0.0.0/0", interface="utun3", scoped=True)
    assert roles_of(UTUN3, "tunnel", situation(BY_EN0, scoped, default="en0")) == ()


def test_unbound_multicast_in_a_tunnel_says_that_nothing_arrives() -> None:
    assert "choose no interface go here." in only(EN0, "wifi", situation(multicast="en0")).text
    assert "nothing of the LAN arrives" in only(UTUN3, "tunnel", situation(multicast="utun3")).text


def test_the_same_address_on_two_interfaces_is_pointed_out_on_both() -> None:
    here, there = only(IPSEC0, "ipsec", situation()), only(IPSEC1, "ipsec", situation())
    assert here.code == there.code == "duplicate_address"
    assert "192.0.0.6 is on ipsec1 too" in here.text
    assert "192.0.0.6 is on ipsec0 too" in there.text
    assert [address.also_on for address in with_owners(IPSEC0, situation())] == [("ipsec1",)]
    assert [address.also_on for address in with_owners(EN0, situation())] == [()]


def test_link_local_addresses_are_told_apart_by_their_scope() -> None:
    links = [
        Link(name=name, index=1, flags=frozenset(), addresses=(Address(address=f"fe80::1%{name}"),))
        for name in ("lo0", "utun0")
    ]
    assert owners(links) == {}


def test_an_address_another_host_has_is_a_duplicate_too() -> None:
    link = Link(name="en0", index=2, flags=frozenset(), addresses=(Address(address="fd00::1", duplicate=True),))
    role = only(link, "ethernet", situation())
    assert (role.code, "fd00::1" in role.text, "Another host" in role.text) == ("duplicate_address", True, True)


BRIDGE = Link(
    name="bridge100", index=9, flags=frozenset({"UP", "RUNNING"}), addresses=(Address(address="192.168.2.1"),)
)
PORTS = frozenset({"bridge100"})


@pytest.mark.parametrize(
    ("translates", "label", "words"),
    [
        (True, "sharing (NAT)", "an address of its own (NAT)"),
        (False, "sharing (no NAT)", "without NAT"),
        (None, "sharing (NAT unknown)", "only root can read"),
    ],
)
def test_a_bridge_that_forwards_is_shared(translates: bool | None, label: str, words: str) -> None:
    shared = Forwarding(interfaces=PORTS, translates=translates, nat_source="nft")
    role = only(BRIDGE, "bridge", situation(forwarding=shared, with_ports=PORTS))
    assert (role.code, role.label, role.evidence) == ("sharing", label, "nft")
    assert words in role.text


@pytest.mark.parametrize(
    ("bridge", "ports"),
    [
        (BRIDGE, frozenset[str]()),
        (msgspec.structs.replace(BRIDGE, addresses=()), PORTS),
        (msgspec.structs.replace(BRIDGE, flags=frozenset({"UP"})), PORTS),
    ],
    ids=["without a port", "without an IPv4 address", "without a link"],
)
def test_a_bridge_with_nobody_behind_it_shares_nothing(bridge: Link, ports: frozenset[str]) -> None:
    shared = Forwarding(interfaces=PORTS, translates=True, nat_source="nft")
    assert roles_of(bridge, "bridge", situation(forwarding=shared, with_ports=ports)) == ()


def test_the_resolver_a_vpn_brings_is_its_role() -> None:
    brought = Resolver(
        server="10.8.0.1", interface="utun3", domains=("corp",), scope="supplemental", order=1, source="scutil --dns"
    )
    lan = msgspec.structs.replace(brought, interface="en0")
    where = situation(resolvers={"utun3": (brought,), "en0": (lan,)})
    vpn = only(UTUN3, "tunnel", where)
    assert (vpn.label, vpn.text) == ("VPN's resolver", "The VPN brings the DNS server 10.8.0.1 for corp.")
    assert only(EN0, "wifi", where).text.startswith("It brings")


def test_a_resolver_no_interface_brings_is_reached_by_one() -> None:
    system = Resolver(server="9.9.9.9", scope="default", order=1, source="/etc/resolv.conf")
    role = only(UTUN3, "tunnel", situation(resolvers={"utun3": (system,)}))
    assert (role.label, role.text) == ("resolver", "The way to the DNS server 9.9.9.9 leads through here.")


def test_a_port_says_whose_it_is() -> None:
    port = Link(name="en7", index=7, flags=frozenset({"UP"}), facts={"rtnl.master": ("br0",)})
    role = only(port, "ethernet", situation())
    assert (role.code, role.label) == ("port", "port")
    assert "a port of br0" in role.text


def test_a_peer_link_says_what_it_is_for() -> None:
    assert only(Link(name="awdl0", index=8, flags=frozenset()), "peer_to_peer", situation()).code == "awdl"
