"""Text of strangers cannot hide, reorder or flood what a person reads."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.text import endpoint_text, milliseconds_text, times_text, visible, visible_bytes, visible_name

any_text = st.text(alphabet=st.characters(codec=None), max_size=700)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Küche – Drucker", "Küche – Drucker"),
        ("居間のテレビ", "居間のテレビ"),
        ("🖨️ and 👩\u200d💻", "🖨️ and 👩\u200d💻"),
        ("\uf8ff TV", "\uf8ff TV"),
        ("two\nlines\r\n", "two␊lines␍␊"),
        ("\x00\t\x1b[31m\x7f", "␀␉␛[31m␡"),
        ("exe.\u202egnp", "exe.⟨U+202E⟩gnp"),
        ("\u2066isolated\u2069", "⟨U+2066⟩isolated⟨U+2069⟩"),
        ("app\u200dle", "app⟨U+200D⟩le"),
        ("a\u200bb\ufeff", "a⟨U+200B⟩b⟨U+FEFF⟩"),
        ("\x85\u2028\u2029", "⟨U+0085⟩⟨U+2028⟩⟨U+2029⟩"),
        ("<b>bold</b> &amp;", "<b>bold</b> &amp;"),
        ("\udcff\ud800", "⟨0xFF⟩⟨U+D800⟩"),
        ("", ""),
    ],
)
def test_hidden_characters_are_shown_and_letters_stay(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_long_text_ends_with_an_ellipsis_at_the_limit() -> None:
    assert visible("a" * 500) == "a" * 500
    assert visible("a" * 501) == "a" * 499 + "…"
    assert visible("abc", limit=1) == "…"


def test_an_escape_is_not_cut_in_half() -> None:
    assert visible("abc\u202edef", limit=8) == "abc…"


def test_bytes_that_are_no_utf8_show_their_value() -> None:
    assert visible_bytes(b"caf\xc3\xa9 \xff\xfe\n") == "café ⟨0xFF⟩⟨0xFE⟩␊"


def test_many_bytes_are_cut_without_a_false_escape_at_the_cut() -> None:
    assert visible_bytes("é".encode() * 100_000, limit=10) == "é" * 9 + "…"
    assert visible_bytes("a😀".encode() * 1000, limit=7) == "a😀a😀a😀…"


@given(any_text, st.integers(min_value=1, max_value=600))
def test_nothing_shown_is_longer_than_the_limit_or_hides(text: str, limit: int) -> None:
    shown = visible(text, limit)
    assert len(shown) <= limit
    shown.encode("utf-8")
    assert "\n" not in shown
    for character in shown:
        assert character == "\u200d" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


@given(st.binary(max_size=700), st.integers(min_value=1, max_value=600))
def test_any_bytes_can_be_shown(data: bytes, limit: int) -> None:
    assert len(visible_bytes(data, limit)) <= limit


@pytest.mark.parametrize(
    ("address", "shown"),
    [("10.0.0.1", "10.0.0.1:80"), ("ff02::1", "[ff02::1]:80"), ("fe80::1%en0", "[fe80::1%en0]:80")],
)
def test_an_ipv6_address_stands_in_brackets_before_its_port(address: str, shown: str) -> None:
    assert endpoint_text(address, 80) == shown


@pytest.mark.parametrize(
    ("ms", "shown"),
    [
        (0.0, "0.000 ms"),
        (0.1638, "0.164 ms"),
        (0.9996, "1.00 ms"),
        (9.996, "10.0 ms"),
        (62.593, "62.6 ms"),
        (99.96, "100 ms"),
        (1204.4, "1,204 ms"),
    ],
)
def test_milliseconds_have_three_digits_that_count(ms: float, shown: str) -> None:
    assert milliseconds_text(ms) == shown


@pytest.mark.parametrize(("count", "shown"), [(0, "0 times"), (1, "once"), (2, "twice"), (1200, "1,200 times")])
def test_how_often_is_said_as_people_say_it(count: int, shown: str) -> None:
    assert times_text(count) == shown


@pytest.mark.parametrize(
    ("name", "shown"), [(" ", "⟨space⟩"), ("   ", "⟨3 spaces⟩"), ("", ""), (" a ", " a "), ("a\nb", "a␊b")]
)
def test_a_name_of_nothing_but_spaces_is_seen(name: str, shown: str) -> None:
    assert visible_name(name) == shown
