"""Tests of net.platform.linux.nftables: what rules do to a datagram, with rulesets as this system's nft prints them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from net.platform.linux.nftables import Ruleset
from net.platform.protocol import Arriving

MDNS = Arriving(interface="en0", group="224.0.0.251", port=5353, source_port=5353, sources=("192.168.1.0/24",))
MDNS6 = Arriving(interface="en0", group="ff02::fb", port=5353, source_port=5353)
LEAVING = Arriving(interface="en0", group="224.0.0.251", port=5353, source_port=5353, leaving=True)


def _match(left: dict[str, Any], right: object, op: str = "==") -> dict[str, Any]:
    return {"match": {"op": op, "left": left, "right": right}}


def _payload(protocol: str, field: str) -> dict[str, Any]:
    return {"payload": {"protocol": protocol, "field": field}}


DPORT = _match(_payload("udp", "dport"), 5353)
ACCEPT: dict[str, Any] = {"accept": None}
DROP: dict[str, Any] = {"drop": None}
XT: dict[str, Any] = {"xt": {"type": "match", "name": "owner"}}


def _ruleset(
    *rules: list[dict[str, Any]], policy: str = "accept", hook: str = "input", family: str = "inet", more: Any = ()
) -> Ruleset:
    chain = {"family": family, "table": "t", "name": "in", "hook": hook, "prio": 0, "type": "filter", "policy": policy}
    listed = [
        {"rule": {"family": family, "table": "t", "chain": "in", "handle": number, "expr": expr}}
        for number, expr in enumerate(rules, 4)
    ]
    return Ruleset(json.dumps({"nftables": [{"metainfo": {}}, {"chain": chain}, *more, *listed]}))


def _certain(ruleset: Ruleset, packet: Arriving = MDNS) -> bool | None:
    refusal = ruleset.refusal(packet)
    return refusal.certain if refusal is not None else None


@pytest.mark.parametrize(
    ("match", "holds"),
    [
        (DPORT, True),
        (_match(_payload("udp", "dport"), {"set": [22, 5353]}), True),
        (_match(_payload("udp", "dport"), {"range": [5000, 6000]}), True),
        (_match(_payload("udp", "dport"), 5353, "!="), False),
        (_match(_payload("udp", "sport"), 5353), True),
        (_match(_payload("tcp", "dport"), 5353), False),
        (_match(_payload("ip", "daddr"), {"prefix": {"addr": "224.0.0.0", "len": 4}}), True),
        (_match(_payload("ip", "daddr"), "224.0.0.252"), False),
        (_match(_payload("ip6", "daddr"), "ff02::fb"), False),
        (_match(_payload("ip", "saddr"), {"prefix": {"addr": "192.168.0.0", "len": 16}}), True),
        (_match(_payload("ip", "saddr"), {"prefix": {"addr": "10.0.0.0", "len": 8}}), False),
        (_match(_payload("ip", "saddr"), "192.168.1.20"), None),
        (_match({"meta": {"key": "iifname"}}, "en*"), True),
        (_match({"meta": {"key": "iifname"}}, {"set": ["lo", "docker0"]}), False),
        (_match({"meta": {"key": "oifname"}}, "en0"), False),
        (_match({"meta": {"key": "l4proto"}}, {"set": ["tcp", "udp"]}), True),
        (_match({"meta": {"key": "pkttype"}}, "multicast"), True),
        (_match({"meta": {"key": "mark"}}, 7), None),
        (_match({"ct": {"key": "state"}}, ["established", "related"], "in"), False),
        (_match({"ct": {"key": "state"}}, {"set": ["new", "untracked"]}), True),
        (_match({"fib": {"result": "type", "flags": ["daddr"]}}, "multicast"), True),
        (XT, None),
    ],
)
def test_a_match_holds_or_not_or_is_not_known(match: dict[str, Any], holds: bool | None) -> None:
    """By what it does before a drop: it holds; it does not; it leaves the drop that follows in doubt."""
    assert _certain(_ruleset([match, DROP])) is (True if holds else None)
    after = _certain(_ruleset([match, ACCEPT], policy="drop"))
    assert after is {True: None, False: True, None: False}[holds]


def test_the_policy_drops_what_no_rule_accepts() -> None:
    refusal = _ruleset([_match(_payload("tcp", "dport"), 22), ACCEPT], policy="drop").refusal(MDNS)
    assert refusal is not None
    assert refusal.certain
    assert "policy drop" in refusal.rule


def test_a_rule_before_it_that_accepts_saves_the_datagram() -> None:
    assert _certain(_ruleset([DPORT, ACCEPT], [DROP], policy="drop")) is None


def test_a_rule_with_a_limit_may_not_drop_everything() -> None:
    assert _certain(_ruleset([DPORT, {"limit": {"rate": 3}}, DROP])) is None


def test_a_rule_that_only_counts_leaves_nothing_in_doubt() -> None:
    assert _certain(_ruleset([XT, {"counter": {"packets": 1, "bytes": 1}}], [DPORT, DROP])) is False
    assert _certain(_ruleset([_match({"meta": {"key": "mark"}}, 7), {"counter": None}], [DPORT, DROP])) is True


def test_jumps_and_verdict_maps_are_followed() -> None:
    lan = [
        {"chain": {"family": "inet", "table": "t", "name": "lan"}},
        {"rule": {"family": "inet", "table": "t", "chain": "lan", "handle": 1, "expr": [DPORT, DROP]}},
    ]
    mapped = {"vmap": {"key": {"meta": {"key": "iifname"}}, "data": {"set": [["en0", {"jump": {"target": "lan"}}]]}}}
    refusal = _ruleset([mapped], more=lan).refusal(MDNS)
    assert refusal is not None
    assert "chain lan" in refusal.rule
    assert _certain(_ruleset([{"goto": {"target": "lan"}}], more=lan)) is True
    other = {"vmap": {"key": {"meta": {"key": "iifname"}}, "data": {"set": [["lo", {"jump": {"target": "lan"}}]]}}}
    assert _certain(_ruleset([other], more=lan)) is None


def test_a_chain_that_jumps_to_itself_ends() -> None:
    assert _certain(_ruleset([{"jump": {"target": "in"}}])) is None


def test_the_family_of_a_table_decides_what_it_sees() -> None:
    assert _certain(_ruleset([DPORT, DROP], family="ip6")) is None
    assert _certain(_ruleset([DPORT, DROP], family="ip6"), MDNS6) is True
    assert _certain(_ruleset([DPORT, DROP], family="bridge")) is None


def test_what_leaves_meets_other_chains_than_what_arrives() -> None:
    assert _certain(_ruleset([DPORT, DROP], hook="output")) is None
    assert _certain(_ruleset([DPORT, DROP], hook="output"), LEAVING) is True
    assert _certain(_ruleset([DPORT, DROP], hook="forward")) is None


def test_named_sets_are_read() -> None:
    ports = [{"set": {"family": "inet", "table": "t", "name": "p", "type": "inet_service", "elem": [22, 5353]}}]
    rule = [_match(_payload("udp", "dport"), "@p"), DROP]
    assert _certain(_ruleset(rule, more=ports)) is True
    ports[0]["set"]["elem"] = [22]
    assert _certain(_ruleset(rule, more=ports)) is None
    assert _certain(_ruleset(rule)) is None


def test_the_rule_is_told_as_a_person_writes_it() -> None:
    chain = {"family": "inet", "table": "t", "name": "in", "hook": "input", "prio": 0, "policy": "accept"}
    rule = {"family": "inet", "table": "t", "chain": "in", "handle": 4, "expr": [DPORT, DROP]}
    text = "table inet t { # handle 1\n\tchain in { # handle 2\n\t\ttype filter hook input priority filter;\n"
    text += "\t\tudp dport 5353 drop # handle 4\n\t}\n}\n"
    refusal = Ruleset(json.dumps({"nftables": [{"chain": chain}, {"rule": rule}]}), text).refusal(MDNS)
    assert refusal is not None
    assert refusal.rule == "table inet t, chain in: udp dport 5353 drop"
