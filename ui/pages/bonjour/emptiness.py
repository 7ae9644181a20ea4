"""Why no service is shown: still listening, nothing answered, or Bonjour cannot work there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from discovery.records import BrowseState
from net.records import Interface, Problem
from ui.pages.bonjour.columns import tr
from ui.text import age, count, plural, visible
from ui.widgets.actions import Action
from ui.widgets.empty_panel import Emptiness, Why

LISTENING_SECONDS = 10.0


@dataclass(frozen=True)
class Situation:
    """What is known while there is no service: the chosen interface (None: all), and what was told since asking."""

    interface: Interface | None
    seconds: float
    states: Mapping[str, BrowseState]
    problems: tuple[Problem, ...] = ()
    paused: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class Remedies:
    """What the panel offers. ``use_lan``: choose the interface to begin with, None where there is none.

    ``ask``: be quiet no more, None where the page is not. ``steps``: find the reason step by step.
    """

    rescan: Action
    diagnose: Action
    use_lan: Action | None = None
    ask: Action | None = None
    steps: Action | None = None


def why_empty(situation: Situation, remedies: Remedies) -> Emptiness:
    """The reason, most certain first."""
    if situation.problems:
        problem = situation.problems[0]
        actions = (remedies.rescan, remedies.diagnose)
        return Emptiness(Why.CANNOT_WORK, problem.text, (problem.remedy,), actions)
    if situation.paused:
        return Emptiness(Why.NOTHING_FOUND, tr("Paused."), (tr("What is heard meanwhile is shown when you resume."),))
    if situation.quiet:
        return _quiet(situation, remedies)
    interface = situation.interface
    if interface is not None and skipped_by_design(interface):
        return _by_design(situation, interface, remedies)
    if situation.seconds < LISTENING_SECONDS:
        return Emptiness(Why.LISTENING, _listening(situation), (_asked(situation),))
    return _nothing(situation, remedies)


def _quiet(situation: Situation, remedies: Remedies) -> Emptiness:
    """Without a question, silence says nothing of who is there."""
    title = tr("Quiet on %1: nothing is asked, and no service was heard yet.").replace("%1", _place(situation))
    packets = _packets(situation)
    heard = [] if packets is None else [_heard(packets)]
    reasons = (
        *heard,
        tr(
            "Hosts announce a service when it starts, and repeat it only when somebody asks. What was announced before "
            "may stay unheard for an hour."
        ),
    )
    return Emptiness(Why.LISTENING, title, reasons, (remedies.ask,) if remedies.ask is not None else ())


def skipped_by_design(interface: Interface) -> bool:
    """Whether Bonjour leaves that interface out by itself: no LAN is behind it."""
    no_lan = interface.tunnel or interface.point_to_point or interface.loopback
    return no_lan or interface.type in ("peer_to_peer", "cellular")


def _by_design(situation: Situation, interface: Interface, remedies: Remedies) -> Emptiness:
    title = tr("Bonjour skips %1 by design: %2.").replace("%1", visible(interface.name))
    actions = (remedies.use_lan,) if remedies.use_lan is not None else ()
    return Emptiness(
        Why.CANNOT_WORK,
        title.replace("%2", _nature(interface)),
        (interface.multicast_meaning, _asked(situation, tr("All the same it has been asked for %2"))),
        (*actions, remedies.diagnose),
    )


def _nature(interface: Interface) -> str:
    if interface.loopback:
        return tr("it reaches this computer only")
    if interface.type == "peer_to_peer":
        return tr("it is a link between two devices, not the LAN")
    if interface.type == "cellular":
        return tr("there is no LAN behind mobile data")
    return tr("there is no LAN behind a tunnel")


def _place(situation: Situation) -> str:
    if situation.interface is not None:
        return visible(situation.interface.name)
    names = ", ".join(visible(name) for name in sorted(situation.states) if situation.states[name].state == "browsing")
    return names or tr("all usable interfaces")


def _listening(situation: Situation) -> str:
    return tr("Listening on %1").replace("%1", _place(situation))


def _packets(situation: Situation) -> int | None:
    """Heard from other hosts; None where the system does not tell."""
    known = [state.packets for state in situation.states.values() if state.packets is not None]
    return sum(known) if known else None


def _asked(situation: Situation, said: str = "") -> str:
    """``Asked for all service types on en0 for 4 s; 12 mDNS packets heard from other hosts.``"""
    asked = (said or tr("Asked for all service types on %1 for %2")).replace("%1", _place(situation))
    asked = asked.replace("%2", age(max(1.0, situation.seconds)))
    packets = _packets(situation)
    if packets is None:
        return f"{asked}."
    return f"{asked}; {_heard(packets)}"


def _heard(packets: int) -> str:
    return plural(packets, tr("%n mDNS packet heard from other hosts."), tr("%n mDNS packets heard from other hosts."))


def _nothing(situation: Situation, remedies: Remedies) -> Emptiness:
    title = tr("No service was found on %1.").replace("%1", _place(situation))
    packets = _packets(situation)
    if packets:
        first = tr(
            "The %1 packets that were heard offer no service: multicast arrives, but nothing here advertises, or only "
            "questions were heard."
        ).replace("%1", count(packets))
    else:
        first = tr(
            "Multicast does not arrive: the access point isolates its clients, or a switch drops groups it does not "
            "know (IGMP snooping without a querier)."
        )
    reasons = (
        _asked(situation),
        tr("1 · %1").replace("%1", first),
        tr(
            "2 · This computer drops it: a firewall closes UDP port 5353, or the system does not let this program use "
            "the local network."
        ),
        tr("3 · The devices are elsewhere: Bonjour does not cross routers, guest networks or VPNs."),
    )
    steps = (remedies.steps,) if remedies.steps is not None else ()
    return Emptiness(Why.NOTHING_FOUND, title, reasons, (*steps, remedies.diagnose, remedies.rescan))
