"""The verb changes: what a person reads of an entry of the log."""

from __future__ import annotations

from net.multicast.records import Change, NetworkChange
from ui.terminal.changing import change_line

UP = NetworkChange(
    number=1,
    time=0.0,
    what="interface",
    text="utun3 up\x1b[31m",
    changes=(Change(what="interface", change="up", subject="utun3", text="utun3 came up."),),
    more=1234,
)


def test_an_entry_is_its_time_and_one_harmless_line() -> None:
    line = change_line(UP).plain
    assert line.endswith("  utun3 up␛[31m")
    assert line[2] == line[5] == ":"
    assert "\n" not in line


def test_with_details_the_single_differences_stand_below() -> None:
    lines = change_line(UP, details=True).plain.splitlines()
    assert [line.strip() for line in lines[1:]] == ["utun3 came up.", "and 1,234 more"]
