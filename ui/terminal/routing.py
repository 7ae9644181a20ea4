"""Prints the way out for an address, and with --watch how and why it moves."""

from __future__ import annotations

import ipaddress
import time

from rich.text import Text

from net.multicast.records import EgressChange
from net.multicast.requests import DriftRequest
from net.records import Route
from net.requests import Request, RouteRequest
from net.text import visible
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch


async def print_route(output: Output, place: str, address: str, *, watch: bool, seconds: float | None) -> int:
    """Each Route, and for a group that is watched each EgressChange; exit code 1 if there is no way out."""
    newest: list[Route] = []

    def take(batch: Batch) -> None:
        output.records(batch)
        for record in batch:
            if isinstance(record, Route):
                newest[:] = [record]
                output.show(tables.route_table(record))
                if record.problem is not None:
                    output.message(f"{record.problem.text} {record.problem.remedy}")
            elif isinstance(record, EgressChange):
                output.show(change_text(record))

    method, request = _question(address, watch=watch)
    await run_watch(place, method, request, take, seconds=seconds)
    return ANSWERED if newest and newest[0].interface is not None else NOTHING_FOUND


def change_text(change: EgressChange) -> Text:
    """When, what changed, what it means for new joins and for running ones."""
    text = Text(f"{time.strftime('%H:%M:%S', time.localtime(change.time))}  ")
    text.append(visible(change.cause), "bold")
    text.append(f"\n  new      {visible(change.text)}\n  running  {visible(change.running_text, 2000)}")
    return text


def _question(address: str, *, watch: bool) -> tuple[str, Request]:
    """The watch to ask: of a group it is also told why its way moved, and what became of joins."""
    try:
        multicast = ipaddress.ip_address(address).is_multicast
    except ValueError:  # refused by the watch, with its reason
        multicast = False
    if watch and multicast:
        return "multicast.drift", DriftRequest(groups=(address,), general=False)
    return "routes.egress", RouteRequest(address=address, follow=watch)
