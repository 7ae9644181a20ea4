"""Prints a listen and a send: what comes while it runs, and the totals at its end, however it ends."""

from __future__ import annotations

from net.multicast.capture.export import write_streams
from net.multicast.records import Recording
from net.multicast.summary import summarise
from net.problems import ProblemError
from net.records import Datagram, Joined, Key, Problem, Reception, Record, Sent, Skipped, Stream, Summary
from net.requests import ListenRequest, SendRequest
from net.text import visible
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, COULD_NOT, NOTHING_FOUND, Output, exit_code
from ui.terminal.running import run_watch

SHOWN_PER_BATCH = 50
"""Datagrams printed of those that come within one batch, 25 of which come in a second; the rest is counted."""


async def print_listening(
    output: Output, place: str, request: ListenRequest, seconds: float | None, streams_to: str | None = None
) -> int:
    """Joined, each datagram, how much was recorded, and one summary; exit code 1 if nothing arrived.

    ``streams_to``: the file the streams are written to at the end.
    """
    heard = _Heard()

    def take(batch: Batch) -> None:
        shown = []
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, Datagram | Joined) or (isinstance(record, Skipped) and request.keep != 0):
                shown.append(record)
            else:
                heard.take(record)
        output.records(shown)
        for record in shown:
            _show(output, record)

    await run_watch(place, "multicast.listen", request, take, seconds=seconds)
    summary = heard.summary()
    tell_recording(output, heard.recordings)
    output.records((summary,))
    output.say(f"\n{tables.totals_text(summary)}")
    if summary.streams:
        output.show(tables.summary_table(summary))
    if streams_to is not None:
        write_streams(streams_to, summary.streams)
    return ANSWERED if summary.received else NOTHING_FOUND


class _Heard:
    """What a listen told last of its groups and streams, of its recording, and at its end."""

    def __init__(self) -> None:
        self.recordings: list[Recording] = []
        self._newest: dict[Key, Reception | Stream] = {}
        self._summary: Summary | None = None

    def take(self, record: Record) -> None:
        if isinstance(record, Reception | Stream):
            self._newest[record.key()] = record
        elif isinstance(record, Recording):
            self.recordings = [record]
        elif isinstance(record, Summary):
            self._summary = record

    def summary(self) -> Summary:
        """Its own, or one of what it told last where it did not come to that."""
        if self._summary is not None:
            return self._summary
        newest = self._newest.values()
        return summarise(
            [record for record in newest if isinstance(record, Reception)],
            [record for record in newest if isinstance(record, Stream)],
        )


async def print_sending(output: Output, place: str, request: SendRequest, seconds: float | None) -> int:
    """One summary; exit code 3 if nothing could be sent."""
    summaries: list[Summary] = []
    newest: dict[Key, Sent] = {}
    warnings: list[Problem] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Summary):
                summaries.append(record)
            elif isinstance(record, Sent):
                newest[record.key()] = record
            elif isinstance(record, Problem):
                warnings.append(record)

    try:
        await run_watch(place, "multicast.send", request, take, seconds=seconds)
    except ProblemError as failure:
        output.problem(failure.problem)
        interface = ", ".join(request.interfaces) or request.interface
        output.records((Summary(sent=0, bytes=0, interface=interface, problems=(failure.problem,)),))
        return exit_code(failure.problem)
    if not summaries and newest:
        summaries.append(_so_far(list(newest.values()), warnings))
    for summary in summaries:
        output.records((summary,))
        rate = f", {summary.packets_per_s:.1f} packets/s" if summary.packets_per_s else ""
        output.say(f"{summary.sent} sent, {summary.bytes} bytes{rate}, by {summary.interface} from {summary.source}")
        for problem in summary.problems:
            output.message(f"{problem.text} {problem.remedy}")
    return ANSWERED if summaries and summaries[0].sent else COULD_NOT


def tell_recording(output: Output, recordings: list[Recording]) -> None:
    """How much was recorded to which file."""
    output.records(recordings)
    for recording in recordings:
        missed = f", {recording.missed} could not be written" if recording.missed else ""
        output.say(f"\n{recording.packets} packets recorded to {visible(recording.path)}{missed}")
        if recording.problem is not None:
            output.problem(recording.problem)


def _so_far(sent: list[Sent], warnings: list[Problem]) -> Summary:
    """The summary of a send that was stopped; the rate is that of its last second."""
    return Summary(
        sent=sum(each.sent for each in sent),
        bytes=sum(each.bytes for each in sent),
        interface=", ".join(each.interface for each in sent),
        source=", ".join(each.source for each in sent),
        problems=tuple(warnings),
        packets_per_s=sum(each.packets_per_s or 0.0 for each in sent),
        bits_per_s=sum(each.bits_per_s or 0.0 for each in sent),
    )


def _show(output: Output, record: Datagram | Joined | Skipped) -> None:
    if isinstance(record, Datagram):
        output.show(tables.datagram_line(record))
    elif isinstance(record, Joined):
        output.show(tables.joined_line(record))
    else:
        output.say(f"… {record.count} more")
