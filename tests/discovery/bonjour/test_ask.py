"""A question is taken as typed, and the time of an answer judged by RFC 6762 section 6."""

from __future__ import annotations

from typing import Literal

import pytest

from discovery.bonjour.ask import Timing, _Asking, judge
from discovery.bonjour.compose import compose
from discovery.bonjour.hearing import HeardPacket
from discovery.bonjour.names import parse_name
from discovery.bonjour.origin import networks_of
from discovery.bonjour.questions import answers_to, parse_question, usual_type
from discovery.bonjour.rdata import ANY, NSEC, PTR, SRV, Absence, Pointer, Server
from discovery.bonjour.wire import RESPONSE, Message, Question, ResourceRecord, decode
from discovery.requests import AskRequest
from net.problems import ProblemError
from tests.net.faces import LAN

WEB = parse_name("Dr\\. Web._http._tcp.local")
HTTP = parse_name("_http._tcp.local")
SHARED = ResourceRecord(HTTP, PTR, Pointer(WEB), 4500)
UNIQUE = ResourceRecord(WEB, SRV, Server(0, 0, 80, parse_name("alpha.local")), 120, flush=True)


def response(*answers: ResourceRecord, flags: int = RESPONSE) -> Message:
    return decode(compose(flags=flags, answers=answers))


@pytest.mark.parametrize(
    ("answers", "ms", "timing"),
    [
        ((UNIQUE,), 0.1, "in_time"),
        ((UNIQUE,), 59.9, "in_time"),
        ((UNIQUE,), 60.1, "late"),
        ((SHARED,), 19.9, "early"),
        ((SHARED,), 20.0, "in_time"),
        ((SHARED,), 169.9, "in_time"),
        ((SHARED,), 170.1, "late"),
        ((UNIQUE, SHARED), 5.0, "early"),
        ((UNIQUE, SHARED), 100.0, "in_time"),
    ],
)
def test_an_answer_is_early_in_time_or_late(answers: tuple[ResourceRecord, ...], ms: float, timing: Timing) -> None:
    assert judge(answers, ms) == timing


@pytest.mark.parametrize("typed", ["_http._tcp", "_http._tcp.", "_http._tcp.local", "_HTTP._tcp.Local."])
def test_local_is_added_where_it_is_missing(typed: str) -> None:
    question = parse_question(typed, "ptr", unicast=True)

    assert tuple(label.lower() for label in question.name) == HTTP
    assert (question.type, question.unicast) == (PTR, True)


def test_a_reverse_name_stays_as_it_is() -> None:
    assert parse_question("20.1.168.192.in-addr.arpa", "PTR").name[-1] == b"arpa"


