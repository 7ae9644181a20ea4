"""Writes the packets of the golden pairs in a readable way."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from discovery.bonjour.compose import compose, text_of
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import Labels, parse_name
from discovery.bonjour.rdata import (
    AAAA,
    NSEC,
    OPT,
    PTR,
    SRV,
    TXT,
    A,
    Absence,
    HostAddress,
    Opaque,
    Options,
    Pointer,
    Server,
)
from discovery.bonjour.wire import Question, ResourceRecord
from net.records import Family

BETA = "192.168.1.20"
GAMMA = "192.168.1.1"
ANSWER = 0x8400
TYPE = parse_name("_http._tcp.local")
WEB = parse_name("web._http._tcp.local")
HOST = parse_name("beta.local")
META = parse_name("_services._dns-sd._udp.local")

Name = Labels | str


def name(text: Name) -> Labels:
    return parse_name(text) if isinstance(text, str) else text


def heard(
    payload: bytes,
    at: float = 0.0,
    *,
    source: str = BETA,
    port: int = 5353,
    ttl: int | None = 255,
    unicast: bool = False,
    interface: str = "en0",
) -> HeardPacket:
    family: Family = "ipv6" if ":" in source else "ipv4"
    return HeardPacket(1000.0 + at, interface, family, source, port, ttl, payload, unicast)


def response(
    *answers: ResourceRecord,
    at: float = 0.0,
    flags: int = ANSWER,
    source: str = BETA,
    **parts: Iterable[ResourceRecord],
) -> HeardPacket:
    return heard(compose(flags=flags, answers=answers, **parts), at, source=source)  # type: ignore[arg-type]


def query(
    *questions: Question,
    at: float = 0.0,
    flags: int = 0,
    source: str = GAMMA,
    known: Iterable[ResourceRecord] = (),
    proposed: Iterable[ResourceRecord] = (),
) -> HeardPacket:
    return heard(compose(flags=flags, questions=questions, answers=known, authorities=proposed), at, source=source)


def pointer(owner: Name = TYPE, target: Name = WEB, ttl: int = 4500, *, flush: bool = False) -> ResourceRecord:
    return ResourceRecord(name(owner), PTR, Pointer(name(target)), ttl, flush)


def service(
    owner: Name = WEB, host: Name = HOST, port: int = 80, ttl: int = 120, *, flush: bool = True
) -> ResourceRecord:
    return ResourceRecord(name(owner), SRV, Server(0, 0, port, name(host)), ttl, flush)


def text(*strings: bytes, owner: Name = WEB, ttl: int = 4500, flush: bool = True) -> ResourceRecord:
    return ResourceRecord(name(owner), TXT, text_of(strings), ttl, flush)


def address(
    value: str = BETA, owner: Name = HOST, ttl: int = 120, *, flush: bool = True, class_: int = 1
) -> ResourceRecord:
    packed = ipaddress.ip_address(value).packed
    return ResourceRecord(name(owner), A if len(packed) == 4 else AAAA, HostAddress(packed), ttl, flush, class_)


def absence(owner: Name, following: Name, *types: int) -> ResourceRecord:
    return ResourceRecord(name(owner), NSEC, Absence(name(following), types), 120, flush=True)


def other(owner: Name, type_: int, data: bytes) -> ResourceRecord:
    return ResourceRecord(name(owner), type_, Opaque(data), 4500)


def options(size: int) -> ResourceRecord:
    return ResourceRecord((), OPT, Options(()), 0, class_=size)


def ask(owner: Name = TYPE, type_: int = PTR, *, unicast: bool = False) -> Question:
    return Question(name(owner), type_, unicast)
