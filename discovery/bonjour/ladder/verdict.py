"""Judges what the steps on one interface together say: where the reason of the silence lies, or that there is none."""

from __future__ import annotations

from discovery.bonjour.ladder.facts import Facts, Refusal, Step
from discovery.bonjour.ladder.rungs import join_remedy
from discovery.bonjour.ladder.sentences import families_text, hosts_text, say
from discovery.records import LadderVerdict


def judge(facts: Facts) -> LadderVerdict:
    """The first step that explains the silence names the reason; where the same facts fit two causes, both are said.

    A fault of one address family counts although the other works: half of the services may be missing for it.
    """
    return _local(facts) or (_network(facts) if facts.foreign else _silence(facts))


def _local(facts: Facts) -> LadderVerdict | None:
    """What lies in this computer."""
    works = bool(facts.by_multicast)
    if facts.obstacle is not None and not (facts.obstacle == "by_design" and works):
        return _verdict(facts, facts.obstacle, "interface", design=facts.design)
    if facts.refused:
        over = [family for family in facts.families if family not in facts.refused]
        others = f" {families_text(over)} is joined." if over else ""
        reason = _reason(next(iter(facts.refused.values())))
        families = families_text(facts.refused)
        remedy = join_remedy(facts)
        return _verdict(facts, "join", "join", families=families, reason=reason, others=others, remedy=remedy)
    if facts.unlisted:
        return _verdict(facts, "unlisted", "join", families=families_text(facts.unlisted))
    if facts.unsent:
        reason = _reason(next(iter(facts.unsent.values())))
        return _verdict(facts, "unsent", "loopback", families=families_text(facts.unsent), reason=reason)
    if facts.deaf:
        shown = next(iter(facts.by_unicast), None)
        others = f" {say('firewall_shown', host=shown).text}" if shown is not None and facts.legacy_only else ""
        return _verdict(facts, "firewall", "loopback", families=families_text(facts.deaf), others=others)
    return None


def _silence(facts: Facts) -> LadderVerdict:
    """No other host is heard by multicast, though this computer would let it in from itself."""
    speaking = [each.address for each in facts.near if each.outcome == "answered"]
    if facts.by_unicast:
        return _verdict(facts, "multicast_in", "foreign", hosts=hosts_text(facts.by_unicast))
    if speaking:
        return _verdict(facts, "multicast_isolated", "foreign", hosts=hosts_text(speaking))
    return _no_mdns(facts)


def _no_mdns(facts: Facts) -> LadderVerdict:
    """Nobody speaks mDNS, neither by multicast nor when asked alone."""
    near, named = facts.near, facts.named
    there = hosts_text(each.address for each in near if each.there)
    unresolved = hosts_text(each.address for each in near if each.outcome == "unresolved")
    if there and named is not None and named.outcome == "unresolved":
        return _verdict(facts, "host_isolated", "reachable", host=named.address, hosts=there)
    if there:
        return _verdict(facts, "silent", "foreign", hosts=there)
    if unresolved:
        return _verdict(facts, "isolated", "reachable", hosts=unresolved)
    if near:
        return _verdict(facts, "unknown", "foreign", hosts=hosts_text(each.address for each in near))
    return _verdict(facts, "nobody", "foreign")


def _network(facts: Facts) -> LadderVerdict:
    """Others are heard by multicast: are we, and are we answered?"""
    named = facts.named
    speaking = [each.address for each in facts.near if each.outcome == "answered"]
    if not facts.by_multicast:
        if facts.by_unicast:
            return _verdict(facts, "answers_missing", "multicast_answer", hosts=hosts_text(facts.by_unicast))
        if speaking:
            return _verdict(facts, "questions_lost", "multicast_answer", hosts=hosts_text(speaking))
        return _verdict(facts, "unanswered", "multicast_answer")
    hosts = hosts_text(facts.by_multicast)
    if named is not None and named.outcome == "unresolved":
        return _verdict(facts, "host_unreachable", "reachable", hosts=hosts, host=named.address)
    return _verdict(facts, "fine" if facts.by_unicast else "fine_by_multicast", None, hosts=hosts)


def _verdict(facts: Facts, code: str, failed: Step | None, **words: object) -> LadderVerdict:
    said = say(f"verdict_{code}", interface=facts.interface, **words)
    return LadderVerdict(interface=facts.interface, failed=failed, text=said.text, remedy=said.remedy, code=code)


def _reason(refusal: Refusal) -> str:
    return f"{refusal.reason}, {refusal.errno}"
