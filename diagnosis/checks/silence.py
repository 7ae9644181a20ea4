"""Is nothing heard where Bonjour should be?"""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from diagnosis.context import Context
from diagnosis.findings import make_finding
from diagnosis.records import Finding
from discovery.bonjour.browser import browse
from discovery.records import BrowseState, Service
from discovery.requests import BrowseRequest
from net.memberships import snapshot as groups_joined
from net.records import Interface, Problem
from net.tasks import start, stop

GROUPS = ("224.0.0.251", "ff02::fb")


class Heard:
    """What browsing brought: packets and services for each interface, and what was refused."""

    def __init__(self) -> None:
        self.packets: dict[str, int | None] = {}
        self.services: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.joined: dict[str, set[str]] = {}


async def check(context: Context) -> tuple[Finding, ...]:
    """For each chosen interface with MULTICAST and no tunnel on which no other host was heard: the steps tried."""
    faces = tuple(face for face in context.chosen if face.usable)
    if not faces:
        return ()
    heard = await _listen(faces, context.seconds)
    return tuple(
        _finding(face, heard, context.seconds)
        for face in faces
        if not heard.packets.get(face.name) and not heard.services.get(face.name)
    )


async def _listen(faces: tuple[Interface, ...], seconds: float) -> Heard:
    heard = Heard()
    browsing = start(_browse(faces, heard), "diagnosis browsing", log=False)
    try:
        await asyncio.wait((browsing,), timeout=seconds)
        if browsing.done():
            browsing.result()
        for membership in await groups_joined():
            if membership.group in GROUPS:
                heard.joined.setdefault(membership.interface, set()).add(membership.group)
    finally:
        # Only now: the groups are left with the end of browsing.
        await stop(browsing)
    return heard


async def _browse(faces: tuple[Interface, ...], heard: Heard) -> None:
    async with aclosing(browse(BrowseRequest(interfaces=tuple(face.name for face in faces)))) as batches:
        async for batch in batches:
            _take(batch, heard)


def _take(batch: tuple[object, ...], heard: Heard) -> None:
    for record in batch:
        match record:
            case BrowseState():
                heard.packets[record.interface] = record.packets
            case Service(change="added"):
                for interface in record.interfaces:
                    heard.services[interface] = heard.services.get(interface, 0) + 1
            case Problem():
                heard.problems.append(record)


def _finding(face: Interface, heard: Heard, seconds: float) -> Finding:
    joined = sorted(heard.joined.get(face.name, ()))
    packets = heard.packets.get(face.name)
    refused = [problem for problem in heard.problems if face.name in (problem.subject, problem.evidence)]
    evidence = (
        f"Joined {' and '.join(joined)} on {face.name} (the kernel's table lists them)."
        if joined
        else f"No mDNS group is joined on {face.name} (the kernel's table).",
        *(f"{problem.text}" for problem in refused),
        f"Asked for all service types (_services._dns-sd._udp.local) on {face.name} for {seconds:g} s.",
        f"mDNS packets heard from other hosts: {'not counted on this system' if packets is None else packets}.",
        "Services found: 0.",
    )
    if not joined:
        return make_finding("bonjour_not_joined", face.name, "error", "proven", evidence)
    return make_finding("bonjour_silent", face.name, "warning", "possible", evidence, seconds=f"{seconds:g}")
