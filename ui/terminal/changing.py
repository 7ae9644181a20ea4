"""The verb changes: the log of what happens to interfaces, routes, resolvers and unbound multicast."""

from __future__ import annotations

import time

import click
from rich.text import Text

from net.multicast.records import NetworkChange
from net.multicast.requests import ChangesRequest
from net.text import visible
from probe.methods import Batch
from ui.terminal.options import Amount, answering, common_options, interface_option
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch


@click.command("changes")
@common_options
@interface_option
@click.option("--details", is_flag=True, help="Each single difference below its line.")
@click.option("--seconds", type=Amount(min=0), help="End by itself.")
@answering
async def changes(
    output: Output, place: str, interfaces: tuple[str, ...], *, details: bool, seconds: float | None
) -> int:
    """What changes on this host, a line each, until stopped."""
    told = 0
    standing = False

    def take(batch: Batch) -> None:
        nonlocal told, standing
        if not standing:
            output.message("Changes are listed as they come; end with Ctrl-C.")
            standing = True
        output.records(batch)
        for record in batch:
            if isinstance(record, NetworkChange):
                told += 1
                output.show(change_line(record, details=details))

    await run_watch(place, "changes.watch", ChangesRequest(interfaces=interfaces), take, seconds=seconds)
    return ANSWERED if told else NOTHING_FOUND


def change_line(change: NetworkChange, *, details: bool = False) -> Text:
    """When and what, and with ``details`` the single differences."""
    text = Text(f"{time.strftime('%H:%M:%S', time.localtime(change.time))}  ")
    text.append(visible(change.text, 2000), "bold")
    if details:
        for each in change.changes:
            text.append(f"\n          {visible(each.text, 2000)}")
        if change.more:
            text.append(f"\n          and {change.more:,} more")
    return text
