"""Is nothing heard where Bonjour should be?"""

from __future__ import annotations

from contextlib import aclosing

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding, Severity
from discovery.bonjour.ladder.ladder import ladder
from discovery.records import LadderVerdict, Rung
from discovery.requests import LadderRequest
from net.verdict import Certainty

KINDS: dict[str, tuple[str, Severity, Certainty]] = {
    "interface": ("bonjour_not_joined", "error", "proven"),
    "join": ("bonjour_not_joined", "error", "proven"),
    "loopback": ("bonjour_blocked", "error", "likely"),
    "foreign": ("bonjour_silent", "warning", "possible"),
    "multicast_answer": ("bonjour_one_way", "warning", "possible"),
    "reachable": ("bonjour_silent", "warning", "possible"),
}
"""The finding for the step that names the reason."""
ISOLATED: dict[str, Certainty] = {"multicast_isolated": "likely", "multicast_in": "likely"}
"""The verdicts that tell unicast that works from multicast that does not."""


LEAST = 2.0
"""Seconds: a question is repeated after one, and an answer may be held back for half of one (RFC 6762 sections 5.2 and
6); who listens for less calls a link silent that is not."""


async def check(context: Context) -> tuple[Finding, ...]:
    """For each chosen interface with MULTICAST and no tunnel on which the steps found a fault: the steps tried.

    The steps wait twice, so each time for half of what the check may take, and for no less than they need.
    """
    faces = tuple(face.name for face in context.lans)
    if not faces:
        return ()
    rungs: dict[tuple[str, int], Rung] = {}
    verdicts = []
    request = LadderRequest(interfaces=faces, seconds=max(LEAST, context.seconds / 2))
    async with aclosing(ladder(request)) as batches:
        async for batch in batches:
            rungs.update(((each.interface, each.place), each) for each in batch if isinstance(each, Rung))
            verdicts += [each for each in batch if isinstance(each, LadderVerdict)]
    steps = sorted(rungs.items())
    return tuple(
        finding
        for verdict in verdicts
        for finding in _findings(verdict, [rung for (name, _), rung in steps if name == verdict.interface])
    )


def _findings(verdict: LadderVerdict, steps: list[Rung]) -> tuple[Finding, ...]:
    if verdict.failed is None:
        return ()
    # Hosts that are heard and answer nobody may just have nothing to offer; one that answers by unicast has.
    offering = any(rung.step == "unicast_answer" and rung.state == "passed" for rung in steps)
    if verdict.failed == "multicast_answer" and not offering:
        return ()
    code, severity, certainty = KINDS[verdict.failed]
    if verdict.code in ISOLATED:
        code, severity, certainty = "bonjour_isolated", "warning", ISOLATED[verdict.code]
    evidence = tuple(rung.text for rung in steps)
    remedy = verdict.remedy or ""
    return (make_finding(code, verdict.interface, severity, certainty, evidence, verdict=verdict.text, remedy=remedy),)
