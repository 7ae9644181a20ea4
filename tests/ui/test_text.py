from __future__ import annotations

import pytest

from ui import text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "  0  B/s"),
        (999.4, "999  B/s"),
        (999.6, "1.0 kB/s"),
        (1_234.0, "1.2 kB/s"),
        (9_960.0, " 10 kB/s"),
        (220_000.0, "220 kB/s"),
        (1_400_000.0, "1.4 MB/s"),
        (-5.0, "  0  B/s"),
    ],
)
def test_rates_keep_their_width_and_their_unit_its_place(value: float, shown: str) -> None:
    assert text.rate(value) == shown.rjust(9)
    assert len(text.rate(value)) == 9


def test_an_unknown_rate_is_no_zero() -> None:
    assert text.rate(None) == text.UNKNOWN


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.2, "now"), (1, "1 s"), (59.9, "59 s"), (60, "1 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_ages_have_one_unit(seconds: float, shown: str) -> None:
    assert text.age(seconds) == shown


@pytest.mark.parametrize(
    ("mbps", "shown"), [(None, None), (0, None), (-1, None), (100, "100 Mb/s"), (2500, "2.5 Gb/s")]
)
def test_speeds(mbps: int | None, shown: str | None) -> None:
    assert text.speed(mbps) == shown


def test_a_stopwatch_counts_minutes_and_hours() -> None:
    assert [text.stopwatch(seconds) for seconds in (0, 12.9, 3723)] == ["00:00", "00:12", "1:02:03"]


def test_plurals_are_whole_texts() -> None:
    assert text.plural(1, "%n service", "%n services") == "1 service"
    assert text.plural(48_211, "%n service", "%n services") == "48,211 services"


@pytest.mark.parametrize("hostile", ["<b>evil</b>", "a & b", "<img src='http://x'>"])
def test_tooltips_show_markup_as_it_stands(hostile: str) -> None:
    shown = text.tooltip(hostile)
    assert "&lt;" in shown or "&amp;" in shown
    assert hostile not in shown


def test_plain_tooltips_stay_plain() -> None:
    assert text.tooltip("10.8.0.2 → 10.8.0.1") == "10.8.0.2 → 10.8.0.1"


def test_copied_rows_have_as_many_cells_as_columns_whatever_is_in_them() -> None:
    copied = text.tab_separated([("a\tb", "c\nd"), ("e", "f\u202e")])
    assert [len(line.split("\t")) for line in copied.splitlines()] == [2, 2]
    assert "\u202e" not in copied


def test_a_moment_is_local_time_with_milliseconds() -> None:
    assert text.clock(1_790_000_000.125).endswith(".125")
    assert text.clock(None) == text.UNKNOWN


def test_csv_is_quoted_visible_and_holds_no_formula() -> None:
    rows = [("a", "b"), ('say "x", y', "=1+1"), ("-5", "-cmd"), ("two\nlines", "@x")]
    assert text.comma_separated(rows).split("\r\n") == [
        "a,b", '"say ""x"", y",\'=1+1', "-5,'-cmd", "two␊lines,'@x", "",
    ]  # fmt: skip
