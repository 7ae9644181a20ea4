"""Tests of net.multicast.ping.messages: bytes seen on the wire, values read back, and bytes that are no message."""

from __future__ import annotations

import ipaddress
import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.multicast.ping.messages import (
    MOST_OPTIONS,
    Field,
    Kind,
    MalformedError,
    Message,
    Option,
    answer_v1,
    answer_v2,
    decode,
    init,
    query_v1,
    query_v2,
    response,
)

GROUP = ipaddress.ip_address("232.43.211.234")
GROUP_V6 = ipaddress.ip_address("ff3e::4321:1234")
HOST_PREFIX = ipaddress.ip_network("232.43.211.234/32")
CLIENT = bytes(range(24))
SESSION = bytes(range(100, 116))
INFO = b"0.9.1 (20080418) [asm][size]"
FUZZED = int(os.environ.get("LANSCOUT_FUZZ", "1000000"))

# ssmping -v -s 100 and ssmpingd 0.9.1 of Debian, taken from the wire.
SSMPING = bytes.fromhex(
    "51 0001 0004 00002b6c 0002 0004 00000001 0003 0008 6b0516f9 000600080005 0000 0007 0002 0064 0004 0005 01 e82bd3ea"
)
SSMPINGD = b"A" + SSMPING[1:] + bytes.fromhex("0006 001c") + INFO + bytes.fromhex("0008 0010") + bytes(16)
SSMPING_V6 = bytes.fromhex(
    "51 0001 0004 00002b73 0002 0004 00000001 0003 0008 6b0516fd 000645270004 0011 02 ff3e0000000000000000000043211234"
)
# The layouts measured of omping 0.0.5, with its sizes.
INIT = bytes.fromhex("49 0000 0001 02 0001 0018") + CLIENT + bytes.fromhex("0005 0002 0006 000a 0007 0001 20 e82bd3ea")
RESPONSE = (
    bytes.fromhex("53 0000 0001 02 0001 0018") + CLIENT + bytes.fromhex("0004 0006 0001 e82bd3ea 000b 0010") + SESSION
)
WRONG_PREFIX = bytes.fromhex("53 0000 0001 02 0001 0018") + CLIENT + bytes.fromhex("000a 0007 0001 20 e82bd3ea")
STOP = bytes.fromhex("53 0000 0001 02 0001 0018") + CLIENT
QUERY = (
    bytes.fromhex("51 0000 0001 02 0001 0018")
    + CLIENT
    + bytes.fromhex("0002 0004 00000007 0003 0008 6b0516f9 00060008 0004 0006 0001 e82bd3ea 0005 0002 000c 000b 0010")
    + SESSION
)
ANSWER = (
    bytes.fromhex("41 0000 0001 02 0001 0018")
    + CLIENT
    + bytes.fromhex("0002 0004 00000007 0003 0008 6b0516f9 00060008 0004 0006 0001 e82bd3ea 0005 0002 000c")
    + bytes.fromhex("0009 0001 40 000c 0008 6b0516f9 0007a120")
)
SENT = 0x6B0516F9 + 0x60008 / 1e6


def test_a_query_of_version_1_is_what_ssmping_sends() -> None:
    client = bytes.fromhex("00002b6c")
    assert query_v1(client, 1, SENT, GROUP, ask_version=True, reply_size=100).encode() == SSMPING
    assert len(query_v1(client, 1, SENT, GROUP).encode()) == 38
    sent = 0x6B0516FD + 0x64527 / 1e6
    assert query_v1(bytes.fromhex("00002b73"), 1, sent, GROUP_V6).encode() == SSMPING_V6


def test_an_answer_of_version_1_is_what_ssmpingd_sends() -> None:
    answer = answer_v1(decode(SSMPING), INFO, 9000).encode()
    assert answer == SSMPINGD
    assert len(answer) == 100


@pytest.mark.parametrize(
    ("asked", "largest", "size"), [(100, 90, 90), (100, 100, 100), (65535, 1400, 1400), (10, 90, 80), (83, 90, 80)]
)
def test_an_answer_of_version_1_is_padded_no_further_than_allowed(asked: int, largest: int, size: int) -> None:
    query = query_v1(b"\0\0\0\1", 1, SENT, GROUP, ask_version=True, reply_size=asked)
    assert len(answer_v1(query, INFO, largest).encode()) == size


def test_the_messages_of_version_2_are_those_of_omping() -> None:
    assert init(CLIENT, HOST_PREFIX).encode() == INIT
    assert query_v2(CLIENT, 7, SENT, GROUP, SESSION, ask=(Option.SERVER_TIME,)).encode() == QUERY
    asked = init(CLIENT, HOST_PREFIX, ask=())
    assert response(asked, group=GROUP, session=SESSION, info=b"x").encode() == RESPONSE
    assert response(asked, prefixes=[HOST_PREFIX]).encode() == WRONG_PREFIX
    assert response(asked).encode() == STOP
    assert answer_v2(decode(QUERY), 64, 0x6B0516F9 + 0.5).encode() == ANSWER
    assert [len(each) for each in (INIT, RESPONSE, WRONG_PREFIX, STOP, QUERY, ANSWER)] == [51, 64, 45, 34, 90, 87]


def test_a_group_or_prefix_of_ipv6_takes_twelve_bytes_more() -> None:
    prefix = ipaddress.ip_network("ff3e::4321:1234/128")
    assert len(init(CLIENT, prefix).encode()) == len(INIT) + 12
    assert len(query_v2(CLIENT, 7, SENT, GROUP_V6, SESSION, ask=(12,)).encode()) == len(QUERY) + 12


