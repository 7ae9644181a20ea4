"""Prints the way out for an address, and with --watch how and why it moves."""

from __future__ import annotations

import ipaddress
import time

from rich.text import Text

from net.destination import split_port
from net.multicast.records import EgressChange
from net.multicast.requests import DriftRequest
from net.problems import ProblemError
from net.records import Route
from net.requests import Request, RouteRequest
from net.text import visible
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch


async def print_route(output: Output, place: str, request: RouteRequest, *, seconds: float | None) -> int:
    """Each Route, and for a group that is watched each EgressChange; exit code 1 if there is no way out.

    Where interfaces are named, theirs are the ways that count for the exit code.
    """
    newest: dict[str | None, Route] = {}

    def take(batch: Batch) -> None:
        output.records(batch)
        ways = [record for record in batch if isinstance(record, Route)]
        newest.update({way.bound: way for way in ways})
        if ways:
            output.show(tables.routes_table(ways))
        for way in ways:
            for problem in (way.problem, way.difference, way.caution):
                if problem is not None:
                    output.message(f"{problem.text} {problem.remedy}")
        for record in batch:
            if isinstance(record, EgressChange):
                output.show(change_text(record))

    await run_watch(place, *_question(request), take, seconds=seconds)
    found = [newest[name] for name in request.interfaces or (None,) if name in newest]
    return ANSWERED if any(way.interface is not None for way in found) else NOTHING_FOUND


def change_text(change: EgressChange) -> Text:
    """When, what changed, what it means for new joins and for running ones."""
    text = Text(f"{time.strftime('%H:%M:%S', time.localtime(change.time))}  ")
    text.append(visible(change.cause), "bold")
    text.append(f"\n  new      {visible(change.text)}\n  running  {visible(change.running_text, 2000)}")
    return text


def _question(request: RouteRequest) -> tuple[str, Request]:
    """The watch to ask: of a group it is also told why its way moved, and what became of joins."""
    try:
        group, _ = split_port(request.address)
        multicast = ipaddress.ip_address(group).is_multicast
    except (ValueError, ProblemError):  # a name, or refused by the watch, with its reason
        group, multicast = "", False
    if request.follow and multicast and not (request.interfaces or request.each):
        return "multicast.drift", DriftRequest(groups=(group,), general=False)
    return "routes.egress", request
