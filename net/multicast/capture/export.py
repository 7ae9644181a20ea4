"""Streams as CSV and JSON for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import msgspec

from net.problems import ProblemError, make_problem
from net.records import Stream

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula; names in a capture file are others' words."""


def streams_csv(streams: Iterable[Stream]) -> str:
    """A line of names, then one a stream, by RFC 4180; unknown is empty, times are seconds since the epoch, UTC."""
    names = [field.name for field in msgspec.structs.fields(Stream)]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows([_cell(getattr(stream, name)) for name in names] for stream in streams)
    return text.getvalue()


def streams_json(streams: Iterable[Stream]) -> str:
    """One array of the records, as ``--json`` prints them, one a line."""
    lines = ",\n".join(msgspec.json.encode(stream).decode() for stream in streams)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def write_streams(path: str, streams: Iterable[Stream]) -> None:
    """To a file, as JSON if it ends in .json, else as CSV. Raises ProblemError: export_refused."""
    json = path.lower().endswith(".json")
    try:
        Path(path).write_text(streams_json(streams) if json else streams_csv(streams), encoding="utf-8", newline="")
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, OSError) else None
        raise ProblemError(make_problem("export_refused", path, reason, evidence=str(error))) from error


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
