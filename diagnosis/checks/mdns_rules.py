"""Do other hosts of the link send mDNS that breaks the rules at the cost of others?"""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing, suppress

from diagnosis.context import LISTENING, Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from discovery.bonjour.hear import hear
from discovery.records import LintFinding
from discovery.requests import HearRequest
from net.text import visible
from resources.loader import lint_rules

LEAST = 0.5
"""The part of the listening time that is listened in any case: on a busy host a check may begin late."""
MOST_TOLD = 4
"""Broken rules of one host that are shown as evidence; all are named."""
MOST_HOSTS = 20


async def check(context: Context) -> tuple[Finding, ...]:
    """One finding for each host of which lint found a rule of severity ``error`` broken while it listened."""
    broken = await _heard(context)
    own = {each.address.partition("%")[0] for face in context.interfaces for each in face.addresses}
    hosts: dict[str, list[LintFinding]] = {}
    for each in broken:
        if each.offender.partition("%")[0] not in own:
            hosts.setdefault(each.host or each.offender, []).append(each)
    return tuple(_finding(host, found) for host, found in list(hosts.items())[:MOST_HOSTS])


async def _heard(context: Context) -> tuple[LintFinding, ...]:
    """The errors heard on the LANs in the time that checks listen, each in its newest state."""
    names = tuple(face.name for face in context.lans)
    found = {}
    if names:
        until = context.began + context.seconds * LISTENING - time.monotonic()
        request = HearRequest(interfaces=names, packets=False, lint=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(max(context.seconds * LEAST, until)), aclosing(hear(request)) as batches:
                async for batch in batches:
                    for each in batch:
                        if isinstance(each, LintFinding) and each.severity == "error":
                            found[each.key()] = each
    return tuple(found.values())


def _finding(host: str, found: list[LintFinding]) -> Finding:
    rules = {each.rule: lint_rules()[each.rule] for each in found}
    places = ", ".join(dict.fromkeys(f"{each.offender} on {each.interface}" for each in found))
    return make_finding(
        "mdns_rules_broken",
        visible(host),
        "warning",
        "proven",
        (
            f"Heard from {places}.",
            *(f"{each.title} ({each.rule}, {each.section}): {each.evidence}" for each in found[:MOST_TOLD]),
        ),
        rules=", ".join(f"{row.code} ({row.section})" for row in rules.values()),
        meaning=" ".join(dict.fromkeys(row.meaning for row in rules.values())),
        remedy=" ".join(dict.fromkeys(row.remedy for row in rules.values())),
    )
