"""Interfaces have one visible name each, and are found by it."""

from __future__ import annotations

import socket

import pytest

from net.platform.names import index_of_name, interface_name, interface_names, name_of_index


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("en0", "en0"), (b"en0", "en0"), (b"e\xff", "e⟨0xFF⟩"), ("e\udcff", "e⟨0xFF⟩"), ("küche".encode(), "küche")],
)
def test_bytes_and_text_of_a_name_have_the_same_visible_form(raw: str | bytes, shown: str) -> None:
    assert interface_name(raw) == shown


def test_an_interface_is_found_by_its_visible_name_and_by_its_index() -> None:
    for index, name in interface_names().items():
        assert name_of_index(index) == name
        assert index_of_name(name) == index
    with pytest.raises(OSError, match="No such device"):
        index_of_name("nosuch9")


def test_an_interface_is_found_by_the_name_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo"), (7, "e\udcff")])
    assert interface_names() == {1: "lo", 7: "e⟨0xFF⟩"}
    assert index_of_name("e⟨0xFF⟩") == index_of_name("e\udcff") == 7
