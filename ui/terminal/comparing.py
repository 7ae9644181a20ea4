"""Prints what the system's own responder knows beside what is heard here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.table import Table

from discovery.records import SystemResponder, SystemService
from discovery.requests import SystemRequest
from net.records import Key, Problem, Removed
from net.text import visible
from probe.methods import Batch
from ui.terminal import tables
from ui.terminal.output import ANSWERED, NOTHING_FOUND, Output
from ui.terminal.running import run_watch

SHOWN = 3
"""Services named with a reason."""
KNOWN_TO = {"only_raw": "ONLY HEARD HERE", "only_system": "ONLY THE SYSTEM"}


async def print_system(output: Output, place: str, request: SystemRequest, seconds: float) -> int:
    """The responder and all rows at the end; with --json each as it changes. Exit code 1 where neither knows any."""
    rows: dict[Key, SystemService] = {}
    responders: dict[Key, SystemResponder] = {}

    def take(batch: Batch) -> None:
        output.records(record for record in batch if not isinstance(record, Problem))
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, SystemService):
                rows[record.key()] = record
            elif isinstance(record, SystemResponder):
                responders[record.key()] = record
            elif isinstance(record, Removed):
                rows.pop(Key(record.of, record.name), None)
                responders.pop(Key(record.of, record.name), None)

    await run_watch(place, "bonjour.system", request, take, seconds=seconds)
    for responder in responders.values():
        output.say(_responder_text(responder))
    if rows:
        output.show(_rows_table(list(rows.values())))
        for reason in _reasons(rows.values()):
            output.say(f"\n{reason}")
    else:
        output.say(f"Neither knows a service after {seconds:g} s; lanscout ladder looks for the reason.")
    return ANSWERED if rows else NOTHING_FOUND


def _reasons(rows: Iterable[SystemService]) -> Iterator[str]:
    """Each reason of a difference once, after the services that it holds for."""
    services: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row.interface, row.type, row.name.casefold())):
        if row.text:
            services.setdefault(row.text, []).append(f"{visible(row.name)} ({visible(row.type)})")
    for text, names in services.items():
        more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
        yield f"{', '.join(names[:SHOWN])}{more}: {visible(text)}"


def _responder_text(responder: SystemResponder) -> str:
    name = " ".join(filter(None, (responder.name, responder.version)))
    error = f" [{responder.error_name or responder.error}]" if responder.error_name or responder.error else ""
    return f"{name}: {responder.state}{error}. {responder.text}"


def _rows_table(rows: list[SystemService]) -> Table:
    made = tables.table("Known to", "Service", "Type", "On", "Host", "Port", right=(5,))
    for row in sorted(rows, key=lambda row: (row.difference is None, row.type, row.name.casefold(), row.interface)):
        known = KNOWN_TO.get(row.difference or "", "both")
        facts = (known, row.name, row.type, row.interface, row.host, row.port)
        made.add_row(*map(tables.cell, facts))
    return made
