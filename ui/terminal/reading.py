"""Prints what a capture file holds, as a listen prints what arrives."""

from __future__ import annotations

import time

from net.multicast.capture.export import write_streams
from net.multicast.records import Capture
from net.multicast.requests import CaptureRequest
from net.records import Datagram, Summary
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

SKIPPED = {
    "not_ip": "not IP",
    "not_udp": "not UDP",
    "not_multicast": "UDP, but not to a group",
    "fragment": "fragments",
    "malformed": "malformed or cut",
    "link": "of an unknown link type",
}


async def print_capture(output: Output, place: str, request: CaptureRequest, streams_to: str | None) -> int:
    """The file, its datagrams and one summary; exit code 1 if it holds no datagram to a group."""
    newest: list[Capture] = []
    summaries: list[Summary] = []

    def take(batch: Batch) -> None:
        datagrams = [record for record in batch if isinstance(record, Datagram)]
        output.records(datagrams)
        for datagram in datagrams:
            output.show(tables.datagram_line(datagram))
        newest.extend(record for record in batch if isinstance(record, Capture))
        summaries.extend(record for record in batch if isinstance(record, Summary))

    await run_watch(place, "multicast.capture", request, take)
    for capture in newest[-1:]:
        output.records((capture,))
        output.say(f"\n{_capture_text(capture)}")
        if capture.problem is not None:
            output.problem(capture.problem)
    for summary in summaries:
        output.records((summary,))
        output.say(tables.totals_text(summary))
        if summary.streams:
            output.show(tables.summary_table(summary))
        if streams_to is not None:
            write_streams(streams_to, summary.streams)
    return ANSWERED if any(summary.received for summary in summaries) else NOTHING_FOUND


def _capture_text(capture: Capture) -> str:
    parts = [f"{capture.path}: {capture.format}, {capture.packets} packets, {capture.datagrams} datagrams to groups"]
    if capture.first is not None and capture.last is not None:
        begin = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(capture.first))
        parts.append(f"from {begin} on, {capture.last - capture.first:.3f} s")
    interfaces = [f"{each.name} ({each.link}, {each.packets})" for each in capture.interfaces]
    if interfaces:
        parts.append(f"interfaces {', '.join(interfaces)}")
    if capture.skipped:
        left_out = (f"{count} {SKIPPED.get(reason, reason)}" for reason, count in capture.skipped.items())
        parts.append(f"left out {', '.join(left_out)}")
    shown = capture.shown[1] - capture.shown[0]
    if 0 < shown < capture.datagrams:
        parts.append(f"shown {shown} from number {capture.shown[0]} on")
    return str(tables.cell("; ".join(parts)))
