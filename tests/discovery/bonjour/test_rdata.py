"""Tests of discovery.bonjour.rdata: types and data as text."""

from __future__ import annotations

import pytest

from discovery.bonjour.compose import text_of
from discovery.bonjour.rdata import (
    LONGEST_TEXT,
    TYPES,
    Absence,
    HostAddress,
    Opaque,
    Options,
    Pointer,
    Rdata,
    Server,
    parse_type_text,
    rdata_text,
    type_text,
)


@pytest.mark.parametrize(
    ("rdata", "text"),
    [
        (Pointer((b"Office.2", b"_http", b"_tcp", b"local")), "Office\\.2._http._tcp.local."),
        (Server(0, 5, 8080, (b"host", b"local")), "0 5 8080 host.local."),
        (text_of([b"path=/", b"\xff", b""]), '"path=/" "⟨0xFF⟩" ""'),
        (HostAddress(bytes((192, 168, 1, 20))), "192.168.1.20"),
        (HostAddress(bytes.fromhex("fe80" + "00" * 13 + "01")), "fe80::1"),
        (Absence((b"host", b"local"), (1, 28, 1234)), "host.local. A AAAA TYPE1234"),
        (Options(((4, b"\1\2"), (12, b""))), "option 4: 0102 option 12: -"),
        (Opaque(b"\xab\xcd"), "\\# 2 abcd"),
        (Opaque(b""), "\\# 0"),
    ],
)
def test_data_are_written_in_one_line(rdata: Rdata, text: str) -> None:
    assert rdata_text(rdata) == text


@pytest.mark.parametrize(
    "rdata",
    [
        text_of([bytes(200)] * 300),
        Absence((b"host", b"local"), tuple(range(65536))),
        Options(((12, bytes(60_000)),)),
        Opaque(bytes(60_000)),
    ],
)
def test_of_long_data_the_beginning_is_written(rdata: Rdata) -> None:
    text = rdata_text(rdata)
    assert len(text) == LONGEST_TEXT
    assert text.endswith("…")


@pytest.mark.parametrize("number", [*TYPES, 0, 64999, 65535])
def test_a_type_is_read_back_from_its_text(number: int) -> None:
    assert parse_type_text(type_text(number)) == number


@pytest.mark.parametrize(("text", "number"), [("srv", 33), (" Ptr ", 12), ("TYPE64", 64), ("47", 47)])
def test_a_type_may_be_written_small_or_as_a_number(text: str, number: int) -> None:
    assert parse_type_text(text) == number


@pytest.mark.parametrize("text", ["", "SRVX", "TYPE", "TYPE65536", "-1"])
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - int() words it
        parse_type_text(text)
