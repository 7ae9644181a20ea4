"""Streams as a table of plain numbers, for a file that another program reads."""

from __future__ import annotations

from collections.abc import Sequence

from net.records import Stream

LEFT_OUT = frozenset(("strip",))
FIRST = ("source", "source_port", "group", "port", "interface")
NAMES = (*FIRST, *(name for name in Stream.__struct_fields__ if name not in FIRST and name not in LEFT_OUT))


def stream_table(streams: Sequence[Stream]) -> list[tuple[str, ...]]:
    """The names of the facts and a row for each stream; what is unknown is empty."""
    return [NAMES, *(tuple(_plain(getattr(stream, name)) for name in NAMES) for stream in streams)]


def _plain(value: object) -> str:
    return "" if value is None else str(value)
