"""Prints an endurance run: how it stands when that changes, and the verdict at its end, however it ends."""

from __future__ import annotations

from rich.text import Text

from net.multicast.records import Endurance, EnduranceVerdict
from net.multicast.requests import EnduranceRequest
from net.records import Joined, Problem
from net.text import visible
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

STATES = {
    "waiting": "nothing has arrived yet",
    "receiving": "receiving",
    "silent": "silent",
    "reviving": "silent; left and joined again",
}


async def print_endurance(output: Output, place: str, request: EnduranceRequest) -> int:
    """Joined, an Endurance for each second, and one EnduranceVerdict; exit code 1 if nothing arrived."""
    newest: list[EnduranceVerdict] = []
    told: list[Endurance] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, EnduranceVerdict):
                newest[:] = [record]
            elif isinstance(record, Endurance):
                if not told or told[0].state != record.state:
                    output.say(f"{record.elapsed:6.1f} s  {STATES[record.state]}, {record.received} received")
                elif int(told[0].elapsed) == int(record.elapsed):
                    continue
                told[:] = [record]
                output.records((record,))
            elif isinstance(record, Joined):
                output.records((record,))
                output.show(tables.joined_line(record))
            elif isinstance(record, Problem):
                output.problem(record)

    await run_watch(place, "multicast.endurance", request, take)
    output.records(newest)
    for verdict in newest:
        output.show(verdict_text(verdict))
    return ANSWERED if newest and newest[0].received else NOTHING_FOUND


def verdict_text(verdict: EnduranceVerdict) -> Text:
    """The verdict with its evidence, cause and remedies; an early end is said."""
    text = Text("\n")
    if not verdict.final:
        text.append("Ended early; so far: ")
    text.append(visible(verdict.text), "bold")
    text.append(f"  ({verdict.certainty})\n")
    for label, sentences in (("seen", verdict.evidence), ("cause", (verdict.cause,)), ("remedy", verdict.remedy)):
        for sentence in sentences:
            text.append(f"  {label:<7}{visible(sentence, 2000)}\n")
    return text
