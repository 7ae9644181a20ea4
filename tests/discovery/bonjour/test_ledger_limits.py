"""The ledger does not grow without bound, and says what found no room."""

from __future__ import annotations

import socket
import tracemalloc
from collections.abc import Iterable

import pytest

from discovery.bonjour.compose import text_of
from discovery.bonjour.entry import MOST_SIGHTINGS
from discovery.bonjour.ledger import Ledger
from discovery.bonjour.ledger_limits import limits_text
from discovery.bonjour.names import parse_name
from discovery.bonjour.rdata import NSEC, PTR, TXT, A, Absence, HostAddress, Opaque, Rdata
from discovery.bonjour.wire import ResourceRecord
from discovery.records import HeardRecord
from net.records import Removed
from tests.discovery.bonjour.link import BETA, GAMMA, Link, T, pointer, server


def test_ten_thousand_types_and_more_are_bounded_and_what_is_left_out_is_counted() -> None:
    link = Link(Ledger(most_records=1000, most_per_set=20_000))
    for number in range(10_000):
        link.response(T, pointer(f"_t{number}._tcp.local.", name="_services._dns-sd._udp.local."))

    assert len(link.ledger) == 1000
    assert (link.ledger.left_out, link.ledger.limits) == (9000, {"records"})


def test_ended_records_make_room_first_and_are_taken_away() -> None:
    link = Link(Ledger(most_records=2))
    link.response(T, pointer("short._http._tcp.local.", ttl=1))
    link.response(T, pointer("long._http._tcp.local."))
    link.ledger.news(T)
    link.ledger.news(T + 5)
    link.response(T + 6, pointer("new._http._tcp.local."))

    gone, new = link.ledger.news(T + 6)
    assert gone == Removed(of="heard_record", name="_http._tcp.local. PTR short._http._tcp.local.")
    assert isinstance(new, HeardRecord)
    assert new.data == "new._http._tcp.local."
    assert (len(link.ledger), link.ledger.left_out) == (2, 0)


def test_sources_without_end_are_bounded_and_known_ones_are_still_heard() -> None:
    link = Link()
    for number in range(MOST_SIGHTINGS + 50):
        link.response(T, pointer(), source=f"10.0.{number // 256}.{number % 256}")
    link.response(T + 1, pointer(), source="10.0.0.0")

    record = link.record(T + 1, "PTR")
    assert len(record.sightings) == MOST_SIGHTINGS
    assert record.sightings[0].count == 2
    assert (link.ledger.left_out, link.ledger.limits) == (50, {"record"})


def test_sightings_and_bytes_are_bounded_over_all_records() -> None:
    few = Link(Ledger(most_sightings=10))
    small = Link(Ledger(most_bytes=30_000))
    for number in range(100):
        few.response(T, pointer(f"a{number}._http._tcp.local."))
        small.response(T, ResourceRecord(parse_name(f"b{number}.local."), TXT, text_of((bytes(200),)), 4500))
    few.response(T + 1, pointer("a0._http._tcp.local."))

    assert (len(few.ledger), few.ledger.left_out) == (10, 90)
    assert 5 < len(small.ledger) < 20
    assert small.ledger.left_out == 100 - len(small.ledger)
    assert (few.ledger.limits, small.ledger.limits) == ({"sightings"}, {"bytes"})
    assert few.record(T + 1, "PTR", "a0.").sightings[0].count == 2


def test_two_hosts_that_fight_for_a_name_neither_grow_nor_flood() -> None:
    link = Link()
    told = 0
    for round_ in range(1000):
        at = T + round_ * 0.1
        link.response(at, server(80 + round_ % 2), source=(BETA, GAMMA)[round_ % 2])
        told += len(link.ledger.news(at))

    assert len(link.ledger) == 2
    assert told <= 2 * 101


def test_a_set_of_unique_records_in_one_message_does_not_flush_itself() -> None:
    link = Link()
    records: list[ResourceRecord] = []
    for number in range(250):
        rdata: Rdata = HostAddress(socket.inet_aton(f"10.1.0.{number}"))
        records.append(ResourceRecord(parse_name("beta.local."), A, rdata, 120, flush=True))
    for round_ in range(5):
        link.response(T + 2 * round_, *records)

    news = link.ledger.news(T + 20)
    assert len(news) == 250
    assert all(each.alive for each in news if isinstance(each, HeardRecord))


