"""Gathers the records of a watch that a verb prints at its end."""

from __future__ import annotations

from typing import TypeVar

from net.problems import ProblemError
from net.records import Key, Problem, Record
from net.requests import Request
from probe.methods import Batch
from ui.terminal.output import Output
from ui.terminal.running import run_watch

Found = TypeVar("Found", bound=Record)


async def collect(
    output: Output, place: str, watch: str, request: Request, kind: type[Found], *, seconds: float | None = None
) -> list[Found]:
    """The newest state of each record of one kind; what went wrong is told and does not stop the others."""
    rows: dict[Key, Found] = {}

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, kind):
                rows[record.key() or Key("", str(len(rows)))] = record

    try:
        await run_watch(place, watch, request, take, seconds=seconds)
    except ProblemError as failure:
        output.problem(failure.problem)
    return [row for row in rows.values() if getattr(row, "change", None) != "removed"]


async def collect_or_fail(output: Output, place: str, watch: str, request: Request, kind: type[Found]) -> list[Found]:
    """All records of one kind of a watch that ends by itself, printed as JSON as they come."""
    found: list[Found] = []

    def take(batch: Batch) -> None:
        for record in batch:
            if isinstance(record, Problem):
                output.problem(record)
            elif isinstance(record, kind):
                found.append(record)
                output.records((record,))

    await run_watch(place, watch, request, take)
    return found
