"""Does another program answer than the one that is meant, above all at localhost?"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from itertools import groupby

from diagnosis.checks.ports import meets_localhost, port_of
from diagnosis.context import Context
from diagnosis.findings import finding_of
from diagnosis.records import Finding, Severity
from net.ports import answers
from net.ports.conflicts import several_programs
from net.ports.listeners import snapshot
from net.requests import AnswersRequest, PortsRequest
from net.verdict import Verdict

AIRPLAY = (5000, 7000)
"""Where AirPlay Receiver sits on a Mac, whatever its process is called: resources/tables/port-conflicts.toml."""
SURPRISES: dict[str, Severity] = {
    "answers_differ": "warning",
    "answers_differ_elsewhere": "warning",
    "answers_differ_airplay": "warning",
    "answers_differ_airplay_elsewhere": "warning",
    "answers_airplay": "info",
    "answers_settled": "info",
}
ASKED: dict[str, Severity] = {
    **SURPRISES,
    "answers_refused": "warning",
    "answers_localhost_silent": "warning",
    "answers_perhaps_two": "info",
    "answers_loopback": "info",
    "answers_some": "info",
}
"""What is told only of a port that was asked for: of others it is how they are meant."""
MOST = 12


async def check(context: Context) -> tuple[Finding, ...]:
    """Each own address of such a port is connected to: with two owners, AirPlay's, or one that was asked for.

    Nothing leaves this host. What the verdict of ``lanscout answers`` says becomes the finding.
    """
    listeners = sorted(await snapshot(PortsRequest(protocol="tcp", follow=False)), key=port_of)
    held = {port: tuple(group) for (_, port), group in groupby(listeners, key=port_of)}
    chosen = [port for port, rows in held.items() if port in (*AIRPLAY, *context.ports) or several_programs(rows)]
    chosen.sort(key=lambda port: port not in context.ports)
    verdicts = await asyncio.gather(*(_verdict(port) for port in chosen[:MOST]))
    return tuple(
        finding_of(verdict, severities[verdict.code] if meets_localhost(held[port]) else "info")
        for port, verdict in zip(chosen[:MOST], verdicts, strict=True)
        if verdict is not None and verdict.code in (severities := ASKED if port in context.ports else SURPRISES)
    )


async def _verdict(port: int) -> Verdict | None:
    found = None
    async with aclosing(answers.watch(AnswersRequest(port=port))) as batches:
        async for batch in batches:
            found = next((each for each in batch if isinstance(each, Verdict)), found)
    return found
