"""For each rule packets that break it, and packets close by that do not."""

from __future__ import annotations

import struct
from typing import NamedTuple

from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.rdata import AAAA, ANY, SRV, TXT, A, Text
from discovery.bonjour.wire import ResourceRecord
from tests.discovery.bonjour.lint.packets import (
    ANSWER,
    BETA,
    GAMMA,
    HOST,
    META,
    TYPE,
    WEB,
    absence,
    address,
    ask,
    heard,
    options,
    other,
    pointer,
    query,
    response,
    service,
    text,
)


class Golden(NamedTuple):
    """Packets in the order of their arrival; the rule is broken by ``breaks`` and kept by ``keeps``."""

    breaks: list[HeardPacket]
    keeps: list[HeardPacket]


def one(breaks: HeardPacket, keeps: HeardPacket) -> Golden:
    return Golden([breaks], [keeps])


def header(flags: int, questions: int = 0, answers: int = 0) -> bytes:
    return struct.pack("!6H", 0, flags, questions, answers, 0, 0)


QUESTION = bytes.fromhex("045f6f6c6404 5f746370 056c6f63616c 00 000c 0001")
"""_old._tcp.local PTR IN."""
RECORD = bytes.fromhex("04 62657461 05 6c6f63616c 00 0001 8001 00000078 0004 c0a80114")
"""beta.local A 192.168.1.20, TTL 120."""
TEXT_RECORD = bytes.fromhex("03 776562 05 6c6f63616c 00 0010 8001 00001194 0004")
FLAGS_TO_CLEAR = {
    "opcode_set": 0x1000,
    "rcode_set": 0x0003,
    "response_truncated": 0x0200,
    "recursion_desired": 0x0100,
    "reserved_bits": 0x0020,
}
PLAIN = response(address())
LEGACY_QUERY = heard(compose(id=77, flags=0x0120, questions=[ask()]), source=GAMMA, port=40000)

FORMAT = {
    "message_too_large": one(
        response(*(other(f"x{number}.local", 99, bytes(800)) for number in range(12))),
        response(*(other(f"x{number}.local", 99, bytes(800)) for number in range(10))),
    ),
    "header_cut": one(heard(bytes(11)), heard(header(0, 1) + QUESTION)),
    "question_cut": one(heard(header(0, 1) + QUESTION[:-2]), heard(header(0, 1) + QUESTION)),
    "record_cut": one(heard(header(ANSWER, 0, 1) + RECORD[:-1]), heard(header(ANSWER, 0, 1) + RECORD)),
    "name_cut": one(heard(header(0, 1) + QUESTION[:8]), heard(header(0, 1) + QUESTION)),
    "name_long": one(
        heard(header(0, 1) + (b"\x3f" + b"a" * 63) * 4 + b"\0" + QUESTION[-4:]),
        heard(header(0, 1) + (b"\x3f" + b"a" * 63) * 3 + b"\x3d" + b"a" * 61 + b"\0" + QUESTION[-4:]),
    ),
    "name_loop": one(
        heard(header(0, 1) + b"\xc0\x0c" + QUESTION[-4:]),
        heard(header(0, 2) + QUESTION + b"\xc0\x0c" + QUESTION[-4:]),
    ),
    "label_type": one(heard(header(0, 1) + b"\x41" + QUESTION), heard(header(0, 1) + QUESTION)),
    "rdata_size": one(
        heard(header(ANSWER, 0, 1) + RECORD[:-6] + b"\0\x03\1\2\3"), heard(header(ANSWER, 0, 1) + RECORD)
    ),
    "txt_cut": one(
        heard(header(ANSWER, 0, 1) + TEXT_RECORD + b"\4a=b"), heard(header(ANSWER, 0, 1) + TEXT_RECORD + b"\3a=b")
    ),
    "trailing_bytes": one(heard(header(0, 1) + QUESTION + b"\0"), heard(header(0, 1) + QUESTION)),
}

HEADER = {
    **{
        code: one(response(address(), flags=ANSWER | bits), response(address()))
        for code, bits in FLAGS_TO_CLEAR.items()
    },
    "response_id": one(
        heard(compose(id=7, flags=ANSWER, answers=[address()])),
        heard(
            compose(id=7, flags=ANSWER, questions=[ask(HOST, A)], answers=[address(ttl=10, flush=False)]), unicast=True
        ),
    ),
    "query_id": one(heard(compose(id=7, questions=[ask()])), LEGACY_QUERY),
    "not_authoritative": one(response(address(), flags=0x8000), PLAIN),
    "query_authoritative": one(query(ask(), flags=0x0400), query(ask())),
    "response_port": one(heard(PLAIN.payload, port=40000), heard(compose(questions=[ask()]), port=40000)),
    "question_in_response": one(
        heard(compose(flags=ANSWER, questions=[ask(HOST, A)], answers=[address()])),
        heard(compose(flags=ANSWER, questions=[ask(HOST, A)], answers=[address(ttl=10, flush=False)]), unicast=True),
    ),
    "response_hop_limit": one(heard(PLAIN.payload, ttl=254), heard(PLAIN.payload, ttl=None)),
    "message_fragmented": one(
        response(*(other(f"x{number}.local", 99, bytes(800)) for number in range(2))),
        response(other("x.local", 99, bytes(1600))),
    ),
    "message_empty": one(heard(compose()), query(ask())),
    "legacy_flush": one(
        heard(compose(id=7, flags=ANSWER, questions=[ask(HOST, A)], answers=[address(ttl=10)]), unicast=True),
        heard(
            compose(id=7, flags=ANSWER, questions=[ask(HOST, A)], answers=[address(ttl=10, flush=False)]), unicast=True
        ),
    ),
    "legacy_ttl": one(
        heard(compose(id=7, flags=ANSWER, questions=[ask(HOST, A)], answers=[address(ttl=11)]), unicast=True),
        heard(compose(flags=ANSWER, answers=[address(ttl=120)]), unicast=True),
    ),
}

