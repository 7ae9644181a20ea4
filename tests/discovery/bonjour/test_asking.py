"""Questions are written so that another implementation reads the same names, and repeated with patience."""

from __future__ import annotations

from itertools import pairwise

import dns.message
import dns.rdatatype
from hypothesis import given
from hypothesis import strategies as st

from discovery.bonjour.asking import TYPE_SRV, Patience, Question, host_question, instance_question, query


def asked(question: Question | None) -> Question:
    assert question is not None
    return question


def test_a_dot_in_an_instance_name_stays_within_its_label() -> None:
    question = asked(instance_question("Dr. Web v1.2", "_http._tcp", TYPE_SRV))

    (packet,) = query([question], unicast=False).packets()

    message = dns.message.from_wire(packet)
    assert message.id == 0
    assert not message.flags
    assert message.question[0].name.labels == (b"Dr. Web v1.2", b"_http", b"_tcp", b"local", b"")
    assert message.question[0].rdtype == dns.rdatatype.SRV
    assert message.question[0].rdclass == 1


def test_the_first_question_asks_for_a_unicast_answer() -> None:
    (packet,) = query([asked(host_question("nas.local.", 1))], unicast=True).packets()

    assert dns.message.from_wire(packet).question[0].rdclass == 0x8001


def test_many_questions_share_packets_that_fit_the_wire() -> None:
    questions = [asked(instance_question(f"service {number}", "_http._tcp", TYPE_SRV)) for number in range(100)]

    packets = query(questions, unicast=False).packets()

    assert len(packets) < 5
    assert all(len(packet) <= 1440 for packet in packets)
    assert sum(len(dns.message.from_wire(packet).question) for packet in packets) == 100


def test_a_name_that_cannot_be_written_is_not_asked_for() -> None:
    assert instance_question("x" * 64, "_http._tcp", TYPE_SRV) is None
    assert instance_question("bad \ufffd", "_http._tcp", TYPE_SRV) is None
    assert instance_question("", "_http._tcp", TYPE_SRV) is None
    assert host_question("a..local.", 1) is None
    assert host_question(".".join(["x" * 60] * 5), 1) is None


@given(st.lists(st.text(), max_size=30))
def test_any_name_is_either_written_or_left_out(names: list[str]) -> None:
    questions = [question for name in names if (question := instance_question(name, "_http._tcp", 33)) is not None]
    for packet in query(questions, unicast=True).packets():
        dns.message.from_wire(packet)


def test_a_name_is_asked_for_again_more_and_more_seldom_and_then_given_up() -> None:
    patience = Patience()
    patience.add("a", 0)
    patience.add("a", 100)
    times = []
    for tick in range(1000):
        times += [(tick / 10, first) for _, first in patience.take(tick / 10, 10)]

    assert [first for _, first in times] == [True, False, False, False, False]
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(times)]
    assert gaps == sorted(gaps)
    assert min(gaps) >= 1
    assert not patience


def test_only_so_many_are_asked_for_at_once() -> None:
    patience = Patience()
    for number in range(25):
        patience.add(str(number), 0)

    assert [len(list(patience.take(1, 10))) for _ in range(4)] == [10, 10, 5, 0]


def test_what_lacks_nothing_is_not_asked_for() -> None:
    patience = Patience()
    patience.add("a", 0)
    patience.drop("a")
    assert list(patience.take(1, 10)) == []
