"""Multicast packets received, as /proc/net/dev has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from net.platform.linux import counters

TEXT = """\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier
    lo: 104 1 0 0 0 0 0 0 104 1 0 0 0 0 0 0
  en0: 7000 70 1 2 0 0 0 42 800 8 0 0 0 0 0 0
broken
"""


def test_the_eighth_number_is_that_of_multicast() -> None:
    assert counters.parse(TEXT) == {"lo": 0, "en0": 42}


def test_no_file_is_no_counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "DEVICES", tmp_path / "none")
    assert counters.multicast_received() == {}
