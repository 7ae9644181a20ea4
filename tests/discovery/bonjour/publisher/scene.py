"""A service to announce, its records, and packets of other hosts, for tests that need no network."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from discovery.bonjour.compose import compose, text_of
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import Labels, parse_name
from discovery.bonjour.publisher.publication import Publication
from discovery.bonjour.publisher.record_set import RecordSet
from discovery.bonjour.publisher.responder import Responder
from discovery.bonjour.rdata import A, HostAddress, Pointer, Rdata, Server
from discovery.bonjour.wire import AUTHORITATIVE, RESPONSE, Message, Question, ResourceRecord, decode

ADDRESSES = tuple(ipaddress.ip_address(text) for text in ("192.168.1.23", "fd66:1::23"))
LAN = ipaddress.ip_network("192.168.1.0/24")
WEB = Publication(
    name="Dr. Web",
    type="_http._tcp",
    port=8080,
    host=b"lanscout-alpha",
    txt=text_of((b"path=/",)),
    subtypes=(b"_printer",),
)
INSTANCE, HOST, TYPE = WEB.instance_name, WEB.host_name, WEB.type_name
SUBTYPE: Labels = (b"_printer", b"_sub", *TYPE)


def latest(_low: float, high: float) -> float:
    """In place of chance: the longest wait that is allowed."""
    return high


def records() -> RecordSet:
    return RecordSet(WEB, ADDRESSES)


def responder() -> Responder:
    return Responder(records(), [LAN], latest)


def record(name: Labels, type_: int, rdata: Rdata, ttl: int = 120, *, flush: bool = True) -> ResourceRecord:
    return ResourceRecord(name, type_, rdata, ttl, flush)


def address_record(name: Labels, text: str) -> ResourceRecord:
    return record(name, A, HostAddress(ipaddress.ip_address(text).packed))


def server_record(port: int = 1, host: str = "beta.local") -> ResourceRecord:
    return record(INSTANCE, 33, Server(0, 0, port, parse_name(host)))


def pointer_record(name: Labels = TYPE, target: Labels = INSTANCE, ttl: int = 4500) -> ResourceRecord:
    return record(name, 12, Pointer(target), ttl, flush=False)


def query(*questions: Question, known: Sequence[ResourceRecord] = (), flags: int = 0, id: int = 0) -> Message:  # noqa: A002
    return decode(compose(id=id, flags=flags, questions=questions, answers=known))


def answer(*answers: ResourceRecord, additionals: Sequence[ResourceRecord] = ()) -> Message:
    return decode(compose(flags=RESPONSE | AUTHORITATIVE, answers=answers, additionals=additionals))


def from_beta(*, port: int = 5353, unicast: bool = False, source: str = "192.168.1.20") -> HeardPacket:
    return HeardPacket(0.0, "en0", "ipv4", source, port, 255, b"", unicast)
