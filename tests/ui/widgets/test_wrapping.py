from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.widgets.wrapping import _even, wrap


@pytest.mark.parametrize(
    ("line", "width", "pieces"),
    [
        ("short", 10, ["short"]),
        ("two words", 6, ["two ", "words"]),
        ("02:66:01:00:00:23", 15, ["02:66:01:00:", "00:23"]),
        ("/System/Library/CoreServices/X", 16, ["/System/Library/", "CoreServices/X"]),
        ("192.168.1.20:58926", 14, ["192.168.1.20:", "58926"]),
        ("fe80::1%en0", 8, ["fe80::", "1%en0"]),
        ("run /usr/bin/x", 10, ["run ", "/usr/bin/x"]),
        ("abcdefghij", 9, ["abcde", "fghij"]),
        ("ab", 1, ["a", "b"]),
    ],
)
def test_a_line_breaks_where_a_person_would_break_it(line: str, width: int, pieces: list[str]) -> None:
    assert wrap(line, width, len) == pieces


@given(st.text(alphabet="ab:/. -\u2028", max_size=60), st.integers(2, 20))
def test_nothing_is_lost_and_nothing_too_wide(line: str, width: int) -> None:
    pieces = wrap(line, width, len)
    assert "".join(pieces) == line
    if line.strip(" "):
        assert all(len(piece.strip(" ")) <= width for piece in pieces)


@pytest.mark.parametrize("width", [1, 2, 7, 60, 500])
def test_a_word_of_a_whole_command_line_is_broken_without_trying_every_number_of_pieces(width: int) -> None:
    asked = 0

    def advance(text: str) -> int:
        nonlocal asked
        asked += 1
        return len(text)

    word = "x" * 30_000
    pieces = wrap(word, width, advance)
    assert "".join(pieces) == word
    assert max(map(len, pieces)) <= width
    assert asked < 200_000


@given(st.text("abcW", min_size=5, max_size=80), st.integers(1, 30))
def test_even_pieces_are_as_few_as_fit(part: str, width: int) -> None:
    def advance(text: str) -> int:
        return sum(3 if sign == "W" else 1 for sign in text)

    def even(number: int) -> list[str]:
        size = -(-len(part) // number)
        return [part[start : start + size] for start in range(0, len(part), size)]

    fitting = (even(number) for number in range(2, len(part)))
    if advance(part) > width:
        expected = next((pieces for pieces in fitting if all(advance(each) <= width for each in pieces)), list(part))
        assert _even(part, width, advance) == expected
