"""Tests of net.platform.linux.netlink: datagrams taken apart, whole, cut or hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.platform.linux import netlink
from net.platform.linux.netlink import HEADER, NLM_F_DUMP_INTR, InterruptedDumpError, Message, dump, messages


def _message(kind: int, body: bytes, flags: int = 0) -> bytes:
    padding = bytes(-len(body) % 4)
    return HEADER.pack(HEADER.size + len(body), kind, flags, 1, 0) + body + padding


def test_messages_follow_each_other_at_multiples_of_four() -> None:
    data = _message(16, b"abc") + _message(17, b"defgh")
    assert list(messages(data)) == [Message(16, b"abc"), Message(17, b"defgh")]


def test_a_table_that_changed_while_it_was_read_is_noticed_unless_that_is_accepted() -> None:
    data = _message(16, b"abcd") + _message(16, b"efgh", NLM_F_DUMP_INTR)
    with pytest.raises(InterruptedDumpError):
        list(messages(data))
    assert len(list(messages(data, strict=False))) == 2


def test_an_interrupted_table_is_read_again_and_at_last_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = []

    def read(*_: object, strict: bool = True) -> list[Message]:
        readings.append(strict)
        return list(messages(_message(16, b"abcd", NLM_F_DUMP_INTR), strict=strict))

    monkeypatch.setattr(netlink, "_exchange", read)
    assert dump(18, b"") == [Message(16, b"abcd")]
    assert readings == [True] * netlink.ATTEMPTS + [False]


@given(st.binary(max_size=200))
def test_cut_or_hostile_datagrams_end(data: bytes) -> None:
    assert len(list(messages(data, strict=False))) <= len(data) // HEADER.size
