"""Tests of net.platform.linux.nftables: what rules do to a datagram, with rulesets as this system's nft prints them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from net.platform.linux import nft_match, nftables
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


def test_an_address_is_found_in_a_set_of_many() -> None:
    half: list[object] = ["10.0.0.7", "192.168.1.0/25", "::1"]
    whole = [*half, {"prefix": {"addr": "192.168.1.128", "len": 25}}]
    for elements, certain in ((half, None), (whole, True)):
        blocked = {"set": {"family": "inet", "table": "t", "name": "b", "elem": elements}}
        assert _certain(_ruleset([_match(_payload("ip", "saddr"), "@b"), DROP], more=[blocked])) is certain
        assert _certain(_ruleset([_match(_payload("ip", "saddr"), "@b", "!="), DROP], more=[blocked])) is None


def test_a_set_is_read_once_for_all_datagrams(monkeypatch: pytest.MonkeyPatch) -> None:
    elements = [f"10.0.{each}.1" for each in range(200)]
    blocked = {"set": {"family": "inet", "table": "t", "name": "b", "elem": elements}}
    rules = [[_match(_payload("ip", "saddr"), right), DROP] for right in ("@b", {"set": elements[:50]})]
    ruleset = _ruleset(*rules, *rules, more=[blocked])
    read: list[object] = []
    span = nft_match._span

    def counted(value: object) -> object:
        read.append(value)
        return span(value)

    monkeypatch.setattr(nft_match, "_span", counted)
    for _ in range(3):
        assert ruleset.refusal(MDNS) is None
    assert len(read) == 200 + 2 * 50


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


def test_what_may_only_have_dropped_leaves_a_later_drop_certain() -> None:
    logging = [
        {"chain": {"family": "inet", "table": "t", "name": "log"}},
        {"rule": {"family": "inet", "table": "t", "chain": "log", "handle": 1, "expr": [{"log": None}]}},
        {"rule": {"family": "inet", "table": "t", "chain": "log", "handle": 2, "expr": [{"return": None}]}},
    ]
    limited: list[dict[str, Any]] = [{"limit": {"rate": 3}}, {"jump": {"target": "log"}}]
    assert _certain(_ruleset([XT, DROP], limited, [DPORT, DROP], more=logging)) is True
    assert _certain(_ruleset([XT, {"return": None}], [DPORT, DROP])) is False


def _tree(last: list[dict[str, Any]], first: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sixteen chains each of which jumps to the next three times, and the chain ``c15``."""
    named = {"family": "inet", "table": "t"}
    rules = {f"c{each}": [[*first, {"jump": {"target": f"c{each + 1}"}}]] * 3 for each in range(15)} | {"c15": [last]}
    return [{"chain": {**named, "name": name}} for name in rules] + [
        {"rule": {**named, "chain": name, "handle": 1, "expr": expr}} for name, exprs in rules.items() for expr in exprs
    ]


@pytest.mark.parametrize("first", [[], [XT]])
def test_a_tree_of_jumps_is_walked_once_a_chain(first: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nftables, "MOST_RULES", 50)
    jump: list[dict[str, Any]] = [*first, {"jump": {"target": "c0"}}]
    assert _certain(_ruleset(jump, [DPORT, DROP], more=_tree([{"counter": None}], first))) is True
    assert _certain(_ruleset(jump, [DPORT, DROP], more=_tree([DPORT, ACCEPT], first))) is (False if first else None)


def test_what_is_walked_no_more_leaves_the_policy_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nftables, "MOST_RULES", 1)
    ignored: list[dict[str, Any]] = [{"counter": None}]
    assert _certain(_ruleset(ignored, policy="drop")) is True
    assert _certain(_ruleset(ignored, ignored, policy="drop")) is False
    assert _certain(_ruleset(ignored, [DROP])) is None


UFW = """table ip filter {
	chain ufw-before-input { # handle 9
		ip protocol udp udp sport 67 counter packets 0 bytes 0 accept # handle 20
		counter packets 3 bytes 9 jump ufw-not-local # handle 21
		ip daddr 224.0.0.251 udp dport 5353 counter packets 0 bytes 0 accept # handle 22
	}
	chain ufw-not-local { # handle 10
		fib daddr type local counter packets 0 bytes 0 return # handle 30
		fib daddr type multicast counter packets 0 bytes 0 return # handle 31
		limit rate 3/minute burst 10 packets counter packets 0 bytes 0 jump ufw-logging-deny # handle 32
		counter packets 0 bytes 0 drop # handle 33
	}
}
"""


