"""Prints a listen and a send: what comes while it runs, and the totals at its end, however it ends."""

from __future__ import annotations

from net.multicast.summary import summarise
from net.problems import ProblemError
from net.records import Datagram, Joined, Key, Problem, Reception, Sent, Skipped, Stream, Summary
from net.requests import ListenRequest, SendRequest
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, COULD_NOT, NOTHING_FOUND, Output, exit_code
from ui.terminal.running import run_watch


async def print_listening(output: Output, place: str, request: ListenRequest, seconds: float | None) -> int:
    """Joined, each datagram, and one summary; exit code 1 if nothing arrived."""
    newest: dict[Key, Reception | Stream] = {}

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Reception | Stream):
                newest[record.key()] = record
            elif isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, Datagram | Joined | Skipped):
                output.records((record,))
                _show(output, record)

    await run_watch(place, "multicast.listen", request, take, seconds=seconds)
    summary = summarise(
        [record for record in newest.values() if isinstance(record, Reception)],
        [record for record in newest.values() if isinstance(record, Stream)],
    )
    output.records((summary,))
    output.say(f"\n{summary.received or 0} received, {summary.bytes} bytes, {summary.dropped_here or 0} dropped here")
    if summary.streams:
        output.show(tables.summary_table(summary))
    return ANSWERED if summary.received else NOTHING_FOUND


async def print_sending(output: Output, place: str, request: SendRequest, seconds: float | None) -> int:
    """One summary; exit code 3 if nothing could be sent."""
    summaries: list[Summary] = []
    newest: list[Sent] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Summary):
                summaries.append(record)
            elif isinstance(record, Sent):
                newest[:] = [record]

    try:
        await run_watch(place, "multicast.send", request, take, seconds=seconds)
    except ProblemError as failure:
        output.problem(failure.problem)
        output.records((Summary(sent=0, bytes=0, interface=request.interface, problems=(failure.problem,)),))
        return exit_code(failure.problem)
    if not summaries and newest:
        last = newest[0]
        summaries.append(Summary(sent=last.sent, bytes=last.bytes, interface=last.interface, source=last.source))
    for summary in summaries:
        output.records((summary,))
        output.say(f"{summary.sent} sent, {summary.bytes} bytes, by {summary.interface} from {summary.source}")
        for problem in summary.problems:
            output.message(f"{problem.text} {problem.remedy}")
    return ANSWERED if summaries and summaries[0].sent else COULD_NOT


def _show(output: Output, record: Datagram | Joined | Skipped) -> None:
    if isinstance(record, Datagram):
        output.show(tables.datagram_line(record))
    elif isinstance(record, Joined):
        output.show(tables.joined_line(record))
    else:
        output.say(f"… {record.count} more")
