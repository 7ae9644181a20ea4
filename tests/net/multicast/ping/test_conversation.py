"""Tests of net.multicast.ping.conversation: the client's part, against messages of the responder's."""

from __future__ import annotations

import ipaddress
from typing import Literal

import pytest

from net.multicast.ping.conversation import INIT_INTERVAL, PATIENCE, Conversation, Heard, hops
from net.multicast.ping.messages import Field, Kind, Message, Option, answer_v1, answer_v2, response
from net.multicast.ping.policy import OWN_GROUPS

GROUP = OWN_GROUPS[4]
SESSION = bytes(range(16))


def _conversation(
    dialect: Literal["auto", "v1", "v2"] = "auto", *, group_asked: bool = False, group: str = str(GROUP)
) -> Conversation:
    return Conversation("beta", ipaddress.ip_address(group), group_asked=group_asked, dialect=dialect)


def _agree(conversation: Conversation) -> Message:
    """Open a session; returns the Init."""
    (asking,) = conversation.turn(1, 0.0).messages
    assert asking.kind == Kind.INIT
    told = response(asking, group=conversation.group, session=SESSION, info=b"server 1")
    assert conversation.hear(told) == Heard.AGREED
    return asking


def test_v2_asks_for_a_session_and_queries_in_it() -> None:
    conversation = _conversation("v2")
    turn = conversation.turn(1, 0.0)
    assert (turn.query, turn.pause) == (False, INIT_INTERVAL)
    asking = _agree(conversation)
    assert asking.prefixes == (ipaddress.ip_network(GROUP),)
    (query,) = conversation.turn(1, 5.25).messages
    assert (query.kind, query.sequence, query.group, query.session) == (Kind.QUERY, 1, GROUP, SESSION)
    assert query.client_id == asking.client_id
    assert len(query.client_id or b"") == 24
    assert conversation.hear(answer_v2(query, 64, 0.0)) == Heard.ANSWER
    assert (conversation.dialect, conversation.server) == ("v2", "server 1")


def test_v1_needs_no_session() -> None:
    conversation = _conversation("v1")
    turn = conversation.turn(4, 5.25)
    (query,) = turn.messages
    assert (turn.query, query.version, query.sequence, query.group) == (True, 1, 4, GROUP)
    assert query.fields[-1].number == Option.GROUP
    assert conversation.hear(answer_v1(query, b"ssmpingd", 9000)) == Heard.ANSWER
    assert conversation.server == "ssmpingd"


def test_auto_speaks_v2_first_and_v1_as_well_where_that_is_not_answered() -> None:
    conversation = _conversation()
    turn = conversation.turn(1, 0.0)
    assert ([message.kind for message in turn.messages], turn.query, turn.pause) == ([Kind.INIT], False, PATIENCE)
    turn = conversation.turn(1, 0.5)
    assert ([message.kind for message in turn.messages], turn.query) == ([Kind.INIT, Kind.QUERY], True)
    assert turn.messages[-1].version == 1
    assert conversation.hear(answer_v1(turn.messages[-1], b"", 9000)) == Heard.ANSWER
    assert conversation.dialect == "v1"
    assert [message.kind for message in conversation.turn(2, 1.5).messages] == [Kind.QUERY]


def test_auto_takes_v2_where_the_session_comes_late() -> None:
    conversation = _conversation()
    conversation.turn(1, 0.0)
    asking, old = conversation.turn(1, 0.5).messages
    assert conversation.hear(response(asking, group=GROUP, session=SESSION)) == Heard.AGREED
    assert conversation.turn(2, 1.5).messages[0].version == 2
    assert conversation.hear(answer_v1(old, b"", 9000)) == Heard.ANSWER
    assert conversation.dialect == "v2"


def test_a_forgotten_session_is_asked_for_anew_under_a_new_name() -> None:
    conversation = _conversation("v2")
    asking = _agree(conversation)
    (query,) = conversation.turn(1, 0.0).messages
    assert conversation.hear(response(query)) == Heard.FORGOTTEN
    (again,) = conversation.turn(2, 1.0).messages
    assert again.kind == Kind.INIT
    assert again.client_id != asking.client_id
    assert conversation.hear(answer_v2(query, 64, 0.0)) == Heard.FOREIGN
    assert conversation.hear(response(again, group=GROUP, session=SESSION)) == Heard.AGREED


