"""Prints how a service that is announced from here stands."""

from __future__ import annotations

from discovery.records import Published
from discovery.requests import PublishRequest
from net.records import Problem
from net.text import visible
from probe.methods import Batch
from ui.terminal.output import ANSWERED, COULD_NOT, Output
from ui.terminal.running import run_watch


async def print_publishing(output: Output, place: str, request: PublishRequest, seconds: float | None) -> int:
    """Each state as it comes; exit code 3 where it never came to be announced."""
    announced = False

    def take(batch: Batch) -> None:
        nonlocal announced
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, Published):
                announced = announced or record.state == "announced"
                output.records((record,))
                output.say(_state_text(record))

    await run_watch(place, "bonjour.publish", request, take, seconds=seconds)
    return ANSWERED if announced else COULD_NOT


def _state_text(published: Published) -> str:
    what = f"{visible(published.name)} ({published.type}) at {visible(published.host)}:{published.port}"
    where = f" on {', '.join(published.interfaces)}" if published.interfaces else ""
    renamed = f", renamed from {visible(published.renamed_from)}" if published.renamed_from else ""
    if published.held_here:
        renamed += ", already published from this computer"
    seen = f"\n  seen    {published.evidence}" if published.evidence else ""
    return f"{published.state}  {what}{where}{renamed}{seen}"
