"""Tests of discovery.bonjour.wire: bytes as responders send them, and each way in which bytes break the format."""

from __future__ import annotations

import struct
import time

import pytest

from discovery.bonjour.rdata import Absence, HostAddress, Opaque, Options, Pointer, Server, Text
from discovery.bonjour.wire import LARGEST, Flaw, Message, Question, ResourceRecord, decode

HOST = (b"gamma", b"local")
TYPE = (b"_http", b"_tcp", b"local")
INSTANCE = (b"Web.1", *TYPE)

QUESTION = bytes.fromhex("055f68747470 045f746370 056c6f63616c 00 000c 8001")
# An avahi-daemon's answer, with the names compressed as it does.
ANSWER = bytes.fromhex(
    "0000 8400 0000 0001 0001 0003"
    "055f68747470 045f746370 056c6f63616c 00 000c 0001 00001194 0008 055765622e31 c00c"  # 12: PTR
    "c028 002f 8001 00001194 0009 c028 0005 0000800040"  # 48: NSEC
    "c028 0021 8001 00000078 000e 0000 0000 0050 0567616d6d61 c017"  # 69: SRV
    "c028 0010 8001 00001194 0009 06706174683d2f 01 78"  # 95: TXT
    "c057 0001 8001 00000078 0004 c0a80101"  # 116: A
)


def message(
    questions: int = 0, answers: int = 0, authorities: int = 0, additionals: int = 0, rest: bytes = b""
) -> bytes:
    """A response of these counts."""
    return struct.pack("!6H", 0, 0x8400, questions, answers, authorities, additionals) + rest


def record(type_: int, data: bytes, name: bytes = b"\1a\0", ttl: int = 120, class_: int = 1) -> bytes:
    """A record as bytes."""
    return name + struct.pack("!HHIH", type_, class_, ttl, len(data)) + data


def test_a_question_is_read_with_its_place_and_the_bit_for_unicast() -> None:
    read = decode(message(1, rest=QUESTION))
    assert read.questions == (Question(TYPE, 12, True, 1, 12, 34),)
    assert read.flaws == ()


def test_an_answer_is_read_with_sections_bits_and_places() -> None:
    read = decode(ANSWER)
    assert (read.id, read.response, read.opcode, read.rcode) == (0, True, 0, 0)
    assert read.answers == (ResourceRecord(TYPE, 12, Pointer(INSTANCE), 4500, False, 1, 12, 40, 48),)
    assert read.authorities == (ResourceRecord(INSTANCE, 47, Absence(INSTANCE, (16, 33)), 4500, True, 1, 48, 60, 69),)
    assert read.additionals == (
        ResourceRecord(INSTANCE, 33, Server(0, 0, 80, HOST), 120, True, 1, 69, 81, 95),
        ResourceRecord(INSTANCE, 16, Text((b"path=/", b"x"), ANSWER[107:116]), 4500, True, 1, 95, 107, 116),
        ResourceRecord(HOST, 1, HostAddress(bytes((192, 168, 1, 1))), 120, True, 1, 116, 128, 132),
    )
    assert list(read.records()) == [*read.answers, *read.authorities, *read.additionals]
    assert read.flaws == ()


def test_a_dot_inside_a_label_is_no_border() -> None:
    read = decode(message(1, rest=b"\3a.b\5local\0\0\1\0\1"))
    assert read.questions[0].name == (b"a.b", b"local")


def test_edns_keeps_its_payload_size_and_flags() -> None:
    data = struct.pack("!HH", 4, 3) + b"abc" + struct.pack("!HH", 65001, 0)
    read = decode(message(additionals=1, rest=record(41, data, b"\0", 0x8000, 0x85A0)))
    assert read.additionals == (
        ResourceRecord((), 41, Options(((4, b"abc"), (65001, b""))), 0x8000, False, 0x85A0, 12, 23, 34),
    )


def test_an_unknown_type_is_kept_as_bytes() -> None:
    read = decode(message(0, 1, rest=record(64999, b"\1\2\xff")))
    assert read.answers[0].rdata == Opaque(b"\1\2\xff")
    assert read.flaws == ()


@pytest.mark.parametrize("type_", [2, 5, 12, 39])
def test_types_that_hold_a_name_are_read_as_one(type_: int) -> None:
    read = decode(message(0, 1, rest=record(type_, b"\1b\xc0\x0c")))
    assert read.answers[0].rdata == Pointer((b"b", b"a"))


