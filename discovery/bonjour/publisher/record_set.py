"""The records of an announced service on one interface, and which of them answer a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from discovery.bonjour.names import META_QUERY, Labels, folded
from discovery.bonjour.publisher.publication import Publication
from discovery.bonjour.rdata import AAAA, ANY, NSEC, PTR, SRV, TXT, A, Absence, HostAddress, Pointer, Rdata, Server
from discovery.bonjour.wire import CLASS_IN, Question, ResourceRecord
from net.sockets import IPAddress

HOST_TTL: Final = 120
OTHER_TTL: Final = 4500
"""RFC 6762 section 10: records with a host's name in name or data 120 s, others 75 minutes."""
_ANY_CLASS = 255


def goodbye(records: Iterable[ResourceRecord]) -> tuple[ResourceRecord, ...]:
    """The records with TTL 0 (RFC 6762 section 10.1); others who have one of the PTR records say so again.

    Without the cache-flush bit, which would take along what another host has under a name that is given up to it.
    """
    return tuple(replace(record, ttl=0, flush=False) for record in records)


class RecordSet:
    """All records of ``publication`` where the host has ``addresses``.

    ``shared`` are the PTR records, which other hosts may have too; ``unique`` SRV, TXT, A and AAAA, with the
    cache-flush bit; ``denials`` the NSEC records that say which other types there are not (RFC 6762 section 6.1).
    """

    def __init__(self, publication: Publication, addresses: Sequence[IPAddress]) -> None:
        instance, host, type_ = publication.instance_name, publication.host_name, publication.type_name
        self.instance = instance
        self.host = host
        self.shared = (
            _record(type_, PTR, Pointer(instance), OTHER_TTL),
            *(_record((name, b"_sub", *type_), PTR, Pointer(instance), OTHER_TTL) for name in publication.subtypes),
            _record(META_QUERY, PTR, Pointer(type_), OTHER_TTL),
        )
        self._server = _record(instance, SRV, Server(0, 0, publication.port, host), HOST_TTL, flush=True)
        self._text = _record(instance, TXT, publication.txt, OTHER_TTL, flush=True)
        self._addresses = tuple(
            _record(host, A if address.version == 4 else AAAA, HostAddress(address.packed), HOST_TTL, flush=True)
            for address in dict.fromkeys(addresses)
        )
        self.unique = (self._server, self._text, *self._addresses)
        types = tuple(sorted({record.type for record in self._addresses}))
        self._instance_denial = _record(instance, NSEC, Absence(instance, (TXT, SRV)), OTHER_TTL, flush=True)
        self._host_denial = _record(host, NSEC, Absence(host, types), HOST_TTL, flush=True)
        self.denials = (self._instance_denial, self._host_denial)
        self._named: dict[Labels, list[ResourceRecord]] = {}
        for record in (*self.shared, *self.unique):
            self._named.setdefault(folded(record.name), []).append(record)

    @property
    def claimed(self) -> tuple[Labels, Labels]:
        """The names that must be no other host's."""
        return self.instance, self.host

    def proposed(self, name: Labels) -> tuple[ResourceRecord, ...]:
        """What a probe puts forward for the name: without the cache-flush bit (RFC 6762 section 10.2)."""
        return tuple(replace(record, flush=False) for record in self.unique if folded(record.name) == folded(name))

    def answers(self, question: Question) -> tuple[ResourceRecord, ...]:
        """The records asked for; the NSEC record where the name is ours and has no such type."""
        if question.class_ not in (CLASS_IN, _ANY_CLASS):
            return ()
        name = folded(question.name)
        wanted = tuple(record for record in self._named.get(name, ()) if question.type in (record.type, ANY))
        if wanted:
            return wanted
        return tuple(denial for denial in self.denials if folded(denial.name) == name)

    def additionals(self, answers: Iterable[ResourceRecord]) -> tuple[ResourceRecord, ...]:
        """What whoever asked will ask next (RFC 6763 section 12, RFC 6762 section 6.1), without the answers."""
        given = set(answers)
        found = dict.fromkeys(more for answer in given for more in self._following(answer))
        return tuple(record for record in (*self.unique, *self.denials) if record in found and record not in given)

    def _following(self, answer: ResourceRecord) -> Iterator[ResourceRecord]:
        if answer.type == PTR and answer.name != META_QUERY:
            yield from (*self.unique, *self.denials)
        elif answer.type == SRV:
            yield from (*self._addresses, *self.denials)
        elif answer.type in (A, AAAA):
            yield from (*self._addresses, self._host_denial)
        elif answer.type == TXT:
            yield self._instance_denial


def _record(name: Labels, type_: int, rdata: Rdata, ttl: int, *, flush: bool = False) -> ResourceRecord:
    return ResourceRecord(name=name, type=type_, rdata=rdata, ttl=ttl, flush=flush)
