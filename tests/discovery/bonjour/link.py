"""A link of one's own: what would be heard on it, at given times, and what the ledger makes of it."""

from __future__ import annotations

import socket

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.ledger import Ledger
from discovery.bonjour.names import parse_name
from discovery.bonjour.rdata import PTR, SRV, A, HostAddress, Pointer, Server
from discovery.bonjour.wire import AUTHORITATIVE, RESPONSE, Question, ResourceRecord, decode
from discovery.records import HeardRecord, Sighting
from net.records import Family

T = 1_000_000.0
BETA = "192.168.1.20"
GAMMA = "192.168.1.1"
WEB = "web._http._tcp.local."


def pointer(target: str = WEB, ttl: int = 4500, name: str = "_http._tcp.local.") -> ResourceRecord:
    return ResourceRecord(parse_name(name), PTR, Pointer(parse_name(target)), ttl)


def server(port: int = 80, ttl: int = 120, *, flush: bool = True, name: str = WEB) -> ResourceRecord:
    return ResourceRecord(parse_name(name), SRV, Server(0, 0, port, parse_name("beta.local.")), ttl, flush)


def address(text: str = BETA, ttl: int = 120, *, flush: bool = True) -> ResourceRecord:
    return ResourceRecord(parse_name("beta.local."), A, HostAddress(socket.inet_aton(text)), ttl, flush)


class Link:
    """Hands the ledger what would be heard, at the times that are given."""

    def __init__(self, ledger: Ledger | None = None) -> None:
        self.ledger = Ledger() if ledger is None else ledger

    def response(
        self,
        at: float,
        *records: ResourceRecord,
        interface: str = "en0",
        source: str = BETA,
        family: Family = "ipv4",
        unicast: bool = False,
    ) -> None:
        payload = compose(flags=RESPONSE | AUTHORITATIVE, answers=records)
        ttl = None if unicast else 255
        self.ledger.take(
            HeardPacket(at, interface, family, source, 5353, ttl, payload, unicast=unicast), decode(payload)
        )

    def query(
        self,
        at: float,
        name: str,
        type_: int,
        *known: ResourceRecord,
        unicast: bool = False,
        port: int = 5353,
        flags: int = 0,
        proposed: tuple[ResourceRecord, ...] = (),
    ) -> None:
        question = Question(parse_name(name), type_, unicast)
        payload = compose(flags=flags, questions=(question,), answers=known, authorities=proposed)
        self.ledger.take(HeardPacket(at, "en0", "ipv4", GAMMA, port, 255, payload), decode(payload))

    def record(self, at: float, type_: str, data: str = "") -> HeardRecord:
        """The newest news of the one record of that type whose data contains ``data``."""
        (found,) = [
            each
            for each in self.ledger.news(at)
            if isinstance(each, HeardRecord) and each.type == type_ and data in each.data
        ]
        return found

    def sighting(self, at: float, type_: str, data: str = "") -> Sighting:
        (sighting,) = self.record(at, type_, data).sightings
        return sighting


def ends(record: HeardRecord) -> list[str | None]:
    return [sighting.ended for sighting in record.sightings]
