"""Rules about the header of a message and the packet that carries it (RFC 6762 sections 5, 6, 11, 17 and 18)."""

from __future__ import annotations

from collections.abc import Iterator

from discovery.bonjour.lint.case import Breach, Case, named, of_flags
from discovery.bonjour.restricted import PORT
from discovery.bonjour.wire import AUTHORITATIVE, LARGEST, RESPONSE, TRUNCATED

_RECURSION_DESIRED = 0x0100
_ZERO_BITS = {0x0080: "RA", 0x0040: "Z", 0x0020: "AD", 0x0010: "CD"}
_USUAL_QUERY = (0, 0, PORT, 255, False)
_USUAL_RESPONSE = (0, RESPONSE | AUTHORITATIVE, PORT, 255, False)
"""ID, flags, source port, IP TTL, and whether it came by unicast."""
_ETHERNET = {"ipv4": 1500 - 20 - 8, "ipv6": 1500 - 40 - 8}
"""Bytes of a message that one frame of Ethernet carries."""


def response_id(case: Case) -> Iterator[Breach]:
    if case.response and case.multicast and case.message.id:
        yield Breach("response", f"ID {case.message.id}", 0, 2)


def query_id(case: Case) -> Iterator[Breach]:
    if not case.response and not case.legacy_query and case.multicast and case.message.id:
        yield Breach("query", f"ID {case.message.id}", 0, 2)


def opcode_set(case: Case) -> Iterator[Breach]:
    if case.message.opcode:
        yield of_flags(case, f"opcode {case.message.opcode}")


def rcode_set(case: Case) -> Iterator[Breach]:
    # A legacy reply is plain DNS, and may well say NXDOMAIN.
    if case.message.rcode and not case.legacy_reply:
        yield of_flags(case, f"rcode {case.message.rcode}")


def not_authoritative(case: Case) -> Iterator[Breach]:
    if case.response and not case.message.flags & AUTHORITATIVE:
        yield of_flags(case, "AA 0")


def query_authoritative(case: Case) -> Iterator[Breach]:
    if not case.response and not case.legacy_query and case.message.flags & AUTHORITATIVE:
        yield of_flags(case, "AA 1")


def response_truncated(case: Case) -> Iterator[Breach]:
    if case.response and case.multicast and case.message.flags & TRUNCATED:
        yield of_flags(case, "TC 1")


def recursion_desired(case: Case) -> Iterator[Breach]:
    if case.message.flags & _RECURSION_DESIRED and not (case.legacy_query or case.legacy_reply):
        yield of_flags(case, "RD 1")


def reserved_bits(case: Case) -> Iterator[Breach]:
    # A legacy querier writes plain DNS, where AD and CD have a meaning (RFC 6840 section 5.7), and gets it back.
    if case.message.flags & 0x00F0 and not (case.legacy_query or case.legacy_reply):
        names = [f"{name} 1" for bit, name in _ZERO_BITS.items() if case.message.flags & bit]
        yield of_flags(case, ", ".join(names))


def response_port(case: Case) -> Iterator[Breach]:
    if case.response and case.multicast and case.packet.source_port != PORT:
        yield Breach("response", f"source port {case.packet.source_port}", 0, len(case.packet.payload))


def question_in_response(case: Case) -> Iterator[Breach]:
    if case.response and case.multicast and case.message.questions:
        first, last = case.message.questions[0], case.message.questions[-1]
        count = len(case.message.questions)
        yield Breach("response", f"{count} questions, first {named(first.name, first.type)}", first.start, last.end)


def response_hop_limit(case: Case) -> Iterator[Breach]:
    if case.response and case.packet.ttl not in (None, 255):
        word = "IP TTL" if case.packet.family == "ipv4" else "hop limit"
        yield Breach("response", f"{word} {case.packet.ttl}", 0, len(case.packet.payload))


def message_fragmented(case: Case) -> Iterator[Breach]:
    size, room = len(case.packet.payload), _ETHERNET[case.packet.family]
    if room < size <= LARGEST and len(case.message.answers) + len(case.message.additionals) > 1:
        yield Breach("message", f"{size} bytes in {sum(1 for _ in case.message.records())} records", room, size)


def message_empty(case: Case) -> Iterator[Breach]:
    if not case.message.flaws and not case.message.questions and next(case.message.records(), None) is None:
        yield Breach("message", "no question and no record", 0, len(case.packet.payload))


def legacy_flush(case: Case) -> Iterator[Breach]:
    if case.legacy_reply:
        for record in case.message.answers:
            if record.flush:
                yield Breach(named(record.name, record.type), "cache-flush bit set", record.start, record.end)


def legacy_ttl(case: Case) -> Iterator[Breach]:
    if case.legacy_reply:
        for record in case.message.answers:
            if record.ttl > 10:
                yield Breach(named(record.name, record.type), f"TTL {record.ttl}", record.start, record.end)


def usual(case: Case) -> bool:
    """Whether all is as in most messages, so that no rule here can be broken."""
    packet, message = case.packet, case.message
    fields = (message.id, message.flags, packet.source_port, packet.ttl, packet.unicast)
    small = len(packet.payload) <= _ETHERNET["ipv6"]
    if fields == _USUAL_RESPONSE:
        return small and not message.questions and bool(message.answers)
    return fields == _USUAL_QUERY and small and bool(message.questions)


RULES = (
    response_id,
    query_id,
    opcode_set,
    rcode_set,
    not_authoritative,
    query_authoritative,
    response_truncated,
    recursion_desired,
    reserved_bits,
    response_port,
    question_in_response,
    response_hop_limit,
    message_fragmented,
    message_empty,
    legacy_flush,
    legacy_ttl,
)
