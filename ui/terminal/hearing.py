"""Prints every mDNS packet that is heard, with what it asks or answers."""

from __future__ import annotations

import time

from discovery.records import MdnsPacket
from discovery.requests import HearRequest
from net.multicast.records import Recording
from net.records import Problem, Skipped
from net.text import endpoint_text, visible
from probe.methods import Batch
from ui.terminal.listening import tell_recording
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch


async def print_hearing(output: Output, place: str, request: HearRequest, seconds: float) -> int:
    """Each packet with the rules it breaks by itself, and how much was recorded; exit code 1 if none was heard."""
    heard = 0
    recordings: list[Recording] = []

    def take(batch: Batch) -> None:
        nonlocal heard
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, Recording):
                recordings[:] = [record]
            elif isinstance(record, MdnsPacket | Skipped):
                heard += record.count if isinstance(record, Skipped) else 1
                output.records((record,))
                output.say(_line(record))

    await run_watch(place, "bonjour.hear", request, take, seconds=seconds)
    tell_recording(output, recordings)
    if not heard:
        where = f" on {', '.join(request.interfaces)}" if request.interfaces else ""
        output.say(f"No mDNS packet was heard in {seconds:g} s{where}; lanscout ladder looks for the reason.")
    return ANSWERED if heard else NOTHING_FOUND


def _line(record: MdnsPacket | Skipped) -> str:
    if isinstance(record, Skipped):
        return f"… {record.count} more"
    clock = time.strftime("%H:%M:%S", time.localtime(record.time)) + f".{int(record.time % 1 * 1000):03}"
    broken = f"  [{', '.join(record.problems)}]" if record.problems else ""
    source = endpoint_text(record.source, record.source_port) + (" (own)" if record.own else "")
    return (
        f"{clock}  {record.interface}  {source}"
        f"  TTL {'–' if record.ttl is None else record.ttl}  {record.size} B  {visible(record.summary)}{broken}"
    )
