"""Tests of net.multicast.ping.answering: what the responder says to each question, in both dialects."""

from __future__ import annotations

import ipaddress

import pytest

from net.multicast.ping.answering import INFO, Answering, Outcome
from net.multicast.ping.limiter import BURST, Limiter
from net.multicast.ping.messages import (
    Field,
    Kind,
    Message,
    Option,
    decode,
    init,
    query_v1,
    query_v2,
    response,
)
from net.multicast.ping.policy import OWN_GROUPS, Policy
from net.replying import Asked
from tests.net.multicast.ping.test_policy import LINKS

GROUP = OWN_GROUPS[4]
CLIENT = bytes(range(24))
NEAR, FAR, ME = "192.168.1.77", "203.0.113.9", ipaddress.ip_address("192.168.1.20")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _answering(policy: Policy | None = None, *, interval: float = 0.0, clock: Clock | None = None) -> Answering:
    policy = policy or Policy()
    policy.learn(LINKS)
    now = clock or Clock()
    return Answering(policy, Limiter(interval), now=now, clock=now)


def _asked(message: Message | bytes, requester: str = NEAR, port: int = 5000, at: object = ME) -> Asked:
    payload = message if isinstance(message, bytes) else message.encode()
    return Asked(payload, (requester, port), at, 2)  # type: ignore[arg-type]


def _ask(answering: Answering, message: Message | bytes, requester: str = NEAR, port: int = 5000) -> Outcome:
    outcome = answering.consider(_asked(message, requester, port))
    assert outcome is not None
    return outcome


def _session(answering: Answering, port: int = 5000) -> bytes:
    told = _ask(answering, init(CLIENT, ipaddress.ip_network(GROUP)), port=port).reply
    assert told is not None
    assert (told.kind, told.group, told.client_id, told.server_info) == (Kind.RESPONSE, GROUP, CLIENT, INFO)
    assert told.session is not None
    assert len(told.session) == 16
    return told.session


def test_a_query_of_v1_is_answered_both_ways_and_recorded() -> None:
    query = query_v1(b"\0\0\0\7", 3, 1.5, GROUP)
    outcome = _ask(_answering(), query)
    assert outcome.reply is not None
    assert (outcome.reply.encode()[:1], outcome.reply.encode()[1:]) == (b"A", query.encode()[1:])
    assert outcome.group == GROUP
    question = outcome.question
    assert (question.requester, question.port, question.dialect, question.message) == (NEAR, 5000, "v1", "query")
    assert (question.group, question.sequence, question.address) == (str(GROUP), 3, str(ME))
    assert (question.answered, question.refused) == (True, None)


def test_a_query_of_v1_without_group_is_sent_to_the_protocols_own() -> None:
    query = Message(Kind.QUERY, (Field(Option.CLIENT_ID, b"\0\0\0\1"), Field(Option.SEQUENCE, b"\0\0\0\1")))
    assert _ask(_answering(), query).group == GROUP


def test_a_session_of_v2_is_opened_and_its_queries_answered() -> None:
    answering = _answering()
    session = _session(answering)
    outcome = _ask(answering, query_v2(CLIENT, 1, 2.0, GROUP, session, ask=(Option.SERVER_TIME,)))
    assert outcome.reply is not None
    assert (outcome.reply.kind, outcome.reply.sequence, outcome.reply.ttl) == (Kind.ANSWER, 1, 64)
    assert outcome.reply.session is None
    assert outcome.group == GROUP
    assert [field.number for field in outcome.reply.fields] == [0, 1, 2, 3, 4, 5, 9, 12]


@pytest.mark.parametrize("what", ["session", "client", "port", "group", "sequence"])
def test_a_query_outside_its_session_is_told_to_stop(what: str) -> None:
    answering = _answering()
    session = _session(answering)
    client = CLIENT if what != "client" else CLIENT[::-1]
    group = GROUP if what != "group" else ipaddress.ip_address("239.1.2.3")
    query = query_v2(client, 1, 2.0, group, session if what != "session" else bytes(16))
    if what == "sequence":
        query = Message(query.kind, tuple(field for field in query.fields if field.number != Option.SEQUENCE))
    outcome = _ask(answering, query, port=5001 if what == "port" else 5000)
    assert outcome.group is None
    assert outcome.reply == response(query)
    assert outcome.question.refused == "session"


