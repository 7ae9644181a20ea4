"""The registered name of a port, from the services file or from the system."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from net.ports import registry
from net.ports.registry import parse_services, registered_name


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    registry._services.cache_clear()
    yield
    registry._services.cache_clear()


def test_comments_aliases_and_broken_lines_are_read_as_services_5_says() -> None:
    names = parse_services("# head\nhttp 80/tcp www # web\nhttp\t80/udp\nother 80/tcp\nbad\nworse x/tcp\n\nlast 9/udp")

    assert names == {(80, "tcp"): "http", (80, "udp"): "http", (9, "udp"): "last"}


def test_this_hosts_names_are_those_of_getservbyport() -> None:
    for port in (22, 53, 80, 5353):
        try:
            expected = socket.getservbyport(port, "tcp")
        except OSError:
            expected = None
        assert registered_name(port, "tcp") == expected


def test_a_number_nobody_registered_has_no_name() -> None:
    assert registered_name(65000, "tcp") is None


def test_without_a_file_the_system_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "FILES", (tmp_path / "absent",))

    assert registered_name(65000, "tcp") is None
    try:
        expected = socket.getservbyport(22, "tcp")
    except OSError:
        expected = None
    assert registered_name(22, "tcp") == expected
