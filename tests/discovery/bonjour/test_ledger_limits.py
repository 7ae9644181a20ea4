"""The ledger does not grow without bound, and says what found no room."""

from __future__ import annotations

import socket

from discovery.bonjour.compose import text_of
from discovery.bonjour.entry import MOST_SIGHTINGS
from discovery.bonjour.ledger import Ledger
from discovery.bonjour.names import parse_name
from discovery.bonjour.rdata import TXT, A, HostAddress, Rdata
from discovery.bonjour.wire import ResourceRecord
from discovery.records import HeardRecord
from net.records import Removed
from tests.discovery.bonjour.link import BETA, GAMMA, Link, T, pointer, server


def test_ten_thousand_types_and_more_are_bounded_and_what_is_left_out_is_counted() -> None:
    link = Link(Ledger(most_records=1000))
    for number in range(10_000):
        link.response(T, pointer(f"_t{number}._tcp.local.", name="_services._dns-sd._udp.local."))

    assert len(link.ledger) == 1000
    assert link.ledger.left_out == 9000


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
    assert link.ledger.left_out == 50


def test_sightings_and_bytes_are_bounded_over_all_records() -> None:
    few = Link(Ledger(most_sightings=10))
    small = Link(Ledger(most_bytes=2000))
    for number in range(100):
        few.response(T, pointer(f"a{number}._http._tcp.local."))
        small.response(T, ResourceRecord(parse_name(f"b{number}.local."), TXT, text_of((bytes(200),)), 4500))
    few.response(T + 1, pointer("a0._http._tcp.local."))

    assert (len(few.ledger), few.ledger.left_out) == (10, 90)
    assert len(small.ledger) == 9
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
