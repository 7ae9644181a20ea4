"""Runs the checks side by side and hands on what they find."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Literal, NamedTuple

import msgspec

from diagnosis.checks import (
    addresses,
    answering,
    binding,
    buffers,
    firewall,
    guests,
    hops,
    interfaces,
    joined,
    limits,
    mdns_port,
    mdns_rules,
    ports,
    refusals,
    resolving,
    reverse_path,
    sharing,
    silence,
    snooping,
    tunnel,
    unbound,
)
from diagnosis.consequences import CONSEQUENCE_CODES, CONSEQUENCES, explained
from diagnosis.context import Context
from diagnosis.findings import make_finding, unjudged
from diagnosis.records import CheckState, Finding, Report
from diagnosis.requests import DiagnoseRequest
from diagnosis.socket_reading import SocketReading
from net.host import this_host
from net.interfaces import find, snapshot
from net.multicast.overhearing import Overhearing
from net.problems import ProblemError, make_problem
from net.records import Interface, Key, Record
from net.tasks import start, stop
from resources.version import VERSION

logger = logging.getLogger(__name__)

State = Literal["not_run", "running", "done", "failed"]

PATIENCE = 5.0
"""Seconds a check may take beyond its listening time."""


Function = Callable[[Context], Awaitable[tuple[Finding, ...]]]


class Check(NamedTuple):
    """A check: its name, what it asks, whether it belongs to the passive set, and the function.

    What is passive sends nothing and is quick. ``overhears``: it waits for what passes by and sends nothing itself.
    ``silent``: it takes its time, and nothing it sends leaves this host. ``packets``: it has to see what passes by.
    """

    name: str
    title: str
    passive: bool
    function: Function
    overhears: bool = False
    silent: bool = False
    packets: bool = False

    def state(self, state: State, seconds: float | None = None) -> CheckState:
        sends = not (self.passive or self.overhears or self.silent)
        return CheckState(check=self.name, title=self.title, state=state, seconds=seconds, sends=sends)


def _overhearing(name: str, title: str, function: Function) -> Check:
    return Check(name, title, passive=False, function=function, overhears=True, packets=True)


CHECKS = {
    check.name: check
    for check in (
        Check("tunnel", "Does a VPN take unbound multicast?", passive=True, function=tunnel.check),
        Check("guests", "Does a bridge of containers take it?", passive=True, function=guests.check),
        Check("unbound", "Has unbound multicast a route?", passive=True, function=unbound.check),
        Check("interfaces", "Can each LAN carry multicast?", passive=True, function=interfaces.check),
        Check("addresses", "Is an address used twice here?", passive=True, function=addresses.check),
        Check("joined", "Are groups joined where the LAN is?", passive=True, function=joined.check),
        Check("firewall", "Does this host's firewall drop multicast?", passive=True, function=firewall.check),
        Check("buffers", "Are receive buffers large enough?", passive=True, function=buffers.check),
        Check("limits", "Has a socket joined all it may?", passive=True, function=limits.check),
        Check("ports", "Are wanted ports held?", passive=True, function=ports.check),
        Check("binding", "Could a program listen on the ports asked for?", passive=True, function=binding.check),
        Check("mdns_port", "Is the port of mDNS shared?", passive=True, function=mdns_port.check),
        Check("sharing", "Do guests of this host get out?", passive=True, function=sharing.check),
        Check("answering", "Who answers at localhost?", passive=False, function=answering.check, silent=True),
        _overhearing("traffic", "Are groups joined where they arrive?", joined.check_traffic),
        _overhearing("impostors", "Does another host use our address?", addresses.check_others),
        _overhearing("reverse_path", "Does rp_filter drop what arrives?", reverse_path.check),
        _overhearing("hops", "Does a TTL of 1 end at a router?", hops.check),
        Check(
            "mdns_rules", "Do others break the rules of mDNS?", passive=False, function=mdns_rules.check, silent=True
        ),
        Check("refusals", "May programs here send to each LAN?", passive=False, function=refusals.check),
        Check("resolving", "Do the DNS servers answer?", passive=False, function=resolving.check),
        Check("snooping", "Has a switch forgotten our groups?", passive=False, function=snooping.check, packets=True),
        Check("silence", "Is Bonjour heard on each LAN?", passive=False, function=silence.check),
    )
}


async def run(request: DiagnoseRequest) -> AsyncGenerator[tuple[Record, ...], None]:
    """A CheckState running and done (or failed) for each check asked, not_run for the others, and the Findings.

    A check that raises or hangs is a finding itself (``check_failed``), and the others go on. What could not be looked
    into is told once (``not_checked``). Where no check has anything to say, the finding ``nothing_found`` says so, or
    ``nothing_found_in_part`` with the checks that could judge. A Report ends the run where one was asked
    for. Raises ProblemError for an unknown interface or check.
    """
    checks = tuple(_checks(request))
    began = time.time()
    faces = await snapshot()
    chosen = await find(request.interfaces) if request.interfaces else faces
    named = bool(request.interfaces)
    context = Context(faces, chosen, request.seconds, named, time.monotonic(), ports=request.ports)
    told: dict[Key, Record] = {}
    async with aclosing(_told(checks, context)) as batches:
        async for batch in batches:
            told.update((key, record) for record in batch if (key := record.key()) is not None)
            yield batch
    if request.report:
        yield (_report(began, faces, tuple(told.values())),)


def _report(began: float, faces: tuple[Interface, ...], told: tuple[Record, ...]) -> Report:
    host = this_host()
    return Report(
        time=began,
        version=VERSION,
        system=host.system,
        host=host.name,
        user=host.user,
        root=host.root,
        interfaces=faces,
        checks=tuple(record for record in told if isinstance(record, CheckState)),
        findings=tuple(record for record in told if isinstance(record, Finding)),
    )


async def _told(checks: Sequence[Check], context: Context) -> AsyncGenerator[tuple[Record, ...], None]:
    """How all checks stand, what those of the run say, and that nothing was found where they say nothing."""
    yield tuple(check.state("running" if check in checks else "not_run") for check in CHECKS.values())
    said = False
    left_open: list[Finding] = []
    async with AsyncExitStack() as stack:
        context = context._replace(reading=await stack.enter_async_context(SocketReading()))
        if not all(check.passive for check in checks):
            macs = frozenset(face.mac for face in context.interfaces if face.mac is not None)
            overhearing = await stack.enter_async_context(Overhearing(context.lans, macs))
            context = context._replace(overhearing=overhearing)
            if overhearing.refusal is not None:
                left_open += _not_overheard(checks, overhearing.refusal)
        async with aclosing(_results(checks, context)) as results:
            async for records in results:
                findings = [record for record in records if isinstance(record, Finding)]
                unseen = [each for each in findings if each.code == "not_checked"]
                left_open += unseen
                said = said or any(each not in unseen and each.severity != "ok" for each in findings)
                yield tuple(record for record in records if record not in unseen)
    if left_open:
        yield (_left_open(left_open),)
    open_ones = {each.check for each in left_open}
    judged = ", ".join(check.name for check in checks if check.name not in open_ones)
    if not said and not left_open:
        yield (make_finding("nothing_found", "this host", "ok", "proven", (f"Checks run: {judged}.",)),)
    elif not said and judged:
        evidence = (f"Checks that could judge: {judged}.",)
        yield (make_finding("nothing_found_in_part", "this host", "ok", "likely", evidence),)


def _not_overheard(checks: Sequence[Check], refusal: str) -> list[Finding]:
    finding = unjudged("packets", f"Packet socket: {refusal}.")
    return [msgspec.structs.replace(finding, check=check.name) for check in checks if check.packets]


def _left_open(findings: Sequence[Finding]) -> Finding:
    """One for all that could not be looked into, with the questions of the checks in their order."""
    names = {each.check for each in findings}
    return make_finding(
        "not_checked",
        ", ".join(dict.fromkeys(each.subject for each in findings)),
        "info",
        "proven",
        tuple(dict.fromkeys(line for each in findings for line in each.evidence)),
        what=" ".join(f"{check.title} ({check.name})" for check in CHECKS.values() if check.name in names),
    )


async def _results(checks: Sequence[Check], context: Context) -> AsyncGenerator[tuple[Record, ...], None]:
    """What each check says as it ends; what may have been explained by another waits until all have ended."""
    tasks = [start(_run(check, context), f"check {check.name}") for check in checks]
    told: list[Finding] = []
    waiting: list[tuple[Record, ...]] = []
    try:
        for done in asyncio.as_completed(tasks):
            records = await done
            findings = [record for record in records if isinstance(record, Finding)]
            if any(finding.code in CONSEQUENCE_CODES for finding in findings):
                waiting.append(records)
            else:
                told += findings
                yield records
        for records in _merged(waiting, told):
            yield records
    finally:
        await stop(*tasks)


def _merged(waiting: Sequence[tuple[Record, ...]], told: Sequence[Finding]) -> list[tuple[Record, ...]]:
    """What was explained stands in its cause, the first by the order of the checks; a cause may have one itself.

    Those that stand for themselves come first: what takes in others is the last word on its subject, with all.
    """
    pending = [each for records in waiting for each in records if isinstance(each, Finding)]
    order = {name: place for place, name in enumerate(CHECKS)}
    known = {each.key(): each for each in sorted((*told, *pending), key=lambda each: order.get(each.check or "", 0))}
    wholes: dict[Key, Finding] = {}
    for each in sorted(pending, key=lambda each: each.code not in CONSEQUENCES):
        whole = wholes[each.key()] = explained(each, known.values())
        if whole.code != each.code:
            known.pop(each.key(), None)
        known[whole.key()] = whole
    merged = [
        tuple(wholes[each.key()] if isinstance(each, Finding) else each for each in records) for records in waiting
    ]
    return sorted(merged, key=lambda records: records not in waiting)


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
    limit = context.seconds + PATIENCE
    timeout = asyncio.timeout(limit)
    try:
        async with timeout:
            findings = await check.function(context)
    except Exception as error:  # one check must not take the others down
        logger.exception("check %s failed", check.name)
        why = f"no answer within {limit:g} s" if timeout.expired() else f"{type(error).__name__}: {error}"
        findings = (
            make_finding(
                "check_failed",
                check.name,
                "warning",
                "proven",
                (why,),
                title=check.title,
            ),
        )
        state = check.state("failed", time.monotonic() - begin)
    else:
        state = check.state("done", time.monotonic() - begin)
    return (*(msgspec.structs.replace(finding, check=check.name) for finding in findings), state)
