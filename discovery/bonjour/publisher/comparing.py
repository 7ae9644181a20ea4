"""Compares our records with another host's: the same, in conflict, or first in a tie (RFC 6762 sections 8 and 9)."""

from __future__ import annotations

from collections.abc import Iterable

from discovery.bonjour.compose import uncompressed
from discovery.bonjour.names import folded
from discovery.bonjour.publisher.record_set import RecordSet
from discovery.bonjour.rdata import HostAddress, Pointer, Rdata, Server
from discovery.bonjour.wire import CLASS_IN, Message, ResourceRecord


def same_record(ours: ResourceRecord, theirs: ResourceRecord) -> bool:
    """Whether name, type, class and data are the same; case in names and TTL count not."""
    return (
        ours.type == theirs.type
        and ours.class_ == theirs.class_
        and folded(ours.name) == folded(theirs.name)
        and _comparable(ours.rdata) == _comparable(theirs.rdata)
    )


def conflict(records: RecordSet, message: Message, own_addresses: frozenset[bytes]) -> ResourceRecord | None:
    """A record of a response with the name, type and class of one that is ours alone, and other data (section 9).

    An address of this very host (packed, in ``own_addresses``) is none: it is heard where two interfaces are on one
    link (section 14). Nor is a goodbye.
    """
    for theirs in (*message.answers, *message.additionals):
        if not theirs.ttl or theirs.class_ != CLASS_IN:
            continue
        rivals = [
            ours for ours in records.unique if ours.type == theirs.type and folded(ours.name) == folded(theirs.name)
        ]
        if not rivals or any(same_record(ours, theirs) for ours in rivals):
            continue
        if isinstance(theirs.rdata, HostAddress) and theirs.rdata.packed in own_addresses:
            continue
        return theirs
    return None


def withdrawn(records: RecordSet, message: Message) -> bool:
    """Whether another host said goodbye to a record that we have, too, and want to stay."""
    return any(
        not theirs.ttl and any(same_record(ours, theirs) for ours in (*records.shared, *records.unique))
        for theirs in message.answers
    )


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
