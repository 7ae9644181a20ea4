from __future__ import annotations

import pytest

from net.records import Problem
from ui.pages.ports.endpoint import Wanted, parse_wanted


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("8080", Wanted(8080)),
        (" 8080 ", Wanted(8080)),
        ("*:8080", Wanted(8080)),
        (":8080", Wanted(8080)),
        ("127.0.0.1:1", Wanted(1, "127.0.0.1")),
        ("localhost:65535", Wanted(65535, "127.0.0.1")),
        ("[::1]:80", Wanted(80, "::1")),
        ("[FE80::1%en0]:80", Wanted(80, "fe80::1%en0")),
    ],
)
def test_a_port_and_an_address_are_read(typed: str, wanted: Wanted) -> None:
    assert parse_wanted(typed) == wanted


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "port_invalid"),
        ("0", "port_invalid"),
        ("65536", "port_invalid"),
        ("http", "port_name"),
        ("80-90", "port_range"),
        ("80:90", "port_range"),
        ("9" * 5000, "port_invalid"),
        ("127.0.0.1", "bind_port_missing"),
        ("[::1]", "bind_port_missing"),
        ("[::]", "bind_port_missing"),
        ("[::1]5000", "bind_port_missing"),
        ("[fe80::1%en0]80", "bind_port_missing"),
        ("[::1]:", "port_invalid"),
        ("::1:80", "brackets_missing"),
        ("[127.0.0.1]:80", "bind_address_invalid"),
        ("web:80", "bind_address_invalid"),
    ],
)
def test_anything_else_is_a_problem(typed: str, code: str) -> None:
    found = parse_wanted(typed)
    assert isinstance(found, Problem)
    assert found.code == code
