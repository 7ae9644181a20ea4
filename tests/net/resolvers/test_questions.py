"""The questions as messages, and what is an answer to one."""

from __future__ import annotations

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.problems import ProblemError
from net.resolvers.questions import Question, large, parse_name, read_answer, small

NAME = parse_name("printer.example")


def response(question: Question) -> dns.message.Message:
    return dns.message.make_response(question.message)


def test_a_name_beyond_ascii_is_asked_by_idna() -> None:
    assert parse_name("Bücher.example").to_text() == "xn--bcher-kva.example."


@pytest.mark.parametrize("text", ["", ".", "a..b", "x" * 64, ".".join(["x" * 60] * 5), "a\\999", "\ud800" * 3])
def test_a_name_that_cannot_be_encoded_is_a_problem(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_name(text)
    assert caught.value.problem.code == "resolve_name_invalid"


def test_a_small_question_has_no_edns_and_a_large_one_offers_its_size() -> None:
    assert small(NAME).message.edns == -1
    assert [question.message.payload for question in large(NAME)] == [4096, 4096]
    assert all(question.message.ednsflags & dns.flags.DO for question in large(NAME, 1232))


def test_an_answer_gives_its_addresses_and_its_size() -> None:
    question = small(NAME)
    answer = response(question)
    answer.answer.append(dns.rrset.from_text(NAME, 60, "IN", "A", "192.168.1.66"))
    wire = answer.to_wire()
    assert read_answer(question, wire) == ("NOERROR", ("192.168.1.66",), False, len(wire))


def test_a_cut_answer_says_so() -> None:
    question = small(NAME)
    answer = response(question)
    answer.flags |= dns.flags.TC
    read = read_answer(question, answer.to_wire())
    assert read is not None
    assert read.truncated


def test_an_error_may_come_without_the_question() -> None:
    question = small(NAME)
    answer = response(question)
    answer.question = []
    answer.set_rcode(dns.rcode.FORMERR)
    read = read_answer(question, answer.to_wire())
    assert read is not None
    assert read.rcode == "FORMERR"
    answer.set_rcode(dns.rcode.NOERROR)
    assert read_answer(question, answer.to_wire()) is None


def test_another_number_another_question_and_an_echo_are_no_answers() -> None:
    question = small(NAME)
    numbered = response(question)
    numbered.id ^= 1
    other = response(question)
    other.question = [dns.rrset.from_text("other.example.", 0, "IN", "A")]
    assert [read_answer(question, wire) for wire in (numbered.to_wire(), other.to_wire(), question.wire)] == [None] * 3


@given(st.binary(max_size=120))
def test_garbage_is_no_answer(data: bytes) -> None:
    assert read_answer(small(NAME), data) is None


@given(st.integers(0, 60), st.integers(0, 255))
def test_a_damaged_answer_is_read_or_not_but_never_raises(place: int, value: int) -> None:
    question = small(NAME)
    answer = response(question)
    answer.answer.append(dns.rrset.from_text(NAME, 60, "IN", "A", "192.168.1.66"))
    wire = bytearray(answer.to_wire())
    wire[place % len(wire)] = value
    read_answer(question, bytes(wire))
    read_answer(question, bytes(wire[:place]))


@pytest.mark.parametrize(
    ("text", "reverse"),
    [("8.8.8.8", "8.8.8.8.in-addr.arpa"), ("192.0.2.1.", "1.2.0.192.in-addr.arpa"), ("fe80::1%en0", ".ip6.arpa")],
)
def test_an_address_is_no_name_to_ask(text: str, reverse: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_name(text)
    assert caught.value.problem.code == "resolve_name_is_address"
    assert reverse in caught.value.problem.remedy
