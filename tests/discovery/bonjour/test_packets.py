"""Tests of discovery.bonjour.packets: what a packet is said to do, in one line."""

from __future__ import annotations

import pytest

from discovery.bonjour.compose import compose, text_of
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.packets import mdns_packet
from discovery.bonjour.rdata import ANY, HostAddress, Opaque, Options, Pointer, Server
from discovery.bonjour.wire import Question, ResourceRecord, decode
from discovery.records import MdnsPacket, PacketQuestion, PacketRecord
from tests.discovery.bonjour.test_wire import ANSWER, HOST, INSTANCE, TYPE

KNOWN = (ResourceRecord(TYPE, 12, Pointer(INSTANCE), 4500),) * 2
SERVER = ResourceRecord(INSTANCE, 33, Server(0, 0, 80, HOST), 120, flush=True)
GOODBYE = ResourceRecord(TYPE, 12, Pointer(INSTANCE), 0)
ADDRESS = ResourceRecord(HOST, 1, HostAddress(bytes(4)), 0, flush=True)
WEB = "Web\\.1._http._tcp.local."
EDNS = ResourceRecord((), 41, Options(()), 0, class_=1440)


def told(payload: bytes, *, port: int = 5353, sections: bool = False) -> MdnsPacket:
    packet = HeardPacket(1.5, "en0", "ipv4", "192.168.1.20", port, 255, payload)
    return mdns_packet(packet, decode(payload), own=False, sections=sections)


@pytest.mark.parametrize(
    ("payload", "act", "summary"),
    [
        (
            compose(questions=(Question(TYPE, 12, unicast=True),), answers=KNOWN),
            "asks",
            "asks PTR _http._tcp.local. (QU), knows 2",
        ),
        (compose(questions=(Question(HOST, 1),), additionals=(EDNS,)), "asks", "asks A gamma.local."),
        (compose(questions=(Question(HOST, 1),) * 5), "asks", f"asks {', '.join(['A gamma.local.'] * 3)} and 2 more"),
        (
            compose(flags=0x0200, questions=(Question(TYPE, 12),), answers=KNOWN),
            "asks",
            "asks PTR _http._tcp.local., knows 2, more follows",
        ),
        (compose(answers=KNOWN), "asks", "asks nothing, knows 2"),
        (
            compose(questions=(Question(INSTANCE, ANY, unicast=True),), authorities=(SERVER,)),
            "probes",
            "probes for ANY Web\\.1._http._tcp.local. (QU), proposes 1 record",
        ),
        (compose(flags=0x8400, answers=(SERVER,)), "answers", "answers 1 record: SRV Web\\.1._http._tcp.local."),
        (
            ANSWER,
            "answers",
            f"answers 5 records: PTR _http._tcp.local., NSEC {WEB}, SRV {WEB} and 2 more",
        ),
        (
            compose(flags=0x8400, answers=(GOODBYE, ADDRESS)),
            "goodbye",
            "says goodbye to PTR _http._tcp.local., A gamma.local.",
        ),
        (compose(flags=0x8400, answers=(GOODBYE, SERVER)), "answers", None),
        (compose(flags=0x8400), None, "answers nothing"),
        (compose(), None, "asks nothing"),
        (b"", None, "asks nothing; broken: header_cut"),
        (ANSWER[:-1], "answers", None),
    ],
)
def test_a_packet_is_told_in_one_line(payload: bytes, act: str | None, summary: str | None) -> None:
    record = told(payload)
    assert record.act == act
    assert summary is None or record.summary == summary


def test_a_simple_resolver_is_told_by_its_port() -> None:
    assert (
        told(compose(questions=(Question(HOST, 1),)), port=49152).summary == "asks A gamma.local. as a simple resolver"
    )


def test_sections_are_text_only_where_they_are_asked_for() -> None:
    assert told(ANSWER).answers == told(ANSWER).additionals == ()
    record = told(ANSWER, sections=True)
    assert record.answers == (
        PacketRecord(name="_http._tcp.local.", type="PTR", ttl=4500, flush=False, data="Web\\.1._http._tcp.local."),
    )
    assert [each.type for each in (*record.authorities, *record.additionals)] == ["NSEC", "SRV", "TXT", "A"]
    question = compose(questions=(Question(TYPE, 12, unicast=True),))
    asked = PacketQuestion(name="_http._tcp.local.", type="PTR", unicast=True)
    assert told(question, sections=True).questions == (asked,)


def test_a_packet_carries_what_was_on_the_wire() -> None:
    record = told(ANSWER)
    assert (record.time, record.interface, record.source, record.source_port) == (1.5, "en0", "192.168.1.20", 5353)
    assert (record.ttl, record.response, record.size, record.payload_hex) == (255, True, len(ANSWER), ANSWER.hex())


def test_the_rules_it_breaks_by_itself_are_named() -> None:
    assert told(ANSWER[:-1]).problems == ("record_cut",)
    assert told(ANSWER).problems == ()


def test_hostile_text_is_made_visible_and_capped() -> None:
    name = ("\u202e<b>\x1b[2J".encode(), b"x" * 63, b"y" * 63, b"z" * 63, b"local")
    answers = (
        ResourceRecord(name, 16, text_of([b"\xff\n"]), 120),
        ResourceRecord(name, 64999, Opaque(bytes(8000)), 120),
    )
    record = told(compose(flags=0x8400, questions=(Question(name, 1),), answers=answers), sections=True)
    texts = [record.summary, *(text for each in record.answers for text in (each.name, each.data))]
    assert not {"\u202e", "\x1b", "\n"} & set("".join(texts))
    assert max(map(len, texts)) <= 2000
    assert len(record.summary) < 500
