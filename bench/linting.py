"""mDNS packets a second that are decoded and judged by the lint on one core."""

from __future__ import annotations

import ipaddress
import time

from bench.result import Result
from discovery.bonjour.compose import compose, text_of
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.lint.linter import Linter
from discovery.bonjour.names import parse_name
from discovery.bonjour.rdata import AAAA, NSEC, PTR, SRV, TXT, A, Absence, HostAddress, Pointer, Server
from discovery.bonjour.wire import AUTHORITATIVE, RESPONSE, Question, ResourceRecord, decode

BUDGET = 5000
HOSTS = 50
PACKETS = 20_000
TYPE = parse_name("_http._tcp.local")


def run() -> list[Result]:
    """Of ``HOSTS`` hosts; one packet in three is a query with a known answer, the others have six records."""
    payloads = [_query(), *(_response(number) for number in range(HOSTS))]
    linter = Linter()
    began = time.process_time()
    for number in range(PACKETS):
        host = number % HOSTS
        payload = payloads[0 if number % 3 == 0 else 1 + host]
        packet = HeardPacket(number / 20, "en0", "ipv4", f"10.0.0.{host + 1}", 5353, 255, payload)
        linter.take(packet, decode(payload), own=False)
        if number % 20 == 0:
            linter.news(number / 20)
    rate = PACKETS / (time.process_time() - began)
    return [Result("mDNS packets decoded and judged", f"{rate:,.0f} /s", f">= {BUDGET:,} /s", rate >= BUDGET)]


def _query() -> bytes:
    known = ResourceRecord(TYPE, PTR, Pointer(parse_name("web 1._http._tcp.local")), 4000)
    return compose(questions=[Question(TYPE, PTR)], answers=[known])


def _response(number: int) -> bytes:
    instance, host = parse_name(f"web {number}._http._tcp.local"), parse_name(f"host-{number}.local")
    answers = [
        ResourceRecord(TYPE, PTR, Pointer(instance), 4500),
        ResourceRecord(instance, SRV, Server(0, 0, 80, host), 120, flush=True),
        ResourceRecord(instance, TXT, text_of([b"path=/", b"id=%d" % number]), 4500, flush=True),
    ]
    addresses = [ipaddress.ip_address(text).packed for text in (f"10.0.0.{number + 1}", f"fd00::{number + 1:x}")]
    additionals = [
        ResourceRecord(host, A if len(packed) == 4 else AAAA, HostAddress(packed), 120, flush=True)
        for packed in addresses
    ]
    additionals.append(ResourceRecord(host, NSEC, Absence(host, (A, AAAA)), 120, flush=True))
    return compose(flags=RESPONSE | AUTHORITATIVE, answers=answers, additionals=additionals)
