"""The way out of a host, asked in two ways and bound to each interface; what disagrees is pointed out."""

from __future__ import annotations

import pytest

from tests.lab import Host, JsonRecord, Lab
from tests.lab.topology import SWITCH

GROUP = "224.224.0.77"


def _ways(lab: Lab, address: str, *options: str) -> dict[str | None, JsonRecord]:
    return {record["bound"]: record for record in lab.alpha.lanscout("route", address, *options)}


def test_a_group_leaves_unbound_by_the_vpn_and_bound_by_each_interface(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    ways = _ways(fresh_lab, GROUP, "--each")
    told = {bound: (way["interface"], way["source"], way["agrees"]) for bound, way in ways.items()}
    assert told[None] == ("utun3", "10.8.0.2", True)
    assert told["en0"] == ("en0", "192.168.1.23", True)
    assert told["en5"] == ("en5", "10.66.0.1", True)
    assert told["ipsec0"] == ("ipsec0", "192.0.0.6", True)


def test_a_group_that_leaves_into_a_tunnel_is_warned_of_and_a_host_is_not(fresh_lab: Lab) -> None:
    fresh_lab.vpn_up()
    ways = _ways(fresh_lab, f"{GROUP}:5353", "--each")
    assert ways[None]["port"] == 5353
    cautions = {bound: way["caution"] and way["caution"]["code"] for bound, way in ways.items()}
    assert (cautions[None], cautions["utun3"]) == ("route_into_tunnel", "route_into_tunnel_bound")
    assert cautions["en0"] is None
    assert "utun3, a tunnel" in ways[None]["caution"]["text"]
    assert _ways(fresh_lab, "203.0.113.1")[None]["caution"] is None
    fresh_lab.vpn_down()
    assert _ways(fresh_lab, GROUP)[None]["caution"] is None


def test_the_port_is_the_one_a_rule_sees(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("route add default via 10.66.0.2 dev en5 table 77")
    alpha.ip("rule add ipproto udp dport 5000 lookup 77 pref 100")
    assert _ways(fresh_lab, "203.0.113.1")[None]["agrees"] is True
    assert _ways(fresh_lab, "203.0.113.1:5000")[None]["source_of"] == ["en5"]


def test_a_link_local_group_bound_to_an_interface_has_its_address(lab: Lab) -> None:
    ways = _ways(lab, "ff02::fb", "--interface", "en5")
    assert ways["en5"]["interface"] == "en5"
    assert ways["en5"]["source"].startswith("fe80::")
    assert ways["en5"]["source"].endswith("%en5")


def test_the_gateway_is_that_of_the_interface(lab: Lab) -> None:
    ways = _ways(lab, "203.0.113.1", "--interface", "en0", "--interface", "en5")
    assert [ways[name]["gateway"] for name in (None, "en0", "en5")] == ["192.168.1.1", "192.168.1.1", None]


def test_a_rule_that_only_sockets_meet_is_a_difference(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("route add default via 10.66.0.2 dev en5 table 77")
    alpha.ip("rule add ipproto udp dport 9 lookup 77 pref 100")
    way = _ways(fresh_lab, "203.0.113.1")[None]
    assert (way["interface"], way["source"], way["source_of"]) == ("en0", "10.66.0.1", ["en5"])
    assert way["agrees"] is False
    assert way["difference"]["code"] == "route_differs"
    assert "an address of en5" in way["difference"]["text"]


@pytest.mark.parametrize(
    ("kind", "words"), [("blackhole", "throws"), ("unreachable", "throws"), ("prohibit", "prohibits")]
)
def test_a_route_that_refuses_is_named_as_one(fresh_lab: Lab, kind: str, words: str) -> None:
    fresh_lab.alpha.ip(f"route add {kind} 203.0.113.0/24")
    way = _ways(fresh_lab, "203.0.113.1")[None]
    assert (way["interface"], way["problem"]["code"]) == (None, "no_route")
    assert words in way["problem"]["text"]
    assert kind in way["problem"]["remedy"]


def test_without_a_default_route_a_group_has_no_way_and_a_bound_socket_has(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("route del default dev en0")
    ways = _ways(fresh_lab, GROUP, "--each")
    assert ways[None]["problem"]["code"] == "no_route"
    assert (ways["en0"]["interface"], ways["en0"]["source"]) == ("en0", "192.168.1.23")


def test_bound_to_an_interface_that_is_down_the_refusal_is_told(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("link set en5 down")
    way = _ways(fresh_lab, GROUP, "--interface", "en5")["en5"]
    assert (way["interface"], way["problem"]["code"]) == (None, "no_route_bound")
    assert way["problem"]["errno"] is not None


@pytest.mark.parametrize("change", ["up", "down"])
def test_the_way_that_moves_is_told_again_and_the_others_are_not(fresh_lab: Lab, change: str) -> None:
    if change == "down":
        fresh_lab.vpn_up()
    with fresh_lab.alpha.lanscout_process("route", "203.0.113.1", "--each", "--watch") as watching:
        ways = 5 if change == "up" else 6  # unbound, lo, en0, en5, ipsec0 and what is up of the VPN
        watching.wait_until(lambda: len(watching.records("route")) >= ways)
        before = len(watching.records("route"))
        (fresh_lab.vpn_up if change == "up" else fresh_lab.vpn_down)()
        unbound = {"bound": None, "interface": "utun3" if change == "up" else "en0"}
        # Bringing a link down takes its addresses and routes one by one, so there may be steps between.
        watching.wait_until(lambda: any(unbound.items() <= way.items() for way in watching.records("route")[before:]))
        moved = watching.records("route")[before:]
    assert "en5" not in [way["bound"] for way in moved]


def test_bound_where_no_route_leads_the_kernel_s_guess_is_no_way(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("link add bridge100 type bridge")
    fresh_lab.alpha.ip("link set bridge100 up")
    ways = _ways(fresh_lab, "203.0.113.1", "--each")
    assert ways["en0"]["interface"] == "en0"
    for name in ("en5", "bridge100", "lo"):
        assert (ways[name]["interface"], ways[name]["problem"]["code"]) == (None, "route_assumed")
    assert _ways(fresh_lab, "10.66.0.2", "--interface", "en5")["en5"]["problem"] is None


def test_a_group_by_an_interface_without_address_or_by_loopback_is_warned_of(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("addr flush dev en5")
    ways = _ways(fresh_lab, GROUP, "--each")
    cautions = {bound: way["caution"] and way["caution"]["code"] for bound, way in ways.items()}
    assert cautions["en5"] == "route_borrows_source"
    assert "192.168.1.23, an address of en0" in ways["en5"]["caution"]["text"]
    assert cautions["lo"] == "route_into_loopback"
    assert cautions["en0"] is None


def test_a_way_whose_cable_is_out_is_warned_of(fresh_lab: Lab) -> None:
    assert _ways(fresh_lab, "8.8.8.8")[None]["caution"] is None
    Host(SWITCH, fresh_lab.prefix + SWITCH).ip("link set alpha-en0 down")
    way = _ways(fresh_lab, "8.8.8.8")[None]
    assert (way["interface"], way["caution"]["code"]) == ("en0", "route_without_link")
    assert _ways(fresh_lab, GROUP, "--each")["en0"]["caution"]["code"] == "route_without_link"


def test_without_a_way_the_remedy_is_one_for_that_address(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("route del default dev en0")
    host = _ways(fresh_lab, "8.8.8.8")[None]["problem"]
    assert (host["code"], "default route" in host["remedy"]) == ("no_route_host", True)
    alpha.run(["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"])
    for address in ("::1", "ff02::fb"):
        problem = _ways(fresh_lab, address)[None]["problem"]
        assert problem["code"] == "no_route_ipv6"
        assert "Turn IPv6 on" in problem["remedy"]


def test_a_scope_whose_interface_has_no_ipv6_is_not_told_to_choose_one(fresh_lab: Lab) -> None:
    fresh_lab.alpha.run(["sysctl", "-qw", "net.ipv6.conf.en5.disable_ipv6=1"])
    problem = _ways(fresh_lab, "fe80::1%en5")[None]["problem"]
    assert problem["code"] == "no_route_bound"
    assert "Bound to en5" in problem["text"]


def test_a_gateway_of_the_other_family_is_told(fresh_lab: Lab) -> None:
    fresh_lab.alpha.ip("route add 100.70.0.0/16 via inet6 fe80::1 dev en0")
    assert _ways(fresh_lab, "100.70.0.1")[None]["gateway"] == "fe80::1%en0"


def test_where_an_interface_was_chosen_the_difference_does_not_ask_to_choose_one(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("addr add 192.168.1.77/24 dev en0")
    alpha.ip("addr add 10.9.9.9/32 dev en5")
    alpha.ip("route add default dev en0 src 10.9.9.9 table 77")
    alpha.ip("rule add ipproto udp dport 9 lookup 77 pref 100")
    way = _ways(fresh_lab, "203.0.113.1", "--interface", "en0")["en0"]
    assert way["difference"]["code"] == "route_differs_bound"
    assert "Choose" not in way["difference"]["remedy"]


def test_each_and_named_interfaces_together_are_wrong_use(lab: Lab) -> None:
    with lab.alpha.lanscout_process("route", GROUP, "--interface", "en0", "--each") as asking:
        assert asking.wait() == 2


def test_a_multipath_route_names_the_other_next_hops(fresh_lab: Lab) -> None:
    alpha = fresh_lab.alpha
    alpha.ip("route del default dev en0")
    alpha.ip("route add default nexthop via 192.168.1.1 dev en0 nexthop via 10.66.0.2 dev en5")
    way = _ways(fresh_lab, "8.8.8.8")[None]
    other = {"en0": "en5 (10.66.0.2)", "en5": "en0 (192.168.1.1)"}[way["interface"]]
    assert (way["caution"]["code"], other in way["caution"]["text"]) == ("route_per_flow", True)
    assert _ways(fresh_lab, "192.168.1.20")[None]["caution"] is None