def test_a_text_without_strings_is_told_from_one_empty_string() -> None:
    read = decode(message(0, 2, rest=record(16, b"") + record(16, b"\0")))
    assert [answer.rdata for answer in read.answers] == [Text((), b""), Text((b"",), b"\0")]
    assert read.flaws == ()


def test_ids_flags_and_codes_are_told() -> None:
    read = decode(struct.pack("!6H", 0xABCD, 0xA203, 0, 0, 0, 0))
    assert (read.id, read.response, read.opcode, read.rcode) == (0xABCD, True, 4, 3)


A_RECORD = record(1, bytes(4))


@pytest.mark.parametrize(
    ("payload", "flaw"),
    [
        (b"", Flaw("header_cut", 0, 0)),
        (bytes(11), Flaw("header_cut", 0, 11)),
        (message(1, rest=b"\1a\0\0\1\0"), Flaw("question_cut", 12, 18)),
        (message(1), Flaw("name_cut", 12, 12)),
        (message(0, 1, rest=A_RECORD[:-5]), Flaw("record_cut", 12, 24)),
        (message(0, 1, rest=A_RECORD[:-1]), Flaw("record_cut", 12, 28)),
        (message(0, 1, rest=A_RECORD[:8]), Flaw("record_cut", 12, 20)),
        (message(1, rest=b"\5ab"), Flaw("name_cut", 12, 15)),
        (message(1, rest=b"\2ab"), Flaw("name_cut", 12, 15)),
        (message(1, rest=b"\2ab\xc0"), Flaw("name_cut", 12, 16)),
        (message(1, rest=(b"\x3f" + b"x" * 63) * 4 + b"\0\0\1\0\1"), Flaw("name_long", 12, 268)),
        (message(1, rest=b"\xc0\x0c\0\1\0\1"), Flaw("name_loop", 12, 14)),
        (message(1, rest=b"\1a\xc0\x0c\0\1\0\1"), Flaw("name_loop", 14, 16)),
        (message(1, rest=b"\xc0\x20\0\1\0\1" + bytes(20)), Flaw("name_loop", 12, 14)),
        (message(1, rest=b"\xc0\x00\0\1\0\1"), Flaw("name_loop", 12, 14)),
        (message(1, rest=b"\x40\0\0\1\0\1"), Flaw("label_type", 12, 13)),
        (message(1, rest=b"\1a\x80\0\1\0\1"), Flaw("label_type", 14, 15)),
    ],
)
def test_what_hides_the_rest_of_a_message_is_named_with_its_bytes(payload: bytes, flaw: Flaw) -> None:
    read = decode(payload)
    assert read.flaws == (flaw,)
    assert not read.questions
    assert not list(read.records())


@pytest.mark.parametrize(
    ("type_", "data", "flaw"),
    [
        (1, bytes(3), ("rdata_size", 0, 3)),
        (1, bytes(5), ("rdata_size", 0, 5)),
        (28, bytes(4), ("rdata_size", 0, 4)),
        (33, bytes(6), ("rdata_size", 0, 6)),
        (33, bytes(8), ("rdata_size", 6, 8)),
        (12, b"\1b\0x", ("rdata_size", 0, 4)),
        (12, b"", ("rdata_size", 0, 0)),
        (12, b"\xc0\xff", ("name_loop", 0, 2)),
        (12, b"\x41b\0", ("label_type", 0, 1)),
        (16, b"\4abc", ("txt_cut", 0, 4)),
        (16, b"\1a\4abc", ("txt_cut", 2, 6)),
        (47, b"\xc0\x0c\0", ("rdata_size", 2, 3)),
        (47, b"\xc0\x0c\0\0", ("rdata_size", 2, 4)),
        (47, b"\xc0\x0c\0\x21" + bytes(33), ("rdata_size", 2, 37)),
        (47, b"\xc0\x0c\0\4\x40", ("rdata_size", 2, 5)),
        (47, b"\xc0\x0c\0\1\x40\0\1\x40", ("rdata_size", 5, 8)),
        (47, b"\xc0\x0c\1\1\x40\0\1\x40", ("rdata_size", 5, 8)),
        (41, b"\0\4\0", ("rdata_size", 0, 3)),
        (41, b"\0\4\0\3ab", ("rdata_size", 0, 6)),
    ],
)
def test_data_that_break_their_type_are_kept_as_bytes_and_the_next_record_is_read(
    type_: int, data: bytes, flaw: tuple[str, int, int]
) -> None:
    read = decode(message(0, 2, rest=record(type_, data) + A_RECORD))
    code, start, end = flaw
    assert read.flaws == (Flaw(code, 25 + start, 25 + end),)
    assert [answer.rdata for answer in read.answers] == [Opaque(data), HostAddress(bytes(4))]


