"""Tests of net.multicast.tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.multicast.payloads.registry import recognise
from net.multicast.tags import Tag, read_tag, tagged_payload

TAG = Tag(0x1234, 7, 3)


@given(
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**31 - 1),
    st.integers(0, 9999),
    st.text(st.characters(exclude_categories=()), max_size=40),
)
def test_a_tag_is_read_as_it_was_written(run: int, interface: int, number: int, name: str) -> None:
    name = name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    assert read_tag(tagged_payload(Tag(run, interface, number), name)) == Tag(run, interface, number)


def test_people_can_read_the_interface_in_it() -> None:
    assert tagged_payload(TAG, "en0") == b"lanscout-test 0000000000001234 0000000007 0003 en0"


@pytest.mark.parametrize("cut", range(len(tagged_payload(TAG, ""))))
def test_a_cut_tag_is_none(cut: int) -> None:
    payload = tagged_payload(TAG, "")[:cut]
    assert read_tag(payload) is None or cut == len(tagged_payload(TAG, "")) - 1


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    assert read_tag(payload) is None
    read_tag(b"lanscout-test " + payload)


@pytest.mark.parametrize("number", [b"+001", b"1_00", b" 100", b"-001"])
def test_only_digits_are_a_number(number: bytes) -> None:
    assert read_tag(b"lanscout-test 0000000000001234 0000000007 " + number + b" en0") is None


def test_a_test_packet_is_no_numbered_payload() -> None:
    assert recognise(tagged_payload(TAG, "en0")) is None
