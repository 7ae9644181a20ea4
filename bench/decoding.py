"""How many mDNS messages a core reads in a second, beside zeroconf's and dnspython's decoders in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable

import dns.message
from zeroconf._protocol.incoming import DNSIncoming

from bench.result import Result
from discovery.bonjour.compose import compose, text_of
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.packets import mdns_packet
from discovery.bonjour.rdata import AAAA, PTR, SRV, TXT, A, HostAddress, Pointer, Server
from discovery.bonjour.wire import ResourceRecord, decode

MESSAGES, ROUNDS = 2000, 7
DECODED_BUDGET, LOGGED_BUDGET = 20_000, 5_000
"""Messages a second: read, and made a row of the packet log with the rules it breaks."""
TYPE, HOST = (b"_http", b"_tcp", b"local"), (b"printer", b"local")
INSTANCE = (b"Printer in the hall", *TYPE)


def run() -> list[Result]:
    """The best of some rounds in processor time; the message announces a service with its five records."""
    payload = _announcement()
    decoded, zeroconf, dnspython, logged = _rates(
        lambda: decode(payload),
        lambda: DNSIncoming(payload).answers(),
        lambda: dns.message.from_wire(payload),
        lambda: _log(payload),
    )
    return [
        Result(
            "decoding an mDNS message of five records",
            f"{decoded:,.0f}/s (zeroconf {zeroconf:,.0f}/s, dnspython {dnspython:,.0f}/s)",
            f">= {DECODED_BUDGET:,}/s",
            decoded >= DECODED_BUDGET,
        ),
        Result(
            "making it a row of the packet log, judged",
            f"{logged:,.0f}/s",
            f">= {LOGGED_BUDGET:,}/s",
            logged >= LOGGED_BUDGET,
        ),
    ]


def _announcement() -> bytes:
    # Without the cache-flush bit, which dnspython would take for a class it does not know.
    return compose(
        flags=0x8400,
        answers=(
            ResourceRecord(TYPE, PTR, Pointer(INSTANCE), 4500),
            ResourceRecord(INSTANCE, SRV, Server(0, 0, 80, HOST), 120),
            ResourceRecord(INSTANCE, TXT, text_of((b"txtvers=1", b"path=/index.html")), 4500),
            ResourceRecord(HOST, A, HostAddress(bytes((192, 168, 1, 20))), 120),
            ResourceRecord(HOST, AAAA, HostAddress(bytes.fromhex("fe80" + "00" * 13 + "20")), 120),
        ),
    )


def _log(payload: bytes) -> None:
    packet = HeardPacket(time.time(), "en0", "ipv4", "192.168.1.20", 5353, 255, payload)
    mdns_packet(packet, decode(payload), own=False, sections=False)


def _rates(*readers: Callable[[], object]) -> list[float]:
    """Calls a second of each, in turns, so that all meet the same disturbances."""
    best = [0.0] * len(readers)
    for _ in range(ROUNDS):
        for place, read in enumerate(readers):
            begin = time.process_time()
            for _ in range(MESSAGES):
                read()
            best[place] = max(best[place], MESSAGES / (time.process_time() - begin))
    return best