def test_a_group_that_is_not_served_is_answered_with_the_own_one() -> None:
    answering = _answering(Policy(ipaddress.ip_address("239.9.9.9")))
    asked = init(CLIENT, ipaddress.ip_network("232.43.211.234/32"))
    outcome = _ask(answering, asked)
    assert outcome.reply is not None
    assert outcome.reply.prefixes == (ipaddress.ip_network("239.9.9.9/32"),)
    assert (outcome.reply.group, outcome.reply.session, outcome.question.refused) == (None, None, "group")


def test_a_query_of_v1_for_a_group_that_is_not_served_is_left_without_any_answer() -> None:
    outcome = _ask(_answering(), query_v1(b"\0\0\0\7", 3, 1.5, ipaddress.ip_address("224.0.0.5")))
    assert (outcome.reply, outcome.group, outcome.question.refused) == (None, None, "group")


def test_hosts_beyond_the_links_are_answered_only_where_that_was_chosen() -> None:
    query = query_v1(b"\0\0\0\7", 3, 1.5, GROUP)
    outcome = _ask(_answering(), query, FAR)
    assert (outcome.reply, outcome.question.refused) == (None, "network")
    assert _ask(_answering(Policy(any_network=True)), query, FAR).group == GROUP
    foreign = query_v1(b"\0\0\0\7", 3, 1.5, ipaddress.ip_address("239.1.2.3"))
    assert _ask(_answering(Policy(any_network=True)), foreign, FAR).question.refused == "group"


def test_what_is_left_without_answer_does_not_count_against_its_host() -> None:
    answering = _answering(interval=1.0, clock=Clock())
    unserved = query_v1(b"\0\0\0\7", 3, 1.5, ipaddress.ip_address("224.0.0.5"))
    for _ in range(10 * BURST):
        assert _ask(answering, unserved).question.refused == "group"
    assert _ask(answering, query_v1(b"\0\0\0\7", 3, 1.5, GROUP)).question.refused is None


def test_one_host_is_answered_once_a_second_with_bursts_of_five() -> None:
    clock = Clock()
    answering = _answering(interval=1.0, clock=clock)
    query = query_v1(b"\0\0\0\7", 3, 1.5, GROUP)
    refused = [_ask(answering, query, port=6000 + number).question.refused for number in range(BURST + 1)]
    assert refused == [None] * BURST + ["rate"]
    assert _ask(answering, query, "192.168.1.78").question.refused is None
    clock.now += 1.0
    assert _ask(answering, query).question.refused is None


@pytest.mark.parametrize("version", [0, 1, 3, 255])
def test_another_version_is_told_to_stop(version: int) -> None:
    asked = Message(Kind.INIT, (Field(Option.VERSION, bytes((version,))), Field(Option.CLIENT_ID, CLIENT)))
    outcome = _ask(_answering(), asked)
    assert outcome.reply == response(asked)
    assert outcome.question.refused == "version"


def test_an_init_without_version_is_told_to_stop() -> None:
    outcome = _ask(_answering(), Message(Kind.INIT, (Field(Option.CLIENT_ID, CLIENT),)))
    assert (outcome.reply is not None, outcome.question.refused) == (True, "version")


def test_what_is_no_message_is_recorded_and_not_answered() -> None:
    for payload in (b"", b"hello", b"Q\0\1\0\4\0"):
        outcome = _ask(_answering(), payload)
        assert (outcome.reply, outcome.question.refused, outcome.question.dialect) == (None, "malformed", None)
        assert outcome.question.problem is not None
        assert outcome.question.problem.code == "ping_malformed"


def test_replies_and_what_was_sent_to_a_group_or_by_broadcast_are_no_questions() -> None:
    answering = _answering()
    query = query_v1(b"\0\0\0\7", 3, 1.5, GROUP)
    answer = _ask(answering, query).reply
    assert answer is not None
    assert answering.consider(_asked(answer)) is None
    assert answering.consider(_asked(response(decode(query.encode())))) is None
    for at in ("232.43.211.234", "192.168.1.255", "255.255.255.255", "192.168.9.9"):
        assert answering.consider(_asked(query, at=ipaddress.ip_address(at))) is None
    assert answering.consider(_asked(query, port=0)) is None


def test_only_what_arrives_on_a_chosen_interface_is_answered() -> None:
    policy = Policy()
    policy.learn(LINKS)
    answering = Answering(policy, Limiter(0), interfaces=frozenset(["no-such"]))
    assert _ask(answering, query_v1(b"\0\0\0\7", 3, 1.5, GROUP)).question.refused == "interface"
