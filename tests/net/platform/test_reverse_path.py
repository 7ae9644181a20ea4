"""Tests of net.platform.reverse_path: the files of Linux, written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from net.platform import reverse_path as module
from net.platform.reverse_path import parse_netstat, reverse_path_drops, reverse_path_filter

NETSTAT = "TcpExt: SyncookiesSent IPReversePathFilter\nTcpExt: 0 7\nIpExt: InNoRoutes\nIpExt: 3\n"


def _sysctls(monkeypatch: pytest.MonkeyPatch, folder: Path, **values: str) -> None:
    for name, value in values.items():
        (folder / name).mkdir()
        (folder / name / "rp_filter").write_text(value)
    monkeypatch.setattr(module, "SYSCTLS", folder)


@pytest.mark.parametrize(("of_all", "own", "effective"), [("0", "1", 1), ("1", "0", 1), ("2", "1", 2), ("0", "0", 0)])
def test_the_greater_value_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, of_all: str, own: str, effective: int
) -> None:
    _sysctls(monkeypatch, tmp_path, all=f"{of_all}\n", en0=f"{own}\n")
    assert reverse_path_filter("en0") == effective


def test_a_system_without_the_filter_tells_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "SYSCTLS", tmp_path / "absent")
    monkeypatch.setattr(module, "NET", tmp_path / "absent")
    assert reverse_path_filter("en0") is None
    assert reverse_path_drops() is None


def test_a_counter_is_read_from_the_line_below_its_name() -> None:
    assert parse_netstat(NETSTAT, "IPReversePathFilter") == 7
    assert parse_netstat(NETSTAT, "InNoRoutes") == 3
    assert parse_netstat(NETSTAT, "Absent") is None
