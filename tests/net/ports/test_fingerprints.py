"""Each row of the table of fingerprints is found by its example, and a name alone counts only on its system."""

from __future__ import annotations

import pytest

from net.ports.fingerprints import AIRPLAY, identify
from resources.loader import FingerprintRow, fingerprint_rows
from tests.samples import sample


@pytest.mark.parametrize("row", fingerprint_rows(), ids=lambda row: row.identity)
def test_the_example_of_a_row_is_told_by_that_row(row: FingerprintRow) -> None:
    sign = identify(("HTTP 200", row.example), None, "linux")
    assert sign is not None
    assert (sign.identity, sign.evidence) == (row.identity, row.example)
    assert row.source


def test_airplay_of_a_mac_is_told_by_its_headers() -> None:
    lines = sample("macos/curl-i-localhost-5000--403-airtunes").splitlines()
    sign = identify(lines, None, "macos")
    assert sign is not None
    assert sign == (AIRPLAY, "Server: AirTunes/860.7.1")


def test_airplay_is_told_by_its_process_on_a_mac_only() -> None:
    assert identify((), "ControlCe", "macos") == (AIRPLAY, "process ControlCe")
    assert identify((), "ControlCenter", "linux") is None
    assert identify((), "python3", "macos") is None


@pytest.mark.parametrize(
    "line", ["HTTP 403", "Server: Werkzeug/3.0.1 Python/3.11.8", "X-Server: AirTunes/860", "server of AirTunes"]
)
def test_nothing_else_is_called_airplay(line: str) -> None:
    sign = identify((line,), "python3", "macos")
    assert sign is None or sign.identity != AIRPLAY
