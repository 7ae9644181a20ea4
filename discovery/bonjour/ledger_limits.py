"""What the ledger keeps at most, and how much of it a record takes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

from discovery.bonjour import entry
from discovery.bonjour.names import Labels, written_length
from discovery.bonjour.rdata import (
    LONGEST_TEXT,
    Absence,
    HostAddress,
    Opaque,
    Options,
    Pointer,
    Rdata,
    Server,
    Text,
)

Identity = tuple[Labels, int, Rdata]
Limit = Literal["records", "sightings", "bytes", "set", "record"]
MOST_RECORDS: Final = 20_000
MOST_SIGHTINGS: Final = 100_000
"""Of all records together."""
MOST_PER_SET: Final = 1_000
"""Of one name and type: instances of a service type, or all types there are."""
MOST_BYTES: Final = 48 * 1024 * 1024
"""Of memory for names and data, as objects and as text."""
_OBJECT = 56
"""Bytes of a small object of Python and its place in a tuple."""
_RECORD = 1000
"""Bytes of all else that is kept of a record, without its sightings."""


def limits_text(limits: Collection[Limit]) -> str:
    """How much is kept of what: ``20,000 records and 100,000 sightings``."""
    words: dict[Limit, str] = {
        "records": f"{MOST_RECORDS:,} records",
        "sightings": f"{MOST_SIGHTINGS:,} sightings",
        "bytes": f"{MOST_BYTES >> 20:,} MiB of names and data",
        "set": f"{MOST_PER_SET:,} records of one name and type",
        "record": f"{entry.MOST_SIGHTINGS:,} sightings of one record",
    }
    return " and ".join(text for limit, text in words.items() if limit in limits)


def cost_of(identity: Identity) -> int:
    """Bytes of memory, about: the name in two cases, the data as objects, both as text, what of it is told as hex."""
    name, _, rdata = identity
    match rdata:
        case Pointer(target) | Server(target=target):
            size, objects, hexed = written_length(target), len(target), False
        case Text(strings, data):
            size, objects, hexed = 2 * len(data), len(strings), True
        case Absence(following, types):
            size, objects, hexed = written_length(following) + len(types), len(following) + len(types), True
        case HostAddress(data) | Opaque(data):
            size, objects, hexed = len(data), 1, isinstance(rdata, Opaque)
        case Options(options):
            size, objects, hexed = sum(len(data) for _, data in options), len(options), False
    text = min(4 * size, 2 * LONGEST_TEXT) + 4 * written_length(name)
    return (
        _RECORD + 2 * (written_length(name) + _OBJECT * len(name)) + size + _OBJECT * objects + text + 2 * size * hexed
    )
