"""Lists what stands between programs' sockets and the wire on this host, and what of it cannot be known."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator

from diagnosis.records import Barrier
from diagnosis.responsible import responsible
from net.interfaces import snapshot
from net.platform import this_platform
from net.platform.barriers import Found
from net.platform.system import SYSTEM, is_root
from net.records import Interface, Record
from net.requests import Nothing
from net.text import visible
from resources.loader import barrier_rows

EVIDENCE_SHOWN = 400


async def inventory(request: Nothing) -> AsyncGenerator[tuple[Record, ...], None]:  # noqa: ARG001 - a watch has one
    """A Barrier for each thing the system lists, then the tunnels that are up; nothing is sent, and nothing changed.

    What may not be read, or is listed nowhere, is a Barrier that says so.
    """
    found = await asyncio.to_thread(lambda: tuple(this_platform().barriers()))
    if SYSTEM == "macos":
        found = (await asyncio.to_thread(_privacy), *found)
    yield tuple(barrier(each) for each in found)
    tunnels = tuple(barrier(_tunnel(face)) for face in await snapshot() if face.tunnel and face.up)
    if tunnels:
        yield tunnels


def barrier(found: Found) -> Barrier:
    """What the system lists, with the sentences of resources/tables/barriers.toml."""
    rows = barrier_rows()
    row = rows[found.layer]
    why = None
    if found.unknown is not None:
        why = rows[f"unknown_{found.unknown}"].text.format(command=found.command, detail=found.detail)
    return Barrier(
        layer=found.layer,
        title=row.title,
        name=visible(found.name),
        state=visible(found.state) or None,
        count=found.count,
        evidence=visible(found.evidence, EVIDENCE_SHOWN) or None,
        command=found.command,
        means=row.text,
        known=found.unknown is None,
        why_unknown=None if why is None else visible(why, EVIDENCE_SHOWN),
    )


def _privacy() -> Found:
    """Whose permission counts; whether it was given no system call tells, only that root and some others need none."""
    who = responsible(this_platform().process(os.getpid()).ancestors, root=is_root())
    return Found(
        layer="privacy",
        name=f"Local Network access of {who.process or 'Lanscout itself'}",
        state="not needed" if who.exempt is not None else "",
        evidence=f"exempt by {who.exempt}; parents {who.chain}" if who.exempt is not None else f"parents {who.chain}",
        command="lanscout diagnose --check refusals",
        unknown=None if who.exempt is not None else "not_told",
    )


def _tunnel(face: Interface) -> Found:
    holds = [text for held, text in ((face.default_v4, "IPv4"), (face.default_v6, "IPv6")) if held]
    default = f"holds the default route of {' and '.join(holds)}" if holds else "holds no default route"
    takes = face.takes_multicast_v4 or face.takes_multicast_v6
    return Found(
        layer="vpn",
        name=face.name,
        state="up",
        evidence=f"{face.label}; {default}{', and unbound multicast leaves by it' if takes else ''}",
        command="lanscout interfaces",
    )
