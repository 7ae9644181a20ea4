"""Tests of discovery.bonjour.compose: golden bytes, and what is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.bonjour.compose import compose, text_of
from discovery.bonjour.rdata import Absence, HostAddress, Opaque, Options, Pointer, Rdata, Server, Text
from discovery.bonjour.wire import Message, Question, ResourceRecord, decode
from tests.discovery.bonjour.messages import payload_of, placeless
from tests.discovery.bonjour.test_wire import ANSWER, HOST, INSTANCE, QUESTION, TYPE

_numbers = st.integers(0, 0xFFFF)
_names = st.lists(st.binary(min_size=1, max_size=15), max_size=8).map(tuple)
_typed: st.SearchStrategy[tuple[int, Rdata]] = st.one_of(
    st.tuples(st.sampled_from((2, 5, 12, 39)), st.builds(Pointer, _names)),
    st.tuples(st.just(33), st.builds(Server, _numbers, _numbers, _numbers, _names)),
    st.tuples(st.just(16), st.lists(st.binary(max_size=255), max_size=5).map(text_of)),
    st.tuples(st.just(1), st.builds(HostAddress, st.binary(min_size=4, max_size=4))),
    st.tuples(st.just(28), st.builds(HostAddress, st.binary(min_size=16, max_size=16))),
    st.tuples(st.just(47), st.builds(Absence, _names, st.sets(_numbers).map(lambda types: tuple(sorted(types))))),
    st.tuples(st.integers(256, 0xFFFF), st.builds(Opaque, st.binary(max_size=300))),
)
_records = st.builds(
    lambda name, typed, ttl, flush: ResourceRecord(name, typed[0], typed[1], ttl, flush),
    _names,
    _typed,
    st.integers(0, 0xFFFFFFFF),
    st.booleans(),
)
_sections = st.lists(_records, max_size=4).map(tuple)
_messages = st.builds(
    Message,
    _numbers,
    _numbers,
    st.lists(st.builds(Question, _names, _numbers, st.booleans(), st.integers(0, 0x7FFF)), max_size=4).map(tuple),
    _sections,
    _sections,
    _sections,
)


def test_writes_a_question_byte_by_byte() -> None:
    written = compose(questions=(Question(TYPE, 12, unicast=True),))
    assert written == bytes.fromhex("0000 0000 0001 0000 0000 0000") + QUESTION


def test_writes_the_answer_of_a_responder_byte_by_byte() -> None:
    written = compose(
        flags=0x8400,
        answers=(ResourceRecord(TYPE, 12, Pointer(INSTANCE), 4500),),
        authorities=(ResourceRecord(INSTANCE, 47, Absence(INSTANCE, (16, 33)), 4500, flush=True),),
        additionals=(
            ResourceRecord(INSTANCE, 33, Server(0, 0, 80, HOST), 120, flush=True),
            ResourceRecord(INSTANCE, 16, text_of((b"path=/", b"x")), 4500, flush=True),
            ResourceRecord(HOST, 1, HostAddress(bytes((192, 168, 1, 1))), 120, flush=True),
        ),
    )
    assert written == ANSWER


@given(_messages)
def test_what_is_written_is_read_back(message: Message) -> None:
    assert placeless(decode(payload_of(message))) == message


def test_edns_is_written_with_its_class_and_flags_as_they_are() -> None:
    record = ResourceRecord((), 41, Options(((4, b"ab"), (10, b""))), 0x8000, False, 0xFFFF)
    assert placeless(decode(compose(additionals=(record,)))).additionals == (record,)


def test_no_pointer_leads_beyond_what_fourteen_bits_can_say() -> None:
    filling = ResourceRecord((b"x",), 64999, Opaque(bytes(0x4000)), 1)
    late = (ResourceRecord((b"late", b"local"), 1, HostAddress(bytes(4)), 1),) * 2
    payload = compose(answers=(filling, *late))
    assert payload.count(b"\4late\5local\0") == 2


def test_labels_that_do_not_fit_are_refused() -> None:
    for label in (b"", b"x" * 64):
        with pytest.raises(ValueError, match="1 to 63 bytes"):
            compose(questions=(Question((label, b"local"), 1),))


def test_no_strings_make_the_one_empty_string() -> None:
    assert text_of(()) == text_of((b"",)) == Text((b"",), b"\0")