@pytest.mark.parametrize(
    ("name", "type_", "code"),
    [
        ("", "PTR", "ask_name_invalid"),
        ("a..local", "PTR", "ask_name_invalid"),
        ("a" * 64 + ".local", "PTR", "ask_name_invalid"),
        (".".join(["a" * 60] * 5), "PTR", "ask_name_invalid"),
        (".".join(["a" * 60] * 4) + ".aaaaaaa", "PTR", "ask_name_invalid"),
        ("a.local\\", "PTR", "ask_name_invalid"),
        ("a.local", "POINTER", "ask_type_invalid"),
        ("a.local", "65536", "ask_type_invalid"),
    ],
)
def test_what_dns_cannot_carry_is_refused_by_the_rule(name: str, type_: str, code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_question(name, type_)
    assert refused.value.problem.code == code


def test_only_a_response_with_such_a_record_answers() -> None:
    asked = Question(HTTP, PTR)

    assert [record.type for record in answers_to(asked, response(SHARED, UNIQUE))] == [PTR]
    assert answers_to(asked, response(UNIQUE)) == ()
    assert answers_to(asked, response(SHARED, flags=0)) == ()
    assert len(answers_to(Question(WEB, ANY), response(UNIQUE))) == 1


def test_that_there_is_no_such_record_is_an_answer() -> None:
    denial = ResourceRecord(WEB, NSEC, Absence(WEB, (SRV,)), 120, flush=True)

    assert len(answers_to(Question(WEB, 28), response(denial))) == 1


def test_an_empty_name_is_called_so() -> None:
    with pytest.raises(ProblemError) as refused:
        parse_question(" ", "PTR")
    assert refused.value.problem.text.startswith("An empty name is no name that DNS can carry")


@pytest.mark.parametrize(
    ("mode", "source", "port", "unicast", "counts"),
    [
        ("qu", "192.168.1.20", 5353, True, True),
        ("qu", "8.8.8.8", 5353, True, False),
        ("qu", "192.168.1.20", 40000, True, False),
        ("qm", "8.8.8.8", 5353, False, True),
        ("qm", "192.168.1.20", 40000, False, False),
        ("legacy", "192.168.1.20", 40000, True, True),
        ("legacy", "8.8.8.8", 40000, True, False),
    ],
)
async def test_an_answer_from_beyond_the_link_or_from_a_port_of_no_responder_does_not_count(
    mode: Literal["qm", "qu", "legacy"], source: str, port: int, unicast: bool, counts: bool
) -> None:
    asking = _Asking(AskRequest(name="_http._tcp", type="PTR", mode=mode), {"en0": networks_of(LAN)})
    asking._times["en0", "ipv4"] = 100.0
    payload = compose(id=asking._id, flags=RESPONSE, answers=[SHARED])
    asking.heard(HeardPacket(100.1, "en0", "ipv4", source, port, 255, payload, unicast))

    assert asking.summary().answers == counts


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("_http._tcp", "PTR"),
        ("_HTTP._TCP.local.", "PTR"),
        ("_printer._sub._http._tcp.local", "PTR"),
        ("_services._dns-sd._udp", "PTR"),
        ("20.1.168.192.in-addr.arpa", "PTR"),
        ("beta.local", "ANY"),
        ("beta", "ANY"),
        ("Dr\\. Web._http._tcp.local", "ANY"),
        ("_odd._http._tcp.local", "ANY"),
        ("a..b", "ANY"),
        ("", "ANY"),
    ],
)
def test_without_a_type_a_service_type_lists_its_instances_and_anything_else_tells_all(name: str, type_: str) -> None:
    assert usual_type(name) == type_


async def test_the_summary_names_the_type_that_was_chosen_and_counts_as_people_do() -> None:
    asking = _Asking(AskRequest(name="Dr\\. Web._http._tcp"), {"en0": networks_of(LAN)})
    asking._times["en0", "ipv4"] = 100.0
    payload = compose(flags=RESPONSE, answers=[UNIQUE])
    packet = HeardPacket(100.0625934, "en0", "ipv4", "192.168.1.20", 5353, 255, payload)
    asking.heard(packet)
    assert asking.summary().type == "ANY"
    assert asking.summary().text.startswith("Answered once, after 62.6 ms.")
    asking.heard(packet)
    assert asking.summary().text.startswith("Answered by one address, twice, the first time after 62.6 ms.")


@pytest.mark.parametrize(
    ("address", "name"),
    [("192.168.1.20", "20.1.168.192.in-addr.arpa"), ("fe80::1%en0", f"1.{'0.' * 28}8.e.f.ip6.arpa")],
)
def test_of_an_address_its_name_in_arpa_is_asked_for(address: str, name: str) -> None:
    assert usual_type(address) == "PTR"
    assert parse_question(address, "PTR").name == parse_name(name)


@pytest.mark.parametrize("name", ["_ipp", " _ipp. "])
def test_a_type_without_its_second_label_is_told_which_it_has(name: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_question(name, "ANY")
    assert refused.value.problem.code == "ask_service_incomplete"
    assert "_ipp._tcp or _ipp._udp" in refused.value.problem.remedy
    assert parse_question("_ipp.local", "ANY").name == (b"_ipp", b"local")
