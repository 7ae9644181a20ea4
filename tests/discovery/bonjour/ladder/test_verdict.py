"""The same facts always make the same verdict, and what fits two causes is said with both."""

from __future__ import annotations

import errno
from collections.abc import Callable

import msgspec
import pytest

from discovery.bonjour.ladder.facts import STEPS, Facts, Reached, Refusal
from discovery.bonjour.ladder.rungs import rungs
from discovery.bonjour.ladder.verdict import judge

HOST, OTHER, GATEWAY = "192.168.1.20", "192.168.1.30", "192.168.1.1"
DENIED = Refusal(errno.EPERM, "Operation not permitted")


def healthy() -> Facts:
    return Facts(
        interface="en0",
        seconds=2,
        begun=set(STEPS),
        over=set(STEPS),
        times=dict.fromkeys(STEPS, 1.0),
        addresses=("192.168.1.23",),
        families=("ipv4", "ipv6"),
        joined={"ipv4": True, "ipv6": True},
        looped={"ipv4": 0.1, "ipv6": 0.1},
        foreign={HOST: 1.0},
        foreign_families={"ipv4"},
        by_multicast={HOST: 30.0},
        by_unicast={HOST: 1.0},
        legacy_only=False,
        reached={HOST: reached(HOST, "answered", "heard")},
    )


def reached(address: str, outcome: str, what: str = "gateway") -> Reached:
    return msgspec.convert({"address": address, "what": what, "outcome": outcome}, Reached)


def but(**changed: object) -> Facts:
    return msgspec.structs.replace(healthy(), **changed)


def silent(*hosts: Reached, **changed: object) -> Facts:
    """Nobody is heard by multicast."""
    asked = {each.address: each for each in hosts}
    facts = but(foreign={}, foreign_families=set(), by_multicast={}, by_unicast={}, reached=asked)
    return msgspec.structs.replace(facts, **changed)


def mute(*hosts: Reached, **changed: object) -> Facts:
    """Others are heard, none answers by multicast."""
    facts = but(by_multicast={}, by_unicast={}, reached={each.address: each for each in hosts})
    return msgspec.structs.replace(facts, **changed)


@pytest.mark.parametrize(
    ("facts", "failed", "words"),
    [
        (healthy(), None, "by multicast (192.168.1.20) and by unicast"),
        (but(by_unicast={}), None, "Answers by unicast do not arrive"),
        (but(obstacle="down"), "interface", "is down"),
        (but(obstacle="no_link"), "interface", "no link"),
        (but(obstacle="no_address"), "interface", "no address"),
        (silent(obstacle="no_multicast"), "interface", "MULTICAST"),
        (silent(obstacle="by_design", design="a tunnel"), "interface", "no fault"),
        (but(obstacle="by_design", design="a tunnel"), None, "mDNS works"),
        (
            but(joined={"ipv6": True}, refused={"ipv4": Refusal(errno.ENOBUFS, "No buffer space available")}),
            "join",
            "over IPv4 (No buffer space available, 105), so nothing can be heard over that. IPv6 is joined.",
        ),
        (but(joined={"ipv4": False, "ipv6": True}), "join", "does not list it"),
        (silent(unsent={"ipv4": DENIED}), "loopback", "Operation not permitted, 1"),
        (silent(looped={}), "loopback", "over IPv4 and IPv6: not even its own question"),
        (silent(looped={"ipv6": 0.1}), "loopback", "over IPv4:"),
        (silent(looped={}, by_unicast={HOST: 1.0}, legacy_only=True), "loopback", "the network is not to blame"),
        (silent(by_unicast={HOST: 1.0}), "foreign", "Either a switch or access point"),
        (silent(reached(HOST, "answered", "named")), "foreign", "switch, access point or bridge keeps it back"),
        (silent(reached(GATEWAY, "refused")), "foreign", "cannot tell which"),
        (silent(reached(GATEWAY, "resolved")), "foreign", "cannot tell which"),
        (silent(reached(HOST, "unresolved", "named"), reached(GATEWAY, "refused")), "reachable", "client isolation"),
        (
            silent(reached(OTHER, "unresolved", "neighbour"), reached(GATEWAY, "refused")),
            "foreign",
            "cannot tell which",
        ),
        (silent(reached(GATEWAY, "unresolved")), "reachable", "Nothing at all gets through"),
        (silent(reached(GATEWAY, "unknown")), "foreign", "cannot tell which"),
        (silent(), "foreign", "most likely nobody is there"),
        (silent(reached(HOST, "elsewhere", "named")), "foreign", "most likely nobody is there"),
        (mute(by_unicast={HOST: 1.0}), "multicast_answer", "no answer came by multicast"),
        (mute(reached(HOST, "answered", "heard")), "multicast_answer", "our multicast does not reach them"),
        (mute(reached(HOST, "refused", "heard")), "multicast_answer", "they advertise nothing, or"),
        (
            but(reached={OTHER: reached(OTHER, "unresolved", "named")}),
            "reachable",
            "192.168.1.30 does not even answer ARP",
        ),
    ],
)
def test_the_first_step_that_explains_the_silence_is_named(facts: Facts, failed: str | None, words: str) -> None:
    verdict = judge(facts)
    assert (verdict.interface, verdict.failed) == ("en0", failed)
    assert words in verdict.text
    assert verdict.remedy
    assert "{" not in verdict.text + verdict.remedy


def test_own_packets_that_do_not_come_back_explain_nothing_where_others_are_heard() -> None:
    assert judge(but(looped={"ipv6": 0.1})).failed is None


def test_a_step_passes_with_its_evidence_and_fails_only_when_its_time_is_up() -> None:
    facts = silent(over={"interface", "join", "loopback"}, begun=set(STEPS) - {"reachable"})
    assert [rung.state for rung in rungs(facts)] == ["passed"] * 3 + ["running"] * 3 + ["waiting"]
    facts.foreign[HOST] = 1.0
    assert rungs(facts)[3].state == "passed"
    facts.over = facts.begun = set(STEPS)
    assert [rung.state for rung in rungs(facts)] == ["passed"] * 4 + ["failed"] * 2 + ["skipped"]


@pytest.mark.parametrize("change", [lambda facts: facts.joined.clear(), lambda facts: facts.refused.clear()])
def test_with_nothing_joined_what_could_only_be_heard_by_it_is_not_tried(change: Callable[[Facts], None]) -> None:
    facts = silent(looped={}, joined={}, refused={"ipv4": DENIED, "ipv6": DENIED})
    change(facts)
    assert [rung.state for rung in rungs(facts)][1:5] == ["failed", "skipped", "skipped", "skipped"]


def test_only_a_failed_step_says_what_to_do() -> None:
    assert [rung.remedy for rung in rungs(healthy())] == [None] * 7
    failed = [rung for rung in rungs(silent(looped={})) if rung.state == "failed"]
    assert all(rung.remedy for rung in failed)
    assert [rung.step for rung in failed] == ["loopback", "foreign", "multicast_answer", "unicast_answer"]


def test_no_more_than_three_hosts_are_named_and_the_rest_counted() -> None:
    facts = but(by_multicast={f"10.0.0.{n}": 1.0 for n in range(9)})
    assert "10.0.0.0, 10.0.0.1, 10.0.0.2 and 6 more" in judge(facts).text
