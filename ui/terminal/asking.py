"""Prints what is asked by hand over mDNS, and whether a record is still answered for."""

from __future__ import annotations

from collections.abc import Iterable

from discovery.records import AskSummary, MdnsAnswer, PacketRecord, Verified
from discovery.requests import AskRequest, VerifyRequest
from net.records import Problem
from net.text import milliseconds_text, times_text
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

TIMINGS = {"in_time": "in time", "early": "early", "late": "late", "not_judged": ""}
INDENT = " " * 14
RECORDS_SHOWN = 30
"""Of one answer, for people."""


async def print_asking(output: Output, place: str, request: AskRequest) -> int:
    """Each answer as it comes, then the summary; exit code 1 where nobody answered."""
    answered = 0

    def take(batch: Batch) -> None:
        nonlocal answered
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
                continue
            output.records((record,))
            if isinstance(record, MdnsAnswer):
                output.say(_answer_text(record))
            elif isinstance(record, AskSummary):
                answered = record.answers
                output.say(f"\n{tables.cell(record.name)} {record.type}: {record.text}")

    await run_watch(place, "bonjour.ask", request, take)
    return ANSWERED if answered else NOTHING_FOUND


async def print_verifying(output: Output, place: str, request: VerifyRequest) -> int:
    """Alive or dead for each interface; exit code 1 where it is dead on all."""
    alive = 0

    def take(batch: Batch) -> None:
        nonlocal alive
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
                continue
            output.records((record,))
            if isinstance(record, Verified):
                alive += record.alive
                output.say(_verified_text(record))

    await run_watch(place, "bonjour.verify", request, take)
    return ANSWERED if alive else NOTHING_FOUND


def _answer_text(answer: MdnsAnswer) -> str:
    way = "by unicast" if answer.unicast else "by multicast"
    timing = f", {TIMINGS[answer.timing]}" if TIMINGS[answer.timing] else ""
    head = f"{milliseconds_text(answer.ms):>12}  {answer.source} on {answer.interface} {way}{timing}"
    return "\n".join((head, *_records_text(answer.records)))


def _records_text(records: tuple[PacketRecord, ...]) -> Iterable[str]:
    for record in records[:RECORDS_SHOWN]:
        flush = " flush" if record.flush else ""
        yield f"{INDENT}{tables.cell(record.name)} {record.type} {tables.cell(record.data)}  {record.ttl} s{flush}"
    if len(records) > RECORDS_SHOWN:
        yield f"{INDENT}… {len(records) - RECORDS_SHOWN} more"


def _verified_text(verified: Verified) -> str:
    what = f"{tables.cell(verified.name)} {verified.type} on {verified.interface}"
    if verified.alive:
        return f"alive  {what}: answered by {verified.source} after {milliseconds_text(verified.ms or 0.0)}"
    return f"dead   {what}: asked {times_text(verified.sent)}, no answer in 10 s (RFC 6762 section 10.4)"
