"""Concludes from the packets of a test which interfaces work, and where what chooses no interface leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from net.multicast.candidates import Candidate
from net.multicast.endpoint import Endpoint
from net.multicast.records import MulticastPath
from net.problems import make_problem
from net.records import Interface, Problem, Route
from net.text import endpoint_text
from net.verdict import Certainty, OtherTraffic, Verdict
from resources.loader import finding_rows

BOUND_BY_INDEX = "tunnel_takes_multicast"
"""The row of findings.toml whose remedies tell how to join and send by index."""
REMEDIES = dict.fromkeys(
    ("test_unbound_takes_tunnel", "test_unbound_elsewhere", "test_unbound_refused"), BOUND_BY_INDEX
)
"""Verdicts whose remedies are another row's."""
PROOF = "test_proof"


class Unbound(NamedTuple):
    """What is known of the packets that chose no interface.

    ``sent`` of them left this program, ``heard`` came back on these interfaces (in order of arrival, with how many),
    ``rises`` is by how much each interface's counter of sent packets rose meanwhile, ``route`` the kernel's route
    lookup and ``problem`` the refusal, if there was one.
    """

    sent: int
    heard: Mapping[str, int]
    rises: Mapping[str, int]
    route: Route
    problem: Problem | None = None


class Leaving(NamedTuple):
    """Where packets left that chose no interface, how sure that is, and what was seen, a sentence each."""

    interface: str | None
    certainty: Certainty
    evidence: tuple[str, ...]


def leaving(unbound: Unbound) -> Leaving:
    """The looped-back copy decides, since it names the interface it left by; then the route, if the counters agree."""
    routed = unbound.route.interface
    evidence = tuple(_evidence(unbound))
    if unbound.heard:
        interface = routed if routed in unbound.heard else next(iter(unbound.heard))
        sure = interface == routed or len(unbound.heard) == 1
        return Leaving(interface, "proven" if sure else "likely", evidence)
    if not unbound.sent:
        return Leaving(None, "proven", evidence)
    risen = [name for name, rise in unbound.rises.items() if rise >= unbound.sent]
    if routed in risen:
        return Leaving(routed, "likely", evidence)
    if len(risen) == 1:
        # A VPN's policy can overrule the route after it was looked up (xnu's ip_output does).
        return Leaving(risen[0], "likely", evidence)
    return Leaving(routed, "possible", evidence)


def conclude(
    endpoint: Endpoint,
    candidates: Sequence[Candidate],
    paths: Sequence[MulticastPath],
    unbound: Unbound,
    others: Sequence[OtherTraffic],
    interfaces: Mapping[str, Interface],
) -> Verdict:
    """The Verdict over all paths; ``interfaces`` are all of this host, tested or not."""
    working, not_working = _working(candidates, paths)
    left = leaving(unbound)
    tested = {each.interface.name for each in candidates}
    code, drawback = _code(left.interface, working, tested, interfaces, candidates)
    facts = {
        "group": str(endpoint.group),
        "working": listed(working),
        "unbound": left.interface,
        "tested": listed(sorted(tested)),
        "drawback": drawback.text if drawback is not None else "",
        "reason": unbound.problem.text if unbound.problem is not None else "",
        **_lan(working, interfaces),
    }
    rows = finding_rows()
    return Verdict(
        about="test",
        subject=endpoint_text(str(endpoint.group), endpoint.port),
        group=str(endpoint.group),
        port=endpoint.port,
        code=code,
        unbound_interface=left.interface,
        working=working,
        text=rows[code].title.format(**facts),
        cause=rows[code].cause.format(**facts),
        remedy=tuple(remedy.format(**facts) for remedy in rows[REMEDIES.get(code, code)].remedy),
        certainty=left.certainty,
        evidence=left.evidence,
        not_working=not_working,
        other_traffic=tuple(others),
        proves=rows[PROOF].title,
        not_proven=rows[PROOF].cause,
        further=rows[PROOF].remedy,
    )


def listed(names: Sequence[str]) -> str:
    """``en0``, ``en0 and en5``, ``en0, en5 and en7``."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _working(
    candidates: Sequence[Candidate], paths: Sequence[MulticastPath]
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The interfaces with a LAN on which what was sent was heard, and for each other one why it does not count."""
    own = {path.send_interface: path for path in paths if path.send_interface == path.receive_interface}
    working: list[str] = []
    problems = []
    for each in candidates:
        name = each.interface.name
        path = own[name]
        problem = each.drawback or path.problem or (None if path.received else make_problem("test_not_heard", name))
        if problem is None:
            working.append(name)
        else:
            problems.append(problem)
    return tuple(working), tuple(problems)


def _lan(working: Sequence[str], interfaces: Mapping[str, Interface]) -> dict[str, object]:
    """The interface the remedies name."""
    first = interfaces.get(working[0]) if working else None
    return {} if first is None else {"lan": first.name, "index": first.index}


def _code(
    unbound: str | None,
    working: Sequence[str],
    tested: set[str],
    interfaces: Mapping[str, Interface],
    candidates: Sequence[Candidate],
) -> tuple[str, Problem | None]:
    if not working:
        return "test_nothing_works", None
    if unbound is None:
        return "test_unbound_refused", None
    if unbound in working:
        return ("test_works" if len(working) == 1 else "test_works_on_several"), None
    face = interfaces.get(unbound)
    if face is not None and face.tunnel:
        return "test_unbound_takes_tunnel", None
    if unbound not in tested:
        return "test_unbound_not_tested", None
    drawbacks = {each.interface.name: each.drawback for each in candidates}
    return "test_unbound_elsewhere", drawbacks.get(unbound) or make_problem("test_not_heard", unbound)


def _evidence(unbound: Unbound) -> list[str]:
    route = unbound.route
    way = f"leads to {route.interface}, source {route.source}" if route.interface else "finds no way"
    evidence = [f"The kernel's route lookup for {route.address} {way} (nothing was sent for this)."]
    if unbound.problem is not None:
        evidence.insert(0, unbound.problem.text)
    for name, heard in unbound.heard.items():
        evidence.insert(
            0,
            f"{heard} of {unbound.sent} packets that chose no interface were heard on {name}, "
            "joined there by index (arrival interface of the looped-back copy, IP_PKTINFO).",
        )
    if unbound.sent and not unbound.heard:
        evidence.append("None of the packets that chose no interface was heard on the tested interfaces.")
    for name, rise in unbound.rises.items():
        if unbound.sent and rise >= unbound.sent:
            evidence.append(
                f"The counter of packets sent by {name} rose by {rise} while {unbound.sent} were sent unbound."
            )
    return evidence