RECORDS = {
    "flush_on_shared": one(
        response(pointer(flush=True)),
        response(pointer("20.1.168.192.in-addr.arpa", HOST, 120, flush=True)),
    ),
    "flush_missing": one(response(service(flush=False)), response(pointer())),
    "ttl_of_host": one(response(address(ttl=4500)), response(address(ttl=0), address("192.168.1.21"))),
    "ttl_of_service": one(response(text(ttl=120)), response(text(ttl=4500), service(ttl=120))),
    "class_not_internet": one(
        response(address(class_=3)),
        response(address(), additionals=[options(1440)]),
    ),
    "type_of_question": one(response(other(HOST, ANY, b"")), response(other(HOST, 65, b""))),
    "address_of_no_host": one(response(address("127.0.1.1")), response(address("127.0.1.1"), source="127.0.0.1")),
    "nsec_next_name": one(
        response(absence(HOST, "c.local", A)),
        response(absence(HOST, "Beta.local", A)),
    ),
    "nsec_contradicted": one(
        response(address(), absence(HOST, HOST, AAAA)),
        response(address(), absence(HOST, HOST, A), service()),
    ),
    "flush_in_query": one(
        query(ask(HOST, ANY), proposed=[address()]),
        query(ask(HOST, ANY), proposed=[address(flush=False)]),
    ),
    "record_twice": one(response(address(), address()), response(address(), address("192.168.1.21"))),
    "ttl_uneven": one(
        response(pointer(), pointer(target="b._http._tcp.local", ttl=120)),
        response(pointer(), pointer(target="b._http._tcp.local", ttl=0)),
    ),
}

NAMES = {
    "name_not_utf8": one(response(service((b"B\xfcro", *TYPE))), response(service(("Büro".encode(), *TYPE)))),
    "name_not_composed": one(
        response(service(("Bu\u0308ro".encode(), *TYPE))), response(service(("Büro".encode(), *TYPE)))
    ),
    "instance_control": one(response(text(owner=(b"a\nb", *TYPE))), response(text(owner=(b"a b", *TYPE)))),
    "service_name_invalid": one(
        response(pointer(META, "_tivo-videostream._tcp.local")), response(pointer(META, "_tivo-videosrv._tcp.local"))
    ),
    "service_protocol": one(
        response(pointer("_x._sctp.local", "a._x._sctp.local")), response(pointer("_x._udp.local", "a._x._udp.local"))
    ),
    "pointer_to_other_type": one(
        response(pointer(TYPE, "web._ipp._tcp.local")), response(pointer(TYPE, "web._HTTP._tcp.local"))
    ),
    "subtype_target": one(
        response(pointer("_printer._sub._http._tcp.local", "web._printer._sub._http._tcp.local")),
        response(pointer("_printer._sub._http._tcp.local", WEB)),
    ),
    "meta_target": one(response(pointer(META, WEB)), response(pointer(META, TYPE))),
    "host_name_deep": one(response(address(owner="beta.lan.local")), response(address(owner="beta.local"))),
    "name_not_local": one(query(ask("example.com", A)), query(ask("1.0.0.10.in-addr.arpa"))),
}

TEXTS = {
    "txt_no_string": one(response(ResourceRecord(WEB, TXT, Text((), b""), 4500, flush=True)), response(text())),
    "txt_too_long": one(
        response(text(*[b"k%d=" % n + b"x" * 240 for n in range(6)])),
        response(text(*[b"k%d=" % n + b"x" * 240 for n in range(5)])),
    ),
    "txt_long": one(response(text(b"a=" + b"x" * 240, b"b=" + b"x" * 200)), response(text(b"a=" + b"x" * 240))),
    "txt_key_missing": one(response(text(b"=1")), response(text(b""))),
    "txt_key_characters": one(response(text("größe=1".encode())), response(text("size=größe".encode()))),
    "txt_key_twice": one(response(text(b"Path=/a", b"path=/b")), response(text(b"path=/a", b"path2=/b"))),
    "txt_key_long": one(response(text(b"0123456789=1")), response(text(b"012345678=1"))),
    "txt_version_not_first": one(response(text(b"a=1", b"txtvers=1")), response(text(b"txtvers=1", b"a=1"))),
}

