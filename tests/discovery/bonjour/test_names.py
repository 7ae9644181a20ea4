"""Tests of discovery.bonjour.names: labels and text, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.bonjour.names import LONGEST_NAME, Labels, folded, name_text, parse_name, written_length

_names = st.lists(st.binary(min_size=1, max_size=63), max_size=8).map(tuple)


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        ((), "."),
        ((b"host", b"local"), "host.local."),
        ((b"Office.2", b"_http", b"_tcp", b"local"), "Office\\.2._http._tcp.local."),
        ((b"back\\slash", b"local"), "back\\\\slash.local."),
        (("Küche ☕".encode(), b"local"), "Küche ☕.local."),
        ((b"\xff\xfe", b"local"), "\\255\\254.local."),
        ((b"new\nline\x7f\0", b"local"), "new\\010line\\127\\000.local."),
        ((b"a b", b"local"), "a b.local."),
    ],
)
def test_a_name_is_written_with_escapes_and_read_back(labels: Labels, text: str) -> None:
    assert name_text(labels) == text
    assert parse_name(text) == labels


@given(_names)
def test_every_name_is_read_back_from_its_text(labels: Labels) -> None:
    if written_length(labels) <= LONGEST_NAME:
        assert parse_name(name_text(labels)) == labels


def test_the_last_dot_may_be_left_out() -> None:
    assert parse_name("host.local") == parse_name("host.local.") == (b"host", b"local")
    assert parse_name("") == parse_name(".") == ()


def test_an_escaped_character_that_is_no_number_stands_for_itself() -> None:
    assert parse_name("a\\.b\\é\\4.local") == ("a.bé4".encode(), b"local")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a..local", "1 to 63 bytes"),
        (".local", "1 to 63 bytes"),
        ("a" * 64 + ".local", "1 to 63 bytes"),
        ("é" * 32 + ".local", "1 to 63 bytes"),
        ("host\\", "backslash"),
        (".".join(["a" * 63] * 4), "255 bytes"),
    ],
)
def test_what_is_no_name_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_name(text)


def test_names_of_255_bytes_are_taken() -> None:
    text = ".".join(["a" * 63] * 3 + ["b" * 61])
    assert written_length(parse_name(text)) == LONGEST_NAME


def test_only_ascii_letters_are_folded() -> None:
    assert folded((b"HOST", "É".encode(), b"Local")) == (b"host", "É".encode(), b"local")