def test_stop_without_session_ends_the_conversation_with_its_reason() -> None:
    conversation = _conversation()
    (asking,) = conversation.turn(1, 0.0).messages
    assert conversation.hear(response(asking)) == Heard.REFUSED
    assert conversation.refusal is not None
    assert conversation.refusal.code == "ping_stopped"


def test_the_responders_group_is_taken_where_none_was_chosen() -> None:
    conversation = _conversation("v2")
    (asking,) = conversation.turn(1, 0.0).messages
    other = ipaddress.ip_network("239.9.9.9/32")
    assert conversation.hear(response(asking, prefixes=[other])) == Heard.MOVED
    assert str(conversation.group) == "239.9.9.9"
    (again,) = conversation.turn(1, 0.0).messages
    assert (again.prefixes, again.client_id != asking.client_id) == ((other,), True)
    assert conversation.hear(response(again, prefixes=[ipaddress.ip_network("239.9.9.8/32")])) == Heard.REFUSED


@pytest.mark.parametrize("offered", ["239.9.9.9/32", "239.0.0.0/8"])
def test_the_persons_own_group_is_not_exchanged_for_another(offered: str) -> None:
    conversation = _conversation("v2", group_asked=True, group="239.1.1.1")
    (asking,) = conversation.turn(1, 0.0).messages
    assert conversation.hear(response(asking, prefixes=[ipaddress.ip_network(offered)])) == Heard.REFUSED
    assert conversation.refusal is not None
    assert conversation.refusal.code == "ping_group_refused"
    assert offered.removesuffix("/32") in conversation.refusal.text


@pytest.mark.parametrize("offered", ["224.0.0.1/32", "10.0.0.1/32", "239.0.0.0/8"])
def test_a_group_that_must_not_be_joined_is_not_taken(offered: str) -> None:
    conversation = _conversation("v2")
    (asking,) = conversation.turn(1, 0.0).messages
    assert conversation.hear(response(asking, prefixes=[ipaddress.ip_network(offered)])) == Heard.REFUSED


def test_what_is_meant_for_others_is_foreign() -> None:
    conversation = _conversation("v2")
    asking = _agree(conversation)
    (query,) = conversation.turn(1, 0.0).messages
    strange = Message(Kind.QUERY, (Field(0, b"\2"), Field(Option.CLIENT_ID, b"somebody else")))
    for message in (
        query,
        asking,
        answer_v2(strange, 64, 0.0),
        response(strange, group=GROUP, session=SESSION),
        response(asking, group=ipaddress.ip_address("239.1.1.1"), session=SESSION),
        answer_v1(strange, b"", 100),
        Message(Kind.ANSWER, ()),
    ):
        assert conversation.hear(message) == Heard.FOREIGN
    assert conversation.refusal is None


def test_what_the_server_calls_itself_is_made_visible() -> None:
    conversation = _conversation("v2")
    (asking,) = conversation.turn(1, 0.0).messages
    conversation.hear(response(asking, group=GROUP, session=SESSION, info=b"\x1b[31m" + b"x" * 500))
    assert conversation.server is not None
    assert conversation.server.startswith("␛[31m")
    assert len(conversation.server) <= 80


@pytest.mark.parametrize(
    ("told", "arrived", "expected"),
    [
        (64, 64, 0),
        (64, 60, 4),
        (None, 64, 0),
        (None, 61, 3),
        (None, 128, 0),
        (None, 120, 8),
        (None, 255, 0),
        (None, None, None),
        (64, None, None),
        (1, 60, None),
    ],
)
def test_hops_are_the_ttl_sent_less_that_on_arrival(
    told: int | None, arrived: int | None, expected: int | None
) -> None:
    fields = () if told is None else (Field(Option.TTL, bytes((told,))),)
    assert hops(Message(Kind.ANSWER, fields), arrived) == expected
