from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from net.records import Datagram
from tests.ui.pages.multicast.scene import train
from ui import export
from ui.export import Exporter
from ui.later import Later, joined
from ui.pages.multicast.packets_pane import PacketsPane

MANY = 3000


class LogPage:
    """As much of a page as an export needs, with a log of packets on it."""

    name = "log"
    report_forms = ("md",)

    def __init__(self, pane: PacketsPane) -> None:
        self.export_rows = lambda: pane.view.rows_as_text(selected=False)
        self.export_records = pane.proxy.shown_items
        self.export_report = str


@pytest.fixture
def pane(qtbot: QtBot) -> Iterator[PacketsPane]:
    pane = PacketsPane()
    qtbot.addWidget(pane)
    pane.model.append([numbered(number) for number in range(MANY)], keep=MANY)
    yield pane
    pane.stop()


@pytest.fixture
def slow_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a millisecond after the one before, so that a slice has eight rows."""
    ticks = count()
    monkeypatch.setattr(export, "perf_counter", lambda: next(ticks) / 1000)


def numbered(number: int) -> Datagram:
    text = str(number)
    return msgspec.structs.replace(train(1), time=float(number), payload_hex=text.encode().hex(), payload_text=text)


def exporter(pane: PacketsPane, say: Callable[[str], None]) -> Exporter:
    page: Any = LogPage(pane)
    return Exporter(pane, page, say)


@pytest.mark.usefixtures("slow_clock")
def test_a_long_log_is_written_in_turns_of_the_event_loop_as_it_stood(
    qtbot: QtBot, pane: PacketsPane, tmp_path: Path
) -> None:
    said: list[str] = []
    path = tmp_path / "log.csv"
    exporter(pane, said.append).write(str(path))
    assert said == ["Writing log.csv."]
    assert not path.exists(), "no file that is not whole"
    pane.model.append([numbered(MANY + number) for number in range(MANY)], keep=MANY)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1] == f"{MANY:,} rows written to log.csv."
    titles, *rows = path.read_text().splitlines()
    assert titles.split(",")[-1] == "Payload"
    assert [int(row.rsplit(",", 1)[1]) for row in rows] == list(range(MANY))
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.usefixtures("slow_clock")
def test_the_records_of_those_shown_are_written(qtbot: QtBot, pane: PacketsPane, tmp_path: Path) -> None:
    pane.set_filter("29")
    qtbot.waitUntil(lambda: pane.proxy.rowCount() < MANY)
    wanted = [number for number in range(MANY) if "29" in str(number)]
    said: list[str] = []
    exporter(pane, said.append).write(str(tmp_path / "log.jsonl"))
    qtbot.waitUntil(lambda: len(said) == 2)
    lines = (tmp_path / "log.jsonl").read_bytes().splitlines()
    assert [int(msgspec.json.decode(line)["payload_text"]) for line in lines] == wanted


def test_a_folder_that_is_not_there_is_told(pane: PacketsPane, tmp_path: Path) -> None:
    said: list[str] = []
    exporter(pane, said.append).write(str(tmp_path / "no" / "log.tsv"))
    assert said == ["log.tsv could not be written (No such file or directory). Choose another folder."]


def test_later_makes_what_is_looked_at_only() -> None:
    made: list[int] = []

    def make(place: int) -> int:
        made.append(place)
        return place * 10

    both = joined([-1], Later(100, make))
    assert (len(both), both[0], both[1], both[-1]) == (101, -1, 0, 990)
    assert made == [0, 99]
    assert list(both[98:]) == [970, 980, 990]
