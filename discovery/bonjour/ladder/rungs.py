"""Tells the steps on one interface from its facts: which passed, failed or still wait, and what was seen."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Literal

from discovery.bonjour.ladder.facts import STEPS, Facts, Reached, Step
from discovery.bonjour.ladder.sentences import GROUP_NAMES, Said, families_text, hosts_text, say
from discovery.records import Rung
from net.records import Family

_State = Literal["waiting", "running", "passed", "failed", "skipped"]

_GONE = {errno.ENODEV, errno.ENXIO, errno.EADDRNOTAVAIL}


def rungs(facts: Facts) -> tuple[Rung, ...]:
    """All steps, in their order. A step has passed as soon as its evidence is there, and fails when its time is up."""
    return tuple(_rung(facts, place, step) for place, step in enumerate(STEPS, 1))


def passed(facts: Facts, step: Step) -> bool:
    """Whether the evidence of the step is there."""
    named = facts.named
    return {
        "interface": facts.obstacle is None,
        "join": bool(facts.joined) and not facts.refused and not facts.unlisted,
        "loopback": bool(facts.looped) and not facts.unsent and not facts.unlooped,
        "foreign": bool(facts.foreign),
        "multicast_answer": bool(facts.by_multicast),
        "unicast_answer": bool(facts.by_unicast),
        "reachable": named.there if named is not None else any(each.there for each in facts.near),
    }[step]


def _rung(facts: Facts, place: int, step: Step) -> Rung:
    code, said = _seen(facts, step)
    return Rung(
        interface=facts.interface,
        place=place,
        step=step,
        state=code,
        ms=round(facts.times[step], 3) if code in ("passed", "failed") and step in facts.times else None,
        text=said.text,
        remedy=said.remedy if code == "failed" else None,
    )


def _seen(facts: Facts, step: Step) -> tuple[_State, Said]:
    """The state of a step and its sentence."""
    if step != "interface" and facts.fatal:
        return "skipped", say("not_ready_skipped", interface=facts.interface)
    if step not in facts.begun:
        return "waiting", say("waiting")
    early = step in ("foreign", "multicast_answer", "unicast_answer") and passed(facts, step)
    if step not in facts.over and not early:
        return "running", say("running")
    return _SEEN[step](facts)


def _interface(facts: Facts) -> tuple[_State, Said]:
    if facts.obstacle is None:
        return "passed", say("interface_passed", interface=facts.interface, addresses=hosts_text(facts.addresses))
    return "failed", say(f"interface_{facts.obstacle}", interface=facts.interface, design=facts.design)


def _join(facts: Facts) -> tuple[_State, Said]:
    if passed(facts, "join"):
        listed = say("listed" if all(facts.joined.values()) else "listed_unknown").text
        groups = " and ".join(GROUP_NAMES[family] for family in facts.joined)
        return "passed", say("join_passed", groups=groups, interface=facts.interface, listed=listed)
    parts = " ".join(_joined(facts, family) for family in facts.families)
    return "failed", say("join_failed", parts=parts, remedy=join_remedy(facts))


def join_remedy(facts: Facts) -> str:
    """What to do about the first refusal of a join."""
    numbers = {refusal.errno for refusal in facts.refused.values()}
    if errno.ENOBUFS in numbers:
        return say("join_remedy_limit").text
    if errno.EADDRINUSE in numbers:
        return say("join_remedy_port").text
    return say("join_remedy_gone" if numbers & _GONE else "join_remedy_other").text


def _joined(facts: Facts, family: Family) -> str:
    places = {"family": families_text((family,)), "group": GROUP_NAMES[family], "interface": facts.interface}
    refusal = facts.refused.get(family)
    if refusal is not None:
        return say("part_refused", reason=refusal.reason, errno=refusal.errno, **places).text
    return say("part_unlisted" if family in facts.unlisted else "part_joined", **places).text


def _loopback(facts: Facts) -> tuple[_State, Said]:
    if facts.unsent:
        refusal = next(iter(facts.unsent.values()))
        over = families_text(facts.unsent)
        return "failed", say("loopback_unsent", families=over, reason=refusal.reason, errno=refusal.errno)
    if facts.unlooped:
        return "failed", say("loopback_failed", families=families_text(facts.unlooped))
    if not facts.looped:
        return "skipped", say("loopback_skipped")
    return "passed", say("loopback_passed", families=families_text(facts.looped))


def _foreign(facts: Facts) -> tuple[_State, Said]:
    if facts.foreign:
        return "passed", say("foreign_passed", hosts=hosts_text(facts.foreign))
    if not facts.joined:
        return "skipped", say("foreign_skipped")
    return "failed", say("foreign_failed", seconds=f"{facts.seconds:g}")


def _by_multicast(facts: Facts) -> tuple[_State, Said]:
    if facts.by_multicast:
        return "passed", say("multicast_answer_passed", hosts=hosts_text(facts.by_multicast))
    if not facts.joined:
        return "skipped", say("multicast_answer_skipped")
    own = f" {say('own_answered').text}" if facts.own_answered else ""
    return "failed", say("multicast_answer_failed", seconds=f"{facts.seconds:g}", own=own)


def _by_unicast(facts: Facts) -> tuple[_State, Said]:
    if not facts.by_unicast:
        return "failed", say("unicast_answer_failed", seconds=f"{facts.seconds:g}")
    way = say("way_legacy").text if facts.legacy_only else ""
    return "passed", say("unicast_answer_passed", hosts=hosts_text(facts.by_unicast), way=way)


def _reachable(facts: Facts) -> tuple[_State, Said]:
    if not facts.reached:
        return "skipped", say("reachable_skipped")
    parts = " ".join(_host(facts, each) for each in facts.reached.values())
    if not facts.near:
        return "skipped", say("reachable_elsewhere", parts=parts)
    state: _State = "passed" if passed(facts, "reachable") else "failed"
    return state, say(f"reachable_{state}", parts=parts)


def _host(facts: Facts, each: Reached) -> str:
    who = say(f"who_{each.what}", address=each.address).text
    refusal = each.refusal
    return say(
        f"host_{each.outcome}",
        who=who,
        interface=facts.interface,
        reason=refusal.reason if refusal is not None else "",
        errno=refusal.errno if refusal is not None else "",
    ).text


_SEEN: dict[Step, Callable[[Facts], tuple[_State, Said]]] = {
    "interface": _interface,
    "join": _join,
    "loopback": _loopback,
    "foreign": _foreign,
    "multicast_answer": _by_multicast,
    "unicast_answer": _by_unicast,
    "reachable": _reachable,
}