PROPOSED = [service(flush=False)]
WARM = query(ask("x.local", A), at=-10.0)
"""What was heard long before: the link is no longer new."""


def probe(at: float, *, type_: int = ANY, unicast: bool = True, source: str = BETA) -> HeardPacket:
    return query(ask(WEB, type_, unicast=unicast), proposed=PROPOSED, at=at, source=source)


def announced(at: float, *, source: str = BETA) -> HeardPacket:
    return response(service(), at=at, source=source)


PROBES = [probe(0.0), probe(0.25), probe(0.5)]
GAMMA_SAYS = response(address(GAMMA, "gamma.local"), at=0.0, source=GAMMA)
BETA_SAYS = response(address(BETA, "beta.local"), at=0.0)


def claim(at: float, host: str, source: str) -> HeardPacket:
    return response(service(host=host), at=at, source=source)


FIGHT = [
    claim(1.0 + place, "beta.local" if place % 2 else "gamma.local", BETA if place % 2 else GAMMA) for place in range(4)
]

PROBING = {
    "probe_type": one(probe(0, type_=SRV), probe(0)),
    "probe_by_multicast": one(probe(0, unicast=False), probe(0)),
    "probe_hurried": Golden([probe(0), probe(0.1)], [probe(0), probe(0.25)]),
    "probes_too_few": Golden([WARM, *PROBES[:2], announced(0.5)], [WARM, *PROBES, announced(0.75)]),
    "announced_unprobed": Golden([WARM, announced(0)], [WARM, query(ask(WEB, SRV), at=-0.1), announced(0)]),
    "announced_once": Golden([WARM, *PROBES, announced(0.75)], [WARM, *PROBES, announced(0.75), announced(1.75)]),
    "name_conflict": Golden(
        [
            BETA_SAYS,
            GAMMA_SAYS,
            claim(1, "beta.local", BETA),
            claim(2, "gamma.local", GAMMA),
            query(ask(), source=BETA, at=3),
        ],
        [BETA_SAYS, GAMMA_SAYS, claim(1, "beta.local", BETA), claim(2, "gamma.local", GAMMA)],
    ),
    "name_fought_over": Golden([BETA_SAYS, GAMMA_SAYS, *FIGHT], [BETA_SAYS, GAMMA_SAYS, *FIGHT[:3]]),
    "address_elsewhere": Golden(
        [
            heard(query(ask()).payload, source="10.66.0.1", interface="en5"),
            response(address(BETA), address("10.66.0.1"), at=1),
        ],
        [
            heard(query(ask()).payload, source="10.66.0.1", interface="en0"),
            response(address(BETA), address("10.66.0.1"), at=1),
        ],
    ),
}

OLD = response(pointer(), at=-100.0)
TIMING = {
    "record_repeated": Golden(
        [response(text(b"a=1"), at=0), response(text(b"a=1"), at=0.5)],
        [response(text(b"a=1"), at=0), response(text(b"a=2"), at=0.5), response(text(b"a=1"), at=1.0)],
    ),
    "query_repeated": Golden(
        [query(ask(), at=0), query(ask(), at=0.4)], [query(ask(), at=0), query(ask(), at=0.4, source=BETA)]
    ),
    "query_steady": Golden(
        [query(ask(), at=10 * place) for place in range(9)], [query(ask(), at=2**place) for place in range(9)]
    ),
    "known_answer_repeated": Golden(
        [OLD, query(ask(), known=[pointer(ttl=4000)], at=0), response(pointer(), at=0.1)],
        [OLD, query(ask(), known=[pointer(target="x._http._tcp.local", ttl=4000)], at=0), response(pointer(), at=0.1)],
    ),
    "shared_answer_early": Golden(
        [OLD, query(ask(), at=0), response(pointer(), at=0.002)],
        [OLD, query(ask(), at=0), response(pointer(), at=0.03)],
    ),
}

SERVICES = {
    "pointer_without_service": Golden(
        [response(pointer(), at=0)], [response(pointer(), at=0), response(service(), at=1.5)]
    ),
    "service_without_text": Golden([response(service())], [response(service(), additionals=[text()])]),
    "service_without_address": Golden([response(service())], [response(service(), additionals=[address()])]),
    "type_not_listed": Golden(
        [response(pointer(), at=0), query(ask(META), at=1), response(pointer(), at=3)],
        [
            response(pointer(), at=0),
            query(ask(META), at=1),
            response(pointer(META, TYPE), at=1.1),
            response(pointer(), at=3),
        ],
    ),
}

GOLDEN: dict[str, Golden] = {
    **FORMAT,
    **HEADER,
    **RECORDS,
    **NAMES,
    **TEXTS,
    **PROBING,
    **TIMING,
    **SERVICES,
}
