from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from tests.ui.pages.bonjour.scene import SERVICES, records_of, sighting
from ui.pages.bonjour.record_words import appearance_words, appearances, left_words, part_left, where_words

AT = 1000.0
ALIVE = sighting("en0", "192.168.1.40", 120, 90, at=AT)
GONE = sighting("en0", "fe80::1%en0", 120, 90, at=AT, ended="goodbye")


def test_what_is_left_of_a_ttl_runs_down_to_nothing(qapp: QApplication) -> None:
    assert (left_words(ALIVE, AT), part_left(ALIVE, AT)) == ("90 of 120 s", 0.75)
    assert left_words(ALIVE, AT + 30.4) == "60 of 120 s"
    assert (left_words(ALIVE, AT + 500), part_left(ALIVE, AT + 500)) == ("0 of 120 s", 0.0)
    assert (left_words(ALIVE, AT - 500), part_left(ALIVE, AT - 500)) == ("120 of 120 s", 1.0)
    assert part_left(replace(ALIVE, ttl=0), AT) == 0.0
    assert left_words(replace(ALIVE, ttl=4500, expires=AT + 4433), AT) == "4,433 of 4,500 s"


def test_what_has_ended_says_why_and_since_when(qapp: QApplication) -> None:
    assert left_words(GONE, AT) == "withdrawn (goodbye), 25 s ago"
    assert part_left(GONE, AT) is None


def test_a_sighting_says_where_from_whom_and_how(qapp: QApplication) -> None:
    assert where_words(ALIVE) == "en0 · 192.168.1.40 · IP TTL 255 · 3×"
    assert where_words(GONE) == "en0 · fe80::1%en0 · hop limit 255 · 3×"
    assert where_words(replace(ALIVE, ip_ttl=None)) == "en0 · 192.168.1.40 · 3×"
    assert where_words(replace(ALIVE, unicast=True, ip_ttl=None)) == "en0 · 192.168.1.40 · by unicast · 3×"


def test_each_interface_has_its_time_and_gaps_stay_gaps(qapp: QApplication) -> None:
    record = records_of(SERVICES[2], at=AT)[1]
    early = replace(GONE, first=100.0, last=150.0, ended_at=200.0)
    beside = replace(GONE, first=180.0, last=190.0, ended_at=220.0, source="192.168.1.41")
    late = replace(ALIVE, first=500.0, last=900.0)
    (found,) = appearances([replace(record, sightings=(late, early, beside))])
    assert found.spans == ((100.0, 220.0), (500.0, None))
    assert (found.first, found.last, found.ended) == (100.0, 900.0, None)
    (over,) = appearances([replace(record, sightings=(early, beside))])
    assert (over.ended, over.ended_at) == ("goodbye", 220.0)
    assert appearance_words(over).endswith("withdrawn (goodbye) " + appearance_words(over)[-8:])
    both = appearances([replace(record, sightings=(late, replace(late, interface="awdl0")))])
    assert [each.interface for each in both] == ["awdl0", "en0"]
