"""TXT records are read by the rules of RFC 6763 section 6, whatever they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.bonjour.txt import CUT, MOST_BYTES, MOST_KEYS, parse_txt


def strings(*values: bytes) -> bytes:
    return b"".join(bytes((len(value),)) + value for value in values)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", {}),
        (b"\0", {}),
        (strings(b"path=/x", b"flag", b"empty="), {"path": "/x", "flag": None, "empty": ""}),
        (strings(b"a=1", b"A=2", b"a"), {"a": "1"}),
        (strings(b"A", b"a=1"), {"A": None}),
        (strings(b"=no key", b"b=2"), {"b": "2"}),
        (strings(b"a=b=c"), {"a": "b=c"}),
        (strings("n=Büro ☕".encode()), {"n": "Büro ☕"}),
        (strings(b"raw=\xff\x00"), {"raw": "hex:ff00"}),
        (strings(b"\xff=1"), {"hex:ff": "1"}),
        (strings(b"esc=\x1b[2J\n"), {"esc": "\x1b[2J\n"}),
        (b"\x09a=1", {"a": "1"}),
    ],
)
def test_keys_and_values_are_told_apart(data: bytes, expected: dict[str, str | None]) -> None:
    assert parse_txt(data) == expected


def test_the_order_of_the_record_is_kept() -> None:
    assert list(parse_txt(strings(b"z=1", b"a=2", b"m"))) == ["z", "a", "m"]


def test_a_record_that_is_too_long_is_cut_and_says_so() -> None:
    data = strings(*(b"%03d=%s" % (number, b"x" * 200) for number in range(100)))

    found = parse_txt(data)

    kept = len(found) - 1
    assert kept * 205 <= MOST_BYTES < (kept + 1) * 205
    assert found[CUT] == f"{len(data) - kept * 205} more bytes"


def test_a_record_of_very_many_keys_is_cut_and_says_so() -> None:
    found = parse_txt(strings(*(b"%d" % number for number in range(MOST_KEYS + 1))))

    assert len(found) == MOST_KEYS + 1
    assert found[CUT] == "4 more bytes"


@given(st.binary(max_size=2000))
def test_any_bytes_are_read(data: bytes) -> None:
    found = parse_txt(data)
    assert len({key.lower() for key in found if key.isascii()}) == sum(key.isascii() for key in found)


@given(st.dictionaries(st.text("abcdefgh", min_size=1), st.none() | st.text(max_size=50), max_size=20))
def test_what_was_written_is_read(pairs: dict[str, str | None]) -> None:
    written = strings(*((k if v is None else f"{k}={v}").encode() for k, v in pairs.items()))
    assert parse_txt(written) == pairs
