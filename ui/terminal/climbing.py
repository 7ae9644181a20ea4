"""Prints the steps that find out why nothing is found, and what they together say."""

from __future__ import annotations

from discovery.records import LadderVerdict, Rung
from discovery.requests import LadderRequest
from net.records import Problem
from net.text import milliseconds_text
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

STATES = {"passed": "passed", "failed": "FAILED", "skipped": "-"}
STEPS = {
    "interface": "interface",
    "join": "join",
    "loopback": "own question",
    "foreign": "other hosts",
    "multicast_answer": "multicast answer",
    "unicast_answer": "unicast answer",
    "reachable": "known host",
}


async def print_ladder(output: Output, place: str, request: LadderRequest) -> int:
    """All steps of an interface when its last is taken; exit code 1 where mDNS works on none."""
    rungs: dict[tuple[str, int], Rung] = {}
    works = 0

    def take(batch: Batch) -> None:
        nonlocal works
        output.records(record for record in batch if not isinstance(record, Problem))
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, Rung):
                rungs[record.interface, record.place] = record
            elif isinstance(record, LadderVerdict):
                works += record.failed is None
                steps = [rungs[key] for key in sorted(rungs) if key[0] == record.interface]
                output.say(_ladder_text(record, steps))

    await run_watch(place, "bonjour.ladder", request, take)
    return ANSWERED if works else NOTHING_FOUND


def _ladder_text(verdict: LadderVerdict, steps: list[Rung]) -> str:
    lines = [f"\n{tables.cell(verdict.interface)}", *(_step_text(rung) for rung in steps)]
    return "\n".join((*lines, f"  {verdict.text} {verdict.remedy or ''}".rstrip()))


def _step_text(rung: Rung) -> str:
    ms = "" if rung.ms is None else milliseconds_text(rung.ms)
    return f"  {rung.place} {STEPS[rung.step]:16} {STATES.get(rung.state, rung.state):7} {ms:>11}  {rung.text}"
