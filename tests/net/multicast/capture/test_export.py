"""Tests of net.multicast.capture.export."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from net.multicast.capture.export import streams_csv, streams_json, write_streams
from net.problems import ProblemError
from net.records import Stream

STREAM = Stream(
    source="192.168.1.20",
    source_port=4000,
    group="239.66.0.7",
    port=5004,
    interface='=HYPERLINK("http://x")',
    packets=3,
    bytes=300,
    packets_per_s=1.5,
    bits_per_s=1200.0,
    first=1.0,
    last=3.0,
    lost=0,
)


def test_csv_has_a_column_for_each_fact_and_an_empty_cell_for_the_unknown() -> None:
    (row,) = csv.DictReader(io.StringIO(streams_csv([STREAM])))
    assert (row["source"], row["source_port"], row["packets_per_s"], row["lost"]) == (
        "192.168.1.20",
        "4000",
        "1.5",
        "0",
    )
    assert (row["jitter_ms"], row["ttl"]) == ("", "")


def test_a_name_is_not_run_as_a_formula() -> None:
    (row,) = csv.DictReader(io.StringIO(streams_csv([STREAM])))
    assert row["interface"].startswith("'=")


def test_json_is_one_array_of_the_records() -> None:
    first, second = json.loads(streams_json([STREAM, STREAM]))
    assert (first, first["kind"], first["jitter_ms"]) == (second, "stream", None)
    assert json.loads(streams_json([])) == []


@pytest.mark.parametrize(("name", "begin"), [("s.json", "["), ("s.csv", "source,"), ("s.txt", "source,")])
def test_the_ending_of_the_file_chooses_the_form(tmp_path: Path, name: str, begin: str) -> None:
    write_streams(str(tmp_path / name), [STREAM])
    assert (tmp_path / name).read_text().startswith(begin)


def test_a_file_that_cannot_be_written_is_told() -> None:
    with pytest.raises(ProblemError) as failure:
        write_streams("/no/such/folder/s.csv", [])
    assert failure.value.problem.code == "export_refused"