def test_what_came_before_a_cut_is_kept() -> None:
    for size in range(len(ANSWER)):
        read = decode(ANSWER[:size])
        assert len(read.flaws) == 1
        assert [part.end for part in read.records()] == [end for end in (48, 69, 95, 116, 132) if end <= size]


def test_after_a_flaw_in_the_questions_no_records_are_claimed() -> None:
    read = decode(message(1, 1, rest=b"\x40" + A_RECORD))
    assert read == Message(0, 0x8400, flaws=(Flaw("label_type", 12, 13),))


def test_bytes_behind_the_message_are_told() -> None:
    read = decode(message(0, 1, rest=A_RECORD + b"xyz"))
    assert read.flaws == (Flaw("trailing_bytes", 29, 32),)
    assert len(read.answers) == 1


def test_two_pointers_to_each_other_are_refused() -> None:
    read = decode(message(0, 1, rest=record(64999, b"\xc0\x19\xc0\x17") + b""))
    assert read.flaws == ()
    read = decode(message(0, 2, rest=record(64999, b"\xc0\x19\xc0\x17") + record(1, bytes(4), b"\xc0\x19")))
    assert [flaw.code for flaw in read.flaws] == ["name_loop"]


def test_a_name_of_255_bytes_is_read_and_one_byte_more_refused() -> None:
    longest = (b"\x3f" + b"x" * 63) * 3 + b"\x3d" + b"y" * 61 + b"\0"
    assert len(longest) == 255
    assert decode(message(1, rest=longest + b"\0\1\0\1")).flaws == ()
    by_pointer = decode(message(2, rest=longest + b"\0\1\0\1" + b"\1z\xc0\x0c\0\1\0\1"))
    assert [flaw.code for flaw in by_pointer.flaws] == ["name_long"]
    assert len(by_pointer.questions) == 1


def test_bytes_that_are_no_utf_8_stay_in_their_label() -> None:
    assert decode(message(1, rest=b"\2\xff\xc0\0\0\1\0\1")).questions[0].name == (b"\xff\xc0",)


def test_a_packet_of_9000_bytes_is_read_whole() -> None:
    count = (9000 - 28 - 12) // len(A_RECORD)
    read = decode(message(0, count, rest=A_RECORD * count))
    assert len(read.answers) == count
    assert read.flaws == ()


def test_counts_that_promise_more_than_there_is_cost_nothing() -> None:
    read = decode(message(65535, 65535, 65535, 65535))
    assert [flaw.code for flaw in read.flaws] == ["name_cut"]


def test_hundreds_of_names_that_point_into_a_long_chain_of_pointers_are_read_at_once() -> None:
    # Each pointer of the chain leads to the one before it; without remembering them that were 800,000 steps.
    chain = b"\1a\0" + b"".join(struct.pack("!H", 0xC000 | at) for at in (25, *range(28, 4000, 2)))
    head = record(64999, chain)
    pointing = struct.pack("!H", 0xC000 | 12 + len(head) - 2)
    payload = message(0, 401, rest=head + record(64999, b"", pointing) * 400)
    begun = time.process_time()
    read = decode(payload)
    assert time.process_time() - begun < 0.1
    assert read.flaws == ()
    assert {answer.name for answer in read.answers} == {(b"a",)}


def test_of_a_message_that_is_too_large_only_the_header_is_read() -> None:
    largest = message(0, 1, rest=record(64999, bytes(LARGEST - 25)))
    assert len(largest) == LARGEST
    assert (len(decode(largest).answers), decode(largest).flaws) == (1, ())

    larger = message(0, 1, rest=record(64999, bytes(LARGEST - 24)))
    assert decode(larger) == Message(0, 0x8400, flaws=(Flaw("message_too_large", LARGEST, LARGEST + 1),))
