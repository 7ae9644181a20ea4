"""The verb inventory: what stands between sockets and the wire here, with the command that lists each."""

from __future__ import annotations

from collections.abc import Iterable

import click
from rich.table import Table

from diagnosis.records import Barrier
from net.requests import Nothing
from net.text import visible
from ui.terminal import tables
from ui.terminal.collecting import collect_or_fail
from ui.terminal.options import answering, common_options
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output


@click.command("inventory")
@common_options
@answering
async def inventory(output: Output, place: str) -> int:
    """Filters, extensions, tunnels and programs that packets pass on this host, and what cannot be known."""
    found = await collect_or_fail(output, place, "diagnosis.inventory", Nothing(), Barrier)
    known = [each for each in found if each.known]
    if known:
        output.show(barriers_table(known))
    unknown = [each for each in found if not each.known]
    if unknown:
        output.say("\nNot known")
    for each in unknown:
        output.say(visible(f"  {each.title}, {each.name}: {each.why_unknown}", 2000))
    return ANSWERED if found else NOTHING_FOUND


def barriers_table(barriers: Iterable[Barrier]) -> Table:
    """What each is, its state and the command that lists it."""
    made = tables.table("What", "Name", "State", "Count", "Seen", "Listed by", right=(3,))
    for each in barriers:
        made.add_row(
            tables.cell(each.title),
            tables.cell(each.name, "bold"),
            tables.cell(each.state),
            tables.cell(each.count),
            tables.cell(each.evidence),
            tables.cell(each.command),
        )
    return made
