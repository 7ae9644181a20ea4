"""Questions for announced records are answered to whom, when and as far as RFC 6762 sections 5 to 7 say."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from discovery.bonjour.compose import uncompressed
from discovery.bonjour.names import META_QUERY, Labels, parse_name
from discovery.bonjour.publisher import comparing
from discovery.bonjour.publisher.responder import Outgoing, Responder
from discovery.bonjour.rdata import AAAA, ANY, HINFO, NSEC, PTR, SRV, TXT, A, Rdata, Text
from discovery.bonjour.wire import RESPONSE, TRUNCATED, Message, Question, decode
from tests.discovery.bonjour.publisher.scene import (
    HOST,
    INSTANCE,
    SUBTYPE,
    TYPE,
    answer,
    from_beta,
    pointer_record,
    query,
    record,
    records,
    responder,
    server_record,
)

ASK = Question(TYPE, PTR)
AT_ONCE, SHARED = 0.0, 0.12


def replies(made: Responder, now: float) -> list[Outgoing]:
    """What is sent at ``now``, and nothing a moment earlier."""
    assert made.turn(now - 0.001) == []
    return made.turn(now)


def single(made: Responder, now: float) -> tuple[Message, Outgoing]:
    (outgoing,) = replies(made, now)
    return decode(outgoing.payload), outgoing


def named(message: Message) -> list[tuple[Labels, int]]:
    return [(record.name, record.type) for record in message.answers]


@pytest.mark.parametrize("name", [TYPE, SUBTYPE, META_QUERY])
def test_shared_records_wait_up_to_120_ms(name: Labels) -> None:
    made = responder()
    made.asked(query(Question(name, PTR)), from_beta(), 10.0)
    message, outgoing = single(made, 10.0 + SHARED)

    assert named(message) == [(name, PTR)]
    assert outgoing.destination is None
    assert message.flags == RESPONSE | 0x0400
    assert (message.id, message.questions) == (0, ())
    assert [record.flush for record in message.answers] == [False]


@pytest.mark.parametrize(
    ("question", "types"),
    [
        (Question(INSTANCE, SRV), [SRV]),
        (Question(INSTANCE, TXT), [TXT]),
        (Question(INSTANCE, ANY), [SRV, TXT]),
        (Question(HOST, A), [A]),
        (Question(HOST, AAAA), [AAAA]),
        (Question((b"LANSCOUT-Alpha", b"LOCAL"), A), [A]),
    ],
)
def test_records_that_are_ours_alone_are_answered_at_once(question: Question, types: list[int]) -> None:
    made = responder()
    made.asked(query(question), from_beta(), 10.0)
    message, _ = single(made, 10.0 + AT_ONCE)

    assert [record.type for record in message.answers] == types
    assert all(record.flush for record in message.answers)


def test_a_pointer_brings_everything_that_will_be_asked_next() -> None:
    made = responder()
    made.asked(query(ASK), from_beta(), 10.0)
    message, _ = single(made, 10.0 + SHARED)

    assert [record.type for record in message.additionals] == [SRV, TXT, A, AAAA, NSEC, NSEC]


def test_a_server_brings_the_addresses_and_an_address_the_other_ones() -> None:
    made = responder()
    made.asked(query(Question(INSTANCE, SRV)), from_beta(), 10.0)
    assert [record.type for record in single(made, 10.0)[0].additionals] == [A, AAAA, NSEC, NSEC]
    made.asked(query(Question(HOST, A)), from_beta(), 20.0)
    assert [record.type for record in single(made, 20.0)[0].additionals] == [AAAA, NSEC]


def test_a_type_that_we_know_there_is_not_is_denied() -> None:
    made = responder()
    made.asked(query(Question(HOST, HINFO)), from_beta(), 10.0)
    message, _ = single(made, 10.0)

    assert [record.type for record in message.answers] == [NSEC]
    assert message.answers[0].rdata == records().denials[1].rdata


@pytest.mark.parametrize(
    "question", [Question(parse_name("beta.local"), A), Question(TYPE, SRV), Question(HOST, A, class_=3)]
)
def test_other_names_types_of_shared_names_and_other_classes_are_left_to_others(question: Question) -> None:
    made = responder()
    made.asked(query(question), from_beta(), 10.0)

    assert made.due is None


@pytest.mark.parametrize(("ttl", "answered"), [(2250, False), (4500, False), (2249, True)])
def test_what_the_asker_knows_for_half_its_time_is_not_said(ttl: int, answered: bool) -> None:
    made = responder()
    made.asked(query(ASK, known=[pointer_record(ttl=ttl)]), from_beta(), 10.0)

    assert (made.due is not None) == answered


def test_known_answers_of_a_truncated_question_may_follow_in_further_packets() -> None:
    made = responder()
    both = (ASK, Question(SUBTYPE, PTR))
    made.asked(query(*both, flags=TRUNCATED), from_beta(), 10.0)
    made.asked(query(known=[pointer_record()]), from_beta(source="192.168.1.77"), 10.1)
    made.asked(query(known=[pointer_record(SUBTYPE)]), from_beta(), 10.2)

    assert named(single(made, 10.5)[0]) == [(TYPE, PTR)]


def test_a_question_for_unicast_is_answered_by_unicast_while_the_group_has_heard_it_lately() -> None:
    made = responder()
    made.was_multicast(records().shared, 0.0)
    question = Question(TYPE, PTR, unicast=True)
    made.asked(query(question), from_beta(), 1000.0)
    message, outgoing = single(made, 1000.0 + SHARED)
    assert outgoing.destination == ("192.168.1.20", 5353)
    assert (message.id, message.questions, named(message)) == (0, (), [(TYPE, PTR)])

    made.asked(query(question), from_beta(), 1126.0)
    assert single(made, 1126.0 + SHARED)[1].destination is None, "a quarter of 4500 s is over"


def test_a_question_sent_to_our_address_is_answered_by_unicast_but_only_on_the_link() -> None:
    made = responder()
    made.asked(query(ASK), from_beta(unicast=True, source="10.9.9.9"), 10.0)
    assert made.due is None
    made.asked(query(ASK), from_beta(unicast=True), 10.0)
    assert single(made, 10.0 + SHARED)[1].destination == ("192.168.1.20", 5353)


def test_a_simple_resolver_gets_its_question_and_id_back_short_ttls_and_no_flush_bits() -> None:
    made = responder()
    made.asked(query(Question(INSTANCE, SRV, unicast=True), id=77), from_beta(port=40000), 10.0)
    message, outgoing = single(made, 10.0)

    assert outgoing.destination == ("192.168.1.20", 40000)
    assert message.id == 77
    assert [(question.name, question.type, question.unicast) for question in message.questions] == [
        (INSTANCE, SRV, False)
    ]
    assert {record.ttl for record in message.records()} == {10}
    assert not any(record.flush or record.type == NSEC for record in message.records())


def test_a_record_is_not_multicast_again_within_a_second() -> None:
    made = responder()
    made.was_multicast((*records().unique, *records().denials), 10.0)
    made.asked(query(Question(HOST, A)), from_beta(), 10.3)
    made.asked(query(Question(HOST, A)), from_beta(), 10.4)
    message, _ = single(made, 11.0)

    assert named(message) == [(HOST, A)]
    assert made.due is None


def test_additionals_are_left_out_within_that_second() -> None:
    made = responder()
    made.was_multicast(records().unique, 10.0)
    made.asked(query(ASK), from_beta(), 10.3)
    message, _ = single(made, 10.3 + SHARED)

    assert [record.type for record in message.additionals] == [NSEC, NSEC]


def test_a_name_is_defended_against_a_probe_after_a_quarter_second_already() -> None:
    made = responder()
    made.was_multicast(records().unique, 10.0)
    probe = replace(query(Question(INSTANCE, ANY)), authorities=(server_record(),))
    made.asked(probe, from_beta(), 10.1)

    assert named(single(made, 10.25)[0]) == [(INSTANCE, SRV), (INSTANCE, TXT)]


def test_what_another_host_just_said_is_not_said_again() -> None:
    made = responder()
    made.asked(query(ASK, Question(SUBTYPE, PTR)), from_beta(), 10.0)
    made.heard(answer(pointer_record(), pointer_record(SUBTYPE, ttl=10)))

    assert named(single(made, 10.0 + SHARED)[0]) == [(SUBTYPE, PTR)], "that of the other host lives shorter than ours"


@pytest.mark.parametrize("flags", [0x0800, 0x0003])
def test_other_operations_and_errors_are_ignored(flags: int) -> None:
    made = responder()
    made.asked(query(ASK, flags=flags), from_beta(), 10.0)

    assert made.due is None


def test_of_a_flood_of_questions_only_so_many_wait() -> None:
    made = responder()
    for number in range(500):
        made.asked(query(ASK, id=number), from_beta(port=10000 + number), 10.0)

    assert len(made.turn(11.0)) == 200
    assert made.due is None


def test_a_second_truncated_question_of_an_asker_adds_to_the_first() -> None:
    made = responder()
    made.asked(query(ASK, flags=TRUNCATED), from_beta(), 10.0)
    made.asked(query(Question(INSTANCE, TXT), flags=TRUNCATED), from_beta(), 10.1)

    assert named(single(made, 10.6)[0]) == [(TYPE, PTR), (INSTANCE, TXT)]


def test_a_second_truncated_question_tells_what_its_asker_knows() -> None:
    made = responder()
    made.asked(query(ASK, Question(SUBTYPE, PTR), flags=TRUNCATED), from_beta(), 10.0)
    made.asked(query(ASK, known=[pointer_record()], flags=TRUNCATED), from_beta(), 10.1)

    assert named(single(made, 10.6)[0]) == [(SUBTYPE, PTR)]


def test_nothing_is_sent_to_a_simple_resolver_beyond_the_link() -> None:
    made = responder()
    made.asked(query(Question(INSTANCE, SRV)), from_beta(port=53, source="8.8.8.8"), 10.0)

    assert made.due is None


def test_who_asks_for_unicast_from_beyond_the_link_is_answered_by_the_group() -> None:
    made = responder()
    made.was_multicast(records().shared, 0.0)
    made.asked(query(Question(TYPE, PTR, unicast=True)), from_beta(source="8.8.8.8"), 1000.0)

    assert single(made, 1000.0 + SHARED)[1].destination is None


@pytest.mark.parametrize(("others", "answered"), [(20, 1), (300, 0)])
def test_a_simple_resolver_gets_one_message_unless_its_questions_fill_it(others: int, answered: int) -> None:
    made = responder()
    unknown = [Question((b"x%d" % number, b"local"), A) for number in range(others)]
    made.asked(query(Question(INSTANCE, ANY), *unknown), from_beta(port=40000), 10.0)

    assert len(made.turn(11.0)) == answered


def test_questions_and_known_answers_that_fill_a_packet_are_compared_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[Rdata] = []

    def counted(rdata: Rdata) -> bytes:
        compared.append(rdata)
        return uncompressed(rdata)

    monkeypatch.setattr(comparing, "uncompressed", counted)
    made = responder()
    known = [server_record(port) for port in range(100)] + [record(INSTANCE, TXT, Text((), b"\1a"))] * 100
    made.asked(query(*[Question(INSTANCE, ANY)] * 300, known=known), from_beta(), 10.0)

    assert named(single(made, 10.0)[0]) == [(INSTANCE, SRV), (INSTANCE, TXT)]
    assert len(compared) <= 101, "each known TXT, and ours"
