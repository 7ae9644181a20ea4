from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.widgets.wrapping import wrap


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
