"""Runs the checks side by side and hands on what they find."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Literal, NamedTuple

import msgspec

from diagnosis.checks import ports, silence, tunnel
from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import CheckState, Finding
from diagnosis.requests import DiagnoseRequest
from net.interfaces import find, snapshot
from net.problems import ProblemError, make_problem
from net.records import Record
from net.tasks import start, stop

logger = logging.getLogger(__name__)

State = Literal["not_run", "running", "done", "failed"]

PATIENCE = 5.0
"""Seconds a check may take beyond its listening time."""


class Check(NamedTuple):
    """A check: its name, what it asks, whether it sends nothing, and the function."""

    name: str
    title: str
    passive: bool
    function: Callable[[Context], Awaitable[tuple[Finding, ...]]]

    def state(self, state: State, seconds: float | None = None) -> CheckState:
        return CheckState(check=self.name, title=self.title, state=state, seconds=seconds, sends=not self.passive)


CHECKS = {
    check.name: check
    for check in (
        Check("tunnel", "Does a VPN take unbound multicast?", passive=True, function=tunnel.check),
        Check("ports", "Are wanted ports held?", passive=True, function=ports.check),
        Check("silence", "Is Bonjour heard on each LAN?", passive=False, function=silence.check),
    )
}


async def run(request: DiagnoseRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """A CheckState running and done (or failed) for each check asked, not_run for the others, and the Findings.

    A check that raises or hangs is a finding itself (``check_failed``), and the others go on. Where no check has
    anything to say, the finding ``nothing_found`` says so. Raises ProblemError for an unknown interface or check.
    """
    checks = tuple(_checks(request))
    interfaces = await snapshot()
    chosen = await find(request.interfaces) if request.interfaces else interfaces
    context = Context(interfaces, chosen, request.seconds)
    yield tuple(check.state("running" if check in checks else "not_run") for check in CHECKS.values())
    tasks = [start(_run(check, context), f"check {check.name}") for check in checks]
    said = 0
    try:
        for done in asyncio.as_completed(tasks):
            records = await done
            said += len(records) - 1
            yield records
    finally:
        await stop(*tasks)
    if not said:
        names = ", ".join(check.name for check in checks)
        yield (make_finding("nothing_found", "this host", "ok", "proven", (f"Checks run: {names}.",)),)


def _checks(request: DiagnoseRequest) -> list[Check]:
    for name in request.checks:
        if name not in CHECKS:
            raise ProblemError(make_problem("check_unknown", name, names=", ".join(CHECKS)))
    return [
        check
        for check in CHECKS.values()
        if (not request.checks or check.name in request.checks) and (check.passive or not request.passive)
    ]


async def _run(check: Check, context: Context) -> tuple[Record, ...]:
    begin = time.monotonic()
    findings: tuple[Finding, ...]
    try:
        async with asyncio.timeout(context.seconds + PATIENCE):
            findings = await check.function(context)
    except Exception as error:  # one check must not take the others down
        logger.exception("check %s failed", check.name)
        findings = (
            make_finding(
                "check_failed",
                check.name,
                "warning",
                "proven",
                (f"{type(error).__name__}: {error}",),
                title=check.title,
            ),
        )
        state = check.state("failed", time.monotonic() - begin)
    else:
        state = check.state("done", time.monotonic() - begin)
    return (*(msgspec.structs.replace(finding, check=check.name) for finding in findings), state)
