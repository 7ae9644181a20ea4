from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.lines import LineSplitter


def drained(splitter: LineSplitter) -> list[bytes]:
    lines = []
    while (line := splitter.next_line()) is not None:
        lines.append(line)
    return lines


@given(st.binary(max_size=300).map(lambda data: data.replace(b"x", b"\n")), st.lists(st.integers(1, 40)))
def test_lines_come_out_the_same_however_the_stream_is_cut(data: bytes, cuts: list[int]) -> None:
    splitter = LineSplitter()
    rest = data
    for cut in cuts:
        splitter.feed(rest[:cut])
        rest = rest[cut:]
    splitter.feed(rest)
    assert drained(splitter) == data.split(b"\n")[:-1]


def test_an_overlong_line_is_skipped_to_its_end_and_told_once() -> None:
    splitter = LineSplitter(cap=10)
    for piece in (b"ok\n", b"1234567", b"8901234", b"more\nnext\n"):
        splitter.feed(piece)
    assert drained(splitter) == [b"ok", b"next"]
    assert len(splitter.take_overlong()) == 1
    assert splitter.take_overlong() == []


def test_a_new_stream_begins_clean() -> None:
    splitter = LineSplitter()
    splitter.feed(b"half a li")
    splitter.clear()
    splitter.feed(b"whole\n")
    assert drained(splitter) == [b"whole"]