def test_a_set_without_end_is_bounded_counted_and_its_ended_records_make_room() -> None:
    link = Link(Ledger(most_per_set=3))
    for number in range(5):
        link.response(T, pointer(f"i{number}._http._tcp.local.", ttl=1 if number == 1 else 4500))
    assert (len(link.ledger), link.ledger.left_out, link.ledger.limits) == (3, 2, {"set"})

    link.ledger.news(T + 5)
    link.response(T + 6, pointer("new._http._tcp.local."), pointer("other._ipp._tcp.local.", name="_ipp._tcp.local."))

    told = [each.data for each in link.ledger.news(T + 6) if isinstance(each, HeardRecord)]
    assert told == ["new._http._tcp.local.", "other._ipp._tcp.local."]
    assert (len(link.ledger), link.ledger.left_out) == (4, 2)


def test_what_changed_is_told_and_what_ended_is_found_in_turns_of_time_until_all_is() -> None:
    link = Link()
    for number in range(100):
        link.response(T, pointer(f"i{number}._http._tcp.local.", ttl=10))

    for at, alive in ((T, True), (T + 10, False)):
        told: list[HeardRecord] = []
        turns = 0
        while turns == 0 or link.ledger.waiting:
            news = [each for each in link.ledger.news(at, within=0) if isinstance(each, HeardRecord)]
            assert len(news) <= 1, "no time is left after the first"
            told += news
            turns += 1
        assert {each.data for each in told} == {f"i{number}._http._tcp.local." for number in range(100)}
        assert len(told) == 100
        assert {each.alive for each in told} == {alive}
    assert link.ledger.news(T + 20) == ()


def test_limits_are_named_with_their_numbers() -> None:
    assert limits_text({"sightings", "records"}) == "20,000 records and 100,000 sightings"
    assert limits_text({"bytes"}) == "48 MiB of names and data"
    assert limits_text({"record"}) == "256 sightings of one record"


def test_a_large_set_is_looked_through_twice_a_second_however_often_it_is_asked_for() -> None:
    link = Link()
    for number in range(300):
        link.response(T, pointer(f"i{number}._http._tcp.local."))
    looked = []
    sets = link.ledger._sets
    (key,) = sets

    class Counted(dict):  # type: ignore[type-arg]
        def items(self):  # type: ignore[no-untyped-def]
            looked.append(len(self))
            return super().items()

    sets[key] = Counted(sets[key])
    for number in range(100):
        link.query(T + 2 + number / 100, "_http._tcp.local.", PTR)

    assert looked == [300, 300]


def _windows(count: int) -> tuple[int, ...]:
    return tuple(window << 8 | bit for window in range(count) for bit in range(256))


@pytest.mark.parametrize(
    ("type_", "datas"),
    [
        (TXT, [text_of([bytes((20 + number, place % 256)) for place in range(2900)]) for number in range(20)]),
        (NSEC, [Absence((b"%d" % number, b"local"), _windows(200)) for number in range(10)]),
        (99, [Opaque(bytes((number,)) * 8800) for number in range(20)]),
        (A, [HostAddress(bytes((10, 0, number // 256, number % 256))) for number in range(500)]),
    ],
)
def test_the_bytes_that_are_counted_are_those_that_the_records_cost(type_: int, datas: Iterable[Rdata]) -> None:
    link = Link()
    records = [ResourceRecord((b"h%d" % at, b"local"), type_, data, 120) for at, data in enumerate(datas)]
    tracemalloc.start()
    try:
        for record in records:
            link.response(T, record)
        told = link.ledger.news(T)
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(told) == len(records)
    counted = link.ledger._bytes
    assert used / 2 < counted < used * 3


def test_types_without_end_are_told_apart_though_their_text_is_cut() -> None:
    link = Link()
    for last in (1, 2):
        absence = Absence((b"x", b"local"), (*_windows(200), 60_000 + last))
        link.response(T, ResourceRecord((b"x", b"local"), NSEC, absence, 120))

    told = [each for each in link.ledger.news(T) if isinstance(each, HeardRecord)]
    assert {len(each.data) for each in told} == {4000}
    assert len({each.key() for each in told}) == 2