def test_the_values_of_a_query_are_read() -> None:
    read = decode(QUERY)
    assert (read.kind, read.version, read.client_id, read.sequence) == (Kind.QUERY, 2, CLIENT, 7)
    assert (read.group, read.session, read.requested) == (GROUP, SESSION, frozenset([Option.SERVER_TIME]))
    assert (decode(ANSWER).ttl, decode(ANSWER).session) == (64, None)
    assert decode(SSMPINGD).server_info == INFO
    assert (decode(SSMPING).version, decode(SSMPING).group, decode(SSMPING).sequence) == (1, GROUP, 1)
    assert decode(SSMPING_V6).group == GROUP_V6
    assert decode(INIT).prefixes == (HOST_PREFIX,)


def test_unknown_options_are_copied_in_their_place() -> None:
    query = decode(QUERY)
    strange = Message(query.kind, (*query.fields[:2], Field(4711, b"?"), *query.fields[2:], Field(65535, b"")))
    answer = answer_v2(decode(strange.encode()), 64, 0)
    assert [field.number for field in answer.fields] == [0, 1, 4711, 2, 3, 4, 5, 65535, 9, 12]
    old = Message(Kind.QUERY, (*decode(SSMPING).fields, Field(4711, b"?")))
    assert [field.number for field in answer_v1(old, INFO, 9000).fields] == [1, 2, 3, 5, 7, 4, 4711, 6, 8]


def test_options_of_the_server_in_a_query_are_not_sent_back() -> None:
    query = decode(QUERY)
    forged = Message(query.kind, (*query.fields, Field(Option.TTL, b"\1"), Field(Option.SERVER_INFO, b"me")))
    assert answer_v2(forged, 64, 0x6B0516F9 + 0.5).encode() == ANSWER


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "empty"),
        (b"\x00", "no kind"),
        (QUERY[:-1], "of which 15"),
        (QUERY[:2], "head of an option"),
        (b"Q" + bytes(4) * (MOST_OPTIONS + 1), "more than"),
        (b"\x7eabc", "no kind"),
    ],
)
def test_what_is_no_message_is_refused_with_its_reason(payload: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode(payload)


@pytest.mark.parametrize("size", range(len(QUERY)))
def test_a_message_cut_anywhere_is_refused_or_misses_its_last_options(size: int) -> None:
    try:
        read = decode(QUERY[:size])
    except MalformedError:
        return
    assert read.encode() == QUERY[:size]
    assert read.session is None


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (Option.GROUP, b"\0\1\xe8\x2b\xd3"),
        (Option.GROUP, b"\0\3\xe8\x2b\xd3\xea"),
        (Option.GROUP, b""),
        (Option.SEQUENCE, b"\0\0\1"),
        (Option.TTL, b"ab"),
        (Option.SESSION, b""),
        (Option.PREFIX, b"\0\1\x21\xe8\x2b\xd3\xea"),
        (Option.PREFIX, b"\0\1\x20\xe8\x2b\xd3"),
        (Option.PREFIX, b"\0\1"),
        (Option.PREFIX, b"\0\1\x08" + bytes(5)),
    ],
)
def test_an_option_of_a_wrong_form_counts_as_missing(number: int, value: bytes) -> None:
    read = decode(Message(Kind.QUERY, (Field(0, b"\2"), Field(number, value))).encode())
    assert (read.group, read.sequence, read.ttl, read.session, read.prefixes) == (None, None, None, None, ())


def test_a_short_prefix_stands_for_all_its_groups() -> None:
    read = Message(Kind.INIT, (Field(0, b"\2"), Field(Option.PREFIX, b"\0\1\x08\xe8"), Field(Option.PREFIX, b"\0\2\0")))
    assert [str(prefix) for prefix in read.prefixes] == ["232.0.0.0/8", "::/0"]
    assert init(CLIENT, read.prefixes[0]).encode().endswith(b"\0\x0a\0\4\0\1\x08\xe8")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_malformed(payload: bytes) -> None:
    _read_everything(payload)
    _read_everything(b"Q" + payload)


def test_mutated_messages_are_survived() -> None:
    chance = random.Random(4321)
    for _ in range(FUZZED):
        _read_everything(_mutate(chance, chance.choice((SSMPING, SSMPINGD, SSMPING_V6, INIT, RESPONSE, QUERY, ANSWER))))


def _mutate(chance: random.Random, payload: bytes) -> bytes:
    mutated = bytearray(payload)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(mutated) or 1)
        action = chance.randrange(4)
        if action == 0 and mutated:
            mutated[place] = chance.randrange(256)
        elif action == 1:
            del mutated[place:]
        elif action == 2:
            mutated[place:place] = chance.randbytes(chance.randint(1, 5))
        else:
            mutated[place:place] = mutated[: chance.randrange(len(mutated) + 1)]
    return bytes(mutated)


def _read_everything(payload: bytes) -> None:
    """Read and answer as client and responder do; what is read back is what came."""
    try:
        message = decode(payload)
    except MalformedError:
        return
    assert message.encode() == payload
    assert message.group is None or message.group.packed in payload
    assert len(message.prefixes) <= MOST_OPTIONS
    assert isinstance((message.client_id, message.sequence, message.session, message.ttl), tuple)
    assert answer_v1(message, INFO, 1400).encode().startswith(b"A" + payload[1:])
    for made in (answer_v2(message, 64, 0.0), response(message, info=INFO)):
        assert decode(made.encode()).version == (message.version if made.kind == Kind.ANSWER else 2)
