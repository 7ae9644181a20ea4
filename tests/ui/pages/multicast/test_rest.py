from __future__ import annotations

import time

import pytest

from ui.pages.multicast.joins import JoinKey
from ui.pages.multicast.rest import Kept, Rest, file_name

ONE, TWO = JoinKey("239.1.1.1", 5000, "en0"), JoinKey("239.1.1.2", 5000, "en0")
BOTH = frozenset((ONE, TWO))
ONLY_ONE = frozenset((ONE,))
NOON = time.mktime((2026, 3, 1, 12, 0, 0, 0, 0, -1))


@pytest.mark.parametrize(
    ("kept", "asked", "words"),
    [
        ([], BOTH, "the rest was not recorded"),
        ([Kept("/tmp/a.pcapng", BOTH, BOTH, NOON)], BOTH, "the rest is in a.pcapng"),
        ([Kept("/tmp/a.pcapng", BOTH, ONLY_ONE, NOON)], ONLY_ONE, "the rest is in a.pcapng"),
        ([Kept("/tmp/a.pcapng", BOTH, ONLY_ONE, NOON)], BOTH, "the rest since 12:00:00 is in a.pcapng"),
        ([Kept("/tmp/a.pcapng", ONLY_ONE, ONLY_ONE, NOON)], BOTH, "a part of the rest is in a.pcapng"),
        ([Kept("/tmp/a.pcapng", ONLY_ONE, ONLY_ONE, NOON)], frozenset((TWO,)), "the rest was not recorded"),
        (
            [Kept("/tmp/a.pcapng", BOTH, BOTH, NOON, NOON + 90)],
            BOTH,
            "the rest from 12:00:00 to 12:01:30 is in a.pcapng",
        ),
        (
            [Kept("/tmp/a.pcapng", BOTH, BOTH, NOON, missed=1_700)],
            BOTH,
            "the rest is in a.pcapng without 1,700 that were missed",
        ),
        (
            [Kept("/tmp/a.pcapng", BOTH, BOTH, NOON, NOON), Kept("/tmp/b.pcapng", BOTH, BOTH, NOON)],
            BOTH,
            "the rest is in b.pcapng",
        ),
    ],
)
def test_where_the_rest_is(kept: list[Kept], asked: frozenset[JoinKey], words: str) -> None:
    rest = Rest()
    for each in kept:
        rest.add(each)
    assert rest.words(asked) == words


def test_a_file_is_named_shortly_and_visibly() -> None:
    assert file_name(r"C:\captures\evening.pcapng") == "evening.pcapng"
    assert file_name("/tmp/line\nfeed.pcapng") == "line␊feed.pcapng"