def _ufw(text: str) -> Ruleset:
    """What ufw writes with iptables-nft: addrtype and limit are xt."""
    filters = {"family": "ip", "table": "filter"}
    base = {"hook": "input", "prio": 0, "policy": "drop", "type": "filter"}
    xt, counter = {"xt": None}, {"counter": {"packets": 0, "bytes": 0}}
    to_group = [_match(_payload("ip", "daddr"), "224.0.0.251"), _match(_payload("udp", "dport"), 5353)]
    rules = [
        ("INPUT", 1, [counter, {"jump": {"target": "ufw-before-input"}}]),
        ("ufw-before-input", 20, [_match(_payload("udp", "sport"), 67), counter, ACCEPT]),
        ("ufw-before-input", 21, [counter, {"jump": {"target": "ufw-not-local"}}]),
        ("ufw-before-input", 22, [*to_group, counter, ACCEPT]),
        ("ufw-not-local", 30, [xt, counter, {"return": None}]),
        ("ufw-not-local", 31, [xt, counter, {"return": None}]),
        ("ufw-not-local", 32, [xt, counter, {"jump": {"target": "ufw-logging-deny"}}]),
        ("ufw-not-local", 33, [counter, DROP]),
    ]
    chains = [{"chain": {**filters, "name": "INPUT", **base}}]
    chains += [
        {"chain": {**filters, "name": name}} for name in ("ufw-before-input", "ufw-not-local", "ufw-logging-deny")
    ]
    listed = [{"rule": {**filters, "chain": name, "handle": handle, "expr": expr}} for name, handle, expr in rules]
    return Ruleset(json.dumps({"nftables": [*chains, *listed]}), text)


def test_rules_of_ufw_over_iptables_nft_let_mdns_in() -> None:
    assert _certain(_ufw(UFW)) is None
    assert _certain(_ufw(UFW.replace("multicast", "broadcast"))) is True
    assert _certain(_ufw("")) is False


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("udp dport 5353 counter packets 0 bytes 0 drop", True),
        ("udp dport 5000-6000 counter packets 0 bytes 0 drop", True),
        ("udp dport { 22,5353 } counter packets 0 bytes 0 drop", True),
        ("udp dport 22 counter packets 0 bytes 0 drop", None),
        ("ct state new counter packets 0 bytes 0 drop", True),
        ("ct state related,established counter packets 0 bytes 0 drop", None),
        ("fib daddr type != local counter packets 0 bytes 0 drop", True),
        ('xt match "owner" counter packets 0 bytes 0 drop', None),
        ("limit rate 3/minute counter packets 0 bytes 0 drop", None),
    ],
)
def test_matches_of_iptables_are_read_from_the_text(text: str, certain: bool | None) -> None:
    chain = {"family": "ip", "table": "filter", "name": "INPUT", "hook": "input", "prio": 0, "policy": "accept"}
    rule = {"family": "ip", "table": "filter", "chain": "INPUT", "handle": 4, "expr": [{"xt": None}, DROP]}
    printed = f"table ip filter {{\n\tchain INPUT {{ # handle 1\n\t\t{text} # handle 4\n\t}}\n}}\n"
    assert _certain(Ruleset(json.dumps({"nftables": [{"chain": chain}, {"rule": rule}]}), printed)) is certain


def test_targets_of_iptables_are_read_from_the_text() -> None:
    chain = {"family": "ip", "table": "filter", "name": "INPUT", "hook": "input", "prio": 0, "policy": "accept"}
    rules = [
        {"rule": {"family": "ip", "table": "filter", "chain": "INPUT", "handle": number, "expr": [{"xt": None}]}}
        for number in (4, 5)
    ]
    printed = "table ip filter {\n\tchain INPUT { # handle 1\n"
    printed += '\t\tlog prefix "reject" # handle 4\n\t\treject with icmp port-unreachable # handle 5\n\t}\n}\n'
    assert _certain(Ruleset(json.dumps({"nftables": [{"chain": chain}, *rules]}), printed)) is True


def test_a_table_that_is_dormant_drops_nothing() -> None:
    chain = {"family": "inet", "table": "t", "name": "in", "hook": "input", "prio": 0, "policy": "drop"}
    printed = "table inet t { # handle 1\n\tflags dormant\n\n\tchain in { # handle 2\n\t}\n}\n"
    assert _certain(Ruleset(json.dumps({"nftables": [{"chain": chain}]}), printed)) is None
    assert _certain(Ruleset(json.dumps({"nftables": [{"chain": chain}]}), printed.replace("dormant", "owner"))) is True


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
