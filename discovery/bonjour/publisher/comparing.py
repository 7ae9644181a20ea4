"""Compares our records with another host's: the same, in conflict, or first in a tie (RFC 6762 sections 8 and 9)."""

from __future__ import annotations

from collections.abc import Iterable

from discovery.bonjour.compose import uncompressed
from discovery.bonjour.names import Labels, folded
from discovery.bonjour.publisher.record_set import RecordSet
from discovery.bonjour.rdata import HostAddress, Pointer, Rdata, Server
from discovery.bonjour.wire import CLASS_IN, Message, ResourceRecord

Identity = tuple[Labels, int, int, object]


def identity(record: ResourceRecord) -> Identity:
    """Name, type, class and data, by which records are the same; case in names and TTL count not."""
    return folded(record.name), record.type, record.class_, _comparable(record.rdata)


def longest_ttls(records: Iterable[ResourceRecord]) -> dict[Identity, int]:
    """Of each of another host's records."""
    found: dict[Identity, int] = {}
    for record in records:
        key = identity(record)
        found[key] = max(record.ttl, found.get(key, 0))
    return found


def conflict(records: RecordSet, message: Message, own_addresses: frozenset[bytes]) -> ResourceRecord | None:
    """A record of a response with the name, type and class of one that is ours alone, and other data (section 9).

    An address of this very host (packed, in ``own_addresses``) is none: it is heard where two interfaces are on one
    link (section 14). Nor is a goodbye.
    """
    ours = {identity(record) for record in records.unique}
    contestable = {key[:2] for key in ours}
    for theirs in (*message.answers, *message.additionals):
        if not theirs.ttl or theirs.class_ != CLASS_IN or (folded(theirs.name), theirs.type) not in contestable:
            continue
        if identity(theirs) in ours:
            continue
        if isinstance(theirs.rdata, HostAddress) and theirs.rdata.packed in own_addresses:
            continue
        return theirs
    return None


def withdrawn(records: RecordSet, message: Message) -> bool:
    """Whether another host said goodbye to a record that we have, too, and want to stay."""
    ours = {identity(record) for record in (*records.shared, *records.unique)}
    return any(not theirs.ttl and identity(theirs) in ours for theirs in message.answers)


def compare(ours: Iterable[ResourceRecord], theirs: Iterable[ResourceRecord]) -> int:
    """Simultaneous probes (RFC 6762 section 8.2): above 0 ours win, below 0 theirs, 0: both propose the same.

    Each side is put in order by class, type and data, and then the first difference decides; the greater wins, and if
    one side has run out, the other.
    """
    left, right = _ranked(ours), _ranked(theirs)
    return (left > right) - (left < right)


def _ranked(records: Iterable[ResourceRecord]) -> list[tuple[int, int, bytes]]:
    return sorted((record.class_, record.type, uncompressed(record.rdata)) for record in records)


def _comparable(rdata: Rdata) -> object:
    match rdata:
        case Pointer(target):
            return folded(target)
        case Server(priority, weight, port, target):
            return priority, weight, port, folded(target)
        case _:
            return uncompressed(rdata)
