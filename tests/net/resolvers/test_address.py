"""The address of a server as people and systems write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from net.resolvers.address import server_address


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("1.1.1.1", "1.1.1.1", 53),
        (" 1.1.1.1 ", "1.1.1.1", 53),
        ("1.1.1.1:5353", "1.1.1.1", 5353),
        ("127.0.0.1#5335", "127.0.0.1", 5335),
        ("2001:DB8:0::1", "2001:db8::1", 53),
        ("[2001:db8::1]:5353", "2001:db8::1", 5353),
        ("[2001:db8::1]#5353", "2001:db8::1", 5353),
        ("fe80::1%en0", "fe80::1%en0", 53),
        ("fe80::1", "fe80::1%en5", 53),
    ],
)
def test_what_is_an_address_is_read(text: str, address: str, port: int) -> None:
    assert server_address(text, "en5") == (address, port)


@pytest.mark.parametrize(
    "text",
    ["", "dns.example", "1.1.1", "1.1.1.1:0", "1.1.1.1:65536", "1.1.1.1:x", "224.0.0.251", "0.0.0.0", "::", "ff02::fb"],
)
def test_what_is_none_is_refused(text: str) -> None:
    assert server_address(text) is None


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    server_address(text)
