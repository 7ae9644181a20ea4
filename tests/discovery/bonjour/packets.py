"""mDNS packets as responders send them, well formed or not, and an ear that hears them without a network."""

from __future__ import annotations

import time
from collections.abc import Iterable
from types import SimpleNamespace
from typing import cast

import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from zeroconf import Zeroconf
from zeroconf._cache import DNSCache
from zeroconf._handlers.record_manager import RecordManager
from zeroconf._protocol.incoming import DNSIncoming

from discovery.bonjour.catalogue import Catalogue
from discovery.bonjour.querier import Querier
from discovery.bonjour.restricted import Place
from discovery.bonjour.types import BrowsedType
from net.records import Family, Record

FLUSH = 0x8000
META = (b"_services", b"_dns-sd", b"_udp", b"local", b"")
Labels = tuple[bytes, ...]
Answer = tuple[Labels, dns.rdatatype.RdataType, bytes, int]


def labels(text: str) -> Labels:
    """``_http._tcp`` as labels in the domain local."""
    return (*text.encode().split(b"."), b"local", b"")


def wire(name: Labels) -> bytes:
    """A name uncompressed."""
    return dns.name.Name(name).to_wire() or b""


def pointer(name: Labels, target: Labels, ttl: int = 4500) -> Answer:
    return name, dns.rdatatype.PTR, wire(target), ttl


def service(instance: Labels, host: Labels, port: int, ttl: int = 120) -> Answer:
    return instance, dns.rdatatype.SRV, bytes(4) + port.to_bytes(2, "big") + wire(host), ttl


def text(instance: Labels, data: bytes, ttl: int = 4500) -> Answer:
    return instance, dns.rdatatype.TXT, data, ttl


def address(host: Labels, packed: bytes, ttl: int = 120) -> Answer:
    return host, dns.rdatatype.A if len(packed) == 4 else dns.rdatatype.AAAA, packed, ttl


def response(answers: Iterable[Answer]) -> bytes:
    """A multicast response; unique records carry the cache-flush bit (RFC 6762 section 10.2)."""
    message = dns.message.Message(id=0)
    message.flags = dns.flags.QR | dns.flags.AA
    for name, kind, data, ttl in answers:
        flags = 0 if kind == dns.rdatatype.PTR else FLUSH
        internet = dns.rdataclass.RdataClass(dns.rdataclass.IN | flags)
        rdata = dns.rdata.GenericRdata(internet, kind, data)
        rrset = dns.rrset.RRset(dns.name.Name(name), internet, kind)
        rrset.add(rdata, ttl)
        message.answer.append(rrset)
    return message.to_wire(max_size=65535)


def announcement(
    label: bytes,
    base: str,
    *,
    port: int = 80,
    txt: bytes = b"\0",
    host: str = "host",
    packed: tuple[bytes, ...] = (b"\xc0\xa8\x01\x14",),
    subtypes: tuple[str, ...] = (),
) -> bytes:
    """All records of an instance in one packet."""
    instance = (label, *labels(base))
    return response(
        (
            pointer(labels(base), instance),
            *(pointer(labels(f"{subtype}._sub.{base}"), instance) for subtype in subtypes),
            service(instance, labels(host), port),
            text(instance, txt),
            *(address(labels(host), one) for one in packed),
        )
    )


class Ear:
    """A querier that is fed packets through zeroconf's own decoder and cache, and the catalogue of what it heard."""

    def __init__(self, wanted: Iterable[BrowsedType] = (), *, interface: str = "en0", family: Family = "ipv4") -> None:
        place = Place(interface=interface, index=2, family=family, address="192.168.1.23")
        self.querier = Querier(place, wanted, lambda: None)
        self.heard = self.querier.heard
        self.cache = DNSCache()
        network = cast("Zeroconf", SimpleNamespace(cache=self.cache, async_notify_all=lambda: None))
        self.manager = RecordManager(network)
        self.manager.async_add_listener(self.querier, None)
        self.catalogue = Catalogue()
        self.catalogue.add("en0", self.heard)

    def hear(self, packet: bytes) -> None:
        """As if the packet had just arrived."""
        message = DNSIncoming(packet)
        if message.valid and message.is_response():
            self.manager.async_updates_from_response(message)

    def news(self, later: float = 0) -> list[Record]:
        """What the browser would tell, ``later`` seconds from now."""
        now = time.monotonic() + later
        self.catalogue.changed(self.heard.settle(self.cache, now))
        return self.catalogue.news(now)
